// SPDX-License-Identifier: GPL-3.0-or-later
// validate() finds everything that is wrong, names where, and create() refuses exactly what it finds fault with.
#include "tests/server/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> keys(const Config& config)
{
    std::vector<std::string> found;
    for (const ConfigError& error : validate(config)) {
        EXPECT_FALSE(error.problem.empty()) << error.key;
        found.push_back(error.key);
    }
    return found;
}

struct WrongCase {
    const char* name;
    void (*spoil)(Config&);
    const char* key;
};
class Wrong : public testing::TestWithParam<WrongCase> { };

TEST_P(Wrong, IsFoundWhereItStands)
{
    Config config = office();
    GetParam().spoil(config);
    EXPECT_THAT(keys(config), ElementsAre(GetParam().key));
    EXPECT_FALSE(DhcpServer::create(config, {}, Instant{}).has_value());
}

ClientClass class_named(std::string name)
{
    ClientClass c;
    c.name = std::move(name);
    c.tests = {{ClassTest::Subject::option, 60, octets({'x'}), false, {}}};
    return c;
}

Reservation by_mac(const char* where, std::uint32_t number) { return {address(where), HardwareAddress::of(mac(number)), {}, {}}; }

INSTANTIATE_TEST_SUITE_P(
    Configurations, Wrong,
    testing::
        Values(
            WrongCase{"NoSubnet", [](Config& c) { c.subnets.clear(); }, "subnet"},
            WrongCase{"NoHold", [](Config& c) { c.offer_hold = Duration::zero(); }, "offer_hold"},
            WrongCase{"NegativeQuarantine", [](Config& c) { c.decline_quarantine = -1s; }, "decline_quarantine"},
            WrongCase{"NoOffers", [](Config& c) { c.max_offers = 0; }, "max_offers"},
            WrongCase{"HostBits", [](Config& c) { c.subnets[0].prefix.network = address("192.168.1.7"); }, "subnet[0].prefix"},
            WrongCase{"OverlappingSubnets",
                      [](Config& c) { c.subnets.push_back(subnet("192.168.0.0/16", "192.168.2.1-192.168.2.9")); },
                      "subnet[1].prefix"},
            WrongCase{"PoolOutside", [](Config& c) { c.subnets[0].pools.push_back(range("192.168.2.1-192.168.2.9")); },
                      "subnet[0].pool[1]"},
            WrongCase{"PoolBackwards",
                      [](Config& c) {
                          c.subnets[0].pools.push_back({address("192.168.1.60"), address("192.168.1.50")});
                      },
                      "subnet[0].pool[1]"},
            WrongCase{"PoolsOverlap", [](Config& c) { c.subnets[0].pools.push_back(range("192.168.1.200-192.168.1.210")); },
                      "subnet[0].pool[1]"},
            WrongCase{"NetworkInPool", [](Config& c) { c.subnets[0].pools = {range("192.168.1.0-192.168.1.9")}; },
                      "subnet[0].pool[0]"},
            WrongCase{"BroadcastInPool", [](Config& c) { c.subnets[0].pools = {range("192.168.1.9-192.168.1.255")}; },
                      "subnet[0].pool[0]"},
            WrongCase{"TooManyAddresses", [](Config& c) { c.subnets[0] = subnet("10.0.0.0/7", "10.0.0.2-11.1.0.0"); },
                      "subnet[0].pool[0]"},
            WrongCase{"NothingToGive", [](Config& c) { c.subnets[0].pools.clear(); }, "subnet[0].pool"},
            WrongCase{"AllExcluded", [](Config& c) { c.subnets[0].exclusions = {c.subnets[0].pools[0]}; }, "subnet[0].exclude"},
            WrongCase{"ExclusionOutside", [](Config& c) { c.subnets[0].exclusions = {range("10.0.0.1")}; },
                      "subnet[0].exclude[0]"},
            WrongCase{"ReservationOutside", [](Config& c) { c.subnets[0].reservations = {by_mac("10.0.0.1", 1)}; },
                      "subnet[0].reservation[0].address"},
            WrongCase{"ReservedBroadcast", [](Config& c) { c.subnets[0].reservations = {by_mac("192.168.1.255", 1)}; },
                      "subnet[0].reservation[0].address"},
            WrongCase{"ReservedRouter", [](Config& c) { c.subnets[0].reservations = {by_mac("192.168.1.1", 1)}; },
                      "subnet[0].reservation[0].address"},
            WrongCase{"ReservedTwice",
                      [](Config& c) {
                          c.subnets[0].reservations = {by_mac("192.168.1.9", 1), by_mac("192.168.1.9", 2)};
                      },
                      "subnet[0].reservation[1].address"},
            WrongCase{"ClientTwice",
                      [](Config& c) {
                          c.subnets[0].reservations = {by_mac("192.168.1.9", 1), by_mac("192.168.1.8", 1)};
                      },
                      "subnet[0].reservation[1]"},
            WrongCase{"NobodysReservation",
                      [](Config& c) {
                          c.subnets[0].reservations = {{address("192.168.1.9"), {}, {}, {}}};
                      },
                      "subnet[0].reservation[0]"},
            WrongCase{"ReservedForBoth",
                      [](Config& c) {
                          c.subnets[0].reservations = {by_mac("192.168.1.9", 1)};
                          c.subnets[0].reservations[0].client_id = {1, 2};
                      },
                      "subnet[0].reservation[0]"},
            WrongCase{"ReservedName",
                      [](Config& c) {
                          c.subnets[0].reservations = {by_mac("192.168.1.9", 1)};
                          c.subnets[0].reservations[0].hostname = "a..b";
                      },
                      "subnet[0].reservation[0].hostname"},
            WrongCase{"DomainWithSpace", [](Config& c) { c.subnets[0].options.domain_name = "my lab"; }, "subnet[0].domain"},
            WrongCase{"DomainOfADot", [](Config& c) { c.subnets[0].options.domain_name = "."; }, "subnet[0].domain"},
            WrongCase{"RouterNowhere", [](Config& c) { c.subnets[0].options.routers = {Ipv4Address{}}; }, "subnet[0].router[0]"},
            WrongCase{"DnsMulticast", [](Config& c) { c.subnets[0].options.dns_servers = {address("224.0.0.251")}; },
                      "subnet[0].dns[0]"},
            WrongCase{"OwnOption",
                      [](Config& c) {
                          c.subnets[0].options.extra = {{53, octets({1})}};
                      },
                      "subnet[0].option[0]"},
            WrongCase{"EmptyOption",
                      [](Config& c) {
                          c.subnets[0].options.extra = {{66, {}}};
                      },
                      "subnet[0].option[0]"},
            WrongCase{"OptionTwice",
                      [](Config& c) {
                          c.subnets[0].options.extra = {{66, octets({1})}, {66, octets({2})}};
                      },
                      "subnet[0].option[1]"},
            WrongCase{"GlobalOwnOption",
                      [](Config& c) {
                          c.options.extra = {{82, octets({1})}};
                      },
                      "option[0]"},
            WrongCase{"OptionSaidTwice",
                      [](Config& c) {
                          c.subnets[0].options.extra = {{6, octets({9, 9, 9, 9})}};
                      },
                      "subnet[0].option[0]"},
            WrongCase{"Rfc8925CannotBeForced",
                      [](Config& c) {
                          c.subnets[0].options.extra = {{108, octets({0, 0, 7, 8}), true}};
                      },
                      "subnet[0].option[0]"},
            WrongCase{"NextServerNowhere", [](Config& c) { c.options.next_server = address("255.255.255.255"); }, "next_server"},
            WrongCase{"BootFileTooLong", [](Config& c) { c.subnets[0].options.boot_file = std::string(128, 'x'); },
                      "subnet[0].boot_file"},
            WrongCase{"ServerNameTooLong", [](Config& c) { c.subnets[0].options.server_name = std::string(64, 'x'); },
                      "subnet[0].tftp_server"},
            WrongCase{"BootFileWithNul",
                      [](Config& c) {
                          c.options.boot_file = std::string{"a\0b", 3};
                      },
                      "boot_file"},
            WrongCase{"TooManyProbes", [](Config& c) { c.probe.count = 6; }, "probe.count"},
            WrongCase{"ProbesWithoutTime", [](Config& c) { c.probe.timeout = Duration::zero(); }, "probe.timeout"},
            WrongCase{"PolitePatience", [](Config& c) { c.polite_delay = std::chrono::minutes{5}; }, "polite_delay"},
            WrongCase{"NamelessClass", [](Config& c) { c.classes = {class_named("")}; }, "class[0].name"},
            WrongCase{"ClassOfTheSameName",
                      [](Config& c) {
                          c.classes = {class_named("a"), class_named("b"), class_named("a")};
                      },
                      "class[2].name"},
            WrongCase{"ClassOfEverybody",
                      [](Config& c) {
                          c.classes = {class_named("a")};
                          c.classes[0].tests.clear();
                      },
                      "class[0]"},
            WrongCase{"ClassOfNoOption",
                      [](Config& c) {
                          c.classes = {class_named("a")};
                          c.classes[0].tests[0].code = 255;
                      },
                      "class[0]"},
            WrongCase{"ClassOfALongCard",
                      [](Config& c) {
                          c.classes = {class_named("a")};
                          c.classes[0].tests[0] = {ClassTest::Subject::hardware, 0, {}, true, {std::vector<std::byte>(17)}};
                      },
                      "class[0]"},
            WrongCase{"ClassOfNothingAnywhere",
                      [](Config& c) {
                          c.classes = {class_named("a")};
                          c.classes[0].tests[0].data.clear();
                          c.classes[0].tests[0].anywhere = true;
                      },
                      "class[0]"},
            WrongCase{"ClassOfABeginningAnywhere",
                      [](Config& c) {
                          c.classes = {class_named("a")};
                          c.classes[0].tests[0].prefix = c.classes[0].tests[0].anywhere = true;
                      },
                      "class[0]"},
            WrongCase{"ClassBehindTheEndOfACard",
                      [](Config& c) {
                          c.classes = {class_named("a")};
                          c.classes[0].tests[0] = {ClassTest::Subject::hardware, 0, octets({1}), true, {}, 16};
                      },
                      "class[0]"},
            WrongCase{"ClassLeaseOfNothing",
                      [](Config& c) {
                          c.classes = {class_named("a")};
                          c.classes[0].lease_seconds = 0;
                      },
                      "class[0].lease_time"},
            WrongCase{"ClassLeastOfNoTime",
                      [](Config& c) {
                          c.classes = {class_named("a")};
                          c.classes[0].min_lease_seconds = 0;
                      },
                      "class[0].min_lease_time"},
            WrongCase{"ClassMostOfNoTime",
                      [](Config& c) {
                          c.classes = {class_named("a")};
                          c.classes[0].max_lease_seconds = 0;
                      },
                      "class[0].max_lease_time"},
            WrongCase{"ClassBoundsCrossed",
                      [](Config& c) {
                          c.classes = {class_named("a")};
                          c.classes[0].min_lease_seconds = 601;
                          c.classes[0].max_lease_seconds = 600;
                      },
                      "class[0].min_lease_time"},
            WrongCase{"ClassLeaseBelowItsLeast",
                      [](Config& c) {
                          c.classes = {class_named("a")};
                          c.classes[0].min_lease_seconds = 601;
                          c.classes[0].lease_seconds = 600;
                      },
                      "class[0].lease_time"},
            WrongCase{"ClassLeaseAboveItsMost",
                      [](Config& c) {
                          c.classes = {class_named("a")};
                          c.classes[0].lease_seconds = 601;
                          c.classes[0].max_lease_seconds = 600;
                      },
                      "class[0].lease_time"},
            WrongCase{"ClassOption",
                      [](Config& c) {
                          c.classes = {class_named("a")};
                          c.classes[0].options.extra = {{51, octets({1})}};
                      },
                      "class[0].option[0]"},
            WrongCase{"TooManyClasses",
                      [](Config& c) {
                          for (int i = 0; i < 1025; ++i)
                              c.classes.push_back(class_named(std::to_string(i)));
                      },
                      "class"},
            WrongCase{"PoolOfNoClass", [](Config& c) { c.subnets[0].pools[0].client_class = "phones"; },
                      "subnet[0].pool[0].class"},
            WrongCase{"ReservedForHostNameWithSpace",
                      [](Config& c) {
                          c.subnets[0].reservations = {by_mac("192.168.1.9", 1)};
                          c.subnets[0].reservations[0].hardware.reset();
                          c.subnets[0].reservations[0].client_hostname = "a b";
                      },
                      "subnet[0].reservation[0].client_hostname"},
            WrongCase{"HostNameTwiceInAnotherCase",
                      [](Config& c) {
                          c.subnets[0].reservations = {by_mac("192.168.1.9", 1), by_mac("192.168.1.8", 2)};
                          for (Reservation& r : c.subnets[0].reservations)
                              r.hardware.reset();
                          c.subnets[0].reservations[0].client_hostname = "PC";
                          c.subnets[0].reservations[1].client_hostname = "pc";
                      },
                      "subnet[0].reservation[1]"},
            WrongCase{"CircuitTwice",
                      [](Config& c) {
                          c.subnets[0].reservations = {by_mac("192.168.1.9", 1), by_mac("192.168.1.8", 2)};
                          for (Reservation& r : c.subnets[0].reservations) {
                              r.hardware.reset();
                              r.circuit_id = {1, 2};
                          }
                      },
                      "subnet[0].reservation[1]"},
            WrongCase{"ReservationsOption",
                      [](Config& c) {
                          c.subnets[0].reservations = {by_mac("192.168.1.9", 1)};
                          c.subnets[0].reservations[0].options.dns_servers = {Ipv4Address{}};
                      },
                      "subnet[0].reservation[0].dns[0]"},
            WrongCase{"ReservedGlobalRouter",
                      [](Config& c) {
                          c.subnets[0].options.routers.clear();
                          c.options.routers = {address("192.168.1.9")};
                          c.subnets[0].reservations = {by_mac("192.168.1.9", 1)};
                      },
                      "subnet[0].reservation[0].address"},
            WrongCase{"NoLease", [](Config& c) { c.subnets[0].lease_seconds = 0; }, "subnet[0].lease_time"},
            WrongCase{
                "MinOverMax",
                [](Config& c) {
                    c.subnets[0].min_lease_seconds = 100;
                    c.subnets[0].max_lease_seconds = 99;
                },
                "subnet[0].min_lease_time"},
            WrongCase{"LeastOfNoTime", [](Config& c) { c.subnets[0].min_lease_seconds = 0; }, "subnet[0].min_lease_time"},
            WrongCase{"T1AtOnce", [](Config& c) { c.subnets[0].renewal_seconds = 0; }, "subnet[0].renewal_time"},
            WrongCase{"T2PastLease", [](Config& c) { c.subnets[0].rebinding_seconds = 3600; }, "subnet[0].rebinding_time"},
            WrongCase{"T1PastT2", [](Config& c) { c.subnets[0].renewal_seconds = 3200; }, "subnet[0].renewal_time"}),
    [](const auto& c) { return c.param.name; });

