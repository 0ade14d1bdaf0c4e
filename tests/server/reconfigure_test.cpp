// SPDX-License-Identifier: GPL-3.0-or-later
// Another configuration while serving: leases and offers stay, and what no subnet holds comes back with the next that does.
#include "tests/server/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

const auto k100 = address("192.168.1.100"), k101 = address("192.168.1.101"), k102 = address("192.168.1.102");

void reconfigure(Conversation& talk, const Config& config)
{
    talk.out.clear();
    const auto done = talk.server.reconfigure(talk.now, config, talk.out);
    ASSERT_TRUE(done) << done.error().front().problem;
    ASSERT_EQ(talk.out.decisions().size(), 1U);
    EXPECT_EQ(talk.out.decisions()[0].steps.front().code, StepCode::reconfigured);
    talk.keep();
}

Config elsewhere() { return config_of(subnet("10.0.0.0/24", "10.0.0.10-10.0.0.20")); }

TEST(Reconfigure, KeepsLeasesOffersAndQuarantines)
{
    Conversation talk;
    auto bound = talk.client(1), declining = talk.client(2), offered = talk.client(3), waiting = talk.client(4);
    bound.dora();
    declining.decline(declining.dora());
    offered.discover();
    const auto before = talk.server.leases();
    Config longer = office();
    longer.subnets[0].pools = {range("192.168.1.100-192.168.1.110"), range("192.168.1.150-192.168.1.160")};
    longer.subnets[0].lease_seconds = 7200;
    reconfigure(talk, longer);
    EXPECT_EQ(talk.server.leases(), before);
    EXPECT_EQ(talk.use().size, 22U);
    EXPECT_EQ(talk.use().bound, 1U);
    EXPECT_EQ(talk.use().offered, 1U);
    EXPECT_EQ(talk.use().declined, 1U);
    EXPECT_EQ(offered.select(k102).type(), MessageType::ack) << "the offer made before is good";
    EXPECT_EQ(bound.renew(k100).message->options.u32(wire::option::lease_time), 7200U);
    EXPECT_EQ(waiting.dora(), address("192.168.1.103"));
}

TEST(Reconfigure, ALeaseOutsideTheNewPoolsIsCountedOnItsOwn)
{
    Conversation talk;
    auto first = talk.client(1);
    const auto mine = first.dora();
    Config moved = office();
    moved.subnets[0].pools = {range("192.168.1.150-192.168.1.160")};
    reconfigure(talk, moved);
    EXPECT_EQ(talk.use().bound, 0U);
    EXPECT_EQ(talk.use().outside, 1U);
    reconfigure(talk, moved);
    EXPECT_EQ(talk.use().outside, 1U) << "once, however often";
    first.release(mine);
    EXPECT_EQ(talk.use().outside, 0U);
}

TEST(Reconfigure, AReservationBesideThePoolsIsCountedOnItsOwn)
{
    Config config = office();
    auto reserved = Conversation{config}.client(1);
    config.subnets[0].reservations = {{address("192.168.1.5"), reserved.hardware}};
    Conversation talk{config};
    EXPECT_EQ(talk.client(1).dora(), address("192.168.1.5"));
    EXPECT_EQ(talk.use().bound, 0U);
    EXPECT_EQ(talk.use().outside, 1U);
    talk.restart();
    EXPECT_EQ(talk.use().outside, 1U);
}

TEST(Reconfigure, AnOrderAboutOneAddressIsNotedAsThatOrder)
{
    Conversation talk;
    const auto whose = talk.client(7).hardware;
    Config reserved = office();
    reserved.subnets[0].reservations = {{k102, whose}};
    ASSERT_TRUE(talk.server.reconfigure(talk.now, reserved, DecisionStep{StepCode::order_reserved, k102, 0, whose}, talk.out));
    ASSERT_EQ(talk.out.decisions().size(), 1U);
    EXPECT_EQ(summary(talk.out.decisions()[0]), "192.168.1.102 is reserved by hand");
    EXPECT_EQ(talk.out.decisions()[0].chaddr, whose);
    EXPECT_EQ(talk.server.count(StepCode::order_reserved), 1U);
    EXPECT_EQ(talk.server.count(StepCode::reconfigured), 0U);

    talk.out.clear();
    ASSERT_TRUE(talk.server.reconfigure(talk.now, office(), std::nullopt, talk.out));
    EXPECT_TRUE(talk.out.empty()) << "what is put back as it was is no news";
    EXPECT_EQ(talk.server.config(), office());
}

