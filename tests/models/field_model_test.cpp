// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/watched_lan.h"
#include "ui/models/cell_severity.h"
#include "ui/models/field_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>

#include <random>

namespace dorascope::models::test {
namespace {

QModelIndex find(const FieldModel& model, const QString& label)
{
    const auto found =
        model.match(model.index(0, 0), Qt::DisplayRole, label, 1, Qt::MatchStartsWith | Qt::MatchRecursive | Qt::MatchWrap);
    return found.isEmpty() ? QModelIndex{} : found.front();
}
QString valueOf(const FieldModel& model, const QString& label)
{
    return find(model, label).siblingAtColumn(FieldModel::kValue).data().toString();
}

TEST(FieldModel, FollowsTheSelection)
{
    WatchedLan lan;
    FieldModel model{lan.scope};
    const QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
    EXPECT_EQ(model.rowCount(), 0);
    lan.dora("A", "10.0.0.10").publish();
    lan.scope.selectMessage(1);
    ASSERT_TRUE(model.detail());
    EXPECT_EQ(model.detail()->title, "10.0.0.10 → 02:00:00:00:00:41");
    EXPECT_TRUE(model.detail()->subtitle.startsWith("frame 2 · ")) << model.detail()->subtitle.toStdString();
    EXPECT_TRUE(model.detail()->subtitle.endsWith("xid 0x3903f326 · broadcast"));
    EXPECT_EQ(valueOf(model, "Transaction ID"), "0x3903f326");
    EXPECT_EQ(valueOf(model, "Option 53"), "DHCPOFFER");
    EXPECT_EQ(valueOf(model, "IPv4"), "10.0.0.1 → 255.255.255.255");
    EXPECT_EQ(find(model, "Option 53").data(FieldModel::kOptionRole).toInt(), 53);
    lan.scope.select({});
    EXPECT_EQ(model.rowCount(), 0);
    EXPECT_FALSE(model.detail());
}

/// Every byte of the frame belongs to a field, and back.
void expectBytesAndFieldsToAgree(const FieldModel& model)
{
    const auto& detail = *model.detail();
    for (std::size_t at = 0; at < detail.bytes.size(); ++at) {
        const auto index = model.indexOfByte(at);
        const bool within = at >= detail.payloadOffset && at < detail.payloadOffset + detail.dissection.size;
        ASSERT_TRUE(index.isValid() || !within) << "byte " << at;
        if (!index.isValid()) continue;
        const auto offset = static_cast<std::size_t>(index.data(FieldModel::kOffsetRole).toInt());
        const auto length = static_cast<std::size_t>(index.data(FieldModel::kLengthRole).toInt());
        ASSERT_LE(offset, at);
        ASSERT_LT(at, offset + length);
        ASSERT_EQ(model.indexOfField(model.fieldOf(index)), index);
    }
    for (const auto& field : detail.fields)
        ASSERT_LE(field.offset + field.length, detail.bytes.size()) << field.label.toStdString();
}

TEST(FieldModel, EveryByteHasItsField)
{
    WatchedLab lan{"rogue"};
    FieldModel model{lan.scope};
    lan.runs(10s);
    ASSERT_GT(lan.state.messages().size(), 8U);
    for (observe::MessageId id = 0; id < lan.state.messages().size(); ++id) {
        lan.scope.selectMessage(id);
        ASSERT_TRUE(model.detail());
        expectBytesAndFieldsToAgree(model);
    }
}

TEST(FieldModel, RubbishHasFieldsToo)
{
    WatchedLan lan;
    FieldModel model{lan.scope};
    const QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
    std::mt19937 random{9};
    const auto valid = offer("A", "10.0.0.10").payload_bytes();
    for (int round = 0; round < 60; ++round) {
        auto bytes = valid;
        for (int hit = 0; hit < 12; ++hit)
            bytes[random() % bytes.size()] = static_cast<std::byte>(random());
        bytes.resize(1 + random() % bytes.size());
        lan.hears(discover("A").xid(static_cast<std::uint32_t>(round)).raw(bytes));
    }
    lan.publish();
    for (observe::MessageId id = 0; id < lan.state.messages().size(); ++id) {
        lan.scope.selectMessage(id);
        if (model.detail()) expectBytesAndFieldsToAgree(model);
    }
}

TEST(FieldModel, AnAnomalyStandsAtItsField)
{
    WatchedLan lan;
    FieldModel model{lan.scope};
    auto said = discover("A");
    auto bytes = said.payload_bytes();
    bytes[10] = std::byte{0x40}; // RFC 2131 §2, figure 2: these bits must be zero
    lan.hears(said.raw(bytes));
    lan.publish();
    lan.scope.selectMessage(0);
    const auto flags = find(model, "Flags");
    ASSERT_TRUE(flags.isValid());
    EXPECT_FALSE(flags.data(FieldModel::kAnomalyRole).toString().isEmpty());
    EXPECT_NE(flags.data(FieldModel::kSeverityRole).toInt(), static_cast<int>(CellSeverity::none));
    EXPECT_TRUE(find(model, "Transaction ID").data(FieldModel::kAnomalyRole).toString().isEmpty());
}

TEST(FieldModel, AMissingThingIsSaidToo)
{
    WatchedLan lan;
    FieldModel model{lan.scope};
    auto bytes = discover("A").payload_bytes();
    bytes.resize(243); // through option 53, no END
    lan.hears(discover("A").raw(bytes));
    lan.publish();
    lan.scope.selectMessage(0);
    ASSERT_TRUE(model.detail());
    int said = 0;
    for (const auto& field : model.detail()->fields)
        said += field.anomaly.isEmpty() ? 0 : 1;
    EXPECT_GT(said, 0);
    EXPECT_FALSE(model.detail()->dissection.anomalies.empty());
}

TEST(HexDump, ShowsOffsetBytesAndText)
{
    std::vector<std::byte> bytes(18, std::byte{0x41});
    bytes[17] = std::byte{0x0a};
    EXPECT_EQ(hexDump(bytes),
              "0000  41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41  AAAAAAAAAAAAAAAA\n"
              "0010  41 0a                                            A.\n");
    EXPECT_TRUE(hexDump({}).isEmpty());
}

TEST(MessageTitle, AHostileNameStaysWhatItIs)
{
    WatchedLan lan;
    lan.hears(discover("A").text(wire::option::host_name, "%1 %2 <b>"));
    lan.hears(offer("A", "10.0.0.10"));
    const auto detail = messageDetail(lan.scope, 1);
    ASSERT_TRUE(detail);
    EXPECT_EQ(detail->title, "10.0.0.10 → %1 %2 <b>");
}

} // namespace
} // namespace dorascope::models::test
