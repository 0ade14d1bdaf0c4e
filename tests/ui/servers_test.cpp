// SPDX-License-Identifier: GPL-3.0-or-later
// The Servers page in windows of all sizes.
#include "tests/ui/open_window.h"
#include "ui/views/server_card.h"

#include <gtest/gtest.h>
#include <QScrollArea>
#include <QScrollBar>

namespace dorascope {
namespace {

using namespace std::chrono_literals;

TEST(Servers, EveryRowOfTheCardCanBeSeenInASmallWindow)
{
    OpenWindow open;
    open.lab("rogue", 6s);
    open.window().showPage(ui::MainWindow::servers);
    auto* const card = open.window().findChild<ui::ServerCard*>();
    ASSERT_NE(card, nullptr);
    auto* const area = qobject_cast<QScrollArea*>(card->parentWidget()->parentWidget()->parentWidget());
    ASSERT_NE(area, nullptr);
    for (const QSize size : {QSize(1440, 900), QSize(1024, 700), QSize(900, 600)}) {
        open.window().resize(size);
        OpenWindow::settle();
        EXPECT_GE(card->height(), card->minimumSizeHint().height()) << size.height();
        const int below = card->geometry().bottom() - area->viewport()->height();
        EXPECT_LE(below, area->verticalScrollBar()->maximum()) << "at " << size.height();
    }
}

} // namespace
} // namespace dorascope
