// SPDX-License-Identifier: GPL-3.0-or-later
// Which level of the configuration a client's options come from, and when they are sent.
#include "tests/server/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;
namespace option = wire::option;

OptionSettings::Extra extra(std::uint8_t code, std::string_view text, bool force = false) { return {code, octets(text), force}; }

ClientClass by_vendor(std::string name, std::string_view vendor)
{
    ClientClass c;
    c.name = std::move(name);
    ClassTest test;
    test.code = option::vendor_class_identifier;
    test.data = extra(0, vendor).data;
    test.prefix = true;
    c.tests = {test};
    return c;
}

Station::Edit asking(std::initializer_list<int> codes, std::string_view vendor = {})
{
    return [data = octets(codes), vendor](wire::Message& m) {
        m.options.set(option::parameter_request_list, data);
        if (!vendor.empty()) m.options.set_text(option::vendor_class_identifier, vendor);
    };
}

std::string text_of(const Answer& answer, std::uint8_t code)
{
    return std::string{answer.message ? answer.message->options.text(code).value_or("") : ""};
}

/// Option 100 at each of the four levels.
Config four_levels()
{
    Config config = office();
    config.options.extra = {extra(100, "all"), extra(101, "all"), extra(102, "all"), extra(103, "all")};
    config.subnets[0].options.extra = {extra(100, "subnet"), extra(101, "subnet"), extra(102, "subnet")};
    config.classes = {by_vendor("phones", "phone"), by_vendor("new phones", "phone 2")};
    config.classes[0].options.extra = {extra(100, "class"), extra(101, "class")};
    config.classes[1].options.extra = {extra(101, "later class")};
    config.subnets[0].reservations = {{address("192.168.1.9"), HardwareAddress::of(mac(9))}};
    config.subnets[0].reservations[0].options.extra = {extra(100, "reservation")};
    return config;
}

TEST(OptionLevels, TheSubnetOutranksTheConfiguration)
{
    Conversation talk{four_levels()};
    const Answer offer = talk.client(1).discover(asking({100, 103}));
    EXPECT_EQ(text_of(offer, 100), "subnet");
    EXPECT_EQ(text_of(offer, 103), "all");
}

TEST(OptionLevels, AClassOutranksTheSubnet)
{
    Conversation talk{four_levels()};
    const Answer offer = talk.client(1).discover(asking({100, 101, 102}, "phone 1"));
    EXPECT_EQ(text_of(offer, 100), "class");
    EXPECT_EQ(text_of(offer, 101), "class");
    EXPECT_EQ(text_of(offer, 102), "subnet") << "option by option";
}

TEST(OptionLevels, OfSeveralClassesTheLastInTheFileOutranksTheOthers)
{
    Conversation talk{four_levels()};
    const Answer offer = talk.client(1).discover(asking({100, 101}, "phone 2"));
    EXPECT_EQ(text_of(offer, 100), "class");
    EXPECT_EQ(text_of(offer, 101), "later class");
}

TEST(OptionLevels, AReservationOutranksTheClass)
{
    Conversation talk{four_levels()};
    auto a = talk.client(9);
    const Answer offer = a.discover(asking({100, 101}, "phone 1"));
    EXPECT_EQ(text_of(offer, 100), "reservation");
    EXPECT_EQ(text_of(offer, 101), "class");
    EXPECT_EQ(text_of(a.select(offer.yiaddr(), asking({100}, "phone 1")), 100), "reservation") << "in the ACK too";
}

TEST(OptionLevels, NamedSettingsFollowTheSameRule)
{
    Config config = office();
    config.options.dns_servers = {address("10.0.0.53")};
    config.options.domain_name = "all.example";
    config.options.ntp_servers = {address("10.0.0.123")};
    config.classes = {by_vendor("phones", "phone")};
    config.classes[0].options.routers = {address("192.168.1.254")};
    Conversation talk{config};
    const Answer phone = talk.client(1).discover(asking({3, 6, 15, 42}, "phone"));
    EXPECT_EQ(phone.message->options.address(option::router), address("192.168.1.254"));
    EXPECT_EQ(phone.message->options.find(option::dns_servers)->size(), 8U) << "the subnet's two servers";
    EXPECT_EQ(text_of(phone, option::domain_name), "all.example");
    EXPECT_EQ(phone.message->options.address(option::ntp_servers), address("10.0.0.123"));
    const Answer laptop = talk.client(2).discover(asking({3}));
    EXPECT_EQ(laptop.message->options.address(option::router), address("192.168.1.1"));
}

