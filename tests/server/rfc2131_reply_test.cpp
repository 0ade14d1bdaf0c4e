// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 2131 table 3 and §4.1: the fields of a reply, where it goes, its times, and the answer to INFORM.
#include "engine/server/reply.h"
#include "tests/server/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;
namespace option = wire::option;

const auto k100 = address("192.168.1.100");
const auto kRelay = address("192.168.1.254");

// ---- fields --------------------------------------------------------------------------------------------------------------------

TEST(Table3, OfferEchoesWhatIsTheClientsAndZeroesTheRest)
{
    Conversation talk;
    auto a = talk.client(1);
    a.xid = 0xdeadbeef;
    const Answer offer = a.discover([](wire::Message& m) {
        m.flags = 0x8001;
        m.secs = 7;
        m.hops = 3;
        m.giaddr = kRelay;
        m.chaddr[10] = std::byte{0x77};
    });
    ASSERT_FALSE(offer.silent());
    const wire::Message& m = *offer.message;
    EXPECT_EQ(m.op, 2);
    EXPECT_EQ(m.htype, 1);
    EXPECT_EQ(m.hlen, 6);
    EXPECT_EQ(m.hops, 0);
    EXPECT_EQ(m.xid, 0xdeadbeefU);
    EXPECT_EQ(m.secs, 0);
    EXPECT_EQ(m.flags, 0x8001);
    EXPECT_EQ(m.giaddr, kRelay);
    EXPECT_EQ(m.ciaddr, Ipv4Address{});
    EXPECT_EQ(m.siaddr, Ipv4Address{});
    EXPECT_EQ(m.chaddr[10], std::byte{0x77}) << "all sixteen octets";
}

TEST(Table3, AckCopiesCiaddr)
{
    Conversation talk;
    auto a = talk.client(1);
    const auto mine = a.dora();
    EXPECT_EQ(a.renew(mine).message->ciaddr, mine);
    EXPECT_EQ(a.init_reboot(mine).message->ciaddr, Ipv4Address{});
}

TEST(Table3, NakCarriesNoAddressButItsReasonAndWhoItIsFor)
{
    Conversation talk;
    auto a = talk.client_with_id(1, {0xff, 1, 2, 3});
    a.dora();
    const Answer nak = a.rebind(address("192.168.1.150"));
    ASSERT_EQ(nak.type(), MessageType::nak);
    EXPECT_EQ(nak.message->ciaddr, Ipv4Address{});
    EXPECT_EQ(nak.yiaddr(), Ipv4Address{});
    EXPECT_EQ(nak.message->siaddr, Ipv4Address{});
    EXPECT_THAT(nak.option_codes(),
                ElementsAre(option::message_type, option::server_identifier, option::client_identifier, option::message));
    EXPECT_EQ(nak.message->options.text(option::message), "this client has another address");
    EXPECT_EQ(nak.message->options.address(option::server_identifier), talk.local);
}

TEST(Bootp, RepliesAreAtLeastThreeHundredOctets)
{
    Conversation talk;
    EXPECT_GE(talk.client(1).init_reboot(address("10.0.0.1")).octets, 300U);
}

// ---- destination ---------------------------------------------------------------------------------------------------------------

TEST(Destination, ARelayedMessageIsAnsweredToTheRelaysServerPort)
{
    Conversation talk;
    auto a = talk.client(1);
    a.giaddr = kRelay;
    const Answer offer = a.discover();
    EXPECT_EQ(offer.transmit.delivery, Delivery::routed);
    EXPECT_EQ(offer.transmit.destination, kRelay);
    EXPECT_EQ(offer.transmit.destination_port, 67);
    EXPECT_EQ(offer.transmit.source, talk.local);
    EXPECT_EQ(offer.transmit.interface, 3U);
}

TEST(Destination, ANakIsBroadcastWhateverTheFlagSays)
{
    Conversation talk;
    const Answer nak = talk.client(1).init_reboot(address("10.0.0.1"));
    EXPECT_EQ(nak.transmit.delivery, Delivery::broadcast);
    EXPECT_EQ(nak.transmit.destination, kBroadcastAddress);
    EXPECT_EQ(nak.transmit.mac, kBroadcastMac);
    EXPECT_EQ(nak.transmit.destination_port, 68);
    EXPECT_FALSE(nak.message->broadcast());
}

