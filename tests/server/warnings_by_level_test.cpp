// SPDX-License-Identifier: GPL-3.0-or-later
// Warnings are about what a client is told in the end: options of several levels, laid over one another where they can meet.
#include "tests/server/conversation.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Two subnets with a pool for everybody, without routers.
Config two_floors()
{
    Config config;
    config.subnets = {subnet("10.0.1.0/24", "10.0.1.10-10.0.1.200"), subnet("10.0.2.0/24", "10.0.2.10-10.0.2.200")};
    for (Subnet& each : config.subnets)
        each.options = {};
    return config;
}

ClientClass class_of(std::string name)
{
    ClientClass c;
    c.name = std::move(name);
    c.tests = {{ClassTest::Subject::option, 60, octets({'x'}), false, {}}};
    return c;
}

Reservation reserved(const char* where, std::uint32_t number)
{
    Reservation r;
    r.address = address(where);
    r.hardware = HardwareAddress::of(mac(number));
    return r;
}

OptionSettings routed_by(const char* router)
{
    OptionSettings options;
    options.routers = {address(router)};
    return options;
}

OptionSettings booting(std::string file)
{
    OptionSettings options;
    options.boot_file = std::move(file);
    return options;
}

std::vector<std::string> warned(const Config& config)
{
    EXPECT_THAT(validate(config), IsEmpty()) << "a warning is about what is taken";
    std::vector<std::string> found;
    for (const ConfigError& each : warnings(config))
        found.push_back(each.key + ": " + each.problem);
    return found;
}

// ---- routers ------------------------------------------------------------------------------------------------------------------------

TEST(RouterWarning, AGlobalRouterIsJudgedOnlyWhereNoSubnetOutranksIt)
{
    Config config = two_floors();
    config.options.routers = {address("10.0.1.1")};
    EXPECT_THAT(warned(config), ElementsAre("subnet[1]: the router 10.0.1.1 is not in 10.0.2.0/24: clients cannot reach it"));
    config.subnets[1].options.routers = {address("10.0.2.1")};
    EXPECT_THAT(warned(config), IsEmpty());
    config.subnets[1].options.routers.clear();
    config.subnets[1].options.extra = {{3, octets({10, 0, 2, 1})}}; // the same said by its code
    EXPECT_THAT(warned(config), IsEmpty());
}

TEST(RouterWarning, OneThatIsWrittenByItsCodeIsJudgedToo)
{
    Config config = two_floors();
    config.subnets[0].options.extra = {{66, octets({'t'})}, {3, octets({10, 0, 9, 1})}};
    EXPECT_THAT(warned(config), ElementsAre(HasSubstr("subnet[0].option[1]: the router 10.0.9.1 is not in 10.0.1.0/24")));
}

TEST(RouterWarning, AGlobalRouterIsNotJudgedWhereEveryClientIsToldAnother)
{
    Config config = two_floors();
    config.options.routers = {address("10.0.1.1")};
    config.classes = {class_of("upstairs")};
    config.classes[0].options = routed_by("10.0.2.1");
    config.subnets[1].pools[0].client_class = "upstairs";
    // Those of the class may be downstairs too, where everybody may have an address.
    EXPECT_THAT(warned(config),
                ElementsAre(HasSubstr("class[0].router[0]: the router 10.0.2.1 is not in subnet[0] (10.0.1.0/24)")));
    config.subnets[0].pools[0].client_class = "downstairs";
    config.classes.push_back(class_of("downstairs"));
    EXPECT_THAT(warned(config), IsEmpty());
    config.subnets[1].reservations = {reserved("10.0.2.5", 1)};
    EXPECT_THAT(warned(config), ElementsAre(HasSubstr("subnet[1]: the router 10.0.1.1 is not in 10.0.2.0/24")))
        << "who has the reservation need not be of the class";
    config.subnets[1].reservations[0].options = routed_by("10.0.2.1");
    EXPECT_THAT(warned(config), IsEmpty());
}

