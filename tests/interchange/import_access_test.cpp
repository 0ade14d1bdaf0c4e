// SPDX-License-Identifier: GPL-3.0-or-later
// What another server keeps for some clients is not everybody's after an import: what cannot be said of a pool leaves it out.
#include "tests/interchange/imported.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dorascope::interchange {
namespace {

using server::Pool;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Pool pool(std::string_view range, std::string of = "") { return {Ipv4Range::parse(range).value(), std::move(of)}; }

// ---- Kea ----------------------------------------------------------------------------------------------------------------------------

/// One subnet, of which `subnet` and its one pool of which `pool` is said besides.
Read kea(const std::string& subnet, const std::string& pool)
{
    return read_as(R"({"Dhcp4":{"client-classes":[{"name":"staff","test":"option[60].text == 'a'"},)"
                   R"({"name":"voip","test":"option[60].text == 'b'"}],"subnet4":[{"subnet":"10.0.0.0/24",)"
                       + subnet + R"("pools":[{"pool":"10.0.0.10-10.0.0.20")" + pool + "}]}]}}",
                   ConfigFormat::kea);
}

TEST(KeaAccess, TheClassOfASubnetIsThatOfItsPools)
{
    const auto [config, notes] = kea(R"("client-class":"staff",)", "");
    EXPECT_THAT(config.subnets[0].pools, ElementsAre(pool("10.0.0.10-10.0.0.20", "staff")));
    EXPECT_THAT(notes, IsEmpty());
    EXPECT_THAT(kea(R"("client-class":"staff",)", R"(,"client-class":"staff")").config.subnets[0].pools,
                ElementsAre(pool("10.0.0.10-10.0.0.20", "staff")));
}

TEST(KeaAccess, TheClassOfANetworkIsThatOfItsSubnets)
{
    const auto [config, notes] =
        read_as(R"({"Dhcp4":{"client-classes":[{"name":"staff","test":"option[60].text == 'a'"}],"shared-networks":[{"name":"n",)"
                R"("client-class":"staff","subnet4":[{"subnet":"10.0.0.0/24","pools":[{"pool":"10.0.0.10-10.0.0.20"}]}]}]}})",
                ConfigFormat::kea);
    EXPECT_THAT(config.subnets[0].pools, ElementsAre(pool("10.0.0.10-10.0.0.20", "staff")));
}

TEST(KeaAccess, APoolOfSeveralClassesIsLeftOut)
{
    for (const auto& [config, notes] :
         {kea(R"("client-class":"staff",)", R"(,"client-class":"voip")"), kea("", R"(,"client-classes":["staff","voip"])"),
          kea(R"("client-classes":["staff","voip"],)", "")}) {
        EXPECT_THAT(config.subnets, IsEmpty()) << "nothing is left to serve";
        EXPECT_THAT(notes, Contains(HasSubstr("is for clients of several classes")));
    }
    EXPECT_THAT(kea("", R"(,"client-classes":["voip"])").config.subnets[0].pools,
                ElementsAre(pool("10.0.0.10-10.0.0.20", "voip")));
}

TEST(KeaOptions, NeverSentAreLeftOut)
{
    const auto [config, notes] = kea(R"("option-data":[{"name":"routers","never-send":true,"data":"10.0.0.1"}],)", "");
    EXPECT_THAT(config.subnets[0].options.routers, IsEmpty());
    EXPECT_THAT(notes, ElementsAre(HasSubstr("is not sent there")));
}

TEST(KeaTimes, TimersThatDoNotFitTheLeaseAreLeftOut)
{
    const auto [config, notes] = kea(R"("valid-lifetime":600,"renew-timer":1000,"rebind-timer":2000,)", "");
    EXPECT_EQ(config.subnets[0].renewal_seconds, std::nullopt);
    EXPECT_EQ(config.subnets[0].rebinding_seconds, std::nullopt);
    EXPECT_THAT(notes, ElementsAre(HasSubstr("rebind-timer 2000"), HasSubstr("renew-timer 1000")));
    EXPECT_THAT(server::validate(config), IsEmpty());
}

TEST(KeaJson, CommasThatPartNothingAreTakenAsKeaTakesThem)
{
    EXPECT_THAT(read_as(R"({"Dhcp4":{"subnet4":[{"subnet":"10.0.0.0/24","pools":[{"pool":"10.0.0.10-10.0.0.20"},],}, # one
        ],},})",
                        ConfigFormat::kea)
                    .config.subnets,
                testing::SizeIs(1));
    EXPECT_FALSE(import_config(R"({"Dhcp4":{"subnet4":[{"subnet":"10.0.0.0/24"},,]}})", ConfigFormat::kea));
}

// ---- dhcpd --------------------------------------------------------------------------------------------------------------------------

