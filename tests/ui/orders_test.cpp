// SPDX-License-Identifier: GPL-3.0-or-later
// What a person orders about a lease: menu, keys, the question before what hurts, and the way back.
#include "tests/observe/conversation.h"
#include "tests/ui/open_window.h"
#include "tests/ui/paper_control.h"
#include "ui/views/lease_actions.h"
#include "ui/views/leases_page.h"
#include "ui/views/order_bar.h"

#include <gtest/gtest.h>
#include <QFile>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

namespace dorascope::ui {
namespace {

using namespace std::chrono_literals;

class OrdersTest : public testing::Test {
protected:
    OrdersTest()
    {
        open.lab("three-clients", 1s); // its server is embedded as one on a real interface is
        control.now.takesOrders = true;
        page.resize(900, 500);
        page.show();
        OpenWindow::settle();
        choose(0);
    }
    void choose(int row)
    {
        page.table().setCurrentIndex(page.leases().index(row, 0));
        page.table().setFocus();
    }
    Ipv4Address chosen() { return page.leases().bindingAt(page.table().currentIndex().row()).address; }
    bool enabled(LeaseOrder order) { return page.actions().action(order).isEnabled(); }
    void announce() { Q_EMIT control.statusChanged(); }

    OpenWindow open;
    PaperControl control;
    LeasesPage page{open.scope(), control};
};

TEST_F(OrdersTest, OnlyAServerOfThisWindowTakesThem)
{
    EXPECT_TRUE(enabled(LeaseOrder::release));
    EXPECT_TRUE(enabled(LeaseOrder::reserve));
    EXPECT_TRUE(enabled(LeaseOrder::erase));
    EXPECT_FALSE(enabled(LeaseOrder::clearQuarantine)) << "a bound address is in none";
    control.now.takesOrders = false;
    announce();
    for (const auto order : {LeaseOrder::release, LeaseOrder::erase, LeaseOrder::reserve, LeaseOrder::unreserve})
        EXPECT_FALSE(enabled(order));
}

TEST_F(OrdersTest, OnlyAReservationThatThereIsCanBeGivenUp)
{
    EXPECT_FALSE(enabled(LeaseOrder::unreserve));
    control.reserved = {chosen()};
    announce();
    EXPECT_TRUE(enabled(LeaseOrder::unreserve));
    choose(1);
    EXPECT_FALSE(enabled(LeaseOrder::unreserve)) << "that of another address";
}

/// It never had a lease, and yet it is there to be given up.
TEST_F(OrdersTest, AReservationWithoutALeaseCanBeGivenUpAndNothingElse)
{
    const auto first = *Ipv4Address::parse("192.168.1.5"), second = *Ipv4Address::parse("192.168.1.6");
    open.scope().setReservations(
        std::make_shared<const std::vector<models::ReservedAddress>>(std::vector<models::ReservedAddress>{
            {first, QStringLiteral("3c:22:fb:0a:01:02"), {}, true}, {second, QStringLiteral("3c:22:fb:0a:01:03"), {}, false}}));
    control.reserved = {first};
    choose(0);
    ASSERT_EQ(chosen(), first);
    EXPECT_EQ(page.leases().index(0, models::LeaseModel::kState).data().toString(), QStringLiteral("reserved"));
    for (const auto order : {LeaseOrder::release, LeaseOrder::erase, LeaseOrder::reserve, LeaseOrder::clearQuarantine})
        EXPECT_FALSE(enabled(order)) << "there is no lease";
    EXPECT_TRUE(enabled(LeaseOrder::unreserve));
    QTest::keyClick(&page.table(), Qt::Key_K, Qt::ControlModifier | Qt::ShiftModifier);
    ASSERT_EQ(control.orders.size(), 1);
    EXPECT_EQ(control.orders[0], (std::pair{LeaseOrder::unreserve, first}));
    choose(1);
    ASSERT_EQ(chosen(), second);
    EXPECT_FALSE(enabled(LeaseOrder::unreserve)) << "the configuration's";
}

TEST(LeaseOrders, TheQuarantineOfWhatAProbeFoundInUseCanBeCleared)
{
    models::Scope scope;
    observe::LanState state;
    observe::Changes changes;
    Decision decision;
    decision.outcome = Outcome::recorded;
    decision.address = *Ipv4Address::parse("10.0.0.10");
    decision.steps = {{StepCode::probe_answered, decision.address, 0, {}}};
    state.apply(decision, changes);
    const observe::Recording recording;
    scope.setState(&state, &recording);
    PaperControl control;
    control.now.takesOrders = true;
    LeasesPage page{scope, control};
    page.resize(900, 500);
    page.show();
    OpenWindow::settle();
    ASSERT_EQ(page.leases().rowCount(), 1);
    page.table().setCurrentIndex(page.leases().index(0, 0));
    EXPECT_TRUE(page.actions().action(LeaseOrder::clearQuarantine).isEnabled());
    EXPECT_FALSE(page.actions().action(LeaseOrder::reserve).isEnabled()) << "for whom?";
    page.actions().action(LeaseOrder::clearQuarantine).trigger();
    EXPECT_TRUE(page.orders().text().contains(QStringLiteral("10.0.0.10")));
    QTest::mouseClick(&page.orders().button(), Qt::LeftButton);
    ASSERT_EQ(control.orders.size(), 1);
    EXPECT_EQ(control.orders[0], (std::pair{LeaseOrder::clearQuarantine, decision.address}));
}

TEST(LeaseOrders, TheQuarantineOfWhatAnotherServerBoundCanBeClearedAndNothingElse)
{
    models::Scope scope;
    observe::LanState state;
    observe::Changes changes;
    observe::HeldLeases held;
    held.server = *Ipv4Address::parse("10.0.0.1");
    held.leases.resize(1);
    held.leases[0].address = *Ipv4Address::parse("10.0.0.10");
    held.leases[0].state = observe::BindingState::conflict;
    state.apply(held, changes);
    observe::test::Lan other;
    other.state = state;
    other.hears(observe::test::ack("B", "10.0.0.10").server("10.0.0.66", "02:00:00:00:00:66"));
    const observe::Recording recording;
    scope.setState(&other.state, &recording);
    PaperControl control;
    control.now.takesOrders = true;
    LeasesPage page{scope, control};
    page.resize(900, 500);
    page.show();
    OpenWindow::settle();
    ASSERT_EQ(page.leases().rowCount(), 1);
    page.table().setCurrentIndex(page.leases().index(0, 0));
    EXPECT_EQ(page.leases().index(0, models::LeaseModel::kState).data().toString(), QStringLiteral("bound, in quarantine"));
    for (const auto order : {LeaseOrder::release, LeaseOrder::erase, LeaseOrder::reserve, LeaseOrder::unreserve})
        EXPECT_FALSE(page.actions().action(order).isEnabled()) << "another server's lease";
    ASSERT_TRUE(page.actions().action(LeaseOrder::clearQuarantine).isEnabled());
    page.actions().action(LeaseOrder::clearQuarantine).trigger();
    QTest::mouseClick(&page.orders().button(), Qt::LeftButton);
    ASSERT_EQ(control.orders.size(), 1);
    EXPECT_EQ(control.orders[0], (std::pair{LeaseOrder::clearQuarantine, *Ipv4Address::parse("10.0.0.10")}));
}

TEST_F(OrdersTest, ThePastTakesNone)
{
    open.scope().setPlayhead(open.scope().state().messages().front().at + 100ms);
    open.session().tick(0ns);
    announce();
    EXPECT_FALSE(enabled(LeaseOrder::release));
    open.scope().goLive();
    choose(0);
    EXPECT_TRUE(enabled(LeaseOrder::release));
}

TEST_F(OrdersTest, AReleaseIsAskedAboutFirst)
{
    const auto address = chosen();
    QTest::keyClick(&page.table(), Qt::Key_Backspace);
    EXPECT_TRUE(control.orders.isEmpty());
    EXPECT_TRUE(page.orders().text().contains(QString::fromStdString(address.to_string()))) << qPrintable(page.orders().text());
    EXPECT_TRUE(page.orders().text().contains(QStringLiteral("is not told")));
    choose(1); // the question is about the lease that it was asked about
    QTest::mouseClick(&page.orders().button(), Qt::LeftButton);
    ASSERT_EQ(control.orders.size(), 1);
    EXPECT_EQ(control.orders[0], (std::pair{LeaseOrder::release, address}));
    EXPECT_EQ(page.orders().text(), QString());
}

TEST_F(OrdersTest, EscapeTakesAQuestionBack)
{
    QTest::keyClick(&page.table(), Qt::Key_Delete);
    EXPECT_TRUE(page.orders().text().contains(QStringLiteral("cannot be taken back")));
    QTest::keyClick(&page.orders().button(), Qt::Key_Escape);
    EXPECT_EQ(page.orders().text(), QString());
    EXPECT_TRUE(control.orders.isEmpty());
}

TEST_F(OrdersTest, AReservationIsMadeAtOnceAndCanBeTakenBack)
{
    const auto address = chosen();
    QTest::keyClick(&page.table(), Qt::Key_K, Qt::ControlModifier);
    ASSERT_EQ(control.orders.size(), 1);
    EXPECT_EQ(control.orders[0], (std::pair{LeaseOrder::reserve, address}));
    Q_EMIT control.ordered(LeaseOrder::reserve, address, QStringLiteral("It is reserved."));
    EXPECT_EQ(page.orders().text(), QStringLiteral("It is reserved."));
    ASSERT_TRUE(page.orders().button().isVisible());
    QTest::mouseClick(&page.orders().button(), Qt::LeftButton);
    ASSERT_EQ(control.orders.size(), 2);
    EXPECT_EQ(control.orders[1], (std::pair{LeaseOrder::unreserve, address}));
    Q_EMIT control.ordered(LeaseOrder::unreserve, address, QStringLiteral("It is not reserved any more."));
    EXPECT_FALSE(page.orders().button().isVisible()) << "nothing to take back";
}

TEST_F(OrdersTest, TheMenuHasEveryOrderWithItsKeys)
{
    EXPECT_EQ(page.table().contextMenuPolicy(), Qt::ActionsContextMenu);
    const auto actions = page.table().actions();
    EXPECT_EQ(actions.size(), 5);
    for (const QAction* const action : actions) {
        EXPECT_FALSE(action->text().isEmpty());
        EXPECT_FALSE(action->shortcut().isEmpty()) << qPrintable(action->text());
    }
}

TEST_F(OrdersTest, AConfigurationFileCanBeReadAgain)
{
    EXPECT_FALSE(page.reloadButton().isVisible()) << "nothing to reload";
    control.now.configFile = QStringLiteral("/etc/lab/dhcp.toml");
    announce();
    ASSERT_TRUE(page.reloadButton().isVisible());
    EXPECT_EQ(page.reloadButton().text(), QStringLiteral("Reload dhcp.toml"));
    QTest::mouseClick(&page.reloadButton(), Qt::LeftButton);
    EXPECT_EQ(control.reloads, 1);
    EXPECT_EQ(page.reloadButton().shortcut(), QKeySequence(Qt::Key_F5)) << "with another text, too";
    Q_EMIT control.reloaded(QStringLiteral("/etc/lab/dhcp.toml is in force."));
    EXPECT_EQ(page.orders().text(), QStringLiteral("/etc/lab/dhcp.toml is in force."));
}

TEST_F(OrdersTest, WhatIsInForceIsSavedAsAFile)
{
    EXPECT_FALSE(page.saveButton().isVisible()) << "a lab is nothing to move elsewhere";
    control.now.kind = SourceKind::serve;
    announce();
    EXPECT_TRUE(page.saveButton().isVisible());
    const QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("dhcp.toml"));
    control.toml = QStringLiteral("[[subnet]]\n# k\u00fcche\n");
    page.saveConfiguration(path);
    EXPECT_TRUE(page.orders().text().contains(path)) << qPrintable(page.orders().text());
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    EXPECT_EQ(QString::fromUtf8(file.readAll()), control.toml);
    control.toml.clear(); // it has stopped meanwhile
    page.saveConfiguration(path);
    EXPECT_GT(file.size(), 0);
    EXPECT_TRUE(page.orders().text().contains(QStringLiteral("No server runs")));
    control.toml = QStringLiteral("x");
    page.saveConfiguration(folder.filePath(QStringLiteral("missing/dhcp.toml")));
    EXPECT_TRUE(page.orders().text().contains(QStringLiteral("could not be written"))) << qPrintable(page.orders().text());
}

} // namespace
} // namespace dorascope::ui
