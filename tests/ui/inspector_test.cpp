// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/open_window.h"

#include "ui/models/field_model.h"
#include "ui/views/exchange_table.h"
#include "ui/views/hex_view.h"
#include "ui/views/inspector.h"
#include "ui/views/ladder_view.h"
#include "ui/views/live_page.h"
#include "ui/views/why_view.h"

#include <gtest/gtest.h>
#include <QApplication>
#include <QLineEdit>
#include <QTest>
#include <QTreeView>
#include <QWheelEvent>

namespace dorascope {
namespace {

using namespace std::chrono_literals;

class InspectorTest : public testing::Test {
protected:
    InspectorTest()
    {
        open.lab("three-clients", 1s);
        open.scope().select({});
    }

    void click(observe::MessageId message)
    {
        ui::LadderView& ladder = open.window().livePage().ladder();
        const auto point = ladder.pointOf(message);
        ASSERT_TRUE(point.has_value());
        QTest::mouseClick(ladder.viewport(), Qt::LeftButton, {}, *point);
        OpenWindow::settle();
    }

    OpenWindow open;
};

TEST_F(InspectorTest, AClickOnAnArrowSelectsItsMessageEverywhere)
{
    const observe::MessageId offer = open.messageOf(MessageType::offer, 1);
    click(offer);
    EXPECT_EQ(open.scope().selection().message, offer);
    EXPECT_EQ(open.window().inspector().title(), QStringLiteral("192.168.1.101 \u2192 Smartphone B"));
    EXPECT_EQ(open.window().livePage().table().currentIndex().row(), 1);
}

TEST_F(InspectorTest, EveryArrowIsFoundWhereItStands)
{
    for (observe::MessageId message = 0; message < open.scope().state().messages().size(); ++message) {
        click(message);
        EXPECT_EQ(open.scope().selection().message, message);
    }
}

TEST_F(InspectorTest, WhyTellsOfTheCandidateThatWasTaken)
{
    click(open.messageOf(MessageType::offer, 1));
    const QString why = open.window().inspector().whyView().toPlainText();
    for (const char* const words : {"Subnet", "192.168.1.0/24", "Candidate .100", "held by an offer to Laptop A",
                                    "Candidate .101", "RFC 2131 \u00a74.3.1", "In this offer", "255.255.255.0", "9.9.9.9"})
        EXPECT_TRUE(why.contains(QString::fromUtf8(words))) << words << " is not in:\n" << qPrintable(why);
}

TEST_F(InspectorTest, FieldsShowWhatIsOnTheWire)
{
    click(open.messageOf(MessageType::ack, 2));
    const models::FieldModel& fields = open.window().inspector().fieldModel();
    QStringList lines;
    for (int row = 0; row < fields.rowCount(); ++row)
        lines << fields.index(row, 0).data().toString() + QStringLiteral("=") + fields.index(row, 1).data().toString();
    const QString all = lines.join(QLatin1Char('\n'));
    EXPECT_TRUE(all.contains(QStringLiteral("192.168.1.102"))) << qPrintable(all);
    EXPECT_TRUE(all.contains(QStringLiteral("DHCPACK"))) << qPrintable(all);
}

TEST_F(InspectorTest, PointingAtAByteMarksItsField)
{
    click(open.messageOf(MessageType::offer));
    ui::Inspector& inspector = open.window().inspector();
    inspector.showTab(ui::Inspector::bytes);
    OpenWindow::settle();
    ASSERT_TRUE(inspector.fieldModel().detail().has_value());
    const std::size_t xid = inspector.fieldModel().detail()->payloadOffset + 4; // RFC 2131 figure 1
    ui::HexView& hex = inspector.hexView();
    QTest::mouseMove(hex.viewport(), hex.pointOf(0));
    QTest::mouseMove(hex.viewport(), hex.pointOf(xid + 1));
    OpenWindow::settle();
    EXPECT_EQ(hex.marked(), (std::pair<std::size_t, std::size_t>{xid, 4}));
}

TEST_F(InspectorTest, ChoosingAFieldMarksItsBytes)
{
    click(open.messageOf(MessageType::offer));
    ui::Inspector& inspector = open.window().inspector();
    inspector.showTab(ui::Inspector::fields);
    const std::size_t yiaddr = inspector.fieldModel().detail()->payloadOffset + 16;
    inspector.fieldTree().setCurrentIndex(inspector.fieldModel().indexOfByte(yiaddr));
    EXPECT_EQ(inspector.hexView().marked(), (std::pair<std::size_t, std::size_t>{yiaddr, 4}));
}

TEST_F(InspectorTest, TheKeyboardWalksThroughTheMessages)
{
    ui::LadderView& ladder = open.window().livePage().ladder();
    ladder.setFocus();
    for (const observe::MessageId expected : {0U, 1U, 2U}) {
        QTest::keyClick(&ladder, Qt::Key_Down);
        EXPECT_EQ(open.scope().selection().message, ladder.ladder().arrows[expected].message);
    }
    QTest::keyClick(&ladder, Qt::Key_Up);
    EXPECT_EQ(open.scope().selection().message, ladder.ladder().arrows[1].message);
    QTest::keyClick(&ladder, Qt::Key_Escape);
    EXPECT_EQ(open.scope().selection().message, observe::kNone);
}

TEST_F(InspectorTest, TheKeyboardAloneReachesTableInspectorAndFilter)
{
    ui::ExchangeTable& table = open.window().livePage().table();
    table.setFocus();
    QTest::keyClick(&table, Qt::Key_Down);
    QTest::keyClick(&table, Qt::Key_Down);
    EXPECT_EQ(open.scope().selection().exchange, 1U);
    QTest::keyClick(&open.window(), Qt::Key_3, Qt::AltModifier);
    EXPECT_TRUE(open.window().inspector().hexView().isVisible());
    QTest::keyClick(&open.window(), Qt::Key_F, Qt::ControlModifier);
    auto* const filter = qobject_cast<QLineEdit*>(QApplication::focusWidget());
    ASSERT_NE(filter, nullptr);
    QTest::keyClicks(filter, QStringLiteral("laptop"));
    OpenWindow::settle();
    EXPECT_EQ(table.model()->rowCount(), 2);
}

TEST_F(InspectorTest, TheWheelZoomsTime)
{
    ui::LadderView& ladder = open.window().livePage().ladder();
    const double before = ladder.ladder().height;
    const QPointF middle(ladder.viewport()->rect().center());
    QWheelEvent turn(middle, ladder.viewport()->mapToGlobal(middle), {}, {0, 960}, {}, {}, Qt::NoScrollPhase, false);
    QApplication::sendEvent(ladder.viewport(), &turn);
    EXPECT_GT(ladder.ladder().height, before * 1.5);
}

TEST_F(InspectorTest, WhatIsPaintedIsNotEmpty)
{
    // The picture of the ladder holds the colours of D, O, R and A.
    const QImage image = open.window().livePage().ladder().grab().toImage();
    for (const MessageType type : {MessageType::discover, MessageType::offer, MessageType::request, MessageType::ack}) {
        const QRgb wanted = ui::Theme::current().isDark() ? ui::Theme::current().messageText(type).rgb()
                                                          : ui::Theme::current().messageColor(type).rgb();
        bool found = false;
        for (int y = 0; y < image.height() && !found; ++y)
            for (int x = 0; x < image.width() && !found; ++x)
                found = (image.pixel(x, y) | 0xff000000) == wanted;
        EXPECT_TRUE(found) << "no pixel in the colour of type " << static_cast<int>(type);
    }
}

} // namespace
} // namespace dorascope
