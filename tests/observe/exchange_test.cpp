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

// ---- REQUEST states (RFC 2131 §4.3.2)

TEST(Exchange, OfARenewalIsRenewed)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.wait(30min);
    lan.hears(renew("A", "10.0.0.10").xid(7));
    lan.wait(2ms);
    lan.hears(ack("A", "10.0.0.10").xid(7));
    ASSERT_EQ(lan.state.exchanges().size(), 2U);
    EXPECT_EQ(lan.last_exchange().outcome, ExchangeOutcome::renewed);
    EXPECT_THAT(lan.last_exchange().ack_time, Optional(Duration{2ms}));
    EXPECT_FALSE(lan.last_exchange().dora_time) << "there was no DISCOVER";
}

TEST(Exchange, OfARenewalUnderTheOldXidIsItsOwn)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    for (int i = 0; i < 3; ++i) { // a lease of a minute, and a client that never changes its xid
        lan.wait(30s);
        lan.hears(renew("A", "10.0.0.10"));
        lan.hears(ack("A", "10.0.0.10"));
    }
    ASSERT_EQ(lan.state.exchanges().size(), 4U);
    EXPECT_EQ(lan.letters(0), "DORA");
    EXPECT_EQ(lan.letters(3), "RA");
    EXPECT_EQ(lan.exchange(3).outcome, ExchangeOutcome::renewed);
}

TEST(Exchange, OfARebootIsRenewedOrRefused)
{
    Lan lan;
    lan.hears(reboot("A", "10.0.0.10"));
    lan.hears(ack("A", "10.0.0.10"));
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::renewed);

    lan.hears(reboot("B", "192.168.7.20"));
    lan.hears(nak("B"));
    EXPECT_EQ(lan.last_exchange().outcome, ExchangeOutcome::nak);
    EXPECT_EQ(lan.last_exchange().address, ip("192.168.7.20")) << "what was refused";
    EXPECT_EQ(lan.server(lan.last_exchange().server).naks, 1U);
}

TEST(Exchange, OfARebootUnderTheOldXidIsItsOwn)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.hears(reboot("A", "10.0.0.10"));
    lan.hears(ack("A", "10.0.0.10"));
    ASSERT_EQ(lan.state.exchanges().size(), 2U);
    EXPECT_EQ(lan.exchange(0).outcome, ExchangeOutcome::bound);
    EXPECT_EQ(lan.exchange(1).outcome, ExchangeOutcome::renewed);
}

TEST(Exchange, KeepsARequestWhoseAckWasLostOnTheWay)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.wait(4s);
    lan.hears(request("A", "10.0.0.10"));
    lan.hears(ack("A", "10.0.0.10"));
    EXPECT_EQ(lan.state.exchanges().size(), 1U);
    EXPECT_EQ(lan.letters(), "DORARA");
    EXPECT_EQ(lan.exchange().retransmissions, 2U);
}

TEST(Exchange, BeginsAnewWithADiscoverAfterTheAck)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.dora("A", "10.0.0.10");
    ASSERT_EQ(lan.state.exchanges().size(), 2U);
    EXPECT_EQ(lan.letters(0), "DORA");
    EXPECT_EQ(lan.letters(1), "DORA");
    EXPECT_EQ(lan.exchange(1).retransmissions, 0U);
}

TEST(Exchange, BeginsAnewWithADiscoverAfterANak)
{
    Lan lan;
    lan.hears(reboot("A", "10.0.9.9"));
    lan.hears(nak("A"));
    lan.dora("A", "10.0.0.10");
    ASSERT_EQ(lan.state.exchanges().size(), 2U);
    EXPECT_EQ(lan.letters(0), "RN");
    EXPECT_EQ(lan.letters(1), "DORA");
}

