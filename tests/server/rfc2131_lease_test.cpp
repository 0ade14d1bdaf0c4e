// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 2131 §2.2, §4.3.3, §4.3.4: what becomes of an address from offer to expiry, DECLINE and RELEASE.
#include "tests/server/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

const auto k100 = address("192.168.1.100"), k101 = address("192.168.1.101");

Config one_address() { return config_of(subnet("192.168.1.0/24", "192.168.1.100-192.168.1.100")); }

// ---- offers --------------------------------------------------------------------------------------------------------------------

TEST(Offer, HoldsItsAddressUntilItTimesOut)
{
    Conversation talk{one_address()};
    talk.client(1).discover();
    talk.wait(29s);
    const Answer refused = talk.client(2).discover();
    EXPECT_TRUE(refused.silent());
    EXPECT_EQ(refused.decision.outcome, Outcome::silent);
    EXPECT_TRUE(refused.has(StepCode::pool_exhausted));
    talk.wait(1s);
    EXPECT_EQ(talk.client(2).discover().yiaddr(), k100);
}

TEST(Offer, PastItsTimeBlocksNobodyEvenWhenAdvanceWasNotCalled)
{
    Conversation talk{one_address()};
    talk.client(1).discover();
    talk.sleep(30s);
    EXPECT_EQ(talk.client(2).discover().yiaddr(), k100);
}

TEST(Offer, IsNotWrittenToTheStore)
{
    Conversation talk;
    EXPECT_THAT(talk.client(1).discover().writes, IsEmpty());
    talk.wait(1min);
    EXPECT_THAT(talk.stored, IsEmpty());
}

TEST(Offer, ThatNobodyTakesLeavesNothingBehind)
{
    Conversation talk;
    talk.client(1).discover();
    talk.wait(1min);
    EXPECT_EQ(talk.server.lease_count(), 0U);
    EXPECT_EQ(talk.server.next_deadline(), std::nullopt);
    ASSERT_THAT(talk.lapsed, SizeIs(1));
    EXPECT_EQ(talk.lapsed[0].steps[0].code, StepCode::offer_expired);
    EXPECT_EQ(talk.lapsed[0].outcome, Outcome::recorded);
}

/// Of that the server has yet to tell; it is no reason to overlook what is due before.
TEST(Offer, EndsInTimeThoughTheClockWasSetBackAfterAnothersEnd)
{
    Conversation talk;
    talk.client(1).discover();
    talk.sleep(1min); // nobody calls advance()
    talk.client(2).discover();
    talk.now -= 1h;
    talk.client(3).discover();
    ASSERT_EQ(talk.state("192.168.1.101"), LeaseState::offered);
    EXPECT_EQ(talk.server.next_deadline(), talk.now + 30s);
    talk.wait(30s);
    EXPECT_EQ(talk.state("192.168.1.101"), std::nullopt);
    EXPECT_THAT(talk.lapsed, SizeIs(2));
}

TEST(Offer, ThatNobodyTakesLeavesAFormerLeaseAsItWas)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    talk.wait(2h);
    const auto before = talk.server.lease(k100);
    a.discover();
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::offered);
    talk.wait(1min);
    EXPECT_EQ(talk.server.lease(k100), before);
}

TEST(Offer, ToABoundClientDoesNotShortenItsLease)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    const auto before = talk.server.lease(k100);
    EXPECT_EQ(a.discover().yiaddr(), k100);
    talk.wait(1min);
    EXPECT_EQ(talk.server.lease(k100), before);
}

TEST(Offer, MadeJustBeforeTheLeaseEndsHoldsTheAddressBeyondIt)
{
    Conversation talk{one_address()};
    auto a = talk.client(1);
    a.dora();
    talk.wait(1h - 10s);
    a.discover();
    talk.wait(15s); // the lease is over, the offer is not
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::offered);
    EXPECT_TRUE(talk.client(2).discover().silent());
    EXPECT_EQ(a.select(k100).type(), MessageType::ack);
}

// ---- leases --------------------------------------------------------------------------------------------------------------------

