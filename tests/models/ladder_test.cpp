// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/watched_lan.h"
#include "ui/models/ladder_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace dorascope::models::test {
namespace {

const LadderArrow* arrowOf(const Ladder& ladder, MessageType type, int n = 0)
{
    for (const auto& arrow : ladder.arrows)
        if (arrow.type == type && n-- == 0) return &arrow;
    return nullptr;
}

/// What holds for every ladder, whatever it shows.
void expectSound(const Ladder& ladder, const LadderRequest& request)
{
    for (std::size_t i = 1; i < ladder.lifelines.size(); ++i) {
        const auto &left = ladder.lifelines[i - 1], &right = ladder.lifelines[i];
        EXPECT_LE(left.x + left.width / 2, right.x - right.width / 2) << "heads overlap";
        EXPECT_FALSE(left.kind != Lifeline::Kind::client && right.kind == Lifeline::Kind::client)
            << "servers stand right of clients";
        EXPECT_FALSE(left.kind == Lifeline::Kind::unknown && right.kind == Lifeline::Kind::trusted)
            << "strangers stand right of ours";
    }
    for (const auto& line : ladder.lifelines) {
        EXPECT_GE(line.x - line.width / 2, 0);
        EXPECT_LE(line.x + line.width / 2, request.width);
    }
    for (std::size_t i = 0; i < ladder.arrows.size(); ++i) {
        const auto& arrow = ladder.arrows[i];
        EXPECT_GE(arrow.y1, request.top);
        EXPECT_GT(arrow.y2, arrow.y1) << "time runs down";
        EXPECT_LE(arrow.y2, ladder.height);
        if (i == 0) continue;
        EXPECT_LE(ladder.arrows[i - 1].at, arrow.at);
        EXPECT_GE(arrow.labelY - ladder.arrows[i - 1].labelY, request.rowHeight - 1e-9) << "labels overlap";
    }
    for (std::size_t i = 1; i < ladder.marks.size(); ++i)
        EXPECT_GT(ladder.marks[i].y, ladder.marks[i - 1].y);
    for (const auto& gap : ladder.gaps)
        for (const auto& arrow : ladder.arrows)
            EXPECT_FALSE(std::abs(arrow.labelY - gap.y) < gap.height / 2) << "a message within a fold";
}

TEST(Ladder, IsEmptyWhereNothingWasSeen)
{
    const Scope scope;
    const auto ladder = layOutLadder(scope, {});
    EXPECT_TRUE(ladder.arrows.empty());
    EXPECT_TRUE(ladder.lifelines.empty());
    EXPECT_EQ(ladder.arrowAt(10, 10), nullptr);
}

TEST(Ladder, ThreeClientsStandLeftAndTheServerRight)
{
    WatchedLab lan{"three-clients"};
    lan.runs(2s);
    const LadderRequest request{.width = 900, .height = 330};
    const auto ladder = layOutLadder(lan.scope, request);
    expectSound(ladder, request);
    ASSERT_EQ(ladder.lifelines.size(), 4U);
    EXPECT_EQ(ladder.lifelines[0].name, "Laptop A");
    EXPECT_EQ(ladder.lifelines[3].name, "192.168.1.1");
    EXPECT_EQ(ladder.lifelines[3].kind, Lifeline::Kind::trusted);
    EXPECT_EQ(ladder.arrows.size(), 12U);
    EXPECT_EQ(arrowOf(ladder, MessageType::discover)->label, "DISCOVER");
    EXPECT_EQ(arrowOf(ladder, MessageType::offer)->label, "OFFER .100");
    EXPECT_EQ(arrowOf(ladder, MessageType::request)->label, "REQUEST .100");
    EXPECT_EQ(arrowOf(ladder, MessageType::ack, 2)->label, "ACK .102");
    EXPECT_EQ(ladder.marks.front().text, "0.0 ms");
    EXPECT_LT(arrowOf(ladder, MessageType::discover)->x1, arrowOf(ladder, MessageType::discover)->x2);
    EXPECT_GT(arrowOf(ladder, MessageType::offer)->x1, arrowOf(ladder, MessageType::offer)->x2);
    EXPECT_TRUE(ladder.gaps.empty());
}

TEST(Ladder, ThreeClientsFitASmallWindow)
{
    WatchedLab lan{"three-clients"};
    lan.runs(2s);
    const LadderRequest request{.width = 562, .height = 240};
    const auto ladder = layOutLadder(lan.scope, request);
    expectSound(ladder, request);
    EXPECT_EQ(ladder.lifelines.size(), 4U);
    EXPECT_EQ(ladder.clientsLeftOut, 0U);
    EXPECT_GT(ladder.lifelines[3].x - ladder.lifelines[2].x, 150) << "room for a label";
}

TEST(Ladder, ARogueIsSeenInASmallWindowToo)
{
    WatchedLab lan{"rogue"};
    lan.runs(10s);
    const LadderRequest request{.width = 540, .height = 150, .laneWidth = 140};
    const auto ladder = layOutLadder(lan.scope, request);
    expectSound(ladder, request);
    ASSERT_FALSE(ladder.lifelines.empty());
    EXPECT_EQ(ladder.lifelines.back().kind, Lifeline::Kind::unknown);
    EXPECT_TRUE(std::ranges::any_of(ladder.arrows, [](const auto& arrow) { return arrow.competing; }));
    EXPECT_EQ(ladder.messagesLeftOut, 0U) << "of the exchanges shown, every message";
}

TEST(Ladder, ARogueStandsRightAndSaysWhatDiffers)
{
    WatchedLab lan{"rogue"};
    lan.runs(10s);
    const LadderRequest request{.width = 900, .height = 330};
    const auto ladder = layOutLadder(lan.scope, request);
    expectSound(ladder, request);
    ASSERT_GE(ladder.lifelines.size(), 3U);
    EXPECT_EQ(ladder.lifelines.back().kind, Lifeline::Kind::unknown);
    EXPECT_EQ(ladder.lifelines.back().name, "192.168.1.66");
    EXPECT_TRUE(ladder.lifelines.back().dashed);
    int competing = 0;
    for (const auto& arrow : ladder.arrows) {
        if (!arrow.competing) continue;
        ++competing;
        EXPECT_EQ(arrow.from, static_cast<int>(ladder.lifelines.size()) - 1);
        EXPECT_TRUE(arrow.label.endsWith("gateway differs")) << arrow.label.toStdString();
    }
    EXPECT_GT(competing, 0);
}

TEST(Ladder, ADiscoverNobodyAnswersFadesAtTheEdge)
{
    WatchedLan lan;
    for (int i = 0; i < 3; ++i) {
        lan.hears(discover("A"));
        lan.passes(4s);
    }
    const LadderRequest request{.width = 600};
    auto ladder = layOutLadder(lan.scope, request);
    expectSound(ladder, request);
    ASSERT_EQ(ladder.arrows.size(), 3U);
    EXPECT_EQ(ladder.arrows[0].to, -1);
    EXPECT_DOUBLE_EQ(ladder.arrows[0].x2, request.width);
    EXPECT_FALSE(ladder.arrows[0].retransmission);
    EXPECT_TRUE(ladder.arrows[1].retransmission);
    EXPECT_TRUE(ladder.arrows[0].lost);
    EXPECT_FALSE(ladder.arrows[2].lost) << "an answer may still come";
    lan.passes(300s);
    ladder = layOutLadder(lan.scope, request);
    EXPECT_TRUE(ladder.arrows[2].lost);
}

TEST(Ladder, AnAnsweredMessageIsNotLost)
{
    WatchedLan lan;
    lan.hears(discover("A"));
    lan.now += 4s;
    lan.dora("A", "10.0.0.10");
    lan.passes(300s);
    const auto ladder = layOutLadder(lan.scope, {.width = 800});
    ASSERT_EQ(ladder.arrows.size(), 5U);
    EXPECT_TRUE(ladder.arrows[0].lost);
    for (std::size_t i = 1; i < 5; ++i)
        EXPECT_FALSE(ladder.arrows[i].lost) << i;
}

TEST(Ladder, LongSilencesAreFolded)
{
    WatchedLan lan;
    lan.dora("A", "10.0.0.10", 1);
    lan.now += 30min;
    lan.hears(renew("A", "10.0.0.10").xid(2));
    lan.now += 1ms;
    lan.hears(ack("A", "10.0.0.10").xid(2));
    const LadderRequest request{.width = 700, .height = 300};
    const auto ladder = layOutLadder(lan.scope, request);
    expectSound(ladder, request);
    ASSERT_EQ(ladder.arrows.size(), 6U);
    ASSERT_EQ(ladder.gaps.size(), 1U);
    EXPECT_EQ(ladder.gaps[0].text, "30 min");
    EXPECT_GT(ladder.gaps[0].y, ladder.arrows[3].y2 - 1);
    EXPECT_LT(ladder.gaps[0].y, ladder.arrows[4].y1);
    EXPECT_LE(ladder.height, request.height + 1);
    EXPECT_TRUE(std::ranges::any_of(ladder.marks, [](const LadderMark& m) { return m.text == "30:00.004"; }))
        << "the run after the fold begins with its time";
}

TEST(Ladder, ANakNamesTheAddressRefused)
{
    WatchedLan lan;
    lan.hears(reboot("P", "10.0.7.20"));
    lan.hears(nak("P"));
    const auto ladder = layOutLadder(lan.scope, {.width = 700});
    EXPECT_EQ(arrowOf(ladder, MessageType::nak)->label, "NAK .7.20");
}

TEST(Ladder, ShowsWhatIsAroundTheSelection)
{
    WatchedLan lan;
    for (std::uint32_t i = 0; i < 40; ++i) {
        const std::string client(1, static_cast<char>('0' + i));
        lan.dora(client, "10.0.0." + std::to_string(10 + i), 100 + i);
        lan.now += 1s;
    }
    lan.publish();
    const LadderRequest request{.width = 900, .height = 400};
    EXPECT_NE(layOutLadder(lan.scope, request).arrowOf(39 * 4), nullptr) << "nothing chosen: the newest";
    lan.scope.selectExchange(20);
    const auto ladder = layOutLadder(lan.scope, request);
    expectSound(ladder, request);
    ASSERT_NE(ladder.arrowOf(20 * 4), nullptr);
    EXPECT_EQ(ladder.arrowOf(39 * 4), nullptr);
    EXPECT_NE(ladder.arrowOf(19 * 4), nullptr) << "the nearest on either side";
    EXPECT_NE(ladder.arrowOf(21 * 4), nullptr);
    EXPECT_TRUE(ladder.arrowOf(20 * 4 + 1)->selected);
    EXPECT_EQ(std::ranges::count_if(ladder.arrows, &LadderArrow::selected), 1);
    lan.scope.setFilter("xid:00000078"); // 120
    for (const auto& arrow : layOutLadder(lan.scope, request).arrows)
        EXPECT_EQ(arrow.exchange, 20U);
}

TEST(Ladder, AWindowOfTimeShowsItsMessages)
{
    WatchedLan lan;
    const Instant start = lan.now;
    for (std::uint32_t i = 0; i < 5; ++i) {
        lan.dora("A", "10.0.0.10", i);
        lan.now += 1s - 4ms;
    }
    LadderRequest request{.width = 700};
    request.window = TimeRange{start + 1s, start + 2s + 1ms};
    const auto ladder = layOutLadder(lan.scope, request);
    expectSound(ladder, request);
    EXPECT_EQ(ladder.arrows.size(), 6U);
    request.mostMessages = 3;
    const auto cut = layOutLadder(lan.scope, request);
    EXPECT_EQ(cut.arrows.size(), 3U);
    EXPECT_EQ(cut.messagesLeftOut, 3U);
    EXPECT_EQ(cut.arrows.back().message, ladder.arrows.back().message) << "the newest are kept";
}

TEST(Ladder, FindsTheArrowUnderTheMouse)
{
    WatchedLab lan{"three-clients"};
    lan.runs(2s);
    const auto ladder = layOutLadder(lan.scope, {.width = 900, .height = 330});
    for (const auto& arrow : ladder.arrows) {
        EXPECT_EQ(ladder.arrowAt(arrow.labelX, arrow.labelY), &arrow);
        EXPECT_EQ(ladder.arrowAt(arrow.x1 * 0.9 + arrow.x2 * 0.1, arrow.y1 * 0.9 + arrow.y2 * 0.1), &arrow);
    }
    EXPECT_EQ(ladder.arrowAt(5, 5), nullptr);
}

struct Size {
    const char* name;
    double width, height, zoom;
};
class LadderSize : public testing::TestWithParam<std::tuple<const char*, Size>> { };

// Any scenario, with loss, at any size and moment: nothing overlaps, everything stands in order.
TEST_P(LadderSize, IsSound)
{
    const auto& [scenario, size] = GetParam();
    WatchedLab lan{scenario, 5, 0.2};
    for (int moment = 0; moment < 12; ++moment) {
        lan.runs(std::chrono::seconds{1 << moment});
        const LadderRequest request{.width = size.width, .height = size.height, .zoom = size.zoom};
        expectSound(layOutLadder(lan.scope, request), request);
        const auto count = static_cast<observe::ExchangeId>(lan.state.exchanges().size());
        if (count == 0) continue;
        lan.scope.selectExchange(count / 2);
        expectSound(layOutLadder(lan.scope, request), request);
        lan.scope.select({});
    }
}

INSTANTIATE_TEST_SUITE_P(All, LadderSize,
                         testing::Combine(testing::Values("three-clients", "office", "rogue"),
                                          testing::Values(Size{"usual", 900, 330, 1}, Size{"large", 1600, 900, 1},
                                                          Size{"small", 300, 120, 1}, Size{"tiny", 120, 60, 1},
                                                          Size{"stretched", 900, 330, 6}, Size{"squeezed", 900, 330, 0.1})),
                         [](const auto& row) {
                             std::string scenario{std::get<0>(row.param)};
                             std::ranges::replace(scenario, '-', '_');
                             return scenario + '_' + std::get<1>(row.param).name;
                         });

TEST(ShortAddress, KeepsWhatTellsApart)
{
    const auto server = ip("192.168.1.1");
    EXPECT_EQ(shortAddress(ip("192.168.1.100"), server), ".100");
    EXPECT_EQ(shortAddress(ip("192.168.66.20"), server), ".66.20");
    EXPECT_EQ(shortAddress(ip("10.0.0.5"), server), "10.0.0.5");
}

TEST(LadderText, IsALineAMessage)
{
    WatchedLan lan;
    lan.dora("A", "10.0.0.10");
    const auto text = ladderText(lan.scope, layOutLadder(lan.scope, {.width = 800}));
    EXPECT_EQ(text.count('\n'), 4);
    EXPECT_TRUE(text.startsWith("22:13:20.000  02:00:00:00:00:41 → 10.0.0.1  DISCOVER  xid 0x3903f326\n")) << text.toStdString();
}

} // namespace
} // namespace dorascope::models::test