TEST(RouterWarning, ThatOfAClassIsJudgedInEverySubnetItsClientsCanBeIn)
{
    Config config = two_floors();
    config.classes = {class_of("phones")};
    config.classes[0].options = routed_by("10.0.3.1");
    EXPECT_THAT(
        warned(config),
        ElementsAre("class[0].router[0]: the router 10.0.3.1 is not in subnet[0] (10.0.1.0/24), subnet[1] (10.0.2.0/24): clients "
                    "of this class cannot reach it there"));
    config.classes[0].deny = true;
    EXPECT_THAT(warned(config), ElementsAre(HasSubstr("class[0]: \"phones\" is denied")));
}

TEST(RouterWarning, ManySubnetsAreCountedInOneLine)
{
    Config config = two_floors();
    for (int i = 3; i < 250; ++i)
        config.subnets.push_back(
            subnet(fmt::format("10.0.{}.0/24", i).c_str(), fmt::format("10.0.{}.10-10.0.{}.20", i, i).c_str()));
    for (Subnet& each : config.subnets)
        each.options = {};
    config.classes = {class_of("phones")};
    config.classes[0].options = routed_by("10.0.3.1");
    EXPECT_THAT(warned(config), ElementsAre(HasSubstr("subnet[3] (10.0.4.0/24) and 245 others: clients")));
}

TEST(RouterWarning, ThatOfAReservationIsJudgedInItsSubnet)
{
    Config config = two_floors();
    config.subnets[1].reservations = {reserved("10.0.2.5", 1), reserved("10.0.2.6", 2)};
    config.subnets[1].reservations[0].options = routed_by("10.0.2.1");
    config.subnets[1].reservations[1].options = routed_by("10.0.1.1");
    EXPECT_THAT(warned(config),
                ElementsAre("subnet[1].reservation[1].router[0]: the router 10.0.1.1 is not in 10.0.2.0/24: the client "
                            "cannot reach it"));
}

TEST(RouterWarning, WhoeverNamesItAnAddressInAPoolIsNotGivenOut)
{
    Config config = two_floors();
    config.classes = {class_of("phones")};
    config.classes[0].options.extra = {{3, octets({10, 0, 1, 11})}};
    config.subnets[1].pools[0].client_class = "phones";
    config.subnets[1].reservations = {reserved("10.0.2.5", 1)};
    config.subnets[1].reservations[0].options = routed_by("10.0.2.20");
    const auto said = warned(config);
    EXPECT_THAT(said, testing::Contains("subnet[0].pool[0]: the router 10.0.1.11 lies in it, and is not given out"));
    EXPECT_THAT(said, testing::Contains("subnet[1].pool[0]: the router 10.0.2.20 lies in it, and is not given out"));
    const auto server = DhcpServer::create(config, {}, Instant{});
    ASSERT_TRUE(server.has_value());
    EXPECT_EQ(server->pool_use().at(0).size, 190U) << "what is said is so";
    EXPECT_EQ(server->pool_use().at(1).size, 190U);
}

TEST(RouterErrors, AReservationMayHaveTheAddressOfAGlobalRouterThatItsSubnetOutranks)
{
    Config config = two_floors();
    config.options.routers = {address("10.0.1.5")};
    config.subnets[0].options.extra = {{3, octets({10, 0, 1, 1})}};
    config.subnets[1].options = routed_by("10.0.2.1");
    config.subnets[0].reservations = {reserved("10.0.1.5", 1)};
    EXPECT_THAT(validate(config), IsEmpty());
    config.subnets[0].reservations = {reserved("10.0.1.1", 1)};
    EXPECT_THAT(validate(config), testing::SizeIs(1));
}

// ---- gateways of routes -------------------------------------------------------------------------------------------------------------

OptionSettings routed_as(std::uint8_t code, std::vector<std::byte> data)
{
    OptionSettings options;
    options.extra = {{code, std::move(data)}};
    return options;
}

TEST(GatewayWarning, ThoseOfEveryKindOfRouteAreJudgedLikeRouters)
{
    Config config = two_floors();
    config.options = routed_as(121, octets({0, 10, 0, 1, 1}));
    config.subnets[0].options = routed_as(33, octets({10, 9, 9, 9, 10, 0, 2, 7}));
    config.subnets[1].options = routed_as(249, octets({8, 10, 10, 0, 1, 7}));
    EXPECT_THAT(
        warned(config),
        ElementsAre("subnet[0].option[0]: the gateway 10.0.2.7 of option 33 is not in 10.0.1.0/24: clients cannot reach it",
                    "subnet[1]: the gateway 10.0.1.1 of option 121 is not in 10.0.2.0/24: clients cannot reach it",
                    "subnet[1].option[0]: the gateway 10.0.1.7 of option 249 is not in 10.0.2.0/24: clients cannot reach "
                    "it"));
    config.subnets[0].options = {};
    config.subnets[1].options = routed_as(121, octets({0, 10, 0, 2, 1}));
    EXPECT_THAT(warned(config), IsEmpty()) << "outranked";
}

