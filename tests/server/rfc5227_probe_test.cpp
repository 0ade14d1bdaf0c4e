// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 2131 §2.2, RFC 5227: an address is probed before it is offered to somebody for the first time; who answers has it.
#include "tests/server/conversation.h"

#include <gmock/gmock.h>
#include <set>

namespace dorascope::server {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

const auto k100 = address("192.168.1.100"), k101 = address("192.168.1.101"), k102 = address("192.168.1.102");
const MacAddress kStranger{{0x02, 0xee, 0, 0, 0, 9}};

Config probing(std::uint32_t count = 1)
{
    Config config = office();
    config.probe = {true, count, 500ms};
    return config;
}

bool has(const Decision& decision, StepCode code)
{
    return std::ranges::find(decision.steps, code, &DecisionStep::code) != decision.steps.end();
}

// ---- silence means free --------------------------------------------------------------------------------------------------------

TEST(Rfc5227Probe, AnAddressIsAskedForBeforeItIsOfferedForTheFirstTime)
{
    Conversation talk{probing()};
    const Answer first = talk.client(1).discover();
    EXPECT_TRUE(first.silent());
    EXPECT_EQ(first.decision.outcome, Outcome::recorded);
    EXPECT_TRUE(first.has(StepCode::probe_by_arp));
    ASSERT_THAT(talk.probes, SizeIs(1));
    EXPECT_EQ(talk.probes[0].method, ProbeRequest::Method::arp);
    EXPECT_EQ(talk.probes[0].address, k100);
    EXPECT_EQ(talk.probes[0].source, talk.local);
    EXPECT_EQ(talk.probes[0].interface, 3U);
    talk.wait(499ms);
    EXPECT_THAT(talk.later, IsEmpty());
    talk.wait(1ms);
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_EQ(talk.later[0].type(), MessageType::offer);
    EXPECT_EQ(talk.later[0].yiaddr(), k100);
    EXPECT_EQ(talk.later[0].decision.received, MessageType::discover);
    EXPECT_TRUE(talk.later[0].has(StepCode::probe_unanswered));
    EXPECT_EQ(talk.client(1).select(k100).type(), MessageType::ack);
}

TEST(Rfc5227Probe, IsRepeatedAsOftenAsConfigured)
{
    Conversation talk{probing(3)};
    talk.client(1).discover();
    talk.wait(1499ms);
    EXPECT_THAT(talk.probes, SizeIs(3));
    EXPECT_THAT(talk.later, IsEmpty());
    talk.wait(1ms);
    EXPECT_THAT(talk.later, SizeIs(1));
    EXPECT_THAT(talk.probes, SizeIs(3));
}

TEST(Rfc5227Probe, IsAnEchoRequestWhereARelayIsBetween)
{
    Config config = probing();
    config.subnets.push_back(subnet("10.0.0.0/24", "10.0.0.10-10.0.0.100"));
    Conversation talk{config};
    auto far = talk.client(1);
    far.giaddr = address("10.0.0.1");
    EXPECT_TRUE(far.discover().has(StepCode::probe_by_echo));
    EXPECT_EQ(talk.probes[0].method, ProbeRequest::Method::icmp_echo);
    talk.wait(1s);
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_EQ(talk.later[0].transmit.destination, far.giaddr);
}

/// Its message came by routers, past any relay: on the server's own link nobody would answer for an address of another.
TEST(Rfc5227Probe, IsAnEchoRequestWhereRoutersAreBetween)
{
    Config config = probing();
    config.subnets.push_back(subnet("10.0.0.0/24", "10.0.0.10-10.0.0.100"));
    config.subnets[1].reservations = {{address("10.0.0.50"), HardwareAddress::of(mac(1)), {}, {}}};
    Conversation talk{config};
    const Answer answer = talk.client(1).renew(
        address("10.0.0.50"), [&](wire::Message& m) { m.options.set_address(wire::option::server_identifier, talk.local); });
    EXPECT_TRUE(answer.has(StepCode::probe_by_echo));
    ASSERT_THAT(talk.probes, SizeIs(1));
    EXPECT_EQ(talk.probes[0].method, ProbeRequest::Method::icmp_echo);
}

TEST(Rfc5227Probe, SeveralAreUnderWayAtOnceEachForItsOwnAddress)
{
    Conversation talk{probing()};
    for (std::uint32_t i = 1; i <= 40; ++i)
        talk.client(i).discover();
    EXPECT_THAT(talk.probes, SizeIs(40));
    EXPECT_EQ(talk.use().offered, 40U) << "held meanwhile";
    talk.answered(k101, kStranger);
    talk.wait(1s);
    std::set<Ipv4Address> offered;
    for (const Answer& answer : talk.later)
        offered.insert(answer.yiaddr());
    EXPECT_THAT(offered, SizeIs(40));
    EXPECT_FALSE(offered.contains(k101));
}

TEST(Rfc5227Probe, IsOffUnlessConfigured)
{
    Conversation talk;
    EXPECT_EQ(talk.client(1).discover().yiaddr(), k100);
    EXPECT_THAT(talk.probes, IsEmpty());
}

// ---- whom it spares ------------------------------------------------------------------------------------------------------------

TEST(Rfc5227Probe, NeverOfAnAddressThatTheClientHoldsOrHeldLast)
{
    Conversation talk{probing()};
    auto a = talk.client(1);
    a.discover();
    talk.wait(1s);
    EXPECT_EQ(a.discover().yiaddr(), k100) << "offered to it, and probed, already";
    a.select(k100);
    EXPECT_EQ(a.discover().yiaddr(), k100) << "bound";
    a.release(k100);
    EXPECT_EQ(a.discover().yiaddr(), k100) << "released";
    a.select(k100);
    talk.wait(2h);
    EXPECT_EQ(a.discover().yiaddr(), k100) << "expired";
    EXPECT_EQ(a.init_reboot(k100).type(), MessageType::ack);
    EXPECT_THAT(talk.probes, SizeIs(1));
}

TEST(Rfc5227Probe, OfAFormerClientsAddressBeforeAnotherGetsIt)
{
    Config config = probing();
    config.subnets[0].pools = {range("192.168.1.100")};
    Conversation talk{config};
    talk.client(1).discover();
    talk.wait(1s);
    talk.client(1).select(k100);
    talk.wait(2h);
    EXPECT_TRUE(talk.client(2).discover().silent());
    EXPECT_THAT(talk.probes, SizeIs(2));
}

TEST(Rfc5227Probe, OfAReservedAddressToo)
{
    Config config = probing();
    config.subnets[0].reservations = {{address("192.168.1.50"), HardwareAddress::of(mac(1)), {}, {}}};
    Conversation talk{config};
    talk.client(1).discover();
    ASSERT_THAT(talk.probes, SizeIs(1));
    EXPECT_EQ(talk.probes[0].address, address("192.168.1.50"));
    talk.answered(address("192.168.1.50"), kStranger);
    talk.wait(1s);
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_EQ(talk.later[0].yiaddr(), k100);
}

// ---- an answer means taken -----------------------------------------------------------------------------------------------------

TEST(Rfc5227Probe, AnAnswerQuarantinesTheAddressAndTheNextIsTriedWithinTheSameDiscover)
{
    Conversation talk{probing()};
    talk.client(1).discover();
    talk.wait(100ms);
    talk.answered(k100, kStranger);
    const Decision& conflict = talk.lapsed.back();
    EXPECT_EQ(conflict.steps[0].code, StepCode::probe_answered);
    EXPECT_EQ(conflict.steps[0].who, HardwareAddress::of(kStranger)) << "who answered";
    EXPECT_EQ(Duration{conflict.steps[0].number}, 100ms) << "and how long it took";
    EXPECT_EQ(conflict.received, MessageType::discover);
    const auto lease = talk.server.lease(k100);
    ASSERT_TRUE(lease);
    EXPECT_EQ(lease->state, LeaseState::conflict);
    EXPECT_EQ(lease->hardware, HardwareAddress::of(kStranger));
    ASSERT_THAT(talk.probes, SizeIs(2));
    EXPECT_EQ(talk.probes[1].address, k101);
    talk.wait(500ms);
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_EQ(talk.later[0].yiaddr(), k101);
    talk.restart();
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::conflict) << "stored";
    talk.wait(11min);
    EXPECT_EQ(talk.server.lease(k100), std::nullopt) << "a quarantine ends";
}