TEST(Reconfigure, ARefusedConfigurationChangesNothing)
{
    Conversation talk;
    talk.client(1).dora();
    const auto leases = talk.server.leases();
    const Config before = talk.server.config();
    Config wrong = office();
    wrong.subnets[0].pools = {range("172.16.0.1-172.16.0.9")};
    talk.out.clear();
    EXPECT_FALSE(talk.server.reconfigure(talk.now, wrong, talk.out));
    EXPECT_TRUE(talk.out.empty());
    EXPECT_EQ(talk.server.config(), before);
    EXPECT_EQ(talk.server.leases(), leases);
    EXPECT_EQ(talk.client(2).dora(), k101);
}

TEST(Reconfigure, WhatLiesOutsideEverySubnetIsKeptAsideAndComesBack)
{
    Conversation talk;
    auto a = talk.client(1), b = talk.client(2);
    a.dora();
    b.decline(b.dora());
    const auto before = talk.server.leases();
    reconfigure(talk, elsewhere());
    EXPECT_EQ(talk.out.decisions()[0].steps.front().number, 2);
    EXPECT_EQ(talk.server.lease_count(), 0U);
    EXPECT_TRUE(a.renew(k100).silent());
    reconfigure(talk, office());
    EXPECT_EQ(talk.server.leases(), before);
    EXPECT_EQ(a.renew(k100).type(), MessageType::ack);
    EXPECT_EQ(talk.client(3).dora(), k102);
}

TEST(Reconfigure, ALeaseThatEndedWhileItWasAsideIsOver)
{
    Conversation talk;
    talk.client(1).dora();
    reconfigure(talk, elsewhere());
    talk.wait(2h);
    reconfigure(talk, office());
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::expired);
    EXPECT_EQ(talk.use().bound, 0U);
}

TEST(Reconfigure, TwoSubnetsThatBecomeOneLeaveAClientOneAddress)
{
    Config halves = config_of(subnet("192.168.1.0/25", "192.168.1.100-192.168.1.110"));
    halves.subnets.push_back(subnet("192.168.1.128/25", "192.168.1.200-192.168.1.210"));
    Conversation talk{halves};
    auto a = talk.client(1);
    a.dora();
    talk.wait(10s);
    talk.local = address("192.168.1.130");
    a.dora();
    ASSERT_EQ(talk.server.pool_use()[0].bound + talk.server.pool_use()[1].bound, 2U);
    reconfigure(talk, office());
    EXPECT_EQ(talk.use().bound, 1U);
    EXPECT_EQ(talk.state("192.168.1.200"), LeaseState::bound) << "the one renewed last is in use";
    talk.wait(0s);
    ASSERT_THAT(talk.lapsed, testing::SizeIs(1)) << "somebody is told";
    EXPECT_EQ(talk.lapsed[0].steps[0].code, StepCode::lease_superseded);
    talk.restart();
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::expired) << "and the disk knows";
    EXPECT_EQ(talk.server.next_deadline(), talk.now + 1h);
}

TEST(Reconfigure, TheServersOwnAddressesStayOutOfANewPool)
{
    Conversation talk;
    talk.client(1).dora();
    Config low = office();
    low.subnets[0].pools = {range("192.168.1.2-192.168.1.9")};
    reconfigure(talk, low);
    EXPECT_EQ(talk.client(2).dora(), address("192.168.1.3")) << ".2 is the server";
}

TEST(Reconfigure, AnAddressOutsideTheNewPoolsIsNotExtended)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    Config moved = office();
    moved.subnets[0].pools = {range("192.168.1.10-192.168.1.20")};
    reconfigure(talk, moved);
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::bound) << "until it asks";
    EXPECT_EQ(talk.use().bound, 0U) << "no address of the pool";
    EXPECT_EQ(a.renew(k100).type(), MessageType::nak);
    EXPECT_EQ(a.dora(), address("192.168.1.10"));
}

