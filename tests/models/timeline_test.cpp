// SPDX-License-Identifier: GPL-3.0-or-later
// The timeline strip, driven as people drive it.
#include "tests/models/watched_lan.h"
#include "ui/charts/timeline_strip.h"
#include "ui/models/timeline_bars.h"
#include "ui/theme/theme.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QHelpEvent>
#include <QImage>
#include <QSignalSpy>
#include <QTest>
#include <QToolTip>

namespace dorascope::models::test {
namespace {

using ui::TimelineStrip;

class Timeline : public testing::Test {
protected:
    Timeline()
    {
        start = lan.now;
        for (std::uint32_t i = 0; i < 60; ++i) {
            lan.dora("A", "10.0.0.10", i);
            lan.now += 1s - 4ms;
        }
        lan.publish();
        strip.resize(800, 160);
        strip.show();
        strip.grab();
    }
    QPoint at(Duration since) const { return {static_cast<int>(strip.xOf(start + since)), 80}; }
    void drag(QPoint from, QPoint to)
    {
        QTest::mousePress(&strip, Qt::LeftButton, {}, from);
        QTest::mouseMove(&strip, (from + to) / 2);
        QTest::mouseMove(&strip, to);
        QTest::mouseRelease(&strip, Qt::LeftButton, {}, to);
    }
    /// Within two pixels.
    void expectNear(Instant a, Instant b) { EXPECT_LE(std::abs(strip.xOf(a) - strip.xOf(b)), 2); }