TEST(Rfc5227Probe, AnEchoReplyNamesNobody)
{
    Conversation talk{probing()};
    auto far = talk.client(1);
    far.giaddr = address("192.168.1.1");
    far.discover();
    talk.answered(k100);
    EXPECT_EQ(talk.server.lease(k100)->hardware.length, 0);
    talk.restart();
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::conflict);
}

TEST(Rfc5227Probe, AnAnswerByTheClientItselfIsNoConflict)
{
    Conversation talk{probing()};
    talk.client(1).discover();
    talk.answered(k100, mac(1));
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_EQ(talk.later[0].yiaddr(), k100);
    EXPECT_TRUE(talk.later[0].has(StepCode::probe_answered_by_client));
    EXPECT_EQ(talk.use().declined, 0U);
}

TEST(Rfc5227Probe, AnAnswerNobodyAskedForChangesNothing)
{
    Conversation talk{probing()};
    talk.client(1).discover();
    talk.answered(k102, kStranger);
    talk.answered(address("10.1.1.1"), kStranger);
    EXPECT_THAT(talk.lapsed, IsEmpty());
    EXPECT_EQ(talk.server.lease(k102), std::nullopt);
}

TEST(Rfc5227Probe, APoolFullOfSquattersIsSaidToBeExhausted)
{
    Config config = probing();
    config.subnets[0].pools = {range("192.168.1.100-192.168.1.101")};
    Conversation talk{config};
    talk.client(1).discover();
    talk.answered(k100, kStranger);
    talk.answered(k101, kStranger);
    EXPECT_TRUE(has(talk.lapsed.back(), StepCode::pool_exhausted));
    EXPECT_EQ(talk.lapsed.back().outcome, Outcome::silent);
    talk.wait(5s);
    EXPECT_THAT(talk.later, IsEmpty());
}