TEST(GatewayWarning, Rfc3442LocalSubnetRoutesSayWhatElseIsOnTheLink)
{
    Config config = two_floors();
    config.subnets[0].options = routed_as(121, octets({32, 172, 31, 1, 1, 0, 0, 0, 0, 0, 172, 31, 1, 1}));
    EXPECT_THAT(warned(config), IsEmpty());
}

TEST(GatewayWarning, ThoseOfAClassAndOfAReservationAreJudgedWhereTheyAreTold)
{
    Config config = two_floors();
    config.classes = {class_of("vpn")};
    config.classes[0].options = routed_as(121, octets({0, 10, 0, 1, 1}));
    config.subnets[0].reservations = {reserved("10.0.1.5", 1)};
    config.subnets[0].reservations[0].options = routed_as(121, octets({0, 10, 0, 2, 1}));
    EXPECT_THAT(
        warned(config),
        ElementsAre("class[0].option[0]: the gateway 10.0.1.1 of option 121 is not in subnet[1] (10.0.2.0/24): clients of "
                    "this class cannot reach it there",
                    "subnet[0].reservation[0].option[0]: the gateway 10.0.2.1 of option 121 is not in 10.0.1.0/24: the "
                    "client cannot reach it"));
}

// ---- hosts in pools -----------------------------------------------------------------------------------------------------------------

TEST(HostInAPoolWarning, IsSaidOfDnsServersAndGatewaysOfEveryLevel)
{
    Config config = two_floors();
    config.options.dns_servers = {address("10.0.1.11")};
    config.classes = {class_of("phones")};
    config.classes[0].options.dns_servers = {address("10.0.2.11"), address("9.9.9.9")};
    config.subnets[0].options = routed_as(121, octets({0, 10, 0, 1, 12}));
    config.subnets[1].options = routed_by("10.0.2.12");
    config.subnets[1].options.dns_servers = {address("10.0.2.12"), address("10.0.2.1")};
    EXPECT_THAT(warned(config),
                ElementsAre("subnet[0].pool[0]: the DNS server 10.0.1.11 lies in it, and is not given out",
                            "subnet[0].pool[0]: the gateway 10.0.1.12 of option 121 lies in it, and is not given out",
                            "subnet[1].pool[0]: the DNS server 10.0.2.11 lies in it, and is not given out",
                            "subnet[1].pool[0]: the router 10.0.2.12 lies in it, and is not given out"));
    const auto server = DhcpServer::create(config, {}, Instant{});
    ASSERT_TRUE(server.has_value());
    EXPECT_EQ(server->pool_use().at(0).size, 189U) << "what is said is so";
    EXPECT_EQ(server->pool_use().at(1).size, 189U);
}

TEST(HostInAPoolWarning, IsNotSaidOfWhatIsReservedOrExcluded)
{
    Config config = two_floors();
    config.options.dns_servers = {address("10.0.1.11"), address("10.0.1.12")};
    config.subnets[0].exclusions = {range("10.0.1.12-10.0.1.15")};
    config.subnets[0].reservations = {reserved("10.0.1.11", 1)};
    EXPECT_THAT(warned(config), IsEmpty());
}

// ---- boot files ---------------------------------------------------------------------------------------------------------------------