TEST(Destination, ARelayedNakGoesToTheRelayWithTheBroadcastBitSet)
{
    Conversation talk;
    auto a = talk.client(1);
    a.giaddr = kRelay;
    const Answer nak = a.init_reboot(address("10.0.0.1"));
    ASSERT_EQ(nak.type(), MessageType::nak);
    EXPECT_EQ(nak.transmit.destination, kRelay);
    EXPECT_TRUE(nak.message->broadcast());
}

TEST(Destination, AClientWithAnAddressIsAnsweredThere)
{
    Conversation talk;
    auto a = talk.client(1);
    a.broadcast_flag = true;
    const auto mine = a.dora();
    const Answer ack = a.renew(mine);
    EXPECT_EQ(ack.transmit.delivery, Delivery::routed);
    EXPECT_EQ(ack.transmit.destination, mine);
    EXPECT_EQ(ack.transmit.destination_port, 68);
}

TEST(Destination, TheBroadcastFlagMakesABroadcast)
{
    Conversation talk;
    auto a = talk.client(1);
    a.broadcast_flag = true;
    const Answer offer = a.discover();
    EXPECT_EQ(offer.transmit.delivery, Delivery::broadcast);
    EXPECT_EQ(offer.transmit.destination, kBroadcastAddress);
}

TEST(Destination, OtherwiseAFrameGoesToYiaddrAndChaddrWithoutArp)
{
    Conversation talk;
    const Answer offer = talk.client(1).discover();
    EXPECT_EQ(offer.transmit.delivery, Delivery::link_unicast);
    EXPECT_EQ(offer.transmit.destination, k100);
    EXPECT_EQ(offer.transmit.mac, mac(1));
}

TEST(Destination, WithoutAnEthernetAddressItIsABroadcast)
{
    Conversation talk;
    auto a = talk.client_with_id(1, {0, 9, 9});
    for (const HardwareAddress& odd : {HardwareAddress{32, 0, {}}, HardwareAddress{1, 8, {1, 2, 3}}, HardwareAddress{1, 6, {}},
                                       HardwareAddress{1, 6, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}}) {
        a.hardware = odd;
        const Answer offer = a.discover();
        EXPECT_EQ(offer.transmit.delivery, Delivery::broadcast) << odd.to_string();
        EXPECT_TRUE(offer.has(StepCode::sent_broadcast_no_mac));
    }
}

// ---- times ---------------------------------------------------------------------------------------------------------------------