/// A subnet with an open range and a pool with this permission, below what is said at the top.
Read isc(const std::string& permission, const std::string& top = "")
{
    return read_as(top + "subnet 10.0.0.0 netmask 255.255.255.0 { pool { range 10.0.0.10 10.0.0.20; }\npool { " + permission
                       + " range 10.0.0.30 10.0.0.40; } }\n",
                   ConfigFormat::isc);
}

TEST(IscAccess, PoolsForSomeClientsThatNoClassNamesAreLeftOut)
{
    for (const std::string permission :
         {"deny unknown-clients;", "deny unknown clients;", "allow known-clients;", "allow known clients;", "deny all clients;",
          "allow authenticated clients;", "allow dynamic bootp clients;"}) {
        const auto [config, notes] = isc(permission);
        EXPECT_THAT(config.subnets[0].pools, ElementsAre(pool("10.0.0.10-10.0.0.20"))) << permission;
        EXPECT_THAT(notes, Contains(HasSubstr("range 10.0.0.30 10.0.0.40: is"))) << permission;
    }
    for (const std::string permission :
         {"allow unknown-clients;", "allow all clients;", "allow known clients; allow unknown clients;"})
        EXPECT_THAT(isc(permission).config.subnets[0].pools, testing::SizeIs(2)) << permission;
}

TEST(IscAccess, UnknownClientsDeniedEverywhereGetNoRangeUnlessItLetsThemIn)
{
    const auto [config, notes] = isc("allow unknown-clients;", "deny unknown-clients;\n");
    EXPECT_THAT(config.subnets[0].pools, ElementsAre(pool("10.0.0.30-10.0.0.40")));
    EXPECT_THAT(notes, Contains(HasSubstr("range 10.0.0.10 10.0.0.20: is for clients with a host declaration alone")));
}

TEST(IscIf, ASubnetWithoutAddressesBeforeItChangesNothing)
{
    const std::string condition = "option arch code 93 = unsigned integer 16;\n";
    const std::string served = "subnet 10.0.0.0 netmask 255.255.255.0 { range 10.0.0.20 10.0.0.30;\n"
                               "if option arch = 00:07 { filename \"a\"; } else { filename \"c\"; } }\n";
    for (const std::string empty :
         {"subnet 10.152.187.0 netmask 255.255.255.0 { }\n",
          "shared-network x { subnet 10.152.187.0 netmask 255.255.255.0 { option routers 10.152.187.1; } }\n"}) {
        const auto [config, notes] = read_as(condition + empty + served, ConfigFormat::isc);
        ASSERT_THAT(config.classes, testing::SizeIs(1)) << testing::PrintToString(notes);
        EXPECT_EQ(config.classes[0].options.boot_file, "a");
        EXPECT_THAT(notes, ElementsAre(HasSubstr("has neither a range nor a host")))
            << "and it holds in every subnet that is served";
    }
}

TEST(IscOptions, BehindAnEqualsSignStandsAnExpression)
{
    const std::string subnet = "subnet 10.0.0.0 netmask 255.255.255.0 { range 10.0.0.20 10.0.0.30; }\n";
    const auto [config, notes] = read_as("filename = \"pxe\";\nserver-name = \"s\";\noption domain-name = \"lab\";\n"
                                         "option root-path = concat(\"/\", option host-name);\nfilename = pick(\"a\");\n"
                                             + subnet
                                             + "host a { hardware ethernet 2:0:0:0:0:1; fixed-address 10.0.0.5;\n"
                                               "option host-name = \"x\"; }\n",
                                         ConfigFormat::isc);
    EXPECT_EQ(config.options.boot_file, "pxe");
    EXPECT_EQ(config.options.server_name, "s");
    EXPECT_EQ(config.options.domain_name, "lab");
    EXPECT_EQ(config.subnets[0].reservations[0].hostname, "x");
    EXPECT_THAT(notes, ElementsAre(HasSubstr("4: option root-path ="), HasSubstr("5: filename =")));
}

TEST(IscOptions, ARecordIsNoBlock)
{
    const auto [config, notes] =
        read_as("option cookies code 195 = { integer 8, text };\noption more code 196 = array of { ip-address, text };\n"
                "subnet 10.0.0.0 netmask 255.255.255.0 { range 10.0.0.20 10.0.0.30; }\n",
                ConfigFormat::isc);
    EXPECT_THAT(config.subnets, testing::SizeIs(1));
    EXPECT_THAT(notes, ElementsAre(HasSubstr("1: option cookies code"), HasSubstr("2: option more code")));
    EXPECT_FALSE(import_config("option cookies code 195 = { integer 8, text;\n", ConfigFormat::isc));
}

} // namespace
} // namespace dorascope::interchange