TEST(Reconfigure, AReservationMadeMeanwhileMovesItsClient)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    Config reserved = office();
    reserved.subnets[0].reservations = {{address("192.168.1.50"), HardwareAddress::of(mac(1)), {}, {}}};
    reconfigure(talk, reserved);
    EXPECT_EQ(a.renew(k100).type(), MessageType::nak);
    EXPECT_EQ(a.dora(), address("192.168.1.50"));
}

/// Found by the simulation: an offer over a lease outlived the next offer to the same client.
TEST(Reconfigure, AClientThatIsOfferedAnotherAddressHasOneOffer)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    a.discover(); // an offer over the lease
    Config moved = office();
    moved.subnets[0].pools = {range("192.168.1.10-192.168.1.20")};
    moved.offer_hold = 3h;
    reconfigure(talk, moved);
    EXPECT_EQ(a.discover().yiaddr(), address("192.168.1.10"));
    talk.wait(1h); // the lease ends, the offers would not
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::expired);
    EXPECT_EQ(talk.state("192.168.1.10"), LeaseState::offered);
}

/// Where the addresses are the same as before, bindings are not moved: the few whose reservation changed are looked at.
TEST(Reconfigure, AReservationTakesItsAddressOutOfThePoolAndGivesItBack)
{
    const Config plain = config_of(subnet("192.168.1.0/24", "192.168.1.100-192.168.1.102"));
    const auto reserving = [&](Ipv4Address where) {
        Config config = plain;
        config.subnets[0].reservations = {{where, HardwareAddress::of(mac(9)), {}, {}}};
        return config;
    };
    Conversation talk{plain};
    auto a = talk.client(1), b = talk.client(2), c = talk.client(3);
    a.dora();
    talk.wait(2h); // .100 is a former lease
    b.dora();
    ASSERT_EQ(b.renew(k101).type(), MessageType::ack);

    reconfigure(talk, reserving(k102)); // a free one
    EXPECT_EQ(c.dora(), k100) << "the former lease goes before the reserved address";
    c.release(k100);
    reconfigure(talk, reserving(k100)); // a former lease
    EXPECT_EQ(talk.client(4).dora(), k102) << "given back";
    EXPECT_TRUE(talk.client(5).discover().silent()) << "nothing but the reserved one is left";
    reconfigure(talk, reserving(k101)); // one in use
    EXPECT_EQ(talk.client(5).dora(), k100);
    EXPECT_TRUE(talk.client(9).discover().silent()) << "it has yet to be given up";
    b.release(k101);
    EXPECT_TRUE(talk.client(6).discover().silent());
    reconfigure(talk, plain);
    EXPECT_EQ(talk.client(6).dora(), k101);
    EXPECT_EQ(talk.use().bound, 3U);
    EXPECT_EQ(talk.use().size, 3U);
}

TEST(Reconfigure, AnAddressOfTheServerIsNoneToLeaseWhoeverHadItReserved)
{
    Config low = config_of(subnet("192.168.1.0/24", "192.168.1.2-192.168.1.9"));
    Conversation talk{low};
    talk.client(1).dora();
    Config reserved = low;
    reserved.subnets[0].reservations = {{talk.local, HardwareAddress::of(mac(9)), {}, {}}};
    reconfigure(talk, reserved);
    reconfigure(talk, low);
    for (std::uint32_t i = 2; i < 20; ++i)
        EXPECT_NE(talk.client(i).dora(), talk.local);
}

TEST(Reconfigure, ExpiryGoesOn)
{
    Conversation talk;
    talk.client(1).dora();
    reconfigure(talk, office());
    talk.wait(2h);
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::expired);
    ASSERT_FALSE(talk.lapsed.empty());
    EXPECT_EQ(talk.lapsed.back().steps.front().code, StepCode::lease_expired);
}

TEST(Reconfigure, ManyTimesCostsNoMemory)
{
    Conversation talk;
    for (std::uint32_t i = 0; i < 50; ++i)
        talk.client(i).dora();
    for (int i = 0; i < 3; ++i)
        reconfigure(talk, i % 2 == 0 ? elsewhere() : office());
    reconfigure(talk, office());
    const std::size_t after_some = talk.server.memory_used();
    for (int i = 0; i < 200; ++i)
        reconfigure(talk, i % 2 == 0 ? elsewhere() : office());
    EXPECT_EQ(talk.use().bound, 50U);
    EXPECT_LE(talk.server.memory_used(), after_some + 1024);
}

} // namespace
} // namespace dorascope::server
