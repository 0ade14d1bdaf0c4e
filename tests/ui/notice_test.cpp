// SPDX-License-Identifier: GPL-3.0-or-later
// What the server that runs here has to say: in the window while it stands, in the status bar's list for good.
#include "app/dorascope/notice_list.h"
#include "app/dorascope/refusal_tally.h"
#include "tests/ui/open_window.h"
#include "tests/ui/paper_control.h"
#include "ui/views/notice_bar.h"
#include "ui/views/notice_history.h"
#include "ui/views/status_strip.h"

#include <gtest/gtest.h>
#include <QTest>
#include <QToolButton>

namespace dorascope::ui {
namespace {

using namespace std::chrono_literals;
using app::NoticeList;
using host::NoticeSubject;

constexpr Instant kNoon{1'700'000'000s};

TEST(NoticeList, AnEndTakesTheTroubleAway)
{
    NoticeList list;
    list.add(kNoon, host::HostNotice{NoticeSubject::disk, false, "The disk is full."});
    list.add(kNoon, host::HostNotice{NoticeSubject::link, false, "Interface eth0 is down."});
    list.add(kNoon + 5s, host::HostNotice{NoticeSubject::disk, true, "It can be written again."});
    const auto notices = list.list();
    ASSERT_EQ(notices.size(), 3);
    EXPECT_FALSE(notices[0].stands);
    EXPECT_TRUE(notices[1].stands) << "another matter";
    EXPECT_FALSE(notices[2].stands);
}

TEST(NoticeList, ATroubleToldOfAgainAndAgainIsOne)
{
    NoticeList list;
    list.add(kNoon, QStringLiteral("A reservation does not fit any more."));
    for (int i = 1; i <= 1000; ++i)
        list.add(kNoon + i * 1s, host::HostNotice{NoticeSubject::sending, false, std::to_string(i) + " replies were not sent."});
    const auto notices = list.list();
    ASSERT_EQ(notices.size(), 2);
    EXPECT_EQ(notices[1].text, QStringLiteral("1000 replies were not sent."));
    EXPECT_EQ(notices[1].at, kNoon + 1s) << "since when";
}

TEST(NoticeList, IsBounded)
{
    NoticeList list;
    for (int i = 0; i < 1000; ++i)
        list.add(kNoon + i * 1s, host::HostNotice{NoticeSubject::link, i % 2 == 1, std::to_string(i)});
    EXPECT_EQ(list.list().size(), NoticeList::kMost);
    EXPECT_EQ(list.list().constLast().text, QStringLiteral("999"));
}

Decision decided(Outcome outcome, std::initializer_list<StepCode> steps)
{
    Decision decision;
    decision.outcome = outcome;
    for (const StepCode code : steps)
        decision.steps.push_back({code, {}, 0, {}});
    return decision;
}

QStringList said(const QList<DropCount>& drops)
{
    QStringList lines;
    for (const DropCount& drop : drops)
        lines << QStringLiteral("%1 %2").arg(drop.count).arg(drop.words);
    return lines;
}

TEST(RefusalTally, CountsWhatWasDroppedAndWhatWasNotAnsweredByTheirVerdicts)
{
    app::RefusalTally tally;
    for (int i = 0; i < 3; ++i)
        tally.add(decided(Outcome::dropped, {StepCode::client_rate_exceeded}));
    tally.add(decided(Outcome::dropped, {StepCode::malformed}));
    tally.add(decided(Outcome::silent, {StepCode::subnet_by_interface, StepCode::sender_offers_exhausted}));
    tally.add(decided(Outcome::silent, {StepCode::subnet_by_interface, StepCode::pool_exhausted}));
    tally.add(decided(Outcome::silent, {StepCode::candidate_quarantined})); // of no words of its own
    SourceStatus status;
    status.serverDrops = {{QStringLiteral("damaged"), 7}};
    tally.describe(status);
    EXPECT_EQ(
        said(status.serverDrops),
        (QStringList{QStringLiteral("7 damaged"), QStringLiteral("1 malformed"), QStringLiteral("3 over the rate of a client")}));
    EXPECT_EQ(said(status.unanswered),
              (QStringList{QStringLiteral("1 candidate quarantined"), QStringLiteral("1 with no address left"),
                           QStringLiteral("1 over the offers of a sender")}));
}

TEST(RefusalTally, WhatWasAnsweredOrLeftToAnotherServerIsNone)
{
    app::RefusalTally tally;
    tally.add(decided(Outcome::replied, {StepCode::offer_made}));
    tally.add(decided(Outcome::recorded, {StepCode::released}));
    tally.add(decided(Outcome::silent, {StepCode::other_server_chosen, StepCode::offer_released}));
    tally.add(decided(Outcome::silent, {StepCode::polite_other_answered}));
    SourceStatus status;
    tally.describe(status);
    EXPECT_TRUE(status.serverDrops.isEmpty());
    EXPECT_TRUE(status.unanswered.isEmpty());
}

class NoticeTest : public testing::Test {
protected:
    NoticeTest()
    {
        open.settings().setValue(QStringLiteral("welcomed"), true);
        control.now.kind = SourceKind::serve;
        control.now.running = control.now.takesOrders = true;
        control.now.serving = QStringLiteral("Serving 192.168.50.100\u2013200 on eth0");
        window.resize(1024, 700);
        window.show();
        say();
    }
    void say(QList<Notice> notices = {})
    {
        control.now.notices = std::move(notices);
        Q_EMIT control.statusChanged();
        OpenWindow::settle();
    }
    const Notice down{kNoon, QStringLiteral("Interface eth0 is down: nobody is served until it is up again."), true};
    const Notice full{kNoon + 9s,
                      QStringLiteral("leases.sqlite cannot be written: no space. What it cannot keep is not answered."), true};

    OpenWindow open;
    PaperControl control;
    MainWindow window{open.scope(), control, open.settings()};
};

TEST_F(NoticeTest, ATroubleStandsInTheWindowUntilItIsOver)
{
    EXPECT_EQ(window.trouble().text(), QString());
    EXPECT_FALSE(window.statusStrip().noticesButton().isVisible());
    say({down});
    EXPECT_TRUE(window.trouble().text().contains(QStringLiteral("eth0 is down"))) << qPrintable(window.trouble().text());
    EXPECT_TRUE(window.trouble().text().contains(QStringLiteral("Since "))) << qPrintable(window.trouble().text());
    EXPECT_EQ(window.trouble().accessibleName(), QStringLiteral("Warning"));
    Notice over = down;
    over.stands = false;
    say({over, {kNoon + 3s, QStringLiteral("Interface eth0 is up again."), false}});
    EXPECT_EQ(window.trouble().text(), QString());
    EXPECT_TRUE(window.statusStrip().text().contains(QStringLiteral("2 notices"))) << qPrintable(window.statusStrip().text());
}

TEST_F(NoticeTest, TheNewestIsShownAndTheOneBeforeItReturns)
{
    say({down, full});
    EXPECT_TRUE(window.trouble().text().contains(QStringLiteral("cannot be written")));
    Notice over = full;
    over.stands = false;
    say({down, over});
    EXPECT_TRUE(window.trouble().text().contains(QStringLiteral("eth0 is down")));
}

TEST_F(NoticeTest, OneThatIsClosedStaysClosedUntilAnother)
{
    say({down});
    auto* const close = window.trouble().findChildren<QToolButton*>().last();
    QTest::mouseClick(close, Qt::LeftButton);
    EXPECT_EQ(window.trouble().text(), QString());
    Notice newer = down;
    newer.text += QStringLiteral(" Still.");
    say({newer});
    EXPECT_EQ(window.trouble().text(), QString()) << "the same, in other words";
    say({newer, full});
    EXPECT_TRUE(window.trouble().text().contains(QStringLiteral("cannot be written")));
}

TEST_F(NoticeTest, AllOfThemAreListedNewestFirstWithTheirTime)
{
    say({down, full});
    EXPECT_EQ(window.statusStrip().noticesButton().shortcut(), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N));
    QTest::mouseClick(&window.statusStrip().noticesButton(), Qt::LeftButton);
    const QStringList lines = window.statusStrip().history().text().split(QLatin1Char('\n'));
    ASSERT_EQ(lines.size(), 2);
    EXPECT_TRUE(lines[0].contains(QStringLiteral("cannot be written")));
    EXPECT_TRUE(lines[1].contains(QStringLiteral("eth0 is down")));
    EXPECT_TRUE(lines[1].contains(QLatin1Char(':'))) << qPrintable(lines[1]);
    EXPECT_TRUE(window.statusStrip().history().isVisible());
    QTest::keyClick(&window.statusStrip().history(), Qt::Key_Escape);
    EXPECT_FALSE(window.statusStrip().history().isVisible());
}

TEST_F(NoticeTest, AServerThatHasStoppedHasNoTrouble)
{
    say({down});
    control.now.running = false;
    say({down});
    EXPECT_EQ(window.trouble().text(), QString());
}

TEST_F(NoticeTest, WhatTheServerDroppedIsToldByReason)
{
    EXPECT_FALSE(window.statusStrip().text().contains(QStringLiteral("at the server")));
    EXPECT_TRUE(window.statusStrip().text().contains(QStringLiteral("0 dropped")));
    control.now.serverDrops = {{QStringLiteral("damaged"), 12}, {QStringLiteral("not sent"), 3}};
    say();
    EXPECT_TRUE(window.statusStrip().text().contains(QStringLiteral("dropped: 15 at the server")))
        << qPrintable(window.statusStrip().text());
    EXPECT_TRUE(window.statusStrip().text().contains(QStringLiteral("12 damaged, 3 not sent")));
    control.now.unanswered = {{QStringLiteral("with no address left"), 4}, {QStringLiteral("of denied classes"), 2}};
    say();
    EXPECT_TRUE(window.statusStrip().text().contains(QStringLiteral("6 not answered")))
        << qPrintable(window.statusStrip().text());
    EXPECT_TRUE(window.statusStrip().text().contains(QStringLiteral(
        "Dropped at the server: 12 damaged, 3 not sent\nNot answered: 4 with no address left, 2 of denied classes")))
        << qPrintable(window.statusStrip().text());
    control.now.kernelDrops = 7;
    control.now.queueDrops = 2;
    say();
    EXPECT_TRUE(
        window.statusStrip().text().contains(QStringLiteral("7 dropped by the kernel, 2 by the window, 15 at the server")))
        << qPrintable(window.statusStrip().text());
}

} // namespace
} // namespace dorascope::ui