/// RFC 1027: a router that answers for everybody must not empty the pool.
TEST(Rfc5227Probe, AProxyThatAnswersForEveryAddressIsNotBelievedForEver)
{
    Conversation talk{probing()};
    for (std::uint32_t client = 1; client < 20; ++client) {
        talk.client(client).discover();
        for (int i = 0; i < 20 && !talk.probes.empty(); ++i) {
            const Ipv4Address where = talk.probes.back().address;
            talk.probes.clear();
            talk.answered(where, kStranger);
        }
        talk.wait(1s);
    }
    EXPECT_EQ(talk.use().declined, 32U);
    ASSERT_FALSE(talk.later.empty());
    EXPECT_TRUE(talk.later.back().has(StepCode::probe_disbelieved));
}

// ---- while it runs -------------------------------------------------------------------------------------------------------------

TEST(Rfc5227Probe, ARetransmittedDiscoverIsAnsweredOnceWithItsLatestXid)
{
    Conversation talk{probing()};
    auto a = talk.client(1);
    a.discover();
    talk.wait(200ms);
    EXPECT_TRUE(a.discover().has(StepCode::probe_running));
    a.xid = 0x1234;
    EXPECT_TRUE(a.discover().has(StepCode::probe_running));
    talk.wait(5s);
    EXPECT_THAT(talk.probes, SizeIs(1));
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_EQ(talk.later[0].message->xid, 0x1234U);
}

TEST(Rfc5227Probe, IsGivenUpWhenTheClientChoosesAnotherServer)
{
    Conversation talk{probing()};
    auto a = talk.client(1);
    a.discover();
    const Answer other = a.select(address("192.168.1.77"), [](wire::Message& m) {
        m.options.set_address(wire::option::server_identifier, address("192.168.1.9"));
    });
    EXPECT_TRUE(other.has(StepCode::probe_given_up));
    EXPECT_TRUE(other.has(StepCode::offer_released));
    EXPECT_EQ(talk.use().offered, 0U);
    talk.wait(5s);
    EXPECT_THAT(talk.later, IsEmpty());
    EXPECT_EQ(talk.server.next_deadline(), std::nullopt);
}

