// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 2131 table 3 and §4.1: what stands in a reply, and where it goes. RFC 2132, 3046, 3396, 3442, 6842: its options.
#include "tests/server/conversation.h"

#include "engine/server/reply.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;
namespace option = wire::option;

const auto k100 = address("192.168.1.100");
const auto kRelay = address("192.168.1.254");

auto asking_for(std::initializer_list<int> codes)
{
    return [data = octets(codes)](wire::Message& m) { m.options.set(option::parameter_request_list, data); };
}

std::size_t place_of(const Answer& answer, std::uint8_t code)
{
    const auto codes = answer.option_codes();
    return static_cast<std::size_t>(std::ranges::find(codes, code) - codes.begin());
}

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

// ---- options -------------------------------------------------------------------------------------------------------------------

TEST(Options, AnOfferHoldsWhatAClientNeeds)
{
    Config config = office();
    config.subnets[0].options.domain_name = "lab.example";
    config.subnets[0].options.ntp_servers = {address("192.168.1.3")};
    Conversation talk{config};
    const Answer offer = talk.client(1).discover(asking_for({1, 3, 6, 15, 28, 42, 51, 58, 59}));
    const wire::Options& o = offer.message->options;
    EXPECT_EQ(o.address(option::subnet_mask), address("255.255.255.0"));
    EXPECT_EQ(o.address(option::router), address("192.168.1.1"));
    EXPECT_EQ(o.find(option::dns_servers)->size(), 8U);
    EXPECT_EQ(o.text(option::domain_name), "lab.example");
    EXPECT_EQ(o.address(option::broadcast_address), address("192.168.1.255"));
    EXPECT_EQ(o.address(option::ntp_servers), address("192.168.1.3"));
    EXPECT_EQ(o.u32(option::lease_time), 3600U);
    EXPECT_EQ(o.u32(option::renewal_time), 1800U);
    EXPECT_EQ(o.u32(option::rebinding_time), 3150U);
    EXPECT_EQ(o.address(option::server_identifier), talk.local);
}

TEST(Options, TheMaskComesBeforeTheRouterInWhateverOrderTheyAreAskedFor)
{
    Conversation talk;
    const Answer offer = talk.client(1).discover(asking_for({3, 1}));
    EXPECT_LT(place_of(offer, option::subnet_mask), place_of(offer, option::router));
}

TEST(Options, TheParameterRequestListDecidesAboutOptionalOnesAndTheirOrder)
{
    Conversation talk;
    EXPECT_THAT(talk.client(1).discover(asking_for({6, 3})).option_codes(),
                ElementsAre(53, 54, 51, 58, 59, 1, option::dns_servers, option::router));
    EXPECT_THAT(talk.client(2).discover(asking_for({28})).option_codes(), ElementsAre(53, 54, 51, 58, 59, 1, 28));
}

TEST(Options, AClientWithoutAListGetsWhatMostNetworksNeed)
{
    Conversation talk;
    EXPECT_THAT(talk.client(1).discover().option_codes(), ElementsAre(53, 54, 51, 58, 59, 1, 3, 6, 28));
}

TEST(Options, AnExtraOptionIsSentWhenAskedForOnly)
{
    Config config = office();
    config.subnets[0].options.extra = {{66, octets({'t', 'f', 't', 'p'})}};
    Conversation talk{config};
    EXPECT_THAT(talk.client(1).discover().option_codes(), Not(Contains(66)));
    EXPECT_EQ(talk.client(1).discover(asking_for({66, 66, 66})).message->options.text(66), "tftp");
}

TEST(Options, ClasslessRoutesTakeThePlaceOfTheRouter) // RFC 3442
{
    Config config = office();
    config.subnets[0].options.extra = {{option::classless_routes, octets({0, 192, 168, 1, 1})}};
    Conversation talk{config};
    EXPECT_THAT(talk.client(1).discover(asking_for({3, 121})).option_codes(), Not(Contains(option::router)));
    EXPECT_THAT(talk.client(1).discover(asking_for({3})).option_codes(), Contains(option::router));
}

TEST(Options, AReservationsHostNameIsSent)
{
    Config config = office();
    config.subnets[0].reservations = {{address("192.168.1.10"), HardwareAddress::of(mac(1)), {}, "printer"}};
    Conversation talk{config};
    EXPECT_EQ(talk.client(1).discover(asking_for({12})).message->options.text(option::host_name), "printer");
    EXPECT_EQ(talk.client(2).discover(asking_for({12})).message->options.text(option::host_name), std::nullopt);
}

TEST(Rfc6842, TheClientIdentifierIsEchoedUnchanged)
{
    Conversation talk;
    auto a = talk.client_with_id(1, {0xff, 0, 0, 1, 0xfe});
    const auto expected = octets({0xff, 0, 0, 1, 0xfe});
    for (const Answer& answer : {a.discover(), a.select(k100), a.init_reboot(address("10.0.0.1"))}) {
        ASSERT_FALSE(answer.silent());
        EXPECT_THAT(*answer.message->options.find(option::client_identifier), testing::ElementsAreArray(expected));
    }
}

TEST(Rfc6842, TheClientIdentifierIsNeverInvented)
{
    Conversation talk;
    auto a = talk.client(1);
    for (const Answer& answer : {a.discover(), a.select(k100), a.init_reboot(address("10.0.0.1"))}) {
        EXPECT_THAT(answer.option_codes(), Not(Contains(option::client_identifier)));
    }
}

