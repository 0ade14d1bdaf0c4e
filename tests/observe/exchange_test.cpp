// SPDX-License-Identifier: GPL-3.0-or-later
// Which messages belong together, and what becomes of an exchange.
#include "tests/observe/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::observe {
namespace {

using namespace test;
using testing::Optional;

TEST(Exchange, OfFourMessagesIsOneHandshake)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.wait(2ms);
    lan.hears(offer("A", "10.0.0.10"));
    lan.wait(3ms);
    lan.hears(request("A", "10.0.0.10"));
    lan.wait(1ms);
    lan.hears(ack("A", "10.0.0.10"));

    ASSERT_EQ(lan.state.exchanges().size(), 1U);
    const Exchange& dora = lan.exchange();
    EXPECT_EQ(lan.letters(), "DORA");
    EXPECT_EQ(dora.outcome, ExchangeOutcome::bound);
    EXPECT_EQ(dora.xid, kXid);
    EXPECT_EQ(dora.address, ip("10.0.0.10"));
    EXPECT_EQ(lan.server(dora.server).identifier, ip("10.0.0.1"));
    EXPECT_EQ(dora.end - dora.start, 6ms);
    EXPECT_THAT(dora.offer_time, Optional(Duration{2ms}));
    EXPECT_THAT(dora.ack_time, Optional(Duration{1ms}));
    EXPECT_THAT(dora.dora_time, Optional(Duration{6ms}));
    EXPECT_EQ(dora.retransmissions, 0U);
    EXPECT_EQ(dora.message_count, 4U);
}

TEST(Exchange, OfEachClientIsItsOwnUnderTheSameXid)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.hears(discover("B"));
    lan.hears(offer("B", "10.0.0.11"));
    lan.hears(offer("A", "10.0.0.10"));
    ASSERT_EQ(lan.state.exchanges().size(), 2U);
    EXPECT_EQ(lan.exchange(0).address, ip("10.0.0.10"));
    EXPECT_EQ(lan.exchange(1).address, ip("10.0.0.11"));
}

TEST(Exchange, CountsRetransmissionsAndTimesTheOfferFromTheLatestDiscover)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.wait(4s);
    lan.hears(discover("A"));
    lan.wait(5ms);
    lan.hears(offer("A", "10.0.0.10"));
    lan.hears(request("A", "10.0.0.10"));
    lan.wait(5ms);
    lan.hears(ack("A", "10.0.0.10"));
    EXPECT_EQ(lan.letters(), "DDORA");
    EXPECT_FALSE(lan.message(0).retransmission);
    EXPECT_TRUE(lan.message(1).retransmission);
    EXPECT_EQ(lan.exchange().retransmissions, 1U);
    EXPECT_THAT(lan.exchange().offer_time, Optional(Duration{5ms}));
    EXPECT_THAT(lan.exchange().dora_time, Optional(Duration{4s + 10ms}));
}

TEST(Exchange, HoldsTheOffersOfSeveralServers)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.wait(1ms);
    lan.hears(offer("A", "10.0.66.20").server("10.0.0.66", "02:00:00:00:00:66"));
    lan.wait(1ms);
    lan.hears(offer("A", "10.0.0.10"));
    EXPECT_EQ(lan.server(lan.exchange().server).identifier, ip("10.0.0.66")) << "the first to offer, until one is chosen";
    lan.hears(request("A", "10.0.0.10"));
    lan.hears(ack("A", "10.0.0.10"));

    const Exchange& dora = lan.exchange();
    ASSERT_EQ(dora.offers.size(), 2U);
    EXPECT_EQ(dora.offers[0].address, ip("10.0.66.20"));
    EXPECT_EQ(dora.offers[0].after, 1ms);
    EXPECT_EQ(dora.offers[1].address, ip("10.0.0.10"));
    EXPECT_EQ(dora.offers[1].after, 2ms);
    EXPECT_EQ(dora.offers[1].message, 2U);
    EXPECT_EQ(lan.server(dora.server).identifier, ip("10.0.0.1"));
    EXPECT_EQ(dora.retransmissions, 0U) << "a second server's OFFER repeats nothing";
    EXPECT_EQ(lan.binding("10.0.66.20"), BindingState::expired) << "RFC 2131 §3.1: not chosen is turned down";
}

