// SPDX-License-Identifier: GPL-3.0-or-later
// Several subnets on one link: an address of any of them will do, and a client has but one.
#include "tests/server/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

using testing::ElementsAre;
namespace option = wire::option;

Config shared()
{
    Config config;
    config.subnets = {subnet("192.168.1.0/24", "192.168.1.100-192.168.1.101"), subnet("10.0.0.0/24", "10.0.0.10-10.0.0.11"),
                      subnet("172.16.0.0/24", "172.16.0.10-172.16.0.20")};
    config.subnets[0].shared_network = config.subnets[1].shared_network = "floor";
    return config;
}

TEST(SharedNetwork, TheFirstSubnetWithRoomGivesTheAddressAndItsOwnOptions)
{
    Conversation talk{shared()};
    EXPECT_EQ(talk.client(1).dora(), address("192.168.1.100"));
    EXPECT_EQ(talk.client(2).dora(), address("192.168.1.101"));
    const Answer offer = talk.client(3).discover();
    EXPECT_EQ(offer.yiaddr(), address("10.0.0.10"));
    EXPECT_EQ(offer.message->options.address(option::router), address("10.0.0.1"));
    EXPECT_EQ(offer.message->options.address(option::subnet_mask), address("255.255.255.0"));
    EXPECT_TRUE(offer.has(StepCode::on_shared_network));
    EXPECT_THAT(offer.addresses(StepCode::subnet_full), ElementsAre(address("192.168.1.0")));
    EXPECT_EQ(talk.client(3).dora(), address("10.0.0.10"));
    EXPECT_EQ(talk.client(4).dora(), address("10.0.0.11"));
    EXPECT_TRUE(talk.client(5).discover().silent()) << "the third subnet is another link";
}

TEST(SharedNetwork, AClientComesBackToItsAddressWhicheverSubnetItIsIn)
{
    Conversation talk{shared()};
    talk.client(1).dora();
    talk.client(2).dora();
    auto a = talk.client(3);
    const auto mine = a.dora();
    ASSERT_EQ(mine, address("10.0.0.10"));
    talk.client(1).release(address("192.168.1.100"));
    EXPECT_EQ(a.discover().yiaddr(), mine) << "though the first subnet has room again";
    EXPECT_EQ(a.renew(mine).type(), MessageType::ack);
    EXPECT_EQ(a.rebind(mine).type(), MessageType::ack);
    EXPECT_EQ(a.init_reboot(mine).type(), MessageType::ack);
    talk.wait(std::chrono::hours{2});
    EXPECT_EQ(a.dora(), mine) << "its last address";
}

TEST(SharedNetwork, AReservationInAnyOfItsSubnetsHolds)
{
    Config config = shared();
    config.subnets[1].reservations = {{address("10.0.0.200"), HardwareAddress::of(mac(9))}};
    Conversation talk{config};
    EXPECT_EQ(talk.client(9).dora(), address("10.0.0.200"));
}

TEST(SharedNetwork, OfTwoReservationsTheOneThatTheClientSpeaksOfHolds)
{
    Config config = shared();
    config.subnets[0].reservations = {{address("192.168.1.9"), HardwareAddress::of(mac(9))}};
    config.subnets[1].reservations = {{address("10.0.0.9"), HardwareAddress::of(mac(9))}};
    Conversation talk{config};
    auto a = talk.client(9);
    EXPECT_EQ(a.discover().yiaddr(), address("192.168.1.9"));
    EXPECT_EQ(a.init_reboot(address("10.0.0.9")).type(), MessageType::ack);
}

TEST(SharedNetwork, AClientNeverHoldsTwoAddressesOfOneLink)
{
    Config config = shared();
    config.subnets[1].reservations = {{address("10.0.0.200"), HardwareAddress::of(mac(9))}};
    Conversation talk{config};
    auto a = talk.client(1);
    const auto first = a.dora();
    ASSERT_EQ(first, address("192.168.1.100"));
    // The reservation of another card, which it takes over: it moves across the link's subnets.
    Config moved = config;
    moved.subnets[1].reservations[0].hardware = HardwareAddress::of(mac(1));
    talk.out.clear();
    ASSERT_TRUE(talk.server.reconfigure(talk.now, moved, talk.out).has_value());
    EXPECT_EQ(a.renew(first).type(), MessageType::nak) << "it is to move";
    EXPECT_EQ(a.dora(), address("10.0.0.200"));
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::released);
    EXPECT_EQ(talk.server.pool_use()[0].bound, 0U);
}

TEST(SharedNetwork, AnOfferInOneSubnetEndsWhenTheClientTakesAnotherAddress)
{
    Conversation talk{shared()};
    auto a = talk.client(1);
    EXPECT_EQ(a.discover().yiaddr(), address("192.168.1.100"));
    EXPECT_EQ(a.select(address("10.0.0.11")).type(), MessageType::ack) << "free, and on this link";
    EXPECT_EQ(talk.state("192.168.1.100"), std::nullopt);
    EXPECT_EQ(talk.server.lease_count(), 1U);
}

TEST(SharedNetwork, ARequestedAddressInAnyOfItsSubnetsIsGiven)
{
    Conversation talk{shared()};
    const Answer offer =
        talk.client(1).discover([](wire::Message& m) { m.options.set_address(option::requested_address, address("10.0.0.11")); });
    EXPECT_EQ(offer.yiaddr(), address("10.0.0.11"));
}