TEST(Rfc5227Probe, IsGivenUpWhenTheClientDeclines)
{
    Conversation talk{probing()};
    auto a = talk.client(1);
    a.discover();
    EXPECT_TRUE(a.decline(k100).has(StepCode::declined));
    talk.wait(5s);
    EXPECT_THAT(talk.later, IsEmpty());
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::declined);
}

TEST(Rfc5227Probe, HoldsTheAddressAgainstEverybodyElse)
{
    Conversation talk{probing()};
    talk.client(1).discover();
    EXPECT_EQ(talk.client(2).select(k100).type(), MessageType::nak);
    const Answer b =
        talk.client(2).discover([](wire::Message& m) { m.options.set_address(wire::option::requested_address, k100); });
    EXPECT_TRUE(b.has(StepCode::candidate_held_by_offer));
    EXPECT_EQ(talk.probes.back().address, k101);
}

TEST(Rfc5227Probe, WithoutRoomForMoreTheOfferIsMadeUnprobedAndSaysSo)
{
    Config config = config_of(subnet("10.0.0.0/16", "10.0.1.0-10.0.200.0"));
    config.probe = {true, 1, 500ms};
    Conversation talk{config};
    talk.local = address("10.0.0.2");
    std::uint32_t client = 0;
    Answer answer = talk.client(client).discover();
    while (answer.silent() && client < 5000)
        answer = talk.client(++client).discover();
    EXPECT_EQ(client, 768U);
    EXPECT_EQ(answer.type(), MessageType::offer);
    EXPECT_TRUE(answer.has(StepCode::probe_skipped));
    talk.wait(1s);
    EXPECT_THAT(talk.later, SizeIs(768));
    EXPECT_TRUE(talk.client(9999).discover().has(StepCode::probe_by_arp)) << "there is room again";
}

TEST(Rfc5227Probe, ThatWasNotSentBecauseNothingCouldBeStoredIsMadeAnew)
{
    Conversation talk{probing()};
    auto a = talk.client(1);
    talk.storing = false;
    a.discover();
    talk.storing = true;
    EXPECT_EQ(talk.server.lease_count(), 0U);
    EXPECT_EQ(talk.server.next_deadline(), std::nullopt);
    EXPECT_TRUE(a.discover().has(StepCode::probe_by_arp));
    talk.storing = false;
    talk.answered(k100, kStranger); // the quarantine is lost, and with it the next probe
    talk.storing = true;
    EXPECT_TRUE(a.discover().has(StepCode::probe_by_arp)) << "an address that is known to be taken is not offered";
    EXPECT_EQ(talk.probes.back().address, k100);
}

TEST(Rfc5227Probe, AClockThatIsSetBackDoesNotKeepTheClientWaiting)
{
    Conversation talk{probing()};
    auto a = talk.client(1);
    a.discover();
    talk.now -= 1h;
    EXPECT_TRUE(a.discover().has(StepCode::probe_by_arp)) << "begun anew";
    talk.wait(500ms);
    EXPECT_THAT(talk.later, SizeIs(1));
}

TEST(Rfc5227Probe, IsBegunAnewWhenTimeWentByInOneLeapAndTheAddressIsSomebodyElses)
{
    Config config = probing(3);
    config.subnets[0].pools = {range("192.168.1.100-192.168.1.101")};
    config.offer_hold = 5s;
    Conversation talk{config};
    talk.client(1).discover();
    talk.sleep(1min); // nobody calls advance(): the hold is over, the probe is not
    EXPECT_TRUE(talk.client(2).discover().has(StepCode::probe_by_arp));
    EXPECT_EQ(talk.probes.back().address, k100);
    talk.probes.clear();
    talk.wait(10s);
    ASSERT_THAT(talk.later, SizeIs(2));
    EXPECT_NE(talk.later[0].yiaddr(), talk.later[1].yiaddr());
}

TEST(Rfc5227Probe, GoesOnUnderAnotherConfiguration)
{
    Conversation talk{probing()};
    talk.client(1).discover();
    talk.client(2).discover();
    Config smaller = probing();
    smaller.subnets[0].pools = {range("192.168.1.101-192.168.1.200")};
    talk.out.clear();
    ASSERT_TRUE(talk.server.reconfigure(talk.now, smaller, talk.out));
    talk.wait(500ms);
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_EQ(talk.later[0].yiaddr(), k101) << "the second client's; the first one's address is no longer leased";
    talk.wait(500ms);
    ASSERT_THAT(talk.later, SizeIs(2));
    EXPECT_EQ(talk.later[1].yiaddr(), k102);
}