TEST(Rfc3046, TheRelayAgentsOptionIsEchoedVerbatimAndLast)
{
    Conversation talk;
    auto a = talk.client_with_id(1, {1, 2, 3});
    a.giaddr = kRelay;
    const auto circuit = octets({1, 4, 'e', 't', 'h', '0', 2, 2, 0xca, 0xfe});
    const Answer offer = a.discover([&](wire::Message& m) { m.options.set(option::relay_agent_information, circuit); });
    EXPECT_EQ(offer.option_codes().back(), option::relay_agent_information);
    EXPECT_THAT(*offer.message->options.find(option::relay_agent_information), testing::ElementsAreArray(circuit));
    EXPECT_THAT(talk.client(2).discover().option_codes(), Not(Contains(option::relay_agent_information)));
}

// ---- option 57 and RFC 3396 ----------------------------------------------------------------------------------------------------

Config with_much_to_say()
{
    Config config = office();
    for (std::uint8_t code = 230; code < 236; ++code) {
        config.subnets[0].options.extra.push_back({code, std::vector<std::byte>(200, std::byte{code})});
    }
    return config;
}

TEST(Option57, AReplyNeverExceedsWhatTheClientTakes)
{
    Conversation talk{with_much_to_say()};
    for (const int ceiling : {576, 700, 1000, 1500}) {
        const Answer offer = talk.client(1).discover([&](wire::Message& m) {
            asking_for({230, 231, 232, 233, 234, 235})(m);
            m.options.set_u16(option::max_message_size, static_cast<std::uint16_t>(ceiling));
        });
        EXPECT_LE(offer.octets + 28, static_cast<std::size_t>(ceiling));
    }
}

/// A client may have room for more than a frame has.
TEST(Option57, AReplyIsNeverLargerThanTheLinkTakes)
{
    Config config = with_much_to_say();
    for (std::uint8_t code = 236; code < 240; ++code)
        config.subnets[0].options.extra.push_back({code, std::vector<std::byte>(200, std::byte{code})});
    Conversation talk{config};
    const Answer offer = talk.client(1).discover([](wire::Message& m) {
        asking_for({230, 231, 232, 233, 234, 235, 236, 237, 238, 239})(m);
        m.options.set_u16(option::max_message_size, 9000);
    });
    EXPECT_LE(offer.octets + 28, 1500U);
    EXPECT_GE(offer.octets + 28, 1300U) << "and yet as large as it may be";
    EXPECT_TRUE(offer.has(StepCode::option_left_out));
}

TEST(Option57, LessThan576IsNotBelieved)
{
    Conversation talk{with_much_to_say()};
    const Answer offer = talk.client(1).discover([](wire::Message& m) {
        asking_for({230})(m);
        m.options.set_u16(option::max_message_size, 68);
    });
    EXPECT_TRUE(offer.message->options.has(230));
    EXPECT_LE(offer.octets, 548U);
}

TEST(Option57, WhatDoesNotFitIsLeftOutAndSaid)
{
    Conversation talk{with_much_to_say()};
    const Answer offer = talk.client(1).discover(asking_for({230, 231, 232, 233, 234, 235}));
    EXPECT_TRUE(offer.has(StepCode::option_left_out));
    EXPECT_EQ(offer.message->options.u32(option::lease_time), 3600U) << "what matters comes first";
    EXPECT_LE(offer.octets, 548U);
}

/// RFC 6842 §3: "the server MUST return the 'client identifier' option, unaltered, in its response message", however much else there is.
TEST(Rfc6842, TheClientIdentifierComesBackInAFullReplyToo)
{
    Config config = with_much_to_say();
    config.options.boot_file = "boot"; // so that neither `file` nor
    config.options.server_name = "here"; // `sname` has room for options
    Conversation talk{config};
    auto a = talk.client_with_id(1, std::vector<std::uint8_t>(90, 7));
    a.giaddr = kRelay;
    const Answer offer = a.discover([](wire::Message& m) {
        asking_for({230, 231, 232, 233, 234, 235})(m);
        m.options.set(97, std::vector<std::byte>(17));
        m.options.set(option::relay_agent_information, octets({1, 2, 'p', '1'}));
    });
    ASSERT_TRUE(offer.has(StepCode::option_left_out));
    for (const std::uint8_t code : {option::client_identifier, std::uint8_t{97}, option::relay_agent_information})
        EXPECT_TRUE(offer.message->options.has(code)) << int{code};
}

TEST(Rfc4039, Option80ComesBackInAFullReplyToo)
{
    Config config = with_much_to_say();
    config.rapid_commit = config.subnet_selection = true;
    config.options.boot_file = "boot";
    config.options.server_name = "here";
    for (int size = 0; size < 200; ++size) {
        config.subnets[0].options.extra[2].data.resize(static_cast<std::size_t>(size) + 1);
        Conversation talk{config};
        const Answer ack = talk.client(1).discover([](wire::Message& m) {
            asking_for({230, 231, 232})(m);
            m.options.set(option::rapid_commit, {});
            m.options.set_address(118, address("192.168.1.0"));
        });
        ASSERT_TRUE(ack.message->options.has(option::rapid_commit)) << size;
        ASSERT_TRUE(ack.message->options.has(118)) << size; // RFC 3011 §2
    }
}

TEST(Rfc3396, AnOptionOf300OctetsArrivesWhole)
{
    Config config = office();
    std::vector<std::byte> data;
    for (int i = 0; i < 300; ++i)
        data.push_back(static_cast<std::byte>(i));
    config.subnets[0].options.extra = {{240, data}};
    Conversation talk{config};
    const Answer offer = talk.client(1).discover([](wire::Message& m) {
        asking_for({240})(m);
        m.options.set_u16(option::max_message_size, 1500);
    });
    EXPECT_THAT(*offer.message->options.find(240), testing::ElementsAreArray(data));
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