TEST(Lease, IsWrittenInTheOutboxOfItsAck)
{
    Conversation talk;
    auto a = talk.client_with_id(1, {0xff, 7, 7});
    a.discover();
    const Answer ack = a.select(k100, [](wire::Message& m) {
        m.options.set_text(wire::option::host_name, "laptop\x01-a");
        m.options.set_text(wire::option::vendor_class_identifier, "MSFT 5.0");
    });
    ASSERT_THAT(ack.writes, SizeIs(1));
    const Lease& lease = ack.writes[0];
    EXPECT_EQ(lease.address, k100);
    EXPECT_EQ(lease.client, (ClientKey{ClientKey::Kind::identifier, {0xff, 7, 7}}));
    EXPECT_EQ(lease.hardware, a.hardware);
    EXPECT_EQ(lease.hostname, "laptop-a") << "printable characters only";
    EXPECT_EQ(lease.vendor_class, "MSFT 5.0");
    EXPECT_EQ(lease.state, LeaseState::bound);
    EXPECT_EQ(lease.since, talk.now);
    EXPECT_EQ(lease.renewed, talk.now);
    EXPECT_EQ(lease.expires, talk.now + 1h);
    EXPECT_EQ(talk.server.lease(k100), lease);
}

TEST(Lease, KeepsANameThatALaterMessageLeavesOut)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora([](wire::Message& m) { m.options.set_text(wire::option::host_name, "laptop"); });
    a.renew(k100);
    EXPECT_EQ(talk.server.lease(k100)->hostname, "laptop");
    a.renew(k100, [](wire::Message& m) { m.options.set_text(wire::option::host_name, "desktop"); });
    EXPECT_EQ(talk.server.lease(k100)->hostname, "desktop");
}

TEST(Lease, ExpiresAndIsWrittenSo)
{
    Conversation talk;
    talk.client(1).dora();
    EXPECT_EQ(talk.server.next_deadline(), talk.now + 1h);
    talk.wait(1h);
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::expired);
    ASSERT_THAT(talk.stored, SizeIs(1));
    EXPECT_EQ(talk.stored[0].state, LeaseState::expired);
    ASSERT_THAT(talk.lapsed, SizeIs(1));
    EXPECT_EQ(talk.lapsed[0].steps[0].code, StepCode::lease_expired);
    EXPECT_EQ(talk.use().bound, 0U);
}

TEST(Lease, ExpiryIsReportedOnceThoughAPacketCameFirst)
{
    Conversation talk;
    talk.client(1).dora();
    talk.sleep(2h);
    talk.client(2).discover();
    talk.wait(0s);
    EXPECT_THAT(talk.lapsed, SizeIs(1));
    talk.wait(1s);
    EXPECT_THAT(talk.lapsed, SizeIs(1));
}

TEST(Lease, TheSameClientGetsTheSameAddressBack)
{
    Conversation talk;
    auto a = talk.client(1), b = talk.client(2);
    EXPECT_EQ(a.dora(), k100);
    EXPECT_EQ(b.dora(), k101);
    talk.wait(2h);
    const Answer offer = b.discover();
    EXPECT_EQ(offer.yiaddr(), k101);
    EXPECT_TRUE(offer.has(StepCode::binding_previous));
}

TEST(Lease, AFormerClientsAddressIsKeptForItWhileOthersAreFree)
{
    Conversation talk;
    talk.client(1).dora();
    talk.wait(2h);
    const Answer offer = talk.client(2).discover();
    EXPECT_EQ(offer.yiaddr(), k101);
    EXPECT_THAT(offer.addresses(StepCode::candidate_kept), testing::ElementsAre(k100));
}

TEST(Lease, TheOldestExpiredIsReclaimedLast)
{
    Conversation talk{config_of(subnet("192.168.1.0/24", "192.168.1.100-192.168.1.102"))};
    auto a = talk.client(1), b = talk.client(2);
    EXPECT_EQ(a.dora(), k100);
    talk.wait(10min);
    EXPECT_EQ(b.dora(), k101);
    talk.wait(5min);
    a.renew(k100); // so that b's lease ends first
    talk.wait(3h);
    EXPECT_EQ(talk.client(3).dora(), address("192.168.1.102")) << "free ones first";
    const Answer offer = talk.client(4).discover();
    EXPECT_EQ(offer.yiaddr(), k101) << "then the one that ended first";
    EXPECT_TRUE(offer.has(StepCode::candidate_reclaimed_expired));
    EXPECT_EQ(talk.client(5).discover().yiaddr(), k100);
    EXPECT_TRUE(talk.client(6).discover().silent());
}