TEST(Exchange, BeginsAnewWithADiscoverAfterARebootThatNobodyAnswered)
{
    Lan lan;
    lan.hears(reboot("A", "10.0.9.9"));
    lan.wait(10s);
    lan.dora("A", "10.0.0.10");
    ASSERT_EQ(lan.state.exchanges().size(), 2U);
    EXPECT_EQ(lan.exchange(0).outcome, ExchangeOutcome::no_ack);
    EXPECT_EQ(lan.exchange(1).outcome, ExchangeOutcome::bound);
}

// ---- A REQUEST that does not keep the DISCOVER's xid (RFC 2131 §4.4.1 says it should)

TEST(Exchange, TakesInARequestUnderAnotherXidForWhatWasJustOffered)
{
    Lan lan;
    lan.hears(discover("A").xid(0x3d1d));
    lan.hears(offer("A", "10.0.0.10").xid(0x3d1d));
    lan.hears(request("A", "10.0.0.10").xid(0x3d1e));
    lan.hears(ack("A", "10.0.0.10").xid(0x3d1e));
    ASSERT_EQ(lan.state.exchanges().size(), 1U);
    EXPECT_EQ(lan.letters(), "DORA");
    EXPECT_EQ(lan.exchange().xid, 0x3d1dU);
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::bound);
    EXPECT_EQ(lan.message(2).xid, 0x3d1eU);
    EXPECT_TRUE(lan.exchange().dora_time);
}

TEST(Exchange, FollowsAClientThatChangesItsXidWithEachRequest)
{
    Lan lan;
    lan.hears(discover("A").xid(1));
    lan.hears(offer("A", "10.0.0.10").xid(1));
    for (std::uint32_t xid = 2; xid < 6; ++xid)
        lan.hears(request("A", "10.0.0.10").xid(xid));
    lan.hears(ack("A", "10.0.0.10").xid(5));
    EXPECT_EQ(lan.state.exchanges().size(), 1U);
    EXPECT_EQ(lan.letters(), "DORRRRA");
}

TEST(Exchange, LeavesARequestUnderAnotherXidAloneWhenTheOfferIsTaken)
{
    Lan lan;
    lan.dora("A", "10.0.0.10", 1);
    lan.hears(request("A", "10.0.0.10").xid(2));
    EXPECT_EQ(lan.state.exchanges().size(), 2U);
    EXPECT_EQ(lan.letters(0), "DORA");
}

TEST(Exchange, LeavesARequestUnderAnotherXidAloneWhenItAsksForSomethingElse)
{
    Lan lan;
    lan.hears(discover("A").xid(1));
    lan.hears(offer("A", "10.0.0.10").xid(1));
    lan.hears(request("A", "10.0.0.99").xid(2));
    lan.hears(request("A", "10.0.0.10").xid(3).server("10.0.0.66", ""));
    lan.hears(reboot("A", "10.0.0.10").xid(4));
    lan.hears(request("B", "10.0.0.10").xid(5));
    EXPECT_EQ(lan.state.exchanges().size(), 5U);
}

// ---- The first verdict counts

TEST(Exchange, IsNotChangedByASecondServersVerdict)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.hears(nak("A").server("10.0.0.66", "02:00:00:00:00:66"));
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::bound);
    EXPECT_EQ(lan.server(lan.exchange().server).identifier, ip("10.0.0.1"));
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::bound);

    lan.hears(reboot("B", "10.0.0.11"));
    lan.hears(nak("B").server("10.0.0.66", "02:00:00:00:00:66"));
    lan.hears(ack("B", "10.0.0.11"));
    EXPECT_EQ(lan.last_exchange().outcome, ExchangeOutcome::nak);
}

TEST(Exchange, MayEndWellAfterANakWhenTheClientAsksAgain)
{
    Lan lan;
    lan.hears(reboot("A", "10.0.0.10"));
    lan.hears(nak("A"));
    lan.hears(reboot("A", "10.0.0.10"));
    lan.hears(ack("A", "10.0.0.10"));
    EXPECT_EQ(lan.letters(), "RNRA");
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::renewed);
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

// ---- Who is who

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
