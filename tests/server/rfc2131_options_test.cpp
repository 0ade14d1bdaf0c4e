// SPDX-License-Identifier: GPL-3.0-or-later
// The options of a reply: which, in what order, and how much of them. RFC 2131 table 3 and §4.3.1; RFC 2132, 3046, 3396, 3442, 6842.
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

std::size_t place_of(const Answer& answer, std::uint8_t code)
{
    const auto codes = answer.option_codes();
    return static_cast<std::size_t>(std::ranges::find(codes, code) - codes.begin());
}

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

} // namespace
} // namespace dorascope::server
