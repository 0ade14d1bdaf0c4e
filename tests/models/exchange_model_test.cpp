// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/watched_lan.h"
#include "ui/models/exchange_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QCoreApplication>
#include <QSignalSpy>

#include <random>

namespace dorascope::models::test {
namespace {

using Tester = QAbstractItemModelTester;
constexpr auto kFatal = Tester::FailureReportingMode::Fatal;
using Column = ExchangeModel::Column;

MessageBadges badges(const ExchangeModel& model, int row)
{
    return model.index(row, ExchangeModel::kExchange).data(ExchangeModel::kBadgesRole).value<MessageBadges>();
}
int severity(const ExchangeModel& model, int row, int column)
{
    return model.index(row, column).data(ExchangeModel::kSeverityRole).toInt();
}

void settle(const ExchangeModel& model)
{
    for (int turn = 0; turn < 10'000 && !model.isSettled(); ++turn)
        QCoreApplication::processEvents();
    ASSERT_TRUE(model.isSettled());
}

TEST(ExchangeModel, ShowsAHandshakeAsOneRow)
{
    WatchedLan lan;
    ExchangeModel model{lan.scope};
    const Tester tester{&model, kFatal};
    lan.dora("A", "10.0.0.10").publish();

    ASSERT_EQ(model.rowCount(), 1);
    EXPECT_EQ(text(model, 0, Column::kTime), "22:13:20.000");
    EXPECT_EQ(text(model, 0, Column::kExchange), "D O R A");
    EXPECT_EQ(text(model, 0, Column::kAddress), "10.0.0.10");
    EXPECT_EQ(text(model, 0, Column::kServer), "10.0.0.1");
    EXPECT_EQ(text(model, 0, Column::kDora), "3.0 ms");
    EXPECT_EQ(severity(model, 0, Column::kAddress), static_cast<int>(CellSeverity::none));
}

TEST(ExchangeModel, GrowsWithEachBatch)
{
    WatchedLan lan;
    ExchangeModel model{lan.scope};
    const Tester tester{&model, kFatal};
    QSignalSpy inserted{&model, &QAbstractItemModel::rowsInserted}, reset{&model, &QAbstractItemModel::modelReset};
    lan.hears(discover("A"));
    lan.publish();
    EXPECT_EQ(text(model, 0, Column::kExchange), "D");
    QSignalSpy changed{&model, &QAbstractItemModel::dataChanged};
    lan.hears(offer("A", "10.0.0.10"));
    lan.publish();
    EXPECT_EQ(text(model, 0, Column::kExchange), "D O");
    EXPECT_EQ(inserted.size(), 1);
    EXPECT_EQ(changed.size(), 1);
    EXPECT_EQ(reset.size(), 0);
}

TEST(ExchangeModel, ABatchIsOneSignal)
{
    WatchedLan lan;
    ExchangeModel model{lan.scope};
    QSignalSpy inserted{&model, &QAbstractItemModel::rowsInserted}, moved{&model, &QAbstractItemModel::layoutChanged},
        reset{&model, &QAbstractItemModel::modelReset}, changed{&model, &QAbstractItemModel::dataChanged};
    for (std::uint32_t i = 0; i < 500; ++i)
        lan.hears(discover("A").xid(1000 + i));
    lan.publish();
    EXPECT_EQ(model.rowCount(), 500);
    EXPECT_EQ(inserted.size(), 1);
    EXPECT_EQ(moved.size() + reset.size() + changed.size(), 0);
}

TEST(ExchangeModel, NewestFirstPutsABatchOnTop)
{
    WatchedLan lan;
    ExchangeModel model{lan.scope};
    const Tester tester{&model, kFatal};
    model.sort(Column::kTime, Qt::DescendingOrder);
    EXPECT_TRUE(model.newestFirst());
    lan.dora("A", "10.0.0.10", 1).publish();
    lan.dora("B", "10.0.0.11", 2).dora("C", "10.0.0.12", 3).publish();
    EXPECT_EQ(column(model, Column::kAddress), (QStringList{"10.0.0.12", "10.0.0.11", "10.0.0.10"}));
    EXPECT_EQ(model.rowOf(0), 2);
    EXPECT_EQ(model.exchangeAt(0), 2U);
}

TEST(ExchangeModel, BadgesTellRetransmissionsAndAreBounded)
{
    WatchedLan lan;
    ExchangeModel model{lan.scope};
    for (int i = 0; i < 20; ++i) {
        lan.hears(discover("A"));
        lan.passes(4s);
    }
    lan.publish();
    const auto shown = badges(model, 0);
    ASSERT_EQ(static_cast<std::size_t>(shown.shown.size()), MessageBadges::kMost);
    EXPECT_FALSE(shown.shown[0].retransmission);
    EXPECT_TRUE(shown.shown[1].retransmission);
    EXPECT_EQ(shown.more, 20 - MessageBadges::kMost);
    EXPECT_EQ(shown.text(), "D D D D D D D D D +11");
}

TEST(ExchangeModel, ARefusalIsPlainToSee)
{
    WatchedLan lan;
    ExchangeModel model{lan.scope};
    lan.hears(reboot("P", "10.0.7.20"));
    lan.now += 400us;
    lan.hears(nak("P"));
    lan.publish();
    EXPECT_EQ(text(model, 0, Column::kExchange), "R N");
    EXPECT_EQ(text(model, 0, Column::kAddress), "10.0.7.20");
    EXPECT_EQ(severity(model, 0, Column::kAddress), static_cast<int>(CellSeverity::warning));
    EXPECT_EQ(text(model, 0, Column::kDora), "0.4 ms");
    EXPECT_EQ(model.outcomeCount(observe::ExchangeOutcome::nak), 1U);
}

TEST(ExchangeModel, TwoOffersWithoutAChoiceAreCounted)
{
    WatchedLan lan;
    ExchangeModel model{lan.scope};
    lan.hears(discover("A"));
    lan.hears(offer("A", "10.0.0.10"));
    lan.hears(offer("A", "10.0.0.66").server("10.0.0.66", "02:00:00:00:00:66"));
    lan.publish();
    EXPECT_EQ(text(model, 0, Column::kServer), "2 offers");
    EXPECT_EQ(severity(model, 0, Column::kServer), static_cast<int>(CellSeverity::warning));
    EXPECT_EQ(model.index(0, 0).data(ExchangeModel::kOffersRole).toInt(), 2);
    EXPECT_FALSE(badges(model, 0).shown[1].competing);
    EXPECT_TRUE(badges(model, 0).shown[2].competing);
    lan.hears(request("A", "10.0.0.10"));
    lan.hears(ack("A", "10.0.0.10"));
    lan.publish();
    EXPECT_EQ(text(model, 0, Column::kServer), "10.0.0.1");
    EXPECT_EQ(severity(model, 0, Column::kServer), static_cast<int>(CellSeverity::note));
}

TEST(ExchangeModel, AStrangersAckIsMarkedWhereOurServerServes)
{
    WatchedLan lan;
    ExchangeModel model{lan.scope};
    lan.dora("A", "10.0.0.10", 1);
    auto ours = decided("A", MessageType::request, MessageType::ack);
    ours.xid = 1;
    lan.decides(ours);
    lan.hears(discover("B").xid(2));
    const auto rogue = [](const Said& said) { return said.xid(2).server("10.0.0.66", "02:00:00:00:00:66"); };
    lan.hears(rogue(offer("B", "10.0.0.20")));
    lan.hears(rogue(request("B", "10.0.0.20")));
    lan.hears(rogue(ack("B", "10.0.0.20")));
    lan.publish();
    ASSERT_TRUE(lan.state.servers()[0].embedded);
    EXPECT_EQ(severity(model, 0, Column::kServer), static_cast<int>(CellSeverity::none));
    EXPECT_EQ(severity(model, 1, Column::kServer), static_cast<int>(CellSeverity::warning));
}

TEST(ExchangeModel, TheSelectedRowKnowsIt)
{
    WatchedLan lan;
    ExchangeModel model{lan.scope};
    lan.dora("A", "10.0.0.10", 1).dora("B", "10.0.0.11", 2).publish();
    QSignalSpy changed{&model, &QAbstractItemModel::dataChanged};
    lan.scope.selectExchange(1);
    EXPECT_FALSE(model.index(0, 0).data(ExchangeModel::kSelectedRole).toBool());
    EXPECT_TRUE(model.index(1, 0).data(ExchangeModel::kSelectedRole).toBool());
    ASSERT_EQ(changed.size(), 1);
    EXPECT_EQ(changed[0][0].toModelIndex().row(), 1);
}

TEST(ExchangeModel, ARowThatComesToMatchAppearsInItsPlaceAndLeavesWhenItNoLongerDoes)
{
    WatchedLan lan;
    ExchangeModel model{lan.scope};
    const Tester tester{&model, kFatal};
    lan.scope.setFilter("state:pending");
    lan.hears(discover("A").xid(1));
    lan.hears(discover("B").xid(2));
    lan.hears(discover("C").xid(3));
    lan.publish();
    EXPECT_EQ(model.rowCount(), 3);
    QSignalSpy removed{&model, &QAbstractItemModel::rowsRemoved};
    lan.hears(offer("B", "10.0.0.11").xid(2));
    lan.hears(request("B", "10.0.0.11").xid(2));
    lan.hears(ack("B", "10.0.0.11").xid(2));
    lan.publish();
    EXPECT_EQ(model.rowCount(), 2);
    EXPECT_EQ(removed.size(), 1);
    EXPECT_EQ(model.exchangeAt(0), 0U);
    EXPECT_EQ(model.exchangeAt(1), 2U);
    lan.scope.setFilter("state:bound");
    EXPECT_EQ(model.rowCount(), 1);
    lan.hears(offer("A", "10.0.0.10").xid(1));
    lan.hears(request("A", "10.0.0.10").xid(1));
    lan.hears(ack("A", "10.0.0.10").xid(1));
    lan.publish();
    ASSERT_EQ(model.rowCount(), 2);
    EXPECT_EQ(model.exchangeAt(0), 0U);
}

TEST(ExchangeModel, ATimeRangeHidesTheRest)
{
    WatchedLan lan;
    ExchangeModel model{lan.scope};
    const Instant start = lan.now;
    for (std::uint32_t i = 0; i < 10; ++i) {
        lan.hears(discover("A").xid(i));
        lan.now += 1s;
    }
    lan.publish();
    lan.scope.setRange(TimeRange{start + 3s, start + 5s});
    EXPECT_EQ(model.rowCount(), 3);
    EXPECT_EQ(model.exchangeAt(0), 3U);
    lan.scope.setRange(std::nullopt);
    EXPECT_EQ(model.rowCount(), 10);
}

TEST(ExchangeModel, NamesSortAsPeopleCount)
{
    WatchedLan lan;
    ExchangeModel model{lan.scope};
    std::uint32_t xid = 0;
    for (const auto* name : {"pc-10", "Anna", "pc-2", "berta"}) {
        ++xid;
        lan.hears(discover(std::to_string(xid)).xid(xid).text(wire::option::host_name, name));
    }
    lan.publish();
    model.sort(Column::kClient);
    EXPECT_EQ(column(model, Column::kClient), (QStringList{"Anna", "berta", "pc-2", "pc-10"}));
    // One more enters where it belongs.
    const Tester tester{&model, kFatal};
    lan.hears(discover("x").xid(99).text(wire::option::host_name, "carla"));
    lan.publish();
    EXPECT_EQ(column(model, Column::kClient), (QStringList{"Anna", "berta", "carla", "pc-2", "pc-10"}));
}

TEST(ExchangeModel, PersistentIndexesFollowTheirExchange)
{
    WatchedLan lan;
    ExchangeModel model{lan.scope};
    lan.dora("A", "10.0.0.30", 1).dora("B", "10.0.0.20", 2).dora("C", "10.0.0.10", 3).publish();
    const QPersistentModelIndex third = model.index(2, Column::kAddress);
    model.sort(Column::kAddress);
    EXPECT_EQ(third.row(), 0);
    model.sort(Column::kAddress, Qt::DescendingOrder);
    EXPECT_EQ(third.row(), 2);
    lan.dora("D", "10.0.0.5", 4).publish();
    EXPECT_EQ(third.row(), 2);
    EXPECT_EQ(third.data().toString(), "10.0.0.10");
    EXPECT_EQ(text(model, 3, Column::kAddress), "10.0.0.5");
}

// Many rows take another way to be sorted than few.
TEST(ExchangeModel, ManyRowsAreSortedLikeFew)
{
    WatchedLan lan;
    ExchangeModel model{lan.scope};
    std::mt19937 random{17};
    for (std::uint32_t i = 0; i < 2 * ExchangeModel::kLeastSlice; ++i) {
        const Ipv4Address address{0x0a000000U
                                  + (static_cast<std::uint32_t>(random()) & 0xfff0ffU)}; // some of them more than once
        lan.hears(reboot("A", address.to_string()).xid(i));
    }
    lan.publish();
    settle(model); // on a slow machine one turn does not take in all of them
    model.sort(Column::kAddress);
    ASSERT_EQ(model.rowCount(), static_cast<int>(2 * ExchangeModel::kLeastSlice));
    const auto key = [&](int row) {
        return std::pair{lan.state.exchanges()[model.exchangeAt(row)].address, model.exchangeAt(row)};
    };
    for (int row = 1; row < model.rowCount(); ++row)
        ASSERT_LT(key(row - 1), key(row)) << "at row " << row;
    for (int row = 0; row < model.rowCount(); row += 97)
        ASSERT_EQ(model.rowOf(model.exchangeAt(row)), row);
}

TEST(ExchangeModel, SummaryCountsEverythingWhateverTheFilter)
{
    WatchedLan lan;
    ExchangeModel model{lan.scope};
    lan.dora("A", "10.0.0.10", 1);
    lan.hears(reboot("B", "10.0.9.9").xid(2));
    lan.hears(nak("B").xid(2));
    lan.hears(discover("C").xid(3));
    lan.passes(4s);
    lan.hears(discover("C").xid(3));
    lan.publish();
    lan.scope.setFilter("nobody at all");
    EXPECT_EQ(model.rowCount(), 0);
    EXPECT_EQ(model.summary(), "3 clients · 1 bound · 1 NAK · 1 retrying");
}

TEST(ExchangeModel, AnotherStateReplacesTheRows)
{
    WatchedLan first, second;
    first.dora("A", "10.0.0.10", 1).publish();
    second.dora("B", "10.0.0.11", 1).dora("C", "10.0.0.12", 2);
    ExchangeModel model{first.scope};
    const Tester tester{&model, kFatal};
    first.scope.setState(&second.state, &second.recording);
    EXPECT_EQ(model.rowCount(), 2);
    first.scope.setState(nullptr, nullptr);
    EXPECT_EQ(model.rowCount(), 0);
}

// A filter over more than one slice goes on between events, while new exchanges come in.
TEST(ExchangeModel, ALargeFilterRunGoesOnBetweenEvents)
{
    WatchedLan lan;
    const auto count = static_cast<std::uint32_t>(2 * ExchangeModel::kSlice + 1000);
    for (std::uint32_t i = 0; i < count; ++i)
        lan.hears(discover(i % 2 == 0 ? "even" : "odd").xid(i).text(wire::option::host_name, i % 2 == 0 ? "even" : "odd"));
    lan.publish();
    ExchangeModel model{lan.scope};
    lan.scope.setFilter("client:odd");
    EXPECT_FALSE(model.isSettled());
    EXPECT_GT(model.rowCount(), 0); // the first slice is there at once
    EXPECT_LE(static_cast<std::size_t>(model.rowCount()), ExchangeModel::kSlice);
    lan.hears(discover("odd").xid(count + 1).text(wire::option::host_name, "odd"));
    lan.publish(); // in the middle of it
    settle(model);
    EXPECT_EQ(model.rowCount(), static_cast<int>(count / 2 + 1));
    for (int row = 1; row < model.rowCount(); ++row)
        ASSERT_LT(model.exchangeAt(row - 1), model.exchangeAt(row));
    model.sort(Column::kServer, Qt::DescendingOrder);
    EXPECT_EQ(model.rowCount(), static_cast<int>(count / 2 + 1));
}

struct Order {
    const char* name;
    int column;
    Qt::SortOrder order;
    const char* filter;
};
class IncrementalModel : public testing::TestWithParam<Order> { };

// Batch by batch or all at once: the same rows. An hour of office with loss, in batches of any size.
TEST_P(IncrementalModel, EqualsTheRebuiltOne)
{
    WatchedLab lan{"office", 7, 0.1};
    lan.scope.setFilter(QString::fromLatin1(GetParam().filter));
    ExchangeModel model{lan.scope};
    const Tester tester{&model, kFatal};
    model.sort(GetParam().column, GetParam().order);
    std::mt19937 random{3};
    for (int batch = 0; batch < 60; ++batch) {
        lan.runs(std::chrono::seconds{std::uniform_int_distribution{1, 120}(random)});
        ExchangeModel rebuilt{lan.scope};
        rebuilt.sort(GetParam().column, GetParam().order);
        settle(model);
        if (GetParam().column != ExchangeModel::kClient) {
            ASSERT_EQ(rows(model), rows(rebuilt)) << "after batch " << batch;
        } else { // clients of one name may stand in either order until the next sorting
            ASSERT_EQ(column(model, ExchangeModel::kClient), column(rebuilt, ExchangeModel::kClient)) << "after batch " << batch;
        }
        ASSERT_EQ(model.summary(), rebuilt.summary());
    }
    EXPECT_GT(lan.state.exchanges().size(), 100U);
}

INSTANTIATE_TEST_SUITE_P(
    Orders, IncrementalModel,
    testing::Values(Order{"by_time", ExchangeModel::kTime, Qt::AscendingOrder, ""},
                    Order{"newest_first", ExchangeModel::kTime, Qt::DescendingOrder, ""},
                    Order{"pending_by_time", ExchangeModel::kTime, Qt::AscendingOrder, "state:pending"},
                    Order{"by_client", ExchangeModel::kClient, Qt::AscendingOrder, ""},
                    Order{"discovers_by_letters", ExchangeModel::kExchange, Qt::AscendingOrder, "type:discover"},
                    Order{"by_address_descending", ExchangeModel::kAddress, Qt::DescendingOrder, ""},
                    Order{"half_the_net_by_server", ExchangeModel::kServer, Qt::AscendingOrder, "address:192.168.1.0/25"},
                    Order{"by_time_taken", ExchangeModel::kDora, Qt::AscendingOrder, ""}),
    [](const auto& row) { return std::string{row.param.name}; });

} // namespace
} // namespace dorascope::models::test