TEST(BootFileWarning, AClassNeedsAServerAtSomeLevel)
{
    Config config = two_floors();
    config.classes = {class_of("efi")};
    config.classes[0].options = booting("boot.efi");
    EXPECT_THAT(warned(config), ElementsAre(HasSubstr("class[0].boot_file: without next_server")));
    const auto with = [&](void (*more)(Config&)) {
        Config changed = config;
        more(changed);
        return warned(changed);
    };
    EXPECT_THAT(with([](Config& c) { c.options.next_server = address("10.0.0.9"); }), IsEmpty());
    EXPECT_THAT(with([](Config& c) { c.classes[0].options.next_server = address("10.0.0.9"); }), IsEmpty());
    EXPECT_THAT(with([](Config& c) { c.classes[0].options.server_name = "tftp.lab"; }), IsEmpty()); // option 66
    EXPECT_THAT(with([](Config& c) { c.classes[0].options.extra = {{150, octets({10, 0, 0, 9})}}; }), IsEmpty()); // RFC 5859
    EXPECT_THAT(with([](Config& c) { c.classes[0].options.boot_file = "http://10.0.0.9/boot.efi"; }), IsEmpty());
    EXPECT_THAT(with([](Config& c) {
                    c.classes.push_back(class_of("pxe")); // whoever is of both is told both
                    c.classes[1].options.next_server = address("10.0.0.9");
                }),
                IsEmpty());
    EXPECT_THAT(with([](Config& c) {
                    c.classes.push_back(class_of("pxe"));
                    c.classes[1].options.next_server = address("10.0.0.9");
                    c.classes[1].deny = true;
                }),
                testing::Contains(HasSubstr("class[0].boot_file: without next_server")));
    EXPECT_THAT(with([](Config& c) { c.subnets[1].options.next_server = address("10.0.0.9"); }),
                ElementsAre(HasSubstr("class[0].boot_file: for clients in subnet[0] (10.0.1.0/24): without next_server")));
}

TEST(BootFileWarning, ThatOfTheTopIsJudgedWithEachSubnet)
{
    Config config = two_floors();
    config.options.boot_file = "pxelinux.0";
    EXPECT_THAT(warned(config), ElementsAre(testing::StartsWith("boot_file: without next_server")));
    config.subnets[0].options.next_server = address("10.0.0.9");
    EXPECT_THAT(warned(config), ElementsAre(HasSubstr("boot_file: for clients in subnet[1] (10.0.2.0/24): without")));
    config.subnets[1].options.next_server = address("10.0.0.9");
    EXPECT_THAT(warned(config), IsEmpty());
    config.subnets[1].options = booting("http://10.0.0.9/x");
    EXPECT_THAT(warned(config), IsEmpty());
}

TEST(BootFileWarning, ThatOfASubnetAndOfAReservationAreJudgedWithTheTop)
{
    Config config = two_floors();
    config.subnets[1].options = booting("pxelinux.0");
    config.subnets[0].reservations = {reserved("10.0.1.5", 1)};
    config.subnets[0].reservations[0].options = booting("pxelinux.0");
    EXPECT_THAT(warned(config),
                ElementsAre(HasSubstr("subnet[0].reservation[0].boot_file: without"), HasSubstr("subnet[1].boot_file: without")));
    config.options.next_server = address("10.0.0.9");
    EXPECT_THAT(warned(config), IsEmpty());
}

// ---- classless routes ---------------------------------------------------------------------------------------------------------------

TEST(RouteWarning, Rfc3442RoutesAndRouterMayComeFromDifferentLevels)
{
    Config config = two_floors();
    config.subnets.pop_back(); // where these gateways are not
    config.classes = {class_of("vpn")};
    config.classes[0].options.extra = {{121, octets({8, 10, 10, 0, 1, 7})}};
    EXPECT_THAT(warned(config), IsEmpty()) << "there is no router to ignore";
    config.subnets[0].options = routed_by("10.0.1.1");
    EXPECT_THAT(warned(config), ElementsAre(HasSubstr("class[0]: its classless routes (121) hold no default route")));
    config.classes[0].options.extra = {{121, octets({8, 10, 10, 0, 1, 7, 0, 10, 0, 1, 1})}};
    EXPECT_THAT(warned(config), IsEmpty());
}

TEST(Warnings, ThereAreAsManyAsAPersonReads)
{
    Config config = two_floors();
    config.classes.assign(1000, class_of(""));
    for (std::size_t i = 0; i < config.classes.size(); ++i) {
        config.classes[i].name = std::to_string(i);
        config.classes[i].options = routed_by("10.0.3.1");
        config.classes[i].options.routers.push_back(address("10.0.3.2"));
    }
    EXPECT_EQ(warned(config).size(), kMostConfigErrors + 1);
}

} // namespace
} // namespace dorascope::server