/// A relay's address can have been leased before the relay was seen. It is in use, and would head the queue for ever.
TEST(Lease, TheNextOldestIsReclaimedWhereTheOldestIsTheRelaysAddress)
{
    Conversation talk{config_of(subnet("192.168.1.0/24", "192.168.1.100-192.168.1.101"))};
    auto a = talk.client(1), b = talk.client(2), behind = talk.client(3);
    a.dora();
    b.dora();
    a.release(k100);
    talk.wait(1s);
    b.release(k101);
    behind.giaddr = k100;
    EXPECT_EQ(behind.dora(), k101);
    auto behind_too = talk.client(4);
    behind_too.giaddr = k100;
    EXPECT_TRUE(behind_too.discover().silent());
    EXPECT_EQ(talk.client(5).dora(), k100) << "passed over, it keeps its place in the queue";
}

TEST(Lease, TheNextOldestIsReclaimedWhereTheClientFoundTheOldestInUse)
{
    Conversation talk{config_of(subnet("192.168.1.0/24", "192.168.1.100-192.168.1.105"))};
    auto a = talk.client(1);
    for (int i = 0; i < 4; ++i)
        a.decline(a.dora()); // the fourth is not believed, and free for others
    for (std::uint32_t i = 3; i < 6; ++i) {
        auto other = talk.client(i);
        const auto mine = other.dora();
        EXPECT_EQ(mine, address("192.168.1.100") + i);
        other.release(mine);
        talk.wait(1s);
    }
    EXPECT_EQ(a.discover([](wire::Message& m) { m.giaddr = address("192.168.1.104"); }).yiaddr(), address("192.168.1.105"))
        << "the oldest it found in use, the next is its relay's";
    EXPECT_EQ(talk.client(9).discover().yiaddr(), address("192.168.1.103")) << "for others the oldest it is";
}

TEST(Lease, AClientIdentifierOutranksTheHardwareAddress) // RFC 4361
{
    Conversation talk;
    auto wired = talk.client_with_id(1, {0xff, 1}), wireless = talk.client_with_id(2, {0xff, 1});
    EXPECT_EQ(wired.dora(), k100);
    EXPECT_EQ(wireless.dora(), k100) << "one client, two cards";
    auto other_system = talk.client_with_id(1, {0xff, 2});
    EXPECT_EQ(other_system.dora(), k101) << "two clients, one card";
    EXPECT_EQ(talk.client(1).dora(), address("192.168.1.102")) << "and without an identifier a third";
}

TEST(Lease, AnIdentifierEqualToTheHardwareAddressIsStillAnIdentifier)
{
    Conversation talk;
    std::vector<std::uint8_t> id{1};
    const auto octets_of_mac = mac(1).octets;
    id.insert(id.end(), octets_of_mac.begin(), octets_of_mac.end());
    auto with_id = talk.client_with_id(1, id);
    EXPECT_EQ(with_id.dora(), k100);
    EXPECT_EQ(talk.server.lease(k100)->client, (ClientKey{ClientKey::Kind::identifier, id}));
    EXPECT_EQ(talk.client(1).dora(), k101);
}

TEST(Lease, AClockThatStepsBackLeavesLeasesValid)
{
    Conversation talk{one_address()};
    auto a = talk.client(1);
    a.dora();
    talk.now -= 24h;
    EXPECT_TRUE(talk.client(2).discover().silent());
    EXPECT_EQ(a.renew(k100).type(), MessageType::ack);
    EXPECT_EQ(talk.server.next_deadline(), talk.now + 1h) << "counted from the new time";
    talk.wait(1h);
    EXPECT_EQ(talk.client(2).dora(), k100);
}

// ---- RELEASE -------------------------------------------------------------------------------------------------------------------

TEST(Release, FreesTheAddressAndRemembersItsClient)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    talk.wait(1min);
    const Answer answer = a.release(k100);
    EXPECT_TRUE(answer.silent());
    EXPECT_EQ(answer.decision.outcome, Outcome::recorded);
    ASSERT_THAT(answer.writes, SizeIs(1));
    EXPECT_EQ(answer.writes[0].state, LeaseState::released);
    EXPECT_EQ(answer.writes[0].expires, talk.now);
    EXPECT_EQ(talk.use().bound, 0U);
    EXPECT_EQ(talk.client(2).dora(), k101);
    EXPECT_EQ(a.dora(), k100);
}