TEST(OptionLevels, ARouterOfAnyLevelIsNeverLeased)
{
    Config config = office();
    config.subnets[0].pools = {range("192.168.1.100-192.168.1.103")};
    config.subnets[0].options.routers.clear();
    config.options.routers = {address("192.168.1.100")};
    config.classes = {by_vendor("phones", "phone")};
    config.classes[0].options.routers = {address("192.168.1.101")};
    config.subnets[0].reservations = {{address("192.168.1.9"), HardwareAddress::of(mac(9))}};
    config.subnets[0].reservations[0].options.routers = {address("192.168.1.102")};
    Conversation talk{config};
    EXPECT_EQ(talk.client(1).dora(), address("192.168.1.103"));
    EXPECT_TRUE(talk.client(2).discover().silent());
}

TEST(OptionLevels, ADnsServerOfAnyLevelIsNeverLeased)
{
    Config config = office();
    config.subnets[0].pools = {range("192.168.1.100-192.168.1.104")};
    config.subnets[0].options.dns_servers = {address("9.9.9.9"), address("192.168.1.100")};
    config.options.extra = {{6, octets({192, 168, 1, 104})}}; // outranked: nobody is told
    config.classes = {by_vendor("phones", "phone")};
    config.classes[0].options.dns_servers = {address("192.168.1.101")};
    config.subnets[0].reservations = {{address("192.168.1.9"), HardwareAddress::of(mac(9))}};
    config.subnets[0].reservations[0].options.dns_servers = {address("192.168.1.102")};
    Conversation talk{config};
    EXPECT_EQ(talk.client(1).dora(), address("192.168.1.103"));
    EXPECT_EQ(talk.client(2).dora(), address("192.168.1.104"));
    EXPECT_TRUE(talk.client(3).discover().silent());
}

TEST(OptionLevels, ADnsServerWithAReservationForItselfGetsItsAddress)
{
    Config config = office();
    config.subnets[0].pools = {range("192.168.1.100-192.168.1.101")};
    config.subnets[0].options.dns_servers = {address("192.168.1.100")};
    config.subnets[0].reservations = {{address("192.168.1.100"), HardwareAddress::of(mac(9))}};
    Conversation talk{config};
    EXPECT_EQ(talk.client(1).dora(), address("192.168.1.101"));
    auto dns = talk.client(9);
    EXPECT_EQ(dns.dora(), address("192.168.1.100"));
    talk.wait(30min);
    EXPECT_EQ(dns.renew(address("192.168.1.100")).type(), MessageType::ack);
}

TEST(OptionLevels, AGatewayOfRoutesIsNeverLeased)
{
    Config config = office();
    config.subnets[0].pools = {range("192.168.1.100-192.168.1.103")};
    config.subnets[0].options.extra = {{33, octets({10, 0, 0, 1, 192, 168, 1, 100})},
                                       {121, octets({0, 192, 168, 1, 101, 16, 10, 9, 0, 0, 0, 0})},
                                       {249, octets({0, 192, 168, 1, 102})}};
    Conversation talk{config};
    EXPECT_EQ(talk.client(1).dora(), address("192.168.1.103"));
}

TEST(OptionLevels, AForcedOptionIsSentUnaskedBehindWhatWasAskedFor)
{
    Config config = office();
    config.subnets[0].options.extra = {extra(252, "http://wpad/", true), extra(100, "asked")};
    Conversation talk{config};
    EXPECT_THAT(talk.client(1).discover(asking({100, 6})).option_codes(), ElementsAre(53, 54, 51, 58, 59, 1, 100, 6, 252));
    EXPECT_THAT(talk.client(2).discover().option_codes(), Contains(252)) << "without a list too";
    EXPECT_THAT(talk.client(3).discover(asking({252, 6})).option_codes(), ElementsAre(53, 54, 51, 58, 59, 1, 252, 6))
        << "once, where it was asked for";
}

TEST(OptionLevels, ForceAtAnyLevelForcesWhatOutranksIt)
{
    Config config = office();
    config.options.extra = {extra(252, "all", true)};
    config.subnets[0].options.extra = {extra(252, "subnet")};
    Conversation talk{config};
    EXPECT_EQ(text_of(talk.client(1).discover(asking({3})), 252), "subnet");
}