    WatchedLan lan;
    Instant start;
    TimelineStrip strip{lan.scope};
};

TEST_F(Timeline, ShowsEverythingFromTheFirstMessageToNow)
{
    EXPECT_LE(strip.viewFrom(), start);
    EXPECT_GE(strip.viewTo(), lan.state.now());
    EXPECT_LT(strip.viewTo() - strip.viewFrom(), 100s);
    expectNear(strip.timeAt(strip.xOf(start + 30s)), start + 30s);
}

TEST_F(Timeline, DraggingSelectsARangeAndDoubleClickClearsIt)
{
    drag(at(10s), at(20s));
    ASSERT_TRUE(lan.scope.range());
    expectNear(lan.scope.range()->from, start + 10s);
    expectNear(lan.scope.range()->to, start + 20s);
    drag(at(20s), at(30s)); // by its edge
    ASSERT_TRUE(lan.scope.range());
    expectNear(lan.scope.range()->from, start + 10s);
    expectNear(lan.scope.range()->to, start + 30s);
    QTest::mouseDClick(&strip, Qt::LeftButton, {}, at(15s));
    EXPECT_FALSE(lan.scope.range());
}

TEST_F(Timeline, AClickAloneSelectsNothing)
{
    QTest::mouseClick(&strip, Qt::LeftButton, {}, at(15s));
    EXPECT_FALSE(lan.scope.range());
    EXPECT_TRUE(lan.scope.isLive());
}

TEST_F(Timeline, ThePlayheadIsDraggedIntoThePastAndBack)
{
    const Instant now = lan.state.now();
    const QPoint head{static_cast<int>(strip.xOf(now)), 80};
    drag(head, at(30s));
    EXPECT_FALSE(lan.scope.isLive());
    expectNear(lan.scope.playhead(), start + 30s);
    EXPECT_FALSE(lan.scope.range());
    // Session answers with the state as it was then; the strip still shows what lies ahead.
    const auto past = lan.recording.at(lan.scope.playhead());
    lan.scope.setState(&past, &lan.recording);
    EXPECT_GE(strip.viewTo(), now);
    drag(at(30s), head + QPoint{8, 0});
    EXPECT_TRUE(lan.scope.isLive());
}

TEST_F(Timeline, TheKeyboardDoesItAll)
{
    const Instant now = lan.state.now();
    strip.setFocus();
    QTest::keyClick(&strip, Qt::Key_Left);
    EXPECT_FALSE(lan.scope.isLive());
    const Instant once = lan.scope.playhead();
    EXPECT_LT(once, now);
    QTest::keyClick(&strip, Qt::Key_Left);
    EXPECT_LT(lan.scope.playhead(), once);
    QTest::keyClick(&strip, Qt::Key_Right);
    EXPECT_EQ(lan.scope.playhead(), once);
    QTest::keyClick(&strip, Qt::Key_Left, Qt::ShiftModifier);
    QTest::keyClick(&strip, Qt::Key_Left, Qt::ShiftModifier);
    ASSERT_TRUE(lan.scope.range());
    EXPECT_EQ(lan.scope.range()->to, once);
    EXPECT_LT(lan.scope.range()->from, once);
    QTest::keyClick(&strip, Qt::Key_Escape);
    EXPECT_FALSE(lan.scope.range());
    QTest::keyClick(&strip, Qt::Key_Home);
    EXPECT_EQ(lan.scope.playhead(), start);
    QTest::keyClick(&strip, Qt::Key_End);
    EXPECT_TRUE(lan.scope.isLive());
}

TEST_F(Timeline, ZoomsAroundThePlayheadAndBackOut)
{
    const auto whole = strip.viewTo() - strip.viewFrom();
    QTest::keyClick(&strip, Qt::Key_Plus);
    EXPECT_LT(strip.viewTo() - strip.viewFrom(), whole);
    for (int i = 0; i < 60; ++i)
        QTest::keyClick(&strip, Qt::Key_Plus);
    EXPECT_GE(strip.viewTo() - strip.viewFrom(), 20ms);
    strip.grab();
    for (int i = 0; i < 60; ++i)
        QTest::keyClick(&strip, Qt::Key_Minus);
    EXPECT_EQ(strip.viewTo() - strip.viewFrom(), whole) << "out beyond everything: all of it";
}

TEST_F(Timeline, BarsStandStillWhileTimePasses)
{
    const auto from = strip.viewFrom(), to = strip.viewTo();
    lan.passes(1s);
    lan.publish();
    EXPECT_EQ(strip.viewFrom(), from);
    EXPECT_EQ(strip.viewTo(), to);
    lan.passes(10min);
    lan.publish();
    EXPECT_GE(strip.viewTo(), lan.state.now());
}

TEST_F(Timeline, TellsItselfToScreenReaders)
{
    EXPECT_FALSE(strip.accessibleName().isEmpty());
    strip.setFocus();
    QApplication::processEvents();
    lan.scope.setRange(TimeRange{start + 1s, start + 2s});
    EXPECT_TRUE(strip.accessibleDescription().contains("Selected: 22:13:21.000 to 22:13:22.000"))
        << strip.accessibleDescription().toStdString();
    EXPECT_TRUE(strip.accessibleDescription().contains("Live."));
    lan.scope.setPlayhead(start + 5s);
    strip.clearFocus();
    strip.setFocus();
    QApplication::processEvents();
}

TEST_F(Timeline, TheTooltipTellsTheBar)
{
    QHelpEvent help{QEvent::ToolTip, at(10s), strip.mapToGlobal(at(10s))};
    QApplication::sendEvent(&strip, &help);
    EXPECT_TRUE(QToolTip::text().contains("in use: 1")) << QToolTip::text().toStdString();
}

TEST_F(Timeline, PaintsEachKindInItsColour)
{
    for (const auto appearance : {ui::Appearance::light, ui::Appearance::dark}) {
        auto& theme = ui::Theme::current();
        theme.setAppearance(appearance);
        const QImage picture = strip.grab().toImage();
        for (const auto type : {MessageType::discover, MessageType::offer, MessageType::request, MessageType::ack}) {
            int pixels = 0;
            for (int x = 14; x < 500; ++x)
                for (int y = 60; y < picture.height(); ++y)
                    pixels += picture.pixelColor(x, y) == theme.messageColor(type) ? 1 : 0;
            EXPECT_GT(pixels, 100) << static_cast<int>(type);
        }
    }
    ui::Theme::current().setAppearance(ui::Appearance::system);
}

TEST(TimelineStripAlone, IsSafeWithNothingToShow)
{
    Scope scope;
    TimelineStrip strip{scope};
    strip.resize(60, 40);
    strip.show();
    strip.grab();
    for (const auto key : {Qt::Key_Left, Qt::Key_Right, Qt::Key_Plus, Qt::Key_Minus, Qt::Key_Home, Qt::Key_End, Qt::Key_Escape})
        QTest::keyClick(&strip, key);
    QTest::mouseClick(&strip, Qt::LeftButton);
    EXPECT_TRUE(scope.isLive());
    EXPECT_FALSE(scope.range());
}

TEST(TimelineBars, LoseNoMessage)
{
    WatchedLab lan{"office", 3, 0.1};
    lan.runs(10min);
    const auto& series = lan.state.series();
    const auto total = lan.state.messages().size();
    for (const std::size_t n : {1U, 7U, 200U, 4000U}) {
        const auto bars = timelineBars(series, series.first(), series.last() + 1s, n);
        ASSERT_EQ(bars.buckets.size(), n);
        std::size_t counted = 0;
        std::uint32_t most = 0;
        for (const auto& bucket : bars.buckets) {
            counted += bucket.total();
            most = std::max(most, bucket.total());
        }
        EXPECT_EQ(counted, total);
        EXPECT_EQ(bars.most, most);
        for (std::size_t i = 0; i < n; ++i)
            ASSERT_EQ(bars.bucketAt(bars.startOf(i) + bars.width() / 2), i);
        EXPECT_FALSE(bars.bucketAt(bars.to));
        EXPECT_FALSE(bars.bucketAt(bars.from - 1ns));
    }
}

} // namespace
} // namespace dorascope::models::test