TEST(Validation, FindsEverythingAtOnceInOrderOfTheFile)
{
    Config config = office();
    config.max_offers = 0;
    config.subnets[0].pools.push_back(range("10.0.0.1"));
    config.subnets[0].lease_seconds = 0;
    config.subnets.push_back(subnet("192.168.1.128/25", "192.168.1.129-192.168.1.130"));
    EXPECT_THAT(keys(config),
                ElementsAre("max_offers", "subnet[0].pool[1]", "subnet[0].lease_time", "subnet[1].prefix", "subnet[1].pool[0]"));
}

TEST(Validation, TakesWhatPeopleReallyConfigure)
{
    Config config = office();
    config.subnets[0].reservations = {by_mac("192.168.1.20", 1), {address("192.168.1.21"), {}, {0xff, 1}, "nas"}};
    config.subnets[0].exclusions = {range("192.168.1.150-192.168.1.160")};
    config.subnets[0].options.domain_name = "lab.example.";
    config.subnets[0].renewal_seconds = 600;
    config.subnets.push_back(subnet("10.0.0.0/8", "10.0.0.2-10.255.255.254"));
    config.subnets.push_back(subnet("172.16.0.0/31", "172.16.0.0-172.16.0.1")); // RFC 3021
    config.subnets[2].options.routers.clear();
    config.subnets[1].pools = {range("10.0.0.2-10.200.0.0")};
    config.subnets[2].lease_seconds = kInfiniteSeconds;
    EXPECT_THAT(keys(config), IsEmpty());
}

