// SPDX-License-Identifier: GPL-3.0-or-later
// dhcpd.conf(5) says things of a host, a pool or a class that are said of a subnet or of the whole server here. None may be lost
// unsaid, and none may mean the opposite.
#include "tests/interchange/imported.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dorascope::interchange {
namespace {

using server::ClassTest;
using server::Config;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Read read(const std::string& text)
{
    auto r = read_as(text, ConfigFormat::isc);
    EXPECT_THAT(server::validate(r.config), IsEmpty()) << "and it can be served";
    return r;
}

const std::string kSubnet = "subnet 192.168.1.0 netmask 255.255.255.0 { range 192.168.1.100 192.168.1.150; }\n";
/// A subnet whose block says one thing more, on line 1.
std::string subnet_with(const std::string& statement)
{
    return "subnet 192.168.1.0 netmask 255.255.255.0 { range 192.168.1.100 192.168.1.150; " + statement + " }\n";
}

std::vector<std::byte> octets(std::initializer_list<unsigned> values)
{
    std::vector<std::byte> out;
    for (const auto value : values)
        out.push_back(static_cast<std::byte>(value));
    return out;
}

// ---- booting ------------------------------------------------------------------------------------------------------------------------

TEST(IscBooting, DeniedInAHostIsAClassThatIsNeverAnsweredAndNoReservation)
{
    const auto [config, notes] =
        read(kSubnet
             + "host thief { hardware ethernet 2:0:0:0:0:1; fixed-address 192.168.1.10; deny booting; }\n"
               "host other { hardware ethernet 2:0:0:0:0:2; ignore booting; }\n"
               "host named { hardware ethernet 2:0:0:0:0:3; option dhcp-client-identifier \"x\"; deny booting; }\n"
               "host friend { hardware ethernet 2:0:0:0:0:4; fixed-address 192.168.1.11; allow booting; }\n");
    EXPECT_THAT(notes, IsEmpty()) << "all of it is carried over";
    ASSERT_EQ(config.subnets[0].reservations.size(), 1U);
    EXPECT_EQ(config.subnets[0].reservations[0].hardware->to_string(), "02:00:00:00:00:04");
    ASSERT_EQ(config.classes.size(), 2U);
    EXPECT_TRUE(config.classes[0].deny);
    EXPECT_EQ(config.classes[1].tests,
              (std::vector{ClassTest{ClassTest::Subject::hardware,
                                     0,
                                     octets({2, 0, 0, 0, 0, 1}),
                                     false,
                                     {octets({2, 0, 0, 0, 0, 2}), octets({2, 0, 0, 0, 0, 3})}}}));
    EXPECT_TRUE(config.classes[1].deny);
    EXPECT_EQ(config.classes[0].tests, (std::vector{ClassTest{ClassTest::Subject::option, 61, octets({'x'}), false, {}}}));
}

TEST(IscBooting, DeniedInAGroupHoldsForItsHosts)
{
    const auto [config, notes] =
        read(kSubnet
             + "group { deny booting;\n"
               "host a { hardware ethernet 2:0:0:0:0:1; fixed-address 192.168.1.10; }\n"
               "host b { hardware ethernet 2:0:0:0:0:2; allow booting; fixed-address 192.168.1.11; } }\n");
    EXPECT_THAT(notes, IsEmpty());
    ASSERT_EQ(config.subnets[0].reservations.size(), 1U);
    EXPECT_EQ(config.subnets[0].reservations[0].address.to_string(), "192.168.1.11");
    ASSERT_EQ(config.classes.size(), 1U);
    EXPECT_TRUE(config.classes[0].deny);
}

TEST(IscBooting, DeniedInAClassDeniesTheClass)
{
    const auto [config, notes] =
        read("class \"guests\" { match if option vendor-class-identifier = \"x\"; deny booting; }\n" + kSubnet);
    EXPECT_THAT(notes, IsEmpty());
    ASSERT_EQ(config.classes.size(), 1U);
    EXPECT_TRUE(config.classes[0].deny);
}

TEST(IscBooting, DeniedElsewhereIsListed)
{
    EXPECT_THAT(read("deny booting;\n" + kSubnet).notes, ElementsAre(HasSubstr("1: deny booting: ")));
    EXPECT_THAT(read("allow booting;\n" + kSubnet).notes, IsEmpty()) << "as it is anyway";
}

// ---- times --------------------------------------------------------------------------------------------------------------------------

struct Lost {
    const char* name;
    std::string text;
    const char* note; ///< how the one note begins
};
void PrintTo(const Lost& lost, std::ostream* out) { *out << lost.name; }

class IscLoss : public testing::TestWithParam<Lost> { };

TEST_P(IscLoss, IsListed) { EXPECT_THAT(read(GetParam().text).notes, ElementsAre(testing::StartsWith(GetParam().note))); }

const std::string kClass = "class \"phones\" { match if option vendor-class-identifier = \"x\"; ";

INSTANTIATE_TEST_SUITE_P(
    Every, IscLoss,
    testing::Values(
        Lost{"TimeOfAPool", subnet_with("pool { range 192.168.1.200 192.168.1.210; default-lease-time 60; }"),
             "1: default-lease-time 60: "},
        Lost{"BoundOfAPool", subnet_with("pool { range 192.168.1.200 192.168.1.210; max-lease-time 60; }"),
             "1: max-lease-time 60: "},
        Lost{"TimeOfAHost",
             kSubnet + "host a { hardware ethernet 2:0:0:0:0:1; fixed-address 192.168.1.10; default-lease-time 60; }\n",
             "2: default-lease-time 60: "},
        Lost{"BoundOfAHost",
             kSubnet + "host a { hardware ethernet 2:0:0:0:0:1; fixed-address 192.168.1.10; min-lease-time 60; }\n",
             "2: min-lease-time 60: "},
        Lost{"TimeOfAGroupOfHosts",
             kSubnet
                 + "group { default-lease-time 60;\nhost a { hardware ethernet 2:0:0:0:0:1; fixed-address 192.168.1.10; } }\n",
             "3: host a { }: the lease times of its group"},
        Lost{"TimeOfAGroupInASubnet", subnet_with("group { max-lease-time 60; }"), "1: max-lease-time 60: "},
        Lost{"AuthorityOfASubnet", subnet_with("authoritative;"), "1: authoritative: "},
        Lost{"NoAuthorityOfASubnet", "authoritative;\n" + subnet_with("not authoritative;"), "2: not authoritative: "},
        Lost{"BootpOfASubnet", subnet_with("allow bootp;"), "1: allow bootp: "},
        Lost{"NoBootpOfAPool", subnet_with("pool { range 192.168.1.200; deny bootp; }"), "1: deny bootp: "},
        Lost{"PingCheckOfASubnet", subnet_with("ping-check false;"), "1: ping-check false: "},
        Lost{"PingTimeoutOfASubnet", subnet_with("ping-timeout 3;"), "1: ping-timeout 3: "},
        Lost{"AbandonTimeOfASubnet", subnet_with("abandon-lease-time 30;"), "1: abandon-lease-time 30: "},
        Lost{"MembersOutsideOfAPool", kClass + "}\n" + subnet_with("allow members of \"phones\";"),
             "2: allow members of \"phones\": "},
        Lost{"UnknownClientsBesideMembers",
             kClass + "}\n" + subnet_with("pool { range 192.168.1.200; allow members of \"phones\"; allow unknown-clients; }"),
             "2: allow unknown-clients: "},
        Lost{"AnotherMask", subnet_with("option subnet-mask 255.255.0.0;"), "1: option subnet-mask 255.255.0.0: "},
        Lost{"AnotherBroadcastAddress", subnet_with("option broadcast-address 192.168.1.0;"), "1: option broadcast-address "},
        Lost{"TheMacOfAHostWithAnIdentifier",
             kSubnet
                 + "host a { hardware ethernet 2:0:0:0:0:1; option dhcp-client-identifier \"x\"; fixed-address 192.168.1.10; }\n",
             "2: host a { }: "}),
    [](const auto& lost) { return std::string{lost.param.name}; });

TEST(IscTimes, OfGlobalScopeGroupNetworkAndClassAreCarriedOver)
{
    const auto [config, notes] = read("default-lease-time 600;\n"
                                      "class \"c\" { match if option vendor-class-identifier = \"x\"; default-lease-time 60;"
                                      " min-lease-time 30; max-lease-time 90; }\n"
                                      "class \"d\" { match if option vendor-class-identifier = \"y\"; max-lease-time 40;"
                                      " default-lease-time 60; }\n"
                                      "group { max-lease-time 900;\n"
                                      + kSubnet + "}\n");
    EXPECT_THAT(notes, IsEmpty());
    EXPECT_EQ(config.subnets[0].lease_seconds, 600U);
    EXPECT_EQ(config.subnets[0].max_lease_seconds, 900U);
    EXPECT_EQ(config.classes[1].lease_seconds, 60U);
    EXPECT_EQ(config.classes[1].min_lease_seconds, 30U);
    EXPECT_EQ(config.classes[1].max_lease_seconds, 90U);
    EXPECT_EQ(config.classes[0].lease_seconds, 40U) << "the bound wins, as with dhcpd";
    EXPECT_EQ(config.classes[0].min_lease_seconds, std::nullopt) << "what a class does not say is its subnet's";
}

struct Times {
    const char* name;
    const char* said;
    std::uint32_t lease, least, most;
};
void PrintTo(const Times& times, std::ostream* out) { *out << times.said; }

class IscTimesOfASubnet : public testing::TestWithParam<Times> { };

TEST_P(IscTimesOfASubnet, AreThoseThatDhcpdWouldGive)
{
    const auto [config, notes] = read(GetParam().said + kSubnet);
    EXPECT_THAT(notes, IsEmpty());
    EXPECT_EQ(config.subnets[0].lease_seconds, GetParam().lease);
    EXPECT_EQ(config.subnets[0].min_lease_seconds, GetParam().least);
    EXPECT_EQ(config.subnets[0].max_lease_seconds, GetParam().most);
}

INSTANTIATE_TEST_SUITE_P(
    Every, IscTimesOfASubnet,
    testing::Values(Times{"NothingSaid", "", 43200, 300, 86400}, Times{"AMost", "max-lease-time 7200;\n", 7200, 300, 7200},
                    Times{"ASmallMost", "max-lease-time 60;\n", 60, 60, 60},
                    Times{"ALongLease", "default-lease-time 604800;\n", 86400, 300, 86400},
                    Times{"AShortLease", "default-lease-time 60;\n", 300, 300, 86400},
                    Times{"ALeast", "min-lease-time 3600; default-lease-time 600;\n", 3600, 3600, 86400},
                    Times{"AMostOfNothing", "max-lease-time 0;\n", 1, 1, 1},
                    Times{"ALeastAboveTheMost", "min-lease-time 3600; max-lease-time 600;\n", 3600, 3600, 3600},
                    Times{"All", "min-lease-time 60; default-lease-time 120; max-lease-time 180;\n", 120, 60, 180}),
    [](const auto& times) { return std::string{times.param.name}; });

TEST(IscTimes, OfAClassWhoseLeastIsAboveItsMostAreItsLeast)
{
    const auto config = read("class \"c\" { match if option vendor-class-identifier = \"x\"; default-lease-time 60;"
                             " min-lease-time 90; max-lease-time 30; }\n"
                             + kSubnet)
                            .config;
    EXPECT_EQ(config.classes[0].lease_seconds, 90U);
    EXPECT_EQ(config.classes[0].min_lease_seconds, 90U);
    EXPECT_EQ(config.classes[0].max_lease_seconds, 90U);
}

// ---- the whole server ---------------------------------------------------------------------------------------------------------------

TEST(IscServer, OnlyWhatIsSaidOutsideOfBlocksIsTheServers)
{
    const auto [config, notes] = read(subnet_with("authoritative; allow bootp; ping-check off;"));
    EXPECT_EQ(config.authority, server::Authority::normal);
    EXPECT_FALSE(config.bootp);
    EXPECT_TRUE(config.probe.enabled);
    EXPECT_EQ(notes.size(), 3U);
}

TEST(IscServer, TheMaskOfTheSubnetNeedsNoNote)
{
    EXPECT_THAT(read(subnet_with("option subnet-mask 255.255.255.0; option broadcast-address 192.168.1.255;")).notes, IsEmpty());
}

// ---- pools of classes ---------------------------------------------------------------------------------------------------------------

TEST(IscPool, OfTwoClassesKeepsTheFirstAndSaysSo)
{
    const auto [config, notes] =
        read(kClass + "}\nclass \"desks\" { match if option vendor-class-identifier = \"y\"; }\n"
             + subnet_with("pool { range 192.168.1.200; allow members of \"phones\"; allow members of \"desks\"; }"));
    EXPECT_THAT(notes, ElementsAre(HasSubstr("3: allow members of \"desks\": a pool is of one class here, phones")));
    EXPECT_EQ(config.subnets[0].pools[1].client_class, "phones");
}

// ---- BOOTP --------------------------------------------------------------------------------------------------------------------------

std::string bootp_subnet() { return "subnet 10.0.0.0 netmask 255.0.0.0 { range dynamic-bootp 10.0.0.10 10.0.0.20; }\n"; }

TEST(IscBootp, ADynamicRangeIsEnough)
{
    const auto [config, notes] = read(bootp_subnet());
    EXPECT_TRUE(config.bootp);
    EXPECT_THAT(notes, IsEmpty());
    EXPECT_FALSE(read("deny bootp;\n" + bootp_subnet()).config.bootp) << "unless it is denied";
}

TEST(IscBootp, RangesThatAreNotForBootpAreSaid)
{
    EXPECT_THAT(read(bootp_subnet() + kSubnet).notes, ElementsAre(HasSubstr("1: range dynamic-bootp 10.0.0.10 10.0.0.20: ")));
    const auto allowed = read("allow bootp;\n" + kSubnet);
    EXPECT_TRUE(allowed.config.bootp);
    EXPECT_THAT(allowed.notes, ElementsAre(HasSubstr("1: allow bootp: BOOTP clients are given addresses of every range")));
}

} // namespace
} // namespace dorascope::interchange