TEST(Exchange, IsAboutWhatTheClientChose)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.hears(offer("A", "10.0.66.20").server("10.0.0.66", "02:00:00:00:00:66"));
    lan.hears(offer("A", "10.0.0.10"));
    Said again = discover("A");
    again.message.options.set_address(wire::option::requested_address, ip("10.0.0.99"));
    lan.hears(again);
    EXPECT_EQ(lan.exchange().address, ip("10.0.0.10")) << "what was offered, not what is wished for";
    lan.hears(request("A", "10.0.0.10"));
    EXPECT_EQ(lan.server(lan.exchange().server).identifier, ip("10.0.0.1")) << "chosen, though the other offered first";
    lan.hears(offer("A", "10.0.67.20").server("10.0.0.67", "02:00:00:00:00:67"));
    EXPECT_EQ(lan.exchange().address, ip("10.0.0.10")) << "an offer that comes too late changes nothing";
    lan.hears(ack("A", "10.0.0.10"));
    lan.hears(request("A", "10.0.0.77"));
    EXPECT_EQ(lan.exchange().address, ip("10.0.0.10")) << "acknowledged";
}

TEST(Exchange, LeavesAnAddressThatTwoServersOfferedToTheOneChosen)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.hears(offer("A", "10.0.0.10").server("10.0.0.66", "02:00:00:00:00:66"));
    lan.hears(offer("A", "10.0.0.10"));
    lan.hears(request("A", "10.0.0.10"));
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::offered);
}

TEST(Exchange, LetsTheOfferOfARogueUnderTheSameIdentifierLapse)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.hears(offer("A", "10.0.66.20").server("10.0.0.1", "02:00:00:00:00:66"));
    lan.hears(offer("A", "10.0.0.10"));
    lan.hears(request("A", "10.0.0.10"));
    lan.hears(ack("A", "10.0.0.10"));
    EXPECT_EQ(lan.binding("10.0.66.20"), BindingState::offered) << "nobody can tell which of the two was named";
    lan.passes(120s);
    EXPECT_EQ(lan.binding("10.0.66.20"), BindingState::expired);
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::bound);
}

TEST(Exchange, ListsARepeatedOfferOnce)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.hears(offer("A", "10.0.0.10"));
    lan.hears(discover("A"));
    lan.hears(offer("A", "10.0.0.10"));
    EXPECT_EQ(lan.exchange().offers.size(), 1U);
    EXPECT_EQ(lan.exchange().retransmissions, 2U);
}

TEST(Exchange, WithRapidCommitNeedsNoRequest)
{
    Lan lan;
    lan.hears(discover("A").bytes(wire::option::rapid_commit, {}));
    lan.wait(2ms);
    lan.hears(ack("A", "10.0.0.10").bytes(wire::option::rapid_commit, {}));
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::bound); // RFC 4039
    EXPECT_THAT(lan.exchange().ack_time, Optional(Duration{2ms}));
    EXPECT_THAT(lan.exchange().dora_time, Optional(Duration{2ms}));
}

// ---- Silence

struct Silence {
    std::string name;
    std::vector<Said> said;
    ExchangeOutcome outcome;
};
class AfterSilence : public testing::TestWithParam<Silence> { };

TEST_P(AfterSilence, HasAnOutcome)
{
    Lan lan;
    for (const auto& said : GetParam().said)
        lan.hears(said);
    lan.passes(119s);
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::pending);
    EXPECT_TRUE(lan.changes.exchanges.empty());
    lan.passes(1s);
    EXPECT_EQ(lan.exchange().outcome, GetParam().outcome);
    EXPECT_EQ(lan.changes.exchanges, std::vector<ExchangeId>{0});
}

TEST_P(AfterSilence, HasItAtOnceWhenTheSourceEnds)
{
    Lan lan;
    for (const auto& said : GetParam().said)
        lan.hears(said);
    lan.changes.clear();
    lan.state.settle(lan.changes);
    EXPECT_EQ(lan.exchange().outcome, GetParam().outcome);
    EXPECT_EQ(lan.changes.exchanges, std::vector<ExchangeId>{0});
    EXPECT_EQ(lan.state.now(), lan.now) << "no time has passed";
}

INSTANTIATE_TEST_SUITE_P(Exchange, AfterSilence,
                         testing::Values(Silence{"Discover", {discover("A")}, ExchangeOutcome::no_offer},
                                         Silence{"Offer", {discover("A"), offer("A", "10.0.0.10")}, ExchangeOutcome::not_taken},
                                         Silence{"Request",
                                                 {discover("A"), offer("A", "10.0.0.10"), request("A", "10.0.0.10")},
                                                 ExchangeOutcome::no_ack},
                                         Silence{"Reboot", {reboot("A", "10.0.0.10")}, ExchangeOutcome::no_ack},
                                         Silence{"Renewal", {renew("A", "10.0.0.10")}, ExchangeOutcome::no_ack},
                                         Silence{"Inform", {inform("A", "10.0.0.10")}, ExchangeOutcome::unanswered}),
                         [](const auto& test) { return test.param.name; });