TEST(Validation, SuggestsThePoolThatWasMeant)
{
    Config config = office();
    config.subnets[0].pools = {range("192.168.1.0-192.168.1.255")};
    const ConfigErrors errors = validate(config);
    ASSERT_EQ(errors.size(), 2U);
    EXPECT_EQ(errors[0].suggestion, "\"192.168.1.1-192.168.1.254\"");
}

TEST(Validation, SuggestsTheClassThatWasMeant)
{
    Config config = office();
    config.classes = {class_named("phones"), class_named("printers")};
    config.subnets[0].pools[0].client_class = "phnes";
    const ConfigErrors errors = validate(config);
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].suggestion, "did you mean phones?");
}

TEST(Validation, AClientMayBeReservedForInSeveralWaysAndSubnets)
{
    Config config = office();
    config.subnets.push_back(subnet("10.0.0.0/24", "10.0.0.2-10.0.0.9"));
    config.subnets[0].reservations = {by_mac("192.168.1.9", 1), {address("192.168.1.8"), {}, {1, 2}}};
    config.subnets[1].reservations = {by_mac("10.0.0.100", 1)};
    Reservation port;
    port.address = address("192.168.1.7");
    port.circuit_id = {1, 2}; // the same octets as an identifier are somebody else
    Reservation port_of_switch = port;
    port_of_switch.address = address("192.168.1.6");
    port_of_switch.remote_id = {3};
    config.subnets[0].reservations.push_back(port);
    config.subnets[0].reservations.push_back(port_of_switch);
    EXPECT_THAT(keys(config), IsEmpty());
}