struct LeaseTimeCase {
    const char* name;
    std::optional<std::uint32_t> asked;
    std::uint32_t lease, min, max, expected;
};
class LeaseTime : public testing::TestWithParam<LeaseTimeCase> { };
TEST_P(LeaseTime, IsWhatTheClientAsksForWithinBounds)
{
    Config config = office();
    config.subnets[0].lease_seconds = GetParam().lease;
    config.subnets[0].min_lease_seconds = GetParam().min;
    config.subnets[0].max_lease_seconds = GetParam().max;
    Conversation talk{config};
    const Answer offer = talk.client(1).discover([](wire::Message& m) {
        if (GetParam().asked) m.options.set_u32(option::lease_time, *GetParam().asked);
    });
    EXPECT_EQ(offer.message->options.u32(option::lease_time), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(
    Rfc2131, LeaseTime,
    testing::Values(LeaseTimeCase{"Default", {}, 3600, 60, 86400, 3600}, LeaseTimeCase{"AsAsked", 7200, 3600, 60, 86400, 7200},
                    LeaseTimeCase{"TooShort", 1, 3600, 60, 86400, 60},
                    LeaseTimeCase{"TooLong", 1'000'000, 3600, 60, 86400, 86400},
                    LeaseTimeCase{"ForEverIsTooLong", kInfiniteSeconds, 3600, 60, 86400, 86400},
                    LeaseTimeCase{"ForEverAllowed", kInfiniteSeconds, 3600, 60, kInfiniteSeconds, kInfiniteSeconds},
                    LeaseTimeCase{"AShortDefaultIsWithinBounds", {}, 10, 60, 86400, 10}),
    [](const auto& c) { return c.param.name; });

TEST(RenewalTimes, AreInOrderForEveryLease)
{
    Subnet s = subnet("192.168.1.0/24", "192.168.1.100-192.168.1.200");
    for (const std::uint32_t lease : {3U, 4U, 5U, 60U, 3600U, 86400U, 0xfffffffeU}) {
        const auto times = renewal_times(s, lease);
        ASSERT_TRUE(times.has_value()) << lease;
        EXPECT_LT(0U, times->t1) << lease;
        EXPECT_LT(times->t1, times->t2) << lease;
        EXPECT_LT(times->t2, lease) << lease;
    }
    EXPECT_FALSE(renewal_times(s, 2).has_value()) << "there is no room for two instants before the end";
    EXPECT_FALSE(renewal_times(s, kInfiniteSeconds).has_value()) << "a lease without end is never renewed";
}

TEST(RenewalTimes, ConfiguredOnesThatDoNotFitAShortLeaseGiveWay)
{
    Subnet s = subnet("192.168.1.0/24", "192.168.1.100-192.168.1.200");
    s.renewal_seconds = 1000;
    s.rebinding_seconds = 2000;
    EXPECT_EQ(renewal_times(s, 3600)->t1, 1000U);
    EXPECT_EQ(renewal_times(s, 3600)->t2, 2000U);
    EXPECT_EQ(renewal_times(s, 600)->t1, 300U);
    EXPECT_EQ(renewal_times(s, 600)->t2, 525U);
}

TEST(Infinite, ALeaseForEverNeverExpires)
{
    Config config = office();
    config.subnets[0].lease_seconds = kInfiniteSeconds;
    Conversation talk{config};
    const auto mine = talk.client(1).dora();
    EXPECT_EQ(talk.server.lease(mine)->expires, kNever);
    EXPECT_EQ(talk.server.next_deadline(), std::nullopt);
    talk.wait(std::chrono::hours{24 * 365 * 50});
    EXPECT_EQ(talk.server.lease(mine)->state, LeaseState::bound);
}

// ---- INFORM --------------------------------------------------------------------------------------------------------------------

TEST(Inform, GetsParametersAndNoLease)
{
    Conversation talk;
    const auto mine = address("192.168.1.20");
    const Answer ack = talk.client(1).inform(mine, asking_for({1, 3, 51, 58, 59}));
    ASSERT_EQ(ack.type(), MessageType::ack);
    EXPECT_EQ(ack.yiaddr(), Ipv4Address{});
    EXPECT_EQ(ack.message->ciaddr, mine);
    EXPECT_THAT(ack.option_codes(), ElementsAre(53, 54, 1, 3)) << "neither 51 nor 58 nor 59";
    EXPECT_EQ(ack.transmit.delivery, Delivery::routed);
    EXPECT_EQ(ack.transmit.destination, mine);
    EXPECT_TRUE(ack.writes.empty());
    EXPECT_EQ(talk.server.lease_count(), 0U);
}

TEST(Inform, IsAnsweredToCiaddrEvenThroughARelay)
{
    Conversation talk;
    auto a = talk.client(1);
    a.giaddr = kRelay;
    EXPECT_EQ(a.inform(address("192.168.1.20")).transmit.destination, address("192.168.1.20"));
}

/// RFC 3046 §2.1: the relay strips the option from what it passes on. What does not go by it must not carry it.
TEST(Rfc3046, IsNotEchoedToAClientThatIsAnsweredPastItsRelay)
{
    Conversation talk;
    auto a = talk.client(1);
    const auto with_82 = [](wire::Message& m) { m.options.set(option::relay_agent_information, octets({1, 2, 'p', '1'})); };
    a.giaddr = kRelay;
    EXPECT_THAT(a.inform(address("192.168.1.20"), with_82).option_codes(), Not(Contains(option::relay_agent_information)));
    a.giaddr = {};
    EXPECT_THAT(a.inform(address("192.168.1.20"), with_82).option_codes(), Contains(option::relay_agent_information))
        << "a switch on the way added it, and takes it out again";
}

TEST(Inform, WithoutAnAddressToAnswerToIsNotAnswered)
{
    Conversation talk;
    for (const char* nowhere : {"0.0.0.0", "192.168.1.255", "192.168.1.0"}) {
        const Answer answer = talk.client(1).inform(address(nowhere));
        EXPECT_TRUE(answer.silent()) << nowhere;
        EXPECT_TRUE(answer.has(StepCode::inform_no_ciaddr)) << nowhere;
    }
}

} // namespace
} // namespace dorascope::server