TEST(Release, OfALeaseThatHadExpiredBeforeCanStillBeReclaimed)
{
    Conversation talk{one_address()};
    auto a = talk.client(1);
    a.dora();
    talk.wait(2h); // a former lease, in the queue of those
    a.dora();
    talk.wait(1min);
    a.release(k100); // and again, with another end
    EXPECT_EQ(talk.client(2).dora(), k100);
    talk.wait(2h);
    EXPECT_EQ(talk.client(3).dora(), k100);
}

TEST(Release, OfAnAddressInAnotherClientsHandsIsIgnored)
{
    Conversation talk;
    talk.client(1).dora();
    const Answer answer = talk.client(2).release(k100);
    EXPECT_TRUE(answer.has(StepCode::release_mismatch));
    EXPECT_THAT(answer.writes, IsEmpty());
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::bound);
}

TEST(Release, MeantForAnotherServerIsIgnored)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    a.release(k100, [](wire::Message& m) { m.options.set_address(wire::option::server_identifier, address("192.168.1.66")); });
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::bound);
}

// ---- DECLINE -------------------------------------------------------------------------------------------------------------------

TEST(Decline, PutsTheAddressInQuarantineForAWhile)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    const Answer answer = a.decline(k100);
    EXPECT_TRUE(answer.silent());
    EXPECT_EQ(answer.decision.outcome, Outcome::recorded);
    ASSERT_THAT(answer.writes, SizeIs(1));
    EXPECT_EQ(answer.writes[0].state, LeaseState::declined);
    EXPECT_EQ(answer.writes[0].expires, talk.now + 10min);
    EXPECT_EQ(talk.use().declined, 1U);

    const Answer next = a.discover();
    EXPECT_EQ(next.yiaddr(), k101) << "another address, in the same breath";
    EXPECT_TRUE(next.has(StepCode::candidate_quarantined));
    talk.wait(10min);
    EXPECT_EQ(talk.use().declined, 0U);
    EXPECT_EQ(talk.client(2).discover().yiaddr(), k100) << "and then it can be used again";
}

TEST(Decline, FromAClientThatWasNotGivenTheAddressIsIgnored)
{
    Conversation talk;
    talk.client(1).dora();
    EXPECT_TRUE(talk.client(2).decline(k100).has(StepCode::decline_mismatch));
    EXPECT_TRUE(talk.client(2).decline(k101).has(StepCode::decline_mismatch)) << "nobody's either";
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::bound);
    EXPECT_EQ(talk.use().declined, 0U);
}

TEST(Decline, IsKeyedOnOption50NotCiaddr)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    const Answer answer = a.decline(k100, [](wire::Message& m) {
        m.options.erase(wire::option::requested_address);
        m.ciaddr = k100;
    });
    EXPECT_TRUE(answer.has(StepCode::decline_mismatch));
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::bound);
}

TEST(Decline, SurvivesARestart)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    a.decline(k100);
    talk.restart();
    EXPECT_EQ(a.discover().yiaddr(), k101);
    talk.wait(10min);
    EXPECT_EQ(talk.client(2).discover().yiaddr(), k100);
}

// ---- probes --------------------------------------------------------------------------------------------------------------------

TEST(Probe, AnAnswerQuarantinesTheAddressAndItsOffer)
{
    Conversation talk;
    auto a = talk.client(1);
    a.discover();
    talk.out.clear();
    talk.server.probe_answered(talk.now, k100, {}, talk.out);
    EXPECT_THAT(talk.out.writes(), SizeIs(1));
    EXPECT_THAT(talk.out.decisions(), SizeIs(1));
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::conflict);
    EXPECT_EQ(a.select(k100).type(), MessageType::nak);
    EXPECT_EQ(a.dora(), k101);
}

TEST(Probe, AnAnswerFromTheHolderOfALeaseIsAsItShouldBe)
{
    Conversation talk;
    talk.client(1).dora();
    talk.out.clear();
    talk.server.probe_answered(talk.now, k100, {}, talk.out);
    EXPECT_TRUE(talk.out.empty());
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::bound);
}

} // namespace
} // namespace dorascope::server
