// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/open_window.h"

#include "ui/models/exchange_model.h"
#include "ui/models/lease_model.h"
#include "ui/views/card.h"
#include "ui/views/exchange_table.h"
#include "ui/views/inspector.h"
#include "ui/views/ladder_view.h"
#include "ui/views/leases_page.h"
#include "ui/views/live_page.h"
#include "ui/views/sidebar.h"
#include "ui/views/status_strip.h"
#include "ui/views/top_bar.h"
#include "ui/views/welcome_panel.h"
#include "ui/views/why_view.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QScreen>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QTimer>
#include <QToolButton>

namespace dorascope {
namespace {

using namespace std::chrono_literals;
using models::ExchangeModel;

QStringList addressesIn(ui::ExchangeTable& table)
{
    QStringList result;
    for (int row = 0; row < table.model()->rowCount(); ++row)
        result << table.model()->index(row, ExchangeModel::kAddress).data().toString();
    return result;
}

TEST(Start, ThreeClientsGetTheirAddressesWhileOneWatches)
{
    OpenWindow open;
    open.session().openLab(QStringLiteral("three-clients"));
    ui::ExchangeTable& table = open.window().livePage().table();
    std::size_t most = 0;
    // Six seconds of display ticks: the handshakes run in slow motion, so a tick never brings more than an eye can follow.
    for (int tick = 0; tick < 375 && open.scope().state().bound_count() < 3; ++tick) {
        const std::size_t before = open.scope().state().messages().size();
        open.session().tick(16ms);
        most = std::max(most, open.scope().state().messages().size() - before);
    }
    OpenWindow::settle();
    EXPECT_EQ(addressesIn(table),
              (QStringList{QStringLiteral("192.168.1.100"), QStringLiteral("192.168.1.101"), QStringLiteral("192.168.1.102")}));
    EXPECT_LE(most, 2U);
    EXPECT_EQ(table.model()->index(1, ExchangeModel::kClient).data(ExchangeModel::kClientNameRole).toString(),
              QStringLiteral("Smartphone B"));
    EXPECT_EQ(
        table.model()->index(1, ExchangeModel::kExchange).data(ExchangeModel::kBadgesRole).value<models::MessageBadges>().text(),
        QStringLiteral("D O R A"));
    EXPECT_EQ(open.window().sidebar().button(ui::MainWindow::leases).count(), QStringLiteral("3"));
}

TEST(Start, TheFirstMessageIsThereWithinTheFirstTicks)
{
    OpenWindow open;
    open.session().openLab(QStringLiteral("three-clients"));
    for (int tick = 0; tick < 6; ++tick)
        open.session().tick(16ms);
    EXPECT_GE(open.scope().state().messages().size(), 1U);
}

TEST(Start, TheLabGoesOnThroughRenewals)
{
    OpenWindow open;
    open.session().openLab(QStringLiteral("three-clients"));
    // A minute of watching: idle time is skipped, so that the clients renew again and again.
    for (int tick = 0; tick < 3750; ++tick)
        open.session().tick(16ms);
    std::size_t renewed = 0;
    for (const auto& exchange : open.scope().state().exchanges())
        renewed += exchange.outcome == observe::ExchangeOutcome::renewed;
    EXPECT_GE(renewed, 6U);
    EXPECT_LE(open.scope().state().messages().size(), 2000U);
    EXPECT_EQ(open.scope().state().bound_count(), 3U);
}

/// The rogue's .20 to .23 are leased, and none of the pool's.
TEST(Start, ASecondServersLeasesAreNotCountedInThePool)
{
    OpenWindow open;
    open.lab("rogue", 10s);
    const auto& state = open.scope().state();
    ASSERT_LT(state.used_count(), state.bound_count());
    const QString words = QStringLiteral("Pool %1 / 101").arg(state.used_count());
    EXPECT_TRUE(open.window().statusStrip().text().contains(words)) << qPrintable(open.window().statusStrip().text());
    open.scope().setPlayhead(state.messages().front().at);
    open.session().tick(16ms);
    OpenWindow::settle();
    EXPECT_TRUE(open.window().statusStrip().text().contains(QStringLiteral("Pool 0 / 101")))
        << qPrintable(open.window().statusStrip().text());
}

TEST(Start, StatusSaysWhatIsServedAndHowFullThePoolIs)
{
    OpenWindow open;
    open.lab("three-clients", 1s);
    const QString text = open.window().statusStrip().text();
    EXPECT_TRUE(text.contains(QStringLiteral("Serving 192.168.1.100\u2013200 on the virtual LAN"))) << qPrintable(text);
    EXPECT_TRUE(text.contains(QStringLiteral("12 frames"))) << qPrintable(text);
    EXPECT_TRUE(text.contains(QStringLiteral("Pool 3 / 101"))) << qPrintable(text);
}

TEST(Start, TheLeasesPageNamesTheHolders)
{
    OpenWindow open;
    open.lab("three-clients", 1s);
    QTest::keyClick(&open.window(), Qt::Key_2, Qt::ControlModifier);
    EXPECT_EQ(open.window().page(), ui::MainWindow::leases);
    auto& leases = open.window().leasesPage().leases();
    ASSERT_EQ(leases.rowCount(), 3);
    EXPECT_EQ(leases.index(2, models::LeaseModel::kAddress).data().toString(), QStringLiteral("192.168.1.102"));
    EXPECT_EQ(leases.index(2, models::LeaseModel::kClient).data(models::LeaseModel::kClientNameRole).toString(),
              QStringLiteral("Laptop C"));
}

TEST(Start, TheColumnsOfTheLeasesFitASmallWindow)
{
    OpenWindow open;
    open.lab("three-clients", 1s);
    open.window().showPage(ui::MainWindow::leases);
    for (const int width : {1600, 1024, 900}) {
        open.window().resize(width, 700);
        OpenWindow::settle();
        for (const auto* const table : open.window().leasesPage().findChildren<QTableView*>())
            EXPECT_EQ(table->horizontalScrollBar()->maximum(), 0) << "at " << width;
    }
}

// A button's own shortcut goes when its text changes, and the chip's changes with every frame.
TEST(Start, ShortcutsOfButtonsOutliveTheirWords)
{
    OpenWindow open;
    open.lab("three-clients", 1s);
    open.scope().setPlayhead(open.scope().state().messages().front().at + 300us);
    open.session().tick(16ms);
    ASSERT_FALSE(open.scope().isLive());
    QTest::keyClick(&open.window(), Qt::Key_L, Qt::ControlModifier);
    EXPECT_TRUE(open.scope().isLive());
    QStringList choices;
    QTimer::singleShot(0, &open.window(), [&choices] {
        auto* const menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        if (menu == nullptr) return;
        for (const QAction* const action : menu->actions())
            choices << action->text();
        menu->close();
    });
    QTest::keyClick(&open.window(), Qt::Key_S, Qt::AltModifier); // returns when the menu is closed
    OpenWindow::settle();
    EXPECT_TRUE(choices.contains(QStringLiteral("Virtual LAN"))) << qPrintable(choices.join(QLatin1Char('|')));
}

TEST(Start, TheFilterHasRoomForWordsInASmallWindow)
{
    OpenWindow open;
    open.lab("three-clients", 1s);
    open.window().resize(1024, 700);
    OpenWindow::settle();
    EXPECT_GE(open.window().topBar().filter().width(), 105);
}

TEST(Start, SomebodyNewReadsAtOnceWhyAnAddressWasPassedOver)
{
    OpenWindow open;
    open.lab("three-clients", 1s);
    EXPECT_EQ(open.scope().selection().message, open.messageOf(MessageType::offer, 1));
    EXPECT_TRUE(open.window().inspector().whyView().toPlainText().contains(QStringLiteral("Candidate .100")));
}

TEST(Start, WhatSomebodyHasChosenIsLeftAlone)
{
    OpenWindow open;
    open.session().openLab(QStringLiteral("three-clients"));
    open.session().step();
    open.scope().selectMessage(0);
    open.session().showLabAt(1s);
    OpenWindow::settle();
    EXPECT_EQ(open.scope().selection().message, 0U);
}

TEST(Start, FollowingTheNewestLetsGoOfTheChosen)
{
    OpenWindow open;
    open.lab("three-clients", 1s);
    ASSERT_NE(open.scope().selection().message, observe::kNone);
    QTest::keyClick(&open.window(), Qt::Key_J, Qt::ControlModifier); // a button pressed by its shortcut takes a moment
    EXPECT_TRUE(OpenWindow::waitFor([&] { return open.scope().selection().message == observe::kNone; }));
}

TEST(Start, EveryScenarioGetsOnWhileOneWatches)
{
    OpenWindow open;
    for (const auto& scenario : open.session().scenarios()) {
        open.session().openLab(scenario.name);
        for (int tick = 0; tick < 1250; ++tick)
            open.session().tick(16ms); // twenty seconds
        EXPECT_GE(open.scope().state().bound_count(), 2U) << qPrintable(scenario.name);
    }
}

TEST(Start, ACrowdIsFollowedRatherThanOneOfIt)
{
    OpenWindow open;
    open.lab("office", 10s);
    EXPECT_EQ(open.scope().selection().message, observe::kNone);
}

TEST(Start, PausingStopsTimeAndSteppingGoesOnByOneFrame)
{
    OpenWindow open;
    open.session().openLab(QStringLiteral("three-clients"));
    open.session().setPaused(true);
    for (int tick = 0; tick < 500; ++tick)
        open.session().tick(16ms);
    EXPECT_EQ(open.session().status().frames, 0U);
    for (std::uint64_t frames = 1; frames <= 12; ++frames) {
        open.session().step();
        EXPECT_EQ(open.session().status().frames, frames);
    }
    EXPECT_TRUE(open.session().status().paused);
    EXPECT_TRUE(open.window().topBar().chip().text().startsWith(QStringLiteral("Paused")));
}

TEST(Start, AnotherScenarioTakesTheWindowOver)
{
    OpenWindow open;
    open.lab("three-clients", 1s);
    open.scope().selectMessage(3);
    open.lab("rogue", 6s);
    EXPECT_TRUE(open.window().topBar().sourceText().contains(QStringLiteral("8 clients")));
    EXPECT_NE(open.scope().selection().message, 3U);
    EXPECT_TRUE(open.window().statusStrip().text().contains(QStringLiteral("192.168.1.66, offers another gateway")))
        << qPrintable(open.window().statusStrip().text());
}

TEST(Start, TimeGoesOnWhereNothingIsSaid)
{
    OpenWindow open;
    open.lab("three-clients", 1s);
    open.session().setPace(ui::Pace::realTime);
    auto& leases = open.window().leasesPage().leases();
    const QString before = leases.index(0, models::LeaseModel::kTimeLeft).data().toString();
    const QSignalSpy told(&leases, &QAbstractItemModel::dataChanged);
    const std::uint64_t frames = open.session().status().frames;
    for (int tick = 0; tick < 190; ++tick) // three seconds, long before anybody renews
        open.session().tick(16ms);
    ASSERT_EQ(open.session().status().frames, frames);
    EXPECT_NE(leases.index(0, models::LeaseModel::kTimeLeft).data().toString(), before);
    EXPECT_GE(told.size(), 2);
}

TEST(Start, TheFirstWindowFitsTheScreenWithItsFrame)
{
    OpenWindow open;
    open.settings().remove(QStringLiteral("geometry"));
    const ui::MainWindow fresh(open.scope(), open.session(), open.settings());
    EXPECT_LE(fresh.height(), std::max(fresh.screen()->availableSize().height() - 30, fresh.minimumHeight()));
}

TEST(Start, ChoosingASourceLeavesTheServePanel)
{
    OpenWindow open;
    open.lab("three-clients", 1s);
    open.window().showPage(ui::MainWindow::servePage);
    open.lab("rogue", 1s);
    EXPECT_EQ(open.window().page(), ui::MainWindow::live);
    EXPECT_TRUE(open.window().windowTitle().contains(QStringLiteral("8 clients"))) << qPrintable(open.window().windowTitle());
}

TEST(Start, TheWelcomeIsDismissedOnceAndForAll)
{
    OpenWindow open;
    open.settings().remove(QStringLiteral("welcomed"));
    open.reopen();
    ASSERT_TRUE(open.window().welcome().isVisible());
    Q_EMIT open.window().welcome().dismissed();
    EXPECT_FALSE(open.window().welcome().isVisible());
    open.reopen();
    EXPECT_FALSE(open.window().welcome().isVisible());
}

TEST(Start, TheSizeIsRememberedAndTheThemeChosenIsWrittenDown)
{
    OpenWindow open;
    open.window().resize(1100, 720);
    OpenWindow::settle();
    open.window().cycleTheme();
    const QString theme = open.settings().value(QStringLiteral("theme")).toString();
    open.window().close();
    EXPECT_TRUE(theme == QStringLiteral("dark") || theme == QStringLiteral("light"));
    const ui::MainWindow again(open.scope(), open.session(), open.settings());
    EXPECT_EQ(again.size(), QSize(1100, 720));
    open.window().cycleTheme();
}

TEST(Start, ADraggedColumnStaysAndTheOthersAreNoLongerFitted)
{
    OpenWindow open;
    QHeaderView& header = *open.window().livePage().table().horizontalHeader();
    const int fitted = header.sectionSize(ExchangeModel::kClient);
    const int edge = header.sectionViewportPosition(ExchangeModel::kClient) + fitted - 1;
    QTest::mousePress(header.viewport(), Qt::LeftButton, {}, QPoint(edge, header.height() / 2));
    QTest::mouseMove(header.viewport(), QPoint(edge + 10, header.height() / 2));
    QTest::mouseMove(header.viewport(), QPoint(edge + 40, header.height() / 2));
    QTest::mouseRelease(header.viewport(), Qt::LeftButton, {}, QPoint(edge + 40, header.height() / 2));
    const int dragged = header.sectionSize(ExchangeModel::kClient);
    ASSERT_GT(dragged, fitted);
    open.window().resize(1200, 800);
    OpenWindow::settle();
    EXPECT_EQ(header.sectionSize(ExchangeModel::kClient), dragged);
    open.reopen();
    EXPECT_EQ(open.window().livePage().table().horizontalHeader()->sectionSize(ExchangeModel::kClient), dragged);
}

TEST(Start, ThePlayheadShowsThePastAndLiveReturns)
{
    OpenWindow open;
    open.lab("three-clients", 1s);
    const Instant start = open.scope().state().messages().front().at;
    open.scope().setPlayhead(start + 300us); // the DISCOVERs only
    open.session().tick(16ms);
    OpenWindow::settle();
    EXPECT_EQ(open.scope().state().bound_count(), 0U);
    EXPECT_LT(open.scope().state().messages().size(), 12U);
    EXPECT_TRUE(open.window().topBar().chip().text().startsWith(QStringLiteral("Past")))
        << qPrintable(open.window().topBar().chip().text());
    QTest::mouseClick(&open.window().topBar().chip(), Qt::LeftButton);
    OpenWindow::settle();
    EXPECT_TRUE(open.scope().isLive());
    EXPECT_EQ(open.scope().state().bound_count(), 3U);
    EXPECT_EQ(open.window().livePage().table().model()->rowCount(), 3);
}

} // namespace
} // namespace dorascope
