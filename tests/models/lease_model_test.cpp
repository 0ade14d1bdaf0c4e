// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/watched_lan.h"
#include "ui/models/cell_severity.h"
#include "ui/models/csv.h"
#include "ui/models/lease_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include <random>

namespace dorascope::models::test {
namespace {

constexpr auto kFatal = QAbstractItemModelTester::FailureReportingMode::Fatal;
using Column = LeaseModel::Column;

double fraction(const LeaseModel& model, int row)
{
    return model.index(row, Column::kTimeLeft).data(LeaseModel::kFractionRole).toDouble();
}

/// DORA with a lease of so many seconds.
void lease(WatchedLan& lan, std::string_view client, std::string_view address, std::uint32_t seconds, std::uint32_t xid = kXid)
{
    lan.hears(discover(client).xid(xid));
    lan.hears(offer(client, address).xid(xid).lease(seconds));
    lan.hears(request(client, address).xid(xid));
    lan.hears(ack(client, address).xid(xid).lease(seconds));
}

TEST(LeaseModel, TellsWhoHoldsAnAddressAndHowLong)
{
    WatchedLan lan;
    LeaseModel model{lan.scope};
    const QAbstractItemModelTester tester{&model, kFatal};
    lease(lan, "A", "10.0.0.10", 3600);
    lan.publish();
    ASSERT_EQ(model.rowCount(), 1);
    EXPECT_EQ(text(model, 0, Column::kAddress), "10.0.0.10");
    EXPECT_EQ(text(model, 0, Column::kState), "bound");
    EXPECT_EQ(text(model, 0, Column::kServer), "10.0.0.1");
    EXPECT_EQ(text(model, 0, Column::kTimeLeft), "1 h");
    EXPECT_DOUBLE_EQ(fraction(model, 0), 1);

    QSignalSpy changed{&model, &QAbstractItemModel::dataChanged};
    lan.passes(900s);
    lan.publish();
    EXPECT_EQ(text(model, 0, Column::kTimeLeft), "45 min");
    EXPECT_NEAR(fraction(model, 0), 0.75, 0.001);
    EXPECT_GE(changed.size(), 1);
}

TEST(LeaseModel, ALeaseRunsOut)
{
    WatchedLan lan;
    LeaseModel model{lan.scope};
    lease(lan, "A", "10.0.0.10", 60);
    lan.publish();
    lan.passes(61s);
    lan.publish();
    EXPECT_EQ(text(model, 0, Column::kState), "expired");
    EXPECT_EQ(text(model, 0, Column::kTimeLeft), "—");
    EXPECT_DOUBLE_EQ(fraction(model, 0), -1);
    EXPECT_EQ(model.index(0, Column::kState).data(LeaseModel::kSeverityRole).toInt(), static_cast<int>(CellSeverity::note));
}

TEST(LeaseModel, ForEverIsForEver)
{
    WatchedLan lan;
    LeaseModel model{lan.scope};
    lease(lan, "A", "10.0.0.10", kInfiniteSeconds);
    lan.publish();
    EXPECT_EQ(text(model, 0, Column::kTimeLeft), "infinite");
    EXPECT_DOUBLE_EQ(fraction(model, 0), 1);
}

TEST(LeaseModel, AnAddressKeepsItsRow)
{
    WatchedLan lan;
    LeaseModel model{lan.scope};
    const QAbstractItemModelTester tester{&model, kFatal};
    lease(lan, "B", "10.0.0.20", 60, 1);
    lan.publish();
    lease(lan, "A", "10.0.0.10", 60, 2);
    lan.publish();
    EXPECT_EQ(column(model, Column::kAddress), (QStringList{"10.0.0.10", "10.0.0.20"}));
    lan.hears(release("B", "10.0.0.20").xid(3));
    lan.publish();
    EXPECT_EQ(model.rowCount(), 2);
    EXPECT_EQ(text(model, model.rowOfAddress(ip("10.0.0.20")), Column::kState), "released");
    EXPECT_EQ(model.rowOfAddress(ip("10.0.0.99")), -1);
}

TEST(LeaseModel, AClientIdentifierIsShown)
{
    WatchedLan lan;
    LeaseModel model{lan.scope};
    lan.hears(discover("A").bytes(61, {1, 2, 0, 0, 0, 0, 0x41}));
    lan.hears(offer("A", "10.0.0.10"));
    lan.publish();
    EXPECT_TRUE(text(model, 0, Column::kClientId).contains("02:00:00:00:00:41"))
        << text(model, 0, Column::kClientId).toStdString();
}

TEST(LeaseModel, FollowsFilterAndSelection)
{
    WatchedLan lan;
    LeaseModel model{lan.scope};
    const QAbstractItemModelTester tester{&model, kFatal};
    lease(lan, "A", "10.0.0.10", 60, 1);
    lease(lan, "B", "10.0.0.20", 60, 2);
    lan.publish();
    lan.scope.setFilter("address:10.0.0.20");
    EXPECT_EQ(column(model, Column::kAddress), QStringList{"10.0.0.20"});
    EXPECT_FALSE(model.index(0, 0).data(LeaseModel::kSelectedRole).toBool());
    lan.scope.selectClient(1);
    EXPECT_TRUE(model.index(0, 0).data(LeaseModel::kSelectedRole).toBool());
}

TEST(LeaseModel, BatchByBatchEqualsAllAtOnce)
{
    for (const int by :
         {Column::kAddress, Column::kClientId, Column::kState, Column::kSince, Column::kTimeLeft, Column::kLastSeen}) {
        WatchedLab lan{"office", 11, 0.05};
        LeaseModel model{lan.scope};
        const QAbstractItemModelTester tester{&model, kFatal};
        model.sort(by, Qt::DescendingOrder);
        std::mt19937 random{5};
        for (int batch = 0; batch < 25; ++batch) {
            lan.runs(std::chrono::seconds{std::uniform_int_distribution{1, 300}(random)});
            LeaseModel rebuilt{lan.scope};
            rebuilt.sort(by, Qt::DescendingOrder);
            // Equal keys stand in the order of appearance, so the rows as a set, and the column in its order.
            ASSERT_EQ(column(model, by), column(rebuilt, by)) << "by column " << by << " after batch " << batch;
            auto incremental = rows(model), atOnce = rows(rebuilt);
            if (by != Column::kAddress) incremental.sort(), atOnce.sort();
            ASSERT_EQ(incremental, atOnce) << "by column " << by << " after batch " << batch;
        }
        EXPECT_GT(model.rowCount(), 50);
    }
}

TEST(LeaseModel, ARowMovesWhenItsClientIsHeardOf)
{
    WatchedLan lan;
    LeaseModel model{lan.scope};
    const QAbstractItemModelTester tester{&model, kFatal};
    model.sort(Column::kLastSeen, Qt::DescendingOrder);
    lease(lan, "A", "10.0.0.10", 3600, 1);
    lan.passes(10s);
    lease(lan, "B", "10.0.0.20", 3600, 2);
    lan.publish();
    ASSERT_EQ(column(model, Column::kAddress), (QStringList{"10.0.0.20", "10.0.0.10"}));
    lan.passes(10s);
    lan.hears(discover("A").xid(3)); // its binding is what it was
    lan.publish();
    EXPECT_EQ(column(model, Column::kAddress), (QStringList{"10.0.0.10", "10.0.0.20"}));
}

TEST(LeaseModel, ExportsWhatItShows)
{
    WatchedLan lan;
    LeaseModel model{lan.scope};
    lan.hears(discover("A").text(wire::option::host_name, "=cmd(), \"x\""));
    lan.hears(offer("A", "10.0.0.10"));
    lan.publish();
    const auto lines = model.toCsv().split("\r\n", Qt::SkipEmptyParts);
    ASSERT_EQ(lines.size(), 2);
    EXPECT_EQ(lines[0].count(','), LeaseModel::kColumnCount);
    EXPECT_TRUE(lines[1].startsWith("10.0.0.10,\"'=cmd(), \"\"x\"\"\",02:00:00:00:00:41,")) << lines[1].toStdString();
}

TEST(Csv, QuotesWhatNeedsIt)
{
    EXPECT_EQ(csvLine({"a", "b c", "1,2", "say \"hi\"", "two\nlines", ""}),
              "a,b c,\"1,2\",\"say \"\"hi\"\"\",\"two\nlines\",\r\n");
    EXPECT_EQ(csvLine({"-5", "+1.5", "-x", "@a", "=1"}), "-5,+1.5,'-x,'@a,'=1\r\n");
}

TEST(LeaseModel, ForgetsWhatTheServerHasForgotten)
{
    WatchedLan lan;
    LeaseModel model{lan.scope};
    QAbstractItemModelTester tester{&model};
    lan.dora("A", "10.0.0.10", 1).dora("B", "10.0.0.11", 2);
    lan.publish();
    ASSERT_EQ(model.rowCount(), 2);
    Decision order;
    order.outcome = Outcome::recorded;
    order.address = ip("10.0.0.10");
    order.steps = {{StepCode::order_erased, order.address, 0, {}}};
    lan.decides(order);
    lan.publish();
    ASSERT_EQ(model.rowCount(), 1);
    EXPECT_EQ(text(model, 0, Column::kAddress), "10.0.0.11");
    lan.dora("C", "10.0.0.10", 3);
    lan.publish();
    EXPECT_EQ(model.rowCount(), 2) << "somebody has it again";
}

TEST(LeaseModel, ShowsThatAnAddressInQuarantineIsAnothersLease)
{
    WatchedLan lan;
    LeaseModel model{lan.scope};
    QAbstractItemModelTester tester{&model};
    Decision decision = decided("A", MessageType::discover, MessageType::none);
    decision.steps.insert(decision.steps.begin(), {StepCode::probe_answered, ip("10.0.0.10"), 0, hardware("B")});
    lan.decides(decision);
    lan.hears(ack("B", "10.0.0.10").server("10.0.0.66", "02:00:00:00:00:66"));
    lan.publish();
    ASSERT_EQ(model.rowCount(), 1);
    EXPECT_EQ(text(model, 0, Column::kState), "bound, in quarantine");
    EXPECT_EQ(text(model, 0, Column::kServer), "10.0.0.66");
    EXPECT_TRUE(text(model, 0, Column::kState, Qt::ToolTipRole).contains("another server"));
    EXPECT_EQ(model.index(0, Column::kState).data(LeaseModel::kSeverityRole).toInt(), static_cast<int>(CellSeverity::error));
    lan.scope.setFilter(QStringLiteral("state:quarantine"));
    EXPECT_EQ(model.rowCount(), 1);
    lan.scope.setFilter(QStringLiteral("state:bound"));
    EXPECT_EQ(model.rowCount(), 1);
}

Reservations kept(std::vector<ReservedAddress> some)
{
    return std::make_shared<const std::vector<ReservedAddress>>(std::move(some));
}

TEST(LeaseModel, ShowsWhatIsReservedAndNobodys)
{
    WatchedLan lan;
    LeaseModel model{lan.scope};
    const QAbstractItemModelTester tester{&model, kFatal};
    lan.dora("A", "10.0.0.10");
    lan.publish();
    lan.scope.setReservations(kept({{ip("10.0.0.5"), "02:00:00:00:00:05", "", true},
                                    {ip("10.0.0.6"), "client identifier 01ab", "printer", false},
                                    {ip("10.0.0.10"), "02:00:00:00:00:41", "", true}}));
    EXPECT_EQ(column(model, Column::kAddress), (QStringList{"10.0.0.5", "10.0.0.6", "10.0.0.10"}));
    EXPECT_EQ(column(model, Column::kState), (QStringList{"reserved", "reserved", "bound, reserved"}));
    EXPECT_EQ(text(model, 0, Column::kClient), "02:00:00:00:00:05");
    EXPECT_EQ(text(model, 1, Column::kClient), "printer");
    EXPECT_EQ(text(model, 1, Column::kClient, LeaseModel::kClientDetailRole), "client identifier 01ab");
    for (const int column : {Column::kSince, Column::kTimeLeft})
        EXPECT_EQ(text(model, 0, column), "—") << "it has no times";
    EXPECT_TRUE(text(model, 0, Column::kState, Qt::ToolTipRole).contains("by hand"));
    EXPECT_TRUE(text(model, 1, Column::kState, Qt::ToolTipRole).contains("by the configuration"));
    EXPECT_TRUE(model.isReservedOnly(0));
    EXPECT_FALSE(model.isReservedOnly(2));
    model.sort(Column::kState, Qt::DescendingOrder);
    EXPECT_TRUE(model.isReservedOnly(0)) << "by themselves, after all leases";
}

TEST(LeaseModel, AReservationBecomesALeaseInItsRowAndGoesWhenItIsGivenUp)
{
    WatchedLan lan;
    lan.scope.setReservations(kept({{ip("10.0.0.5"), "02:00:00:00:00:05", "", true}, {ip("10.0.0.6"), "host name b", "", true}}));
    LeaseModel model{lan.scope};
    const QAbstractItemModelTester tester{&model, kFatal};
    ASSERT_EQ(model.rowCount(), 2);
    lan.dora("A", "10.0.0.5");
    lan.publish();
    EXPECT_EQ(column(model, Column::kState), (QStringList{"bound, reserved", "reserved"}));
    const QPersistentModelIndex leased = model.index(0, 0);
    lan.scope.setReservations(kept({}));
    EXPECT_EQ(column(model, Column::kState), QStringList{"bound"});
    EXPECT_TRUE(leased.isValid()) << "what one looks at stays chosen";
    lan.scope.setReservations(kept({{ip("10.0.0.6"), "host name b", "", true}}));
    EXPECT_EQ(column(model, Column::kState), (QStringList{"bound", "reserved"}));
    // Of the past it is not known what was reserved then.
    lan.scope.setPlayhead(lan.now);
    lan.scope.setState(&lan.state, &lan.recording);
    EXPECT_EQ(column(model, Column::kState), QStringList{"bound"});
    lan.scope.goLive();
    lan.scope.setState(&lan.state, &lan.recording);
    EXPECT_EQ(model.rowCount(), 2);
    LeaseModel rebuilt{lan.scope};
    EXPECT_EQ(rows(rebuilt), rows(model));
}

TEST(LeaseModel, WhatIsReservedIsFound)
{
    WatchedLan lan;
    LeaseModel model{lan.scope};
    lan.dora("A", "10.0.0.10");
    lan.publish();
    lan.scope.setReservations(
        kept({{ip("10.0.0.5"), "02:00:00:00:00:05", "Printer", true}, {ip("10.0.0.10"), "02:00:00:00:00:41", "", true}}));
    const auto found = [&](const char* filter) {
        lan.scope.setFilter(filter);
        return column(model, Column::kAddress);
    };
    EXPECT_EQ(found("state:reserved"), (QStringList{"10.0.0.5", "10.0.0.10"}));
    EXPECT_EQ(found("state:released"), QStringList{});
    EXPECT_EQ(found("state:bound"), QStringList{"10.0.0.10"});
    EXPECT_EQ(found("printer"), QStringList{"10.0.0.5"});
    EXPECT_EQ(found("client:00:05"), QStringList{"10.0.0.5"});
    EXPECT_EQ(found("10.0.0.5"), QStringList{"10.0.0.5"});
}

/// RFC 5227 §2.1.1: what a probe found is in use by somebody, and in quarantine.
TEST(LeaseModel, ShowsWhatAProbeFoundInUse)
{
    WatchedLan lan;
    LeaseModel model{lan.scope};
    QAbstractItemModelTester tester{&model};
    lan.hears(discover("A"));
    Decision decision = decided("A", MessageType::discover, MessageType::offer);
    decision.steps.insert(decision.steps.begin(), {StepCode::probe_answered, ip("10.0.0.10"), 0, hardware("X")});
    lan.decides(decision);
    lan.publish();
    ASSERT_EQ(model.rowCount(), 1);
    EXPECT_EQ(text(model, 0, Column::kState), "conflict");
    EXPECT_EQ(text(model, 0, Column::kClient), "another machine");
    EXPECT_EQ(text(model, 0, Column::kServer), "");
    EXPECT_TRUE(text(model, 0, Column::kState, Qt::ToolTipRole).contains("quarantine"));
    EXPECT_EQ(model.index(0, Column::kState).data(LeaseModel::kSeverityRole).toInt(), static_cast<int>(CellSeverity::error));
}

} // namespace
} // namespace dorascope::models::test