TEST(Exchange, StaysOpenAsLongAsTheClientTries)
{
    Lan lan;
    for (int i = 0; i < 5; ++i) {
        lan.hears(discover("A"));
        lan.wait(100s);
    }
    EXPECT_EQ(lan.state.exchanges().size(), 1U);
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::pending);
    EXPECT_EQ(lan.exchange().retransmissions, 4U);
}

TEST(Exchange, FallsSilentOnItsOwn)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.hears(discover("B"));
    lan.wait(100s);
    lan.hears(discover("A"));
    lan.passes(20s);
    EXPECT_EQ(lan.exchange(0).outcome, ExchangeOutcome::pending);
    EXPECT_EQ(lan.exchange(1).outcome, ExchangeOutcome::no_offer) << "though A, which came first, still tries";
    lan.passes(100s);
    EXPECT_EQ(lan.exchange(0).outcome, ExchangeOutcome::no_offer);
}

TEST(Exchange, BeginsAnewWhenAnXidIsSeenAgainAfterSilence)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.wait(120s);
    lan.hears(discover("A"));
    ASSERT_EQ(lan.state.exchanges().size(), 2U);
    EXPECT_EQ(lan.exchange(0).outcome, ExchangeOutcome::no_offer);
    EXPECT_FALSE(lan.message(1).retransmission);
}

// ---- DECLINE, RELEASE, INFORM

TEST(Exchange, OfADeclineIsDeclined)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.hears(decline("A", "10.0.0.10"));
    EXPECT_EQ(lan.letters(), "DORAX") << "under the xid of its handshake it is its end";
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::declined);

    lan.dora("B", "10.0.0.11").hears(decline("B", "10.0.0.11").xid(9));
    EXPECT_EQ(lan.exchange(1).outcome, ExchangeOutcome::bound);
    EXPECT_EQ(lan.exchange(2).outcome, ExchangeOutcome::declined);
    EXPECT_EQ(lan.exchange(2).address, ip("10.0.0.11"));
}

TEST(Exchange, OfAReleaseIsItsOwn)
{
    Lan lan;
    lan.dora("A", "10.0.0.10").hears(release("A", "10.0.0.10"));
    ASSERT_EQ(lan.state.exchanges().size(), 2U);
    EXPECT_EQ(lan.letters(1), "L");
    EXPECT_EQ(lan.exchange(1).outcome, ExchangeOutcome::released);
    EXPECT_EQ(lan.exchange(1).address, ip("10.0.0.10"));
    EXPECT_EQ(lan.server(lan.exchange(1).server).identifier, ip("10.0.0.1"));
}

TEST(Exchange, OfAnInformBindsNothing)
{
    Lan lan;
    lan.hears(inform("A", "10.0.0.200"));
    lan.wait(1ms);
    lan.hears(ack("A", "0.0.0.0").without(wire::option::lease_time));
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::informed);
    EXPECT_EQ(lan.exchange().address, ip("10.0.0.200"));
    EXPECT_THAT(lan.exchange().ack_time, Optional(Duration{1ms}));
    EXPECT_EQ(lan.state.bound_count(), 0U);
}

TEST(Exchange, OfAnInformBindsNothingEvenWhenTheServerFillsInYiaddr)
{
    Lan lan;
    lan.hears(inform("A", "10.0.0.200"));
    lan.hears(ack("A", "10.0.0.200")); // RFC 2131 §4.3.5 forbids it; some do
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::informed);
    EXPECT_TRUE(lan.state.bindings().empty());
}

TEST(Exchange, OfALeaseQueryIsInformed)
{
    Lan lan;
    Said query = discover("A");
    query.message.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(MessageType::lease_query));
    Said active = ack("A", "0.0.0.0");
    active.message.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(MessageType::lease_active));
    lan.hears(query.relayed("10.0.5.1"));
    lan.hears(active.relayed("10.0.5.1"));
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::informed); // RFC 4388
    EXPECT_EQ(lan.state.bound_count(), 0U);
}

TEST(Exchange, OfBootpAssignsForEver)
{
    Lan lan;
    lan.hears(discover("A").without(wire::option::message_type));
    lan.hears(offer("A", "10.0.0.10").without(wire::option::message_type).without(wire::option::lease_time));
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::bound);
    ASSERT_TRUE(lan.state.binding(ip("10.0.0.10")));
    EXPECT_EQ(lan.state.binding(ip("10.0.0.10"))->expires, kNever);
}

} // namespace
} // namespace dorascope::observe
