// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/watched_lan.h"
#include "ui/models/server_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>

namespace dorascope::models::test {
namespace {

using Column = ServerModel::Column;

TEST(ServerModel, MarksWhatAStrangerHandsOutOtherwise)
{
    WatchedLab lan{"rogue"};
    ServerModel model{lan.scope};
    const QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
    lan.runs(10s);
    model.sort(Column::kTrust);
    ASSERT_EQ(model.rowCount(), 2);
    EXPECT_EQ(text(model, 0, Column::kIdentifier), "192.168.1.1");
    EXPECT_EQ(text(model, 0, Column::kTrust), "this server");
    EXPECT_EQ(text(model, 1, Column::kTrust), "unknown");
    EXPECT_TRUE(model.index(0, 0).data(ServerModel::kReferenceRole).toBool());
    EXPECT_TRUE(model.index(1, Column::kRouters).data(ServerModel::kDiffersRole).toBool());
    EXPECT_FALSE(model.index(0, Column::kRouters).data(ServerModel::kDiffersRole).toBool());
    EXPECT_FALSE(model.index(1, Column::kMask).data(ServerModel::kDiffersRole).toBool());
    EXPECT_NE(text(model, 1, Column::kResponse), "—");
}

TEST(ServerModel, GrowsAndCounts)
{
    WatchedLan lan;
    ServerModel model{lan.scope};
    const QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
    lan.dora("A", "10.0.0.10", 1).publish();
    EXPECT_EQ(model.rowCount(), 1);
    EXPECT_EQ(text(model, 0, Column::kTrust), "first seen");
    lan.hears(nak("A").xid(2));
    lan.hears(offer("B", "10.0.0.66").xid(3).server("10.0.0.66", "14:cc:20:00:00:66"));
    lan.publish();
    ASSERT_EQ(model.rowCount(), 2);
    model.sort(Column::kIdentifier);
    EXPECT_EQ(text(model, 0, Column::kNaks), "1");
    EXPECT_EQ(text(model, 1, Column::kTrust), "another server");
    EXPECT_EQ(text(model, 1, Column::kMac, Qt::ToolTipRole), "TP-Link");
}

TEST(ServerModel, AFilterHidesNoServer)
{
    WatchedLan lan;
    ServerModel model{lan.scope};
    lan.dora("A", "10.0.0.10").publish();
    lan.scope.setFilter("nobody");
    EXPECT_EQ(model.rowCount(), 1);
}

TEST(ServerDifferences, SilenceIsNone)
{
    observe::Server ours, other;
    ours.offers = 1;
    ours.routers = {ip("10.0.0.1")};
    EXPECT_TRUE(serverDifferences(other, ours).isEmpty()) << "it handed nothing out";
    other.offers = 1;
    EXPECT_EQ(serverDifferences(other, ours), QStringList{"gateway"});
    other.routers = {ip("10.0.0.66")};
    other.dns_servers = {ip("6.6.6.6")};
    EXPECT_EQ(serverDifferences(other, ours), (QStringList{"gateway", "DNS"}));
}

} // namespace
} // namespace dorascope::models::test