TEST(SharedNetwork, AnAddressOfAnotherLinkIsStillTheWrongNetwork)
{
    Conversation talk{shared()};
    const Answer nak = talk.client(1).init_reboot(address("172.16.0.10"));
    EXPECT_EQ(nak.type(), MessageType::nak);
    EXPECT_TRUE(nak.has(StepCode::nak_wrong_network));
}

TEST(SharedNetwork, TheOldestFormerLeaseOfTheWholeLinkIsReclaimed)
{
    Conversation talk{shared()};
    talk.client(1).dora();
    talk.client(2).dora();
    talk.client(3).dora();
    talk.client(4).dora();
    talk.client(3).release(address("10.0.0.10"));
    talk.wait(5s);
    talk.client(1).release(address("192.168.1.100"));
    EXPECT_EQ(talk.client(5).dora(), address("10.0.0.10"));
    EXPECT_EQ(talk.client(6).dora(), address("192.168.1.100"));
}

TEST(SharedNetwork, ARelaysAddressAmongTheFormerLeasesLocksNobodyOut)
{
    Conversation talk{shared()};
    for (std::uint32_t i = 1; i < 5; ++i)
        talk.client(i).dora();
    talk.client(1).release(address("192.168.1.100"));
    talk.wait(1s);
    talk.client(3).release(address("10.0.0.10"));
    auto behind = talk.client(6);
    behind.giaddr = address("192.168.1.100");
    EXPECT_EQ(behind.dora(), address("10.0.0.10")) << "in whichever subnet";
}

/// RFC 2131 §4.3.5: the client's network address is what its answer is made for.
TEST(SharedNetwork, InformIsAnsweredForTheSubnetOfTheClientsAddress)
{
    Conversation talk{shared()};
    auto a = talk.client(1);
    for (const char* relay : {"0.0.0.0", "192.168.1.254", "10.0.0.254"}) {
        a.giaddr = address(relay);
        const Answer ack = a.inform(address("10.0.0.77"));
        EXPECT_EQ(ack.message->options.address(option::router), address("10.0.0.1")) << relay;
    }
}

TEST(SharedNetwork, AReservationFoundInUseIsNotOfferedAgainWhicheverSubnetItIsIn)
{
    Config config = shared();
    config.subnets[1].reservations = {{address("10.0.0.200"), HardwareAddress::of(mac(9))}};
    Conversation talk{config};
    talk.source_mac = mac(77); // so that all their declines count as one sender's
    for (std::uint32_t i = 1; i < 4; ++i)
        talk.client(i).decline(talk.client(i).dora());
    auto a = talk.client(9);
    ASSERT_EQ(a.dora(), address("10.0.0.200"));
    EXPECT_TRUE(a.decline(address("10.0.0.200")).has(StepCode::declines_exceeded));
    a.decline(a.dora()); // an address of the pools
    EXPECT_TRUE(a.discover().silent());
}

TEST(SharedNetwork, AStoreWithTwoLeasesOfOneClientKeepsTheLaterOne)
{
    Conversation talk{shared()};
    talk.client(1).dora();
    LeaseTable stored = talk.stored;
    stored.push_back(stored[0]);
    stored[1].address = address("10.0.0.10");
    stored[1].renewed += 10s;
    Conversation again{shared(), stored};
    EXPECT_EQ(again.state("192.168.1.100"), LeaseState::expired);
    EXPECT_EQ(again.state("10.0.0.10"), LeaseState::bound);
}

// ---- several addresses on one interface ---------------------------------------------------------------------------------------------

TEST(SecondaryAddress, ServesASubnetThatTheFirstAddressIsNotIn)
{
    Config config = shared();
    Conversation talk{config};
    talk.local = address("203.0.113.5");
    EXPECT_TRUE(talk.client(1).discover().silent());
    talk.also_local[0] = address("172.16.0.2");
    const Answer offer = talk.client(1).discover();
    EXPECT_EQ(offer.yiaddr(), address("172.16.0.10"));
    EXPECT_EQ(offer.message->options.address(option::server_identifier), address("172.16.0.2"));
    EXPECT_EQ(offer.transmit.source, address("172.16.0.2"));
}

TEST(SecondaryAddress, TheServerIsKnownByItsAddressInTheClientsSubnet)
{
    Config config = shared();
    config.subnets[1].reservations = {{address("10.0.0.200"), HardwareAddress::of(mac(9))}};
    Conversation talk{config};
    talk.also_local[0] = address("10.0.0.2");
    auto a = talk.client(9);
    const Answer offer = a.discover();
    EXPECT_EQ(offer.message->options.address(option::server_identifier), address("10.0.0.2"));
    const Answer ack =
        a.select(offer.yiaddr(), [](wire::Message& m) { m.options.set_address(option::server_identifier, address("10.0.0.2")); });
    EXPECT_EQ(ack.type(), MessageType::ack);
    EXPECT_EQ(ack.message->options.address(option::server_identifier), address("10.0.0.2"));
    EXPECT_EQ(talk.client(1).discover().message->options.address(option::server_identifier), talk.local);
}

TEST(SecondaryAddress, IsNeverLeased)
{
    Config config = shared();
    config.subnets[0].pools = {range("192.168.1.100-192.168.1.101")};
    Conversation talk{config};
    talk.also_local[0] = address("192.168.1.100");
    EXPECT_EQ(talk.client(1).dora(), address("192.168.1.101"));
}

} // namespace
} // namespace dorascope::server