TEST(Rfc5227Probe, IsForgottenWhenTheAddressIsTakenByHand)
{
    Conversation talk{probing()};
    talk.client(1).discover();
    talk.out.clear();
    ASSERT_TRUE(talk.server.release(talk.now, k100, talk.out));
    talk.wait(5s);
    EXPECT_THAT(talk.later, IsEmpty());
}

// ---- DECLINE, without end ------------------------------------------------------------------------------------------------------

TEST(Rfc2131Section433, AClientThatDeclinesForEverDoesNotEmptyThePool)
{
    Conversation talk;
    auto a = talk.client(1);
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(a.decline(a.dora()).has(StepCode::declined));
    const Answer fourth = a.decline(a.dora());
    EXPECT_TRUE(fourth.has(StepCode::declines_exceeded));
    EXPECT_EQ(talk.use().declined, 3U);
    EXPECT_EQ(talk.use().bound, 0U) << "what it does not use is free for others";
    ASSERT_THAT(fourth.writes, SizeIs(1)) << "and the disk knows";
    EXPECT_EQ(talk.client(3).dora(), address("192.168.1.103"));
    EXPECT_TRUE(talk.client(2).decline(talk.client(2).dora()).has(StepCode::declined)) << "others are still believed";
    talk.wait(10min);
    EXPECT_TRUE(a.decline(a.dora()).has(StepCode::declined)) << "after a time so is this one";
}

/// "MUST mark the network address as not available": beyond what one client may send into quarantine, not available to that client.
TEST(Rfc2131Section433, AClientIsNeverOfferedAgainWhatItFoundInUse)
{
    Config config = office();
    config.subnets[0].reservations = {{address("192.168.1.50"), HardwareAddress::of(mac(2)), {}, {}}};
    config.offer_hold = 10s;
    Conversation talk{config};
    for (const std::uint32_t who : {1U, 2U}) {
        auto a = talk.client(who);
        std::vector<Ipv4Address> taken;
        for (int i = 0; i < 40; ++i) {
            const Answer offer = a.discover();
            ASSERT_EQ(offer.type(), MessageType::offer) << who << ", " << i;
            EXPECT_THAT(taken, testing::Not(testing::Contains(offer.yiaddr()))) << who << ", " << i;
            taken.push_back(offer.yiaddr());
            // It may find out before it takes the offer, too.
            if (i % 2 == 0) a.select(offer.yiaddr());
            a.decline(offer.yiaddr());
            talk.wait(1s);
        }
        EXPECT_EQ(talk.use().bound, 0U);
        EXPECT_TRUE(
            a.discover([&](wire::Message& m) { m.options.set_address(wire::option::requested_address, taken.back()); }).yiaddr()
            != taken.back())
            << "not even if it asks";
        talk.wait(10s);
    }
    EXPECT_EQ(talk.use().declined, 5U) << "six, of which the reservation is in no pool";
}

TEST(Rfc2131Section433, AClientThatHasFoundEveryAddressInUseHasToWait)
{
    Config config = config_of(subnet("192.168.1.0/24", "192.168.1.100-192.168.1.105"));
    Conversation talk{config};
    auto a = talk.client(1);
    for (int i = 0; i < 6; ++i)
        a.decline(a.dora());
    const Answer none = a.discover();
    EXPECT_TRUE(none.silent());
    EXPECT_TRUE(none.has(StepCode::pool_exhausted));
    EXPECT_EQ(talk.client(2).dora(), address("192.168.1.103")) << "others need not";
    talk.wait(10min);
    EXPECT_EQ(a.dora(), k100);
}

TEST(Rfc2131Section433, MadeUpClientsBehindOneCardCountAsOne)
{
    Conversation talk;
    talk.source_mac = mac(77);
    for (std::uint32_t i = 0; i < 10; ++i) {
        auto made_up = talk.client(1000 + i);
        made_up.decline(made_up.dora());
    }
    EXPECT_EQ(talk.use().declined, 3U);
}

} // namespace
} // namespace dorascope::server
