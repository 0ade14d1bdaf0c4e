// SPDX-License-Identifier: GPL-3.0-or-later
// What one sender can have of the addresses, however many clients and relays it makes up: without an offer, without a probe, behind a giaddr.
#include "tests/server/conversation.h"

#include <gmock/gmock.h>
#include <map>

namespace dorascope::server {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

const auto k100 = address("192.168.1.100"), k101 = address("192.168.1.101");
const MacAddress kStranger{{0x02, 0xee, 0, 0, 0, 9}};

/// Five of each kind for one card, three for one relay; a second subnet beyond relays.
Config guarded(bool probing = false)
{
    Config config = office();
    config.subnets.push_back(subnet("10.0.0.0/23", "10.0.0.10-10.0.1.200"));
    config.limits.offers_per_mac = 5;
    config.limits.offers_per_relay = 3;
    config.probe = {probing, 1, 500ms};
    return config;
}

std::uint32_t acks_to_made_up_clients(Conversation& talk, std::uint32_t first = 1000)
{
    std::uint32_t acks = 0;
    for (std::uint32_t i = 0; i <= 100; ++i)
        acks += talk.client(first + i).select(k100 + i).type() == MessageType::ack;
    return acks;
}

// ---- without an offer ----------------------------------------------------------------------------------------------------------

TEST(Rfc2131Section432, RequestsOutOfTheBlueFromOneCardGetNoMoreThanItsShare)
{
    Conversation talk{guarded()};
    talk.source_mac = mac(66);
    EXPECT_EQ(acks_to_made_up_clients(talk), 5U);
    EXPECT_EQ(talk.use().bound, 5U);
    const Answer refused = talk.client(2000).select(k101 + 50);
    EXPECT_EQ(refused.type(), MessageType::nak) << "an honest client asks anew at once";
    EXPECT_TRUE(refused.has(StepCode::sender_grants_exhausted));
    EXPECT_TRUE(refused.has(StepCode::nak_no_offer));
    EXPECT_EQ(talk.server.count(StepCode::nak_no_offer), 97U);
    EXPECT_EQ(talk.client(1000).renew(k100).type(), MessageType::ack) << "who has a lease goes on";
    EXPECT_NE(talk.client(2000).dora(), Ipv4Address{}) << "and who asks in order is served";
    talk.source_mac = mac(67);
    EXPECT_EQ(talk.client(3000).select(k101 + 60).type(), MessageType::ack) << "another card";
}

TEST(Rfc2131Section432, AClientWhoseOfferARestartForgotStillGetsItsAddress)
{
    Conversation talk{guarded()};
    talk.source_mac = mac(1);
    const Ipv4Address offered = talk.client(1).discover().yiaddr();
    talk.restart();
    EXPECT_EQ(talk.client(1).select(offered).type(), MessageType::ack);
}

TEST(Rfc2131Section432, GivingBackAndTakingAnewDoesNotAddUp)
{
    Conversation talk{guarded()};
    talk.source_mac = mac(66);
    for (std::uint32_t round = 0; round < 4; ++round) {
        for (std::uint32_t i = round * 5; i < round * 5 + 5; ++i) {
            ASSERT_EQ(talk.client(1000 + i).select(k100 + i).type(), MessageType::ack) << i;
            talk.client(1000 + i).release(k100 + i);
        }
    }
    for (std::uint32_t i = 0; i < 20; ++i)
        talk.client(1000 + i).init_reboot(k100 + i);
    EXPECT_EQ(talk.use().bound, 5U);
    for (std::uint32_t i = 20; i < 40; ++i)
        talk.client(1000 + i).select(k100 + i);
    EXPECT_EQ(talk.use().bound, 5U);
    talk.wait(2h);
    EXPECT_EQ(acks_to_made_up_clients(talk, 5000), 5U) << "leases that ran out count no more";
}

TEST(Rfc2131Section432, WhatIsGrantedWithoutAnOfferIsCountedThroughRollBackAndReconfiguration)
{
    Conversation talk{guarded()};
    talk.source_mac = mac(66);
    for (std::uint32_t i = 0; i < 3; ++i)
        talk.client(1000 + i).select(k100 + i);
    talk.storing = false;
    for (std::uint32_t i = 3; i < 10; ++i)
        talk.client(1000 + i).select(k100 + i);
    talk.client(1000).release(k100);
    talk.storing = true;
    talk.out.clear();
    ASSERT_TRUE(talk.server.reconfigure(talk.now, guarded(), talk.out));
    EXPECT_EQ(acks_to_made_up_clients(talk, 3000), 2U);
}

TEST(Rfc4039, RapidCommitBeyondACardsShareBecomesAnOffer)
{
    Config config = guarded();
    config.rapid_commit = true;
    Conversation talk{config};
    talk.source_mac = mac(66);
    const auto hasty = [](wire::Message& m) { m.options.set(wire::option::rapid_commit, {}); };
    std::map<MessageType, int> answers;
    for (std::uint32_t i = 0; i < 60; ++i)
        ++answers[talk.client(1000 + i).discover(hasty).type()];
    EXPECT_EQ(answers[MessageType::ack], 5);
    EXPECT_EQ(answers[MessageType::offer], 5);
    EXPECT_EQ(talk.use().bound, 5U);
    EXPECT_EQ(talk.use().offered, 5U);
    EXPECT_EQ(talk.client(1000).discover(hasty).type(), MessageType::ack) << "its own again";
}

TEST(Rfc1534, BootpRequestsFromOneCardGetNoMoreThanItsShare)
{
    Config config = guarded();
    config.bootp = true;
    Conversation talk{config};
    talk.source_mac = mac(66);
    const auto ask = [&](std::uint32_t i) {
        wire::Message m = talk.client(i).message(MessageType::discover);
        m.options.erase(wire::option::message_type);
        return talk.client(i).send(m);
    };
    for (std::uint32_t i = 1000; i < 1060; ++i)
        ask(i);
    EXPECT_EQ(talk.use().bound, 5U);
    EXPECT_FALSE(ask(1000).silent()) << "its own, again";
    EXPECT_TRUE(ask(1030).has(StepCode::sender_grants_exhausted));
}

// ---- without a probe -----------------------------------------------------------------------------------------------------------

TEST(Rfc5227Probe, ARequestOutOfTheBlueIsAnsweredWhenItsAddressHasBeenProbed)
{
    Conversation talk{guarded(true)};
    talk.source_mac = mac(1);
    const Answer first = talk.client(1).select(k101);
    EXPECT_TRUE(first.silent());
    EXPECT_TRUE(first.has(StepCode::probe_by_arp));
    ASSERT_THAT(talk.probes, SizeIs(1));
    EXPECT_EQ(talk.probes[0].address, k101);
    EXPECT_TRUE(talk.client(1).select(k101).has(StepCode::probe_running)) << "sent again";
    EXPECT_EQ(talk.client(2).select(k101).type(), MessageType::nak) << "held meanwhile";
    talk.wait(500ms);
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_EQ(talk.later[0].type(), MessageType::ack);
    EXPECT_EQ(talk.later[0].yiaddr(), k101);
    EXPECT_EQ(talk.state("192.168.1.101"), LeaseState::bound);
}

TEST(Rfc5227Probe, ARequestOutOfTheBlueForAnAddressInUseIsRefused)
{
    Conversation talk{guarded(true)};
    talk.client(1).select(k101);
    talk.answered(k101, kStranger);
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_EQ(talk.later[0].type(), MessageType::nak);
    EXPECT_EQ(talk.state("192.168.1.101"), LeaseState::conflict);
}

TEST(Rfc5227Probe, ARequestForTheAddressThatIsAskedForWaitsForTheResult)
{
    for (const bool selecting : {true, false}) {
        Conversation talk{guarded(true)};
        auto a = talk.client(1);
        a.discover();
        const Answer request = selecting ? a.select(k100) : a.init_reboot(k100);
        EXPECT_TRUE(request.silent()) << selecting;
        EXPECT_TRUE(request.has(StepCode::probe_running)) << selecting;
        talk.wait(5s);
        EXPECT_THAT(talk.probes, SizeIs(1));
        ASSERT_THAT(talk.later, SizeIs(1)) << "one answer";
        EXPECT_EQ(talk.later[0].type(), MessageType::ack);

        auto b = talk.client(2);
        b.discover();
        selecting ? b.select(k101) : b.init_reboot(k101);
        talk.answered(k101, kStranger);
        if (selecting) {
            EXPECT_EQ(talk.later.back().type(), MessageType::nak) << "somebody else has it";
        } else {
            EXPECT_THAT(talk.later, SizeIs(1)) << "of a client nobody knows another server may know more";
        }
        EXPECT_EQ(talk.state("192.168.1.101"), LeaseState::conflict);
    }
}

TEST(Rfc5227Probe, ARequestForAnotherAddressThanTheOneAskedForIsProbedInItsPlace)
{
    Conversation talk{guarded(true)};
    auto a = talk.client(1);
    a.discover();
    const Answer request = a.select(k101);
    EXPECT_TRUE(request.has(StepCode::probe_given_up));
    EXPECT_TRUE(request.has(StepCode::probe_by_arp));
    talk.wait(1s);
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_EQ(talk.later[0].yiaddr(), k101);
    EXPECT_EQ(talk.use().offered, 0U) << "what was held before is free";
}

TEST(Rfc5227Probe, RequestsOutOfTheBlueFromOneCardHoldNoMoreThanItsShare)
{
    Conversation talk{guarded(true)};
    talk.source_mac = mac(66);
    for (int round = 0; round < 10; ++round) {
        EXPECT_EQ(acks_to_made_up_clients(talk, 1000 + 200 * static_cast<std::uint32_t>(round)), 0U);
        EXPECT_LE(talk.use().offered, 5U);
        talk.wait(1s);
    }
    EXPECT_EQ(talk.use().bound, 5U);
    EXPECT_EQ(talk.use().offered, 0U) << "a refusal frees what was held for it";
}

TEST(Polite, AnOfferThatIsHeldButNotMadeIsNone)
{
    Config config = guarded();
    config.authority = Authority::polite;
    Conversation talk{config};
    talk.source_mac = mac(66);
    std::uint32_t acks = 0;
    for (std::uint32_t i = 0; i < 60; ++i) {
        auto made_up = talk.client(1000 + i);
        const Answer held = made_up.discover();
        acks += made_up.select(held.decision.address).type() == MessageType::ack;
    }
    EXPECT_EQ(acks, 5U);
}

// ---- behind a giaddr -----------------------------------------------------------------------------------------------------------

TEST(ForgedGiaddr, OfTheServersOwnLinkChangesNothing)
{
    Conversation talk{guarded(true)};
    talk.source_mac = mac(66);
    std::uint32_t held = 0;
    for (std::uint32_t i = 0; i < 100; ++i) {
        auto made_up = talk.client(1000 + i);
        made_up.giaddr = address("192.168.1.3") + i;
        held += made_up.discover().has(StepCode::probe_by_arp);
    }
    EXPECT_EQ(held, 5U);
    EXPECT_THAT(talk.probes, SizeIs(5));
    for (const ProbeRequest& probe : talk.probes)
        EXPECT_EQ(probe.method, ProbeRequest::Method::arp) << "the address is of this link";
}

TEST(ForgedGiaddr, ThatSelectsTheServersOwnLinkChangesNothing)
{
    Conversation talk{guarded()};
    talk.source_mac = mac(66);
    for (std::uint32_t i = 0; i < 100; ++i) {
        auto made_up = talk.client(1000 + i);
        made_up.giaddr = address("10.0.0.3") + i;
        made_up.discover([](wire::Message& m) { // 82.5
            m.options.set(wire::option::relay_agent_information, octets({5, 4, 192, 168, 1, 0}));
        });
    }
    EXPECT_EQ(talk.use().offered, 5U);
}

TEST(ForgedGiaddr, OfTheServersOwnLinkDoesNotHelpToDecline)
{
    Config config = guarded();
    config.limits.offers_per_mac = 0;
    Conversation talk{config};
    talk.source_mac = mac(66);
    for (std::uint32_t i = 0; i < 50; ++i) {
        auto made_up = talk.client(1000 + i);
        made_up.giaddr = address("192.168.1.3") + i;
        made_up.decline(made_up.dora());
    }
    EXPECT_EQ(talk.use().declined, 3U);
}

TEST(Rfc3046, ARelayHasAnAccountOfItsOwnForEachSubnetAndCircuit)
{
    Conversation talk{guarded()};
    talk.source_mac = mac(66);
    const auto discover = [&](std::uint32_t i, std::optional<int> circuit) {
        auto far = talk.client(i);
        far.giaddr = address("10.0.0.1");
        return far
            .discover([&](wire::Message& m) {
                if (circuit) m.options.set(wire::option::relay_agent_information, octets({1, 2, *circuit & 255, *circuit >> 8}));
            })
            .type();
    };
    const auto far_use = [&] { return talk.server.pool_use()[1]; };
    for (std::uint32_t i = 0; i < 20; ++i)
        discover(1000 + i, std::nullopt);
    EXPECT_EQ(far_use().offered, 3U);
    EXPECT_EQ(talk.client(1).discover().type(), MessageType::offer) << "the relay's own link";
    std::uint32_t served = 0;
    for (int circuit = 0; circuit < 10; ++circuit)
        served += discover(2000 + static_cast<std::uint32_t>(circuit), circuit) == MessageType::offer;
    EXPECT_GT(served, 5U) << "a circuit that floods leaves the others their share";
    for (std::uint32_t i = 0; i < 400; ++i)
        discover(3000 + i, static_cast<int>(i));
    EXPECT_LE(far_use().offered, 16U * 3U) << "whoever plays the relay can make up circuits too";
    talk.wait(31s);
    EXPECT_EQ(discover(5000, std::nullopt), MessageType::offer);
}

TEST(Rfc3046, ARelaysClientsTogetherDeclineNoMoreThanAFewDozen)
{
    Config config = guarded();
    config.limits.offers_per_relay = 0;
    Conversation talk{config};
    talk.source_mac = mac(66);
    for (std::uint32_t i = 0; i < 100; ++i) {
        auto far = talk.client(1000 + i);
        far.giaddr = address("10.0.0.1");
        far.decline(far.dora());
    }
    EXPECT_EQ(talk.server.pool_use()[1].declined, 32U);
}

// ---- forged answers ------------------------------------------------------------------------------------------------------------

TEST(ForgedArp, InAnothersNameIsSaidAndIgnored)
{
    Conversation talk{guarded(true)};
    talk.client(1).discover();
    talk.out.clear();
    talk.server.probe_forged(talk.now, k101, kStranger, talk.out);
    EXPECT_TRUE(talk.out.decisions().empty()) << "nobody asked for it";
    talk.server.probe_forged(talk.now, k100, kStranger, talk.out);
    ASSERT_EQ(talk.out.decisions().size(), 1U);
    EXPECT_EQ(verdict(talk.out.decisions().front()), StepCode::probe_forged);
    EXPECT_EQ(talk.server.count(StepCode::probe_forged), 1U);
    talk.wait(1s);
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_EQ(talk.later[0].yiaddr(), k100);
}

/// One machine under as many link addresses as it likes.
TEST(ForgedArp, SendersWithoutEndCannotQuarantineMoreThanHalfThePool)
{
    Config config = guarded(true);
    config.limits.offers_per_mac = 0;
    Conversation talk{config};
    std::uint32_t liar = 0;
    for (std::uint32_t i = 0; i < 40; ++i) {
        talk.client(1000 + i).discover();
        while (!talk.probes.empty()) {
            const Ipv4Address where = talk.probes.back().address;
            talk.probes.clear();
            talk.answered(where, mac(0x00ee0000 + ++liar));
        }
        talk.wait(10s);
    }
    EXPECT_EQ(talk.use().declined, 50U) << "of 101";
    ASSERT_FALSE(talk.later.empty());
    EXPECT_TRUE(talk.later.back().has(StepCode::probe_conflicts_exceeded));
    EXPECT_EQ(talk.later.back().type(), MessageType::offer) << "the client checks for itself, RFC 2131 §4.4.1";
    EXPECT_GT(talk.server.count(StepCode::probe_conflicts_exceeded), 0U);
}

TEST(ForgedArp, NoMoreThanAFewDozenConflictsAMinuteAreBelieved)
{
    Config config = guarded(true);
    config.subnets[1] = subnet("10.0.0.0/16", "10.0.1.0-10.0.200.0");
    config.limits.offers_per_relay = 0;
    Conversation talk{config};
    std::uint32_t liar = 0;
    const auto lie = [&](std::uint32_t client) {
        auto far = talk.client(client);
        far.giaddr = address("10.0.0.1");
        far.discover();
        while (!talk.probes.empty()) {
            const Ipv4Address where = talk.probes.back().address;
            talk.probes.clear();
            talk.answered(where, mac(0x00ee0000 + ++liar));
        }
    };
    for (std::uint32_t i = 0; i < 50; ++i)
        lie(1000 + i);
    EXPECT_EQ(talk.server.pool_use()[1].declined, 64U);
    talk.wait(1min);
    lie(2000);
    EXPECT_GT(talk.server.pool_use()[1].declined, 64U) << "in the next minute they are again";
    talk.client(1).discover();
    talk.answered(k100, kStranger);
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::conflict) << "in another subnet all the while";
}

// ---- all together --------------------------------------------------------------------------------------------------------------

TEST(TotalRate, WhoWasOfferedAnAddressMayTakeIt)
{
    Config config = office();
    config.limits.total_per_second = 10;
    Conversation talk{config};
    auto a = talk.client(1);
    const Ipv4Address offered = a.discover().yiaddr();
    for (std::uint32_t i = 100; i < 200; ++i)
        talk.client(i).discover();
    EXPECT_TRUE(a.discover().has(StepCode::total_rate_exceeded)) << "a DISCOVER again is a stranger's: repeated, it is a flood";
    EXPECT_EQ(a.select(offered).type(), MessageType::ack);
    EXPECT_TRUE(talk.client(300).select(k101).has(StepCode::total_rate_exceeded)) << "out of the blue";
}

} // namespace
} // namespace dorascope::server