TEST(OptionLevels, AreHeededInTheAnswerToInform)
{
    Conversation talk{four_levels()};
    EXPECT_EQ(text_of(talk.client(1).inform(address("192.168.1.20"), asking({100}, "phone 1")), 100), "class");
}

// ---- RFC 3442 ------------------------------------------------------------------------------------------------------------------

TEST(Rfc3442, StaticRoutesGiveWayToClasslessOnesLikeTheRouter)
{
    Config config = office();
    config.subnets[0].options.extra = {{option::classless_routes, octets({24, 10, 1, 2, 192, 168, 1, 7})},
                                       {option::static_routes, octets({10, 0, 0, 0, 192, 168, 1, 7})}};
    Conversation talk{config};
    EXPECT_THAT(talk.client(1).discover(asking({33, 3, 121})).option_codes(), ElementsAre(53, 54, 51, 58, 59, 1, 121));
    EXPECT_THAT(talk.client(2).discover(asking({33, 3})).option_codes(), ElementsAre(53, 54, 51, 58, 59, 1, 33, 3));
}

TEST(Rfc3442, ForcedRoutesForAClientThatDoesNotKnowThemLeaveTheRouterIn)
{
    Config config = office();
    config.subnets[0].options.extra = {{option::classless_routes, octets({24, 10, 1, 2, 192, 168, 1, 7}), true}};
    Conversation talk{config};
    EXPECT_THAT(talk.client(1).discover(asking({3})).option_codes(), ElementsAre(53, 54, 51, 58, 59, 1, 3, 121));
}

TEST(Rfc3442, RoutesThatDoNotFitDoNotCostTheClientItsRouter)
{
    Config config = office();
    config.subnets[0].options.extra = {{option::classless_routes, std::vector<std::byte>(700, std::byte{0})}};
    Conversation talk{config};
    const Answer offer = talk.client(1).discover(asking({121, 3}));
    EXPECT_THAT(offer.option_codes(), Not(Contains(option::classless_routes)));
    EXPECT_EQ(offer.message->options.address(option::router), address("192.168.1.1"));
    EXPECT_TRUE(offer.has(StepCode::option_left_out));
}

// ---- sizes ---------------------------------------------------------------------------------------------------------------------

TEST(Rfc3396, LongRoutesAndSearchListsArriveWhole)
{
    Config config = office();
    std::vector<std::byte> routes;
    for (int i = 0; i < 40; ++i) {
        for (const std::byte b : octets({24, 10, 0, i, 192, 168, 1, 7}))
            routes.push_back(b);
    }
    config.subnets[0].options.extra = {{option::classless_routes, routes},
                                       {option::domain_search, std::vector<std::byte>(400, std::byte{1})}};
    Conversation talk{config};
    const Answer offer = talk.client(1).discover([](wire::Message& m) {
        asking({121, 119})(m);
        m.options.set_u16(option::max_message_size, 1500);
    });
    EXPECT_THAT(*offer.message->options.find(option::classless_routes), testing::ElementsAreArray(routes));
    EXPECT_EQ(offer.message->options.find(option::domain_search)->size(), 400U);
}

/// RFC 2131 §4.1, RFC 3046 §2.1.1: file and sname take what does not fit, but nothing of the relay's.
TEST(Rfc2132Overload, UsesFileAndSnameAndLeavesOption82Last)
{
    Config config = office();
    config.subnets[0].options.extra = {{100, std::vector<std::byte>(150, std::byte{1})},
                                       {101, std::vector<std::byte>(100, std::byte{2})},
                                       {102, std::vector<std::byte>(50, std::byte{3})}};
    Conversation talk{config};
    auto a = talk.client(1);
    a.giaddr = address("192.168.1.254");
    const auto circuit = octets({1, 4, 'e', 't', 'h', '0'});
    const Answer offer = a.discover([&](wire::Message& m) {
        asking({3, 6, 100, 101, 102})(m);
        m.options.set(option::relay_agent_information, circuit);
    });
    ASSERT_FALSE(offer.silent());
    EXPECT_LE(offer.octets, 548U);
    EXPECT_THAT(offer.option_codes(), testing::IsSupersetOf({100, 101, 102}));
    const wire::Buffer raw{talk.out.transmits()[0].payload.begin(), talk.out.transmits()[0].payload.end()};
    const std::vector<std::byte> tail{raw.end() - 9, raw.end()};
    EXPECT_THAT(tail, testing::ElementsAreArray(octets({82, 6, 1, 4, 'e', 't', 'h', '0', 255})));
}

} // namespace
} // namespace dorascope::server