// ---- warnings ------------------------------------------------------------------------------------------------------------------

std::vector<std::string> warned(const Config& config, std::vector<Ipv4Address> own = {})
{
    EXPECT_THAT(keys(config), IsEmpty()) << "a warning is about what is taken";
    std::vector<std::string> found;
    for (const ConfigError& each : warnings(config, own)) {
        EXPECT_FALSE(each.problem.empty()) << each.key;
        found.push_back(each.key);
    }
    return found;
}

TEST(Warnings, AnOrdinaryConfigurationHasNone)
{
    EXPECT_THAT(warned(office()), IsEmpty());
    EXPECT_THAT(warned(office(), {address("192.168.1.2")}), IsEmpty());
}

struct OddCase {
    const char* name;
    void (*spoil)(Config&);
    const char* key;
};
class Odd : public testing::TestWithParam<OddCase> { };
TEST_P(Odd, IsTakenAndSaid)
{
    Config config = office();
    GetParam().spoil(config);
    EXPECT_THAT(warned(config, {address("192.168.1.2")}), ElementsAre(GetParam().key));
    EXPECT_TRUE(DhcpServer::create(config, {}, Instant{}).has_value());
}

INSTANTIATE_TEST_SUITE_P(
    Configurations, Odd,
    testing::Values(
        OddCase{"RouterInThePool", [](Config& c) { c.subnets[0].options.routers = {address("192.168.1.150")}; },
                "subnet[0].pool[0]"},
        OddCase{"GlobalRouterInThePool",
                [](Config& c) {
                    c.subnets[0].options.routers.clear();
                    c.options.routers = {address("192.168.1.150")};
                },
                "subnet[0].pool[0]"},
        OddCase{"OwnAddressInThePool", [](Config& c) { c.subnets[0].pools.push_back(range("192.168.1.2-192.168.1.9")); },
                "subnet[0].pool[1]"},
        OddCase{"OwnAddressReserved", [](Config& c) { c.subnets[0].reservations = {by_mac("192.168.1.2", 1)}; },
                "subnet[0].reservation[0].address"},
        OddCase{"RouterOutOfReach", [](Config& c) { c.subnets[0].options.routers = {address("192.168.2.1")}; },
                "subnet[0].router[0]"},
        OddCase{"NobodyOnTheInterface", [](Config& c) { c.subnets[0] = subnet("10.0.0.0/24", "10.0.0.2-10.0.0.9"); }, "subnet"},
        OddCase{"Rfc3442WithoutDefaultRoute",
                [](Config& c) {
                    c.subnets[0].options.extra = {{121, octets({8, 10, 192, 168, 1, 7})}};
                },
                "subnet[0]"},
        OddCase{"DataOfAnotherFormat",
                [](Config& c) {
                    c.subnets[0].options.extra = {{42, octets({1, 2, 3})}};
                },
                "subnet[0].option[0]"},
        OddCase{"BootFileFromNowhere", [](Config& c) { c.options.boot_file = "pxelinux.0"; }, "boot_file"},
        OddCase{"DeniedClassWithOptions",
                [](Config& c) {
                    c.classes = {class_named("a")};
                    c.classes[0].deny = true;
                    c.classes[0].lease_seconds = 60;
                },
                "class[0]"},
        OddCase{"PoolOfADeniedClass",
                [](Config& c) {
                    c.classes = {class_named("a")};
                    c.classes[0].deny = true;
                    c.subnets[0].pools.push_back({range("192.168.1.9"), "a"});
                },
                "subnet[0].pool[1].class"},
        OddCase{"NtpServerInThePool", [](Config& c) { c.subnets[0].options.ntp_servers = {address("192.168.1.150")}; },
                "subnet[0].pool[0]"},
        OddCase{"MostTimeBelowTheLeaseTime",
                [](Config& c) {
                    c.subnets[0].lease_seconds = 3600;
                    c.subnets[0].max_lease_seconds = 200;
                },
                "subnet[0].max_lease_time"},
        OddCase{"LeastTimeAboveTheLeaseTime",
                [](Config& c) {
                    c.subnets[0].lease_seconds = 3600;
                    c.subnets[0].min_lease_seconds = 7200;
                },
                "subnet[0].min_lease_time"},
        OddCase{"SharedWithNobody", [](Config& c) { c.subnets[0].shared_network = "floor"; }, "subnet[0].shared_network"},
        OddCase{"Rfc4039AndPolite",
                [](Config& c) {
                    c.rapid_commit = true;
                    c.authority = Authority::polite;
                },
                "rapid_commit"}),
    [](const auto& c) { return c.param.name; });

