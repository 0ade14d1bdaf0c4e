// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 2131 §4.3.1: which address a client is offered, and that simultaneous clients never get the same.
#include "tests/server/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

using testing::ElementsAre;

TEST(Allocation, ThreeClientsAtOnceGetTheThreeLowestAddresses)
{
    Conversation talk;
    auto a = talk.client(1), b = talk.client(2), c = talk.client(3);
    EXPECT_EQ(a.discover().yiaddr(), address("192.168.1.100"));
    EXPECT_EQ(b.discover().yiaddr(), address("192.168.1.101"));
    EXPECT_EQ(c.discover().yiaddr(), address("192.168.1.102"));
    EXPECT_EQ(c.select(address("192.168.1.102")).type(), MessageType::ack);
    EXPECT_EQ(a.select(address("192.168.1.100")).type(), MessageType::ack);
    EXPECT_EQ(b.select(address("192.168.1.101")).type(), MessageType::ack);
    EXPECT_EQ(talk.use().bound, 3U);
    EXPECT_EQ(talk.use().offered, 0U);
}

TEST(Allocation, AnOfferForAnotherClientIsSkippedAndSaid)
{
    Conversation talk;
    talk.client(1).discover();
    talk.wait(1ms);
    const Answer offer = talk.client(2).discover();
    EXPECT_EQ(offer.yiaddr(), address("192.168.1.101"));
    const auto& steps = offer.decision.steps;
    const auto held = std::ranges::find(steps, StepCode::candidate_held_by_offer, &DecisionStep::code);
    ASSERT_NE(held, steps.end());
    EXPECT_EQ(held->address, address("192.168.1.100"));
    EXPECT_EQ(held->number, 1'000'000) << "nanoseconds ago";
    EXPECT_EQ(held->who, HardwareAddress::of(mac(1)));
}

TEST(Allocation, TheTraceOfAFirstOfferTellsEachStepInOrder)
{
    Conversation talk;
    std::vector<StepCode> codes;
    for (const DecisionStep& step : talk.client(1).discover().decision.steps)
        codes.push_back(step.code);
    EXPECT_THAT(codes,
                ElementsAre(StepCode::subnet_by_interface, StepCode::reservation_none, StepCode::binding_none,
                            StepCode::requested_none, StepCode::candidate_chosen, StepCode::lease_time_chosen,
                            StepCode::offer_made, StepCode::sent_to_yiaddr));
}

TEST(Allocation, ARepeatedDiscoverGetsTheSameOffer)
{
    Conversation talk;
    auto a = talk.client(1);
    const Answer first = a.discover();
    talk.wait(4s);
    const Answer second = a.discover();
    EXPECT_EQ(second.yiaddr(), first.yiaddr());
    EXPECT_TRUE(second.has(StepCode::offer_repeated));
    EXPECT_EQ(talk.use().offered, 1U);
}

TEST(Allocation, ARepeatedRequestGetsTheSameAnswer)
{
    Conversation talk;
    auto a = talk.client(1);
    const auto mine = a.discover().yiaddr();
    const Answer first = a.select(mine), second = a.select(mine);
    ASSERT_EQ(second.type(), MessageType::ack);
    EXPECT_EQ(*second.message, *first.message);
    EXPECT_TRUE(second.has(StepCode::lease_repeated));
    EXPECT_EQ(talk.use().bound, 1U);
}

} // namespace
} // namespace dorascope::server
