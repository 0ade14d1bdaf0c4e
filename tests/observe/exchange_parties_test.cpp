// SPDX-License-Identifier: GPL-3.0-or-later
// Whose an exchange is: replies that name their client badly, relays' copies, two servers.
#include "tests/observe/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::observe {
namespace {

using namespace test;

TEST(Exchange, OfRepliesAloneIsAnOrphan)
{
    Lan lan;
    lan.hears(offer("A", "10.0.0.10"));
    lan.hears(ack("A", "10.0.0.10"));
    EXPECT_EQ(lan.letters(), "OA");
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::orphan);
    EXPECT_FALSE(lan.exchange().offer_time);
    EXPECT_FALSE(lan.exchange().ack_time);
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::bound) << "the ACK says so all the same";
    lan.passes(1h);
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::orphan);
}

TEST(Exchange, IsNoOrphanWhenTheQuestionArrivesBehindItsAnswer)
{
    Lan lan;
    lan.hears(offer("A", "10.0.0.10"));
    lan.wait(-1ms);
    lan.hears(discover("A"));
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::pending);
    lan.hears(request("A", "10.0.0.10"));
    lan.hears(ack("A", "10.0.0.10"));
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::bound);
    EXPECT_GE(*lan.exchange().dora_time, 0ms);
}

TEST(Exchange, MatchesRepliesThatDoNotEchoTheClientIdentifier)
{
    Lan lan;
    lan.hears(discover("A").bytes(wire::option::client_identifier, {0, 'i', 'd'})); // RFC 6842 came late
    lan.hears(offer("A", "10.0.0.10"));
    EXPECT_EQ(lan.state.exchanges().size(), 1U);
    EXPECT_EQ(lan.state.clients().size(), 1U);
    EXPECT_EQ(lan.client().client_id, (std::vector<std::uint8_t>{0, 'i', 'd'}));
}

TEST(Exchange, OfClientsWithoutHardwareAddressGoesByTheirIdentifiers)
{
    Lan lan;
    lan.hears(discover("A").nameless().bytes(wire::option::client_identifier, {0xff, 1}).xid(1));
    lan.hears(discover("A").nameless().bytes(wire::option::client_identifier, {0xff, 2}).xid(2));
    lan.hears(offer("A", "10.0.0.11").nameless().bytes(wire::option::client_identifier, {0xff, 2}).xid(2));
    lan.hears(offer("A", "10.0.0.10").nameless().xid(1)); // a server that does not echo option 61
    ASSERT_EQ(lan.state.clients().size(), 2U);
    ASSERT_EQ(lan.state.exchanges().size(), 2U);
    EXPECT_EQ(lan.letters(0), "DO");
    EXPECT_EQ(lan.letters(1), "DO");
    EXPECT_EQ(lan.exchange(0).address, ip("10.0.0.10"));
}

TEST(Exchange, LeavesAReplyThatNamesNobodyUnjoined)
{
    Lan lan;
    lan.hears(offer("A", "10.0.0.10").nameless());
    EXPECT_EQ(lan.message(0).client, kNone);
    EXPECT_EQ(lan.message(0).exchange, kNone);
    EXPECT_TRUE(lan.state.exchanges().empty());
}

TEST(Exchange, TakesARelaysCopyForTheSameMessage)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.hears(discover("A").relayed("10.0.5.1").unicast("10.0.5.1", "10.0.0.1"));
    lan.hears(offer("A", "10.0.5.10").relayed("10.0.5.1").unicast("10.0.0.1", "10.0.5.1"));
    lan.hears(offer("A", "10.0.5.10").relayed("10.0.5.1")); // the relay's leg, to the client
    EXPECT_EQ(lan.exchange().retransmissions, 0U);
    EXPECT_EQ(lan.exchange().offers.size(), 1U);
    EXPECT_TRUE(lan.message(1).relayed);
    lan.hears(discover("A").relayed("10.0.5.1").unicast("10.0.5.1", "10.0.0.1"));
    EXPECT_EQ(lan.exchange().retransmissions, 1U);
}

TEST(Exchange, TellsASecondServersAckFromARetransmission)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.hears(ack("A", "10.0.0.10").server("10.0.0.66", "02:00:00:00:00:66"));
    EXPECT_EQ(lan.exchange().retransmissions, 0U);
    lan.hears(ack("A", "10.0.0.10"));
    EXPECT_EQ(lan.exchange().retransmissions, 1U);
}

TEST(Exchange, NeverHasNegativeTimes)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.wait(-5ms); // two capturing machines, two clocks
    lan.hears(offer("A", "10.0.0.10"));
    lan.wait(-5ms);
    lan.hears(request("A", "10.0.0.10"));
    lan.wait(-5ms);
    lan.hears(ack("A", "10.0.0.10"));
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::bound);
    EXPECT_EQ(*lan.exchange().offer_time, 0ms);
    EXPECT_EQ(*lan.exchange().dora_time, 0ms);
    EXPECT_GE(lan.exchange().end, lan.exchange().start);
}

} // namespace
} // namespace dorascope::observe