TEST(Warnings, ALongLeaseBeyondTheUsualBoundIsMeant)
{
    Config config = office();
    config.subnets[0].lease_seconds = 7 * 86400;
    EXPECT_THAT(warned(config), IsEmpty());
}

TEST(Warnings, ASecondAddressWhoseSubnetIsOnAnotherLinkIsSaid)
{
    Config config = office();
    config.subnets.push_back(subnet("10.0.0.0/24", "10.0.0.10-10.0.0.20"));
    const std::vector own{address("192.168.1.2"), address("10.0.0.2")};
    EXPECT_THAT(warned(config, own), ElementsAre("subnet[1]"));
    EXPECT_THAT(warned(config, {address("192.168.1.2")}), IsEmpty()) << "that one may be behind a relay";
    config.subnets[0].shared_network = config.subnets[1].shared_network = "floor";
    EXPECT_THAT(warned(config, own), IsEmpty());
}

TEST(Warnings, ADefaultRouteAmongTheClasslessOnesIsAllThatIsNeeded) // RFC 3442
{
    Config config = office();
    config.subnets[0].options.extra = {{121, octets({8, 10, 192, 168, 1, 7, 0, 192, 168, 1, 1})}};
    EXPECT_THAT(warned(config), IsEmpty());
}

} // namespace
} // namespace dorascope::server
