// SPDX-License-Identifier: GPL-3.0-or-later
// Every fault of a configuration file is said at once: line, key, what was expected, the nearest valid name.
#include "tests/host/config_errors.h"

#include <gtest/gtest.h>

namespace dorascope::test {
namespace {

using host::parse_config;

/// One that cannot be read keeps its place, and hides none of its neighbours' faults.
TEST(ConfigFile, EachPoolIsJudgedForItself)
{
    EXPECT_EQ(
        errors_of(R"([[subnet]]
prefix = "192.168.1.0/24"
pool = [
  "x",
  "192.168.1.100 - 192.168.1.200",
  { range = "192.168.1.150-192.168.1.160", class = "none" },
  { class = "none" },
  "192.168.1.90-192.168.1.80",
  "192.168.2.1",
]
)"),
        (Texts{
            "f:4: subnet[0].pool[0]: 'x' is not a range of IPv4 addresses (write it as \"192.168.1.100-192.168.1.200\")",
            "f:6: subnet[0].pool[2].class: there is no class called 'none' (add a [[class]] of that name)",
            "f:6: subnet[0].pool[2]: 192.168.1.150-192.168.1.160 overlaps subnet[0].pool[1] (line 5), "
            "192.168.1.100-192.168.1.200",
            "f:7: subnet[0].pool[3]: has no range (add range = \"192.168.1.100-192.168.1.200\")",
            "f:7: subnet[0].pool[3].class: there is no class called 'none' (add a [[class]] of that name)",
            "f:8: subnet[0].pool[4]: 192.168.1.90-192.168.1.80 ends before it begins (\"192.168.1.80-192.168.1.90\")",
            "f:9: subnet[0].pool[5]: 192.168.2.1 is not inside 192.168.1.0/24 (addresses from 192.168.1.0 to 192.168.1.255)",
        }));
}

TEST(ConfigFile, AReservationsKeysAreJudgedEachForItself)
{
    EXPECT_EQ(
        errors_of(R"([[subnet]]
prefix = "192.168.1.0/24"
pool = "192.168.1.100-192.168.1.200"
[[subnet.reservation]]
adress = "192.168.1.5"
hardware = "02:00:00:00:00:01"
hostname = "my host"
[[subnet.reservation]]
address = "192.168.7.5"
hardware = "zz"
)"),
        (Texts{
            "f:5: subnet[0].reservation[0].adress: is not a key of this table (did you mean address?)",
            "f:7: subnet[0].reservation[0].hostname: \"my host\" holds a character that no host name can have",
            "f:9: subnet[0].reservation[1].address: 192.168.7.5 is not inside 192.168.1.0/24 (an address from 192.168.1.0 to "
            "192.168.1.255)",
            "f:10: subnet[0].reservation[1].hardware: 'zz' is not 1 to 16 octets in hexadecimal (write them as \"01:02:ab\")",
        }));
}

TEST(ConfigFile, AValueThatDoesNotFitItsTypeSaysWhatWould)
{
    const auto errors = errors_of(R"(v6only_wait = "soon"
classless_routes = ["10.0.0.0/8"]
domain_searhc = ["a.example"]
dns_servers = ["9.9.9.9"]
option = [
    { code = 150, type = "adresses", value = "192.168.1.1" },
    { name = "captive_portl", value = "x" },
    { code = 26, value = 70000 },
    { code = 26, name = "mtu", value = 1 },
    { code = 26 },
]
[[subnet]]
prefix = "192.168.1.0/24"
pool = "192.168.1.10"
)");
    EXPECT_EQ(
        errors,
        (Texts{
            "f:1: v6only_wait: the value of option 108 (IPv6-Only Preferred) is not of the type seconds (give a number of "
            "seconds, or \"infinite\")",
            "f:2: classless_routes: the value of option 121 (Classless Static Route) is not of the type routes (give routes as "
            "in 10.0.0.0/8 via 192.168.1.254)",
            "f:3: domain_searhc: is not a key of this table (did you mean domain_search?)",
            "f:4: dns_servers: has a key of its own (write dns = …)",
            "f:6: option[0].type: 'adresses' is not known (did you mean addresses?)",
            "f:7: option[1].name: no option is called 'captive_portl' (did you mean captive_portal?)",
            "f:8: option[2]: the value of option 26 (Interface MTU) is not of the type u16 (give a number from 0 to 65535)",
            "f:9: option[3]: has both code and name (leave one out)",
            "f:10: option[4]: needs its data exactly once (as value = …, with a type; or as text, hex or addresses)",
        }));
}

TEST(ConfigFile, AMisspeltKeyIsTakenForTheNearestOfAllThatTheTableKnows)
{
    EXPECT_EQ(
        errors_of("[[subnet]]\nprefix = \"192.168.1.0/24\"\npool = \"192.168.1.10\"\nlease_tim = 5\ndomain_searc = \"a.b\"\n"),
        (Texts{"f:4: subnet[0].lease_tim: is not a key of this table (did you mean lease_time?)",
               "f:5: subnet[0].domain_searc: is not a key of this table (did you mean domain_search?)"}));
}

TEST(ConfigFile, EveryErrorIsReportedWithItsLine)
{
    EXPECT_EQ(
        errors_of(R"(authoritativ = true
offer_hold = "long"
max_offers = 0

[[subnet]]
prefix = "192.168.1.7/24"
pools = "192.168.1.10-192.168.1.20"
router = ["192.168.1.1", "192.168.1.256"]
lease_time = 1.5
  [[subnet.reservation]]
  hardware = "0g:00"
  [[subnet.option]]
  code = 255
  text = "a"
  hex = "61"
)"),
        (Texts{
            "f:1: authoritativ: is not a key of this table (did you mean authoritative?)",
            "f:2: offer_hold: is not a time (seconds as in 30 or 0.5, or with a unit as in \"500 ms\" or \"10 min\")",
            "f:3: max_offers: 0 is out of range (from 1 to 16777216)",
            "f:6: subnet[0].prefix: 192.168.1.7/24 has host bits set (\"192.168.1.0/24\")",
            "f:7: subnet[0].pools: is not a key of this table (did you mean pool?)",
            "f:8: subnet[0].router[1]: '192.168.1.256' is not an IPv4 address (write it as \"192.168.1.1\")",
            "f:9: subnet[0].lease_time: is not a whole number of seconds (as in 3600, \"12 h\", or \"infinite\")",
            "f:10: subnet[0].reservation[0]: has no address (add address = \"192.168.1.10\")",
            "f:11: subnet[0].reservation[0].hardware: '0g:00' is not 1 to 16 octets in hexadecimal (write them as \"01:02:ab\")",
            "f:12: subnet[0].option[0]: needs its data exactly once (as value = …, with a type; or as text, hex or addresses)",
            "f:13: subnet[0].option[0].code: 255 is out of range (from 1 to 254)",
        }));
}

TEST(ConfigFile, WhatMakesNoSenseIsReportedWithItsLineToo)
{
    const auto errors = errors_of(R"(offer_hold = 0
[[subnet]]
prefix = "192.168.1.0/24"
pool = [
    "192.168.1.10-192.168.1.20",
    "192.168.2.10-192.168.2.20",
]
lease_time = 100
rebinding_time = 200
[[subnet]]
prefix = "192.168.1.0/25"
pool = "192.168.1.15-192.168.1.16"
)");
    ASSERT_EQ(errors.size(), 5U) << testing::PrintToString(errors);
    EXPECT_TRUE(errors[0].starts_with("f:1: offer_hold: ")) << errors[0];
    EXPECT_TRUE(errors[1].starts_with("f:6: subnet[0].pool[1]: 192.168.2.10-192.168.2.20 is not inside 192.168.1.0/24"))
        << errors[1];
    EXPECT_TRUE(errors[2].starts_with("f:9: subnet[0].rebinding_time: ")) << errors[2];
    EXPECT_TRUE(errors[3].starts_with("f:11: subnet[1].prefix: ")) << errors[3];
    EXPECT_TRUE(errors[4].starts_with("f:12: subnet[1].pool[0]: ")) << "a list of one is where it stands: " << errors[4];
}

TEST(ConfigFile, NothingFollowsFromWhatCouldNotBeRead)
{
    EXPECT_EQ(errors_of("[[subnets]]\nprefix = \"192.168.1.0/24\"\n"),
              (Texts{"f:1: subnets: is not a key of this table (did you mean subnet?)"}));
}

/// Faults of every section at once: each is said, where it stands, and nothing besides. `lines` as "LINE KEY".
struct Faults {
    const char* name;
    const char* toml;
    std::vector<std::string> lines;
};
void PrintTo(const Faults& faults, std::ostream* out) { *out << faults.name; }

class AllErrorsAtOnce : public testing::TestWithParam<Faults> { };

TEST_P(AllErrorsAtOnce, InOrderOfTheFile)
{
    const auto parsed = parse_config(GetParam().toml);
    ASSERT_FALSE(parsed);
    std::vector<std::string> lines;
    for (const auto& error : parsed.error())
        lines.push_back(std::to_string(error.line) + " " + error.key);
    EXPECT_EQ(lines, GetParam().lines) << testing::PrintToString(errors_of(GetParam().toml));
}

const Faults kFaults[] = {
    {"ATypoAtTheTopHidesNoSubnet",
     R"(offer_hodl = 30
[[subnet]]
prefix = "192.168.1.0/24"
pool = "10.0.0.10-10.0.0.20"
)",
     {"1 offer_hodl", "4 subnet[0].pool[0]"}},
    {"EverySection",
     R"(offer_hodl = 30
max_offers = 1
router = "10.0.0.256"
polite_delay = 61
[probe]
count = 9
timeout = 11
[[class]]
name = "a"
vendor_clas = "PXE"
lease_time = 0
[[class]]
name = "b"
vendor_class = "x"
lease_time = 0
[[subnet]]
prefix = "192.168.1.0/24"
pool = ["192.168.1.x", "10.0.0.1-10.0.0.2"]
lease_time = 0
domain = ".."
[[subnet.reservation]]
address = "192.168.1.5"
hardware = "0g"
[[subnet.reservation]]
address = "10.9.9.9"
hardware = "02:00:00:00:00:01"
[[subnet]]
prefix = "192.168.1.0/25"
lease_tim = 50
renewal_time = 5000
pool = { range = "192.168.1.30-192.168.1.40", class = "c" }
[[subnet]]
prefix = "192.168.3.7/24"
pool = "10.0.0.1-10.0.0.9"
)",
     {"1 offer_hodl", "3 router", "4 polite_delay", "6 probe.count", "7 probe.timeout", "10 class[0].vendor_clas",
      "11 class[0].lease_time", "15 class[1].lease_time", "18 subnet[0].pool[0]", "18 subnet[0].pool[1]",
      "19 subnet[0].lease_time", "20 subnet[0].domain", "23 subnet[0].reservation[0].hardware",
      "25 subnet[0].reservation[1].address", "28 subnet[1].prefix", "29 subnet[1].lease_tim", "31 subnet[1].pool[0].class",
      "33 subnet[2].prefix", "34 subnet[2].pool[0]"}},
    {"AClassWithoutAReadableNameIsNotMissed",
     R"([[class]]
name = 3
vendor_class = "x"
[[subnet]]
prefix = "192.168.1.0/24"
pool = { range = "192.168.1.30-192.168.1.40", class = "c" }
lease_time = 0
)",
     {"2 class[0].name", "7 subnet[0].lease_time"}},
    {"AMisspeltTableIsNotMissed",
     R"([[clas]]
name = "c"
[[subnet]]
prefix = "192.168.1.0/24"
pool = { range = "192.168.1.30-192.168.1.40", class = "c" }
lease_time = 0
)",
     {"1 clas", "6 subnet[0].lease_time"}},
    {"AMisspeltPoolIsNotMissed",
     R"([[subnet]]
prefix = "192.168.1.0/24"
pools = "192.168.1.30-192.168.1.40"
lease_time = 0
)",
     {"3 subnet[0].pools", "4 subnet[0].lease_time"}},
    {"AListOfOneWithoutItsBrackets",
     R"(max_offers = 0
[subnet]
prefix = "192.168.1.7/24"
pool = "10.0.0.1-10.0.0.2"
)",
     {"1 max_offers", "3 subnet[0].prefix", "4 subnet[0].pool[0]"}},
    {"APrefixIsOnlyThePrefix",
     R"([[subnet]]
prefix = "192.168.1.x/24"
pool = [{ range = "192.168.1.30-192.168.1.40", class = "c" }, "192.168.1.35-192.168.1.50"]
lease_time = 0
domain = ".."
[[subnet.reservation]]
address = "192.168.1.5"
[[subnet]]
pool = "192.168.1.50-192.168.1.60"
domain = ".."
)",
     {"2 subnet[0].prefix", "3 subnet[0].pool[0].class", "3 subnet[0].pool[1]", "4 subnet[0].lease_time", "5 subnet[0].domain",
      "6 subnet[0].reservation[0]", "8 subnet[1]", "9 subnet[1].pool[0]", "10 subnet[1].domain"}},
    {"EachOptionIsJudgedForItself",
     R"(option = [{ code = 66 }, { code = 51, hex = "01" }]
[[subnet]]
prefix = "192.168.1.0/24"
pool = "192.168.1.30"
server_identifier = "192.168.1.1"
option = [
  { code = 300, hex = "01" },
  { code = 51, hex = "00:00:00:01" },
  { code = 66, text = "a" },
  { code = 66, text = "b" },
]
[[subnet.reservation]]
address = "192.168.1.5"
hardware = "02:00:00:00:00:01"
option = [{ code = 1, type = "x", value = 1 }, { code = 1, hex = "01" }]
)",
     {"1 option[0]", "1 option[1]", "5 subnet[0].server_identifier", "7 subnet[0].option[0].code", "8 subnet[0].option[1]",
      "10 subnet[0].option[3]", "15 subnet[0].reservation[0].option[0].type", "15 subnet[0].reservation[0].option[1]"}},
    {"EachAddressOfAListIsJudgedForItself",
     R"(ntp = ["x", "0.0.0.0"]
[subnet]
prefix = "192.168.1.0/24"
pool = "192.168.1.30"
router = [
  "x",
  "0.0.0.0",
]
dns = [ "192.168.1.1",
  true,
  "224.0.0.1",
]
)",
     {"1 ntp[0]", "1 ntp[1]", "6 subnet.router[0]", "7 subnet[0].router[1]", "10 subnet.dns[1]", "11 subnet[0].dns[2]"}},
    {"TimesAreJudgedByThoseTheyDependOn",
     R"([[subnet]]
prefix = "192.168.1.0/24"
pool = "192.168.1.30"
lease_time = "x"
min_lease_time = 7
max_lease_time = 5
renewal_time = 9000
[[subnet]]
prefix = "192.168.2.0/24"
pool = "192.168.2.30"
lease_time = 0
min_lease_time = 90000
max_lease_tim = 100000
[[subnet]]
prefix = "192.168.3.0/24"
pool = "192.168.3.30"
lease_time = 100
rebinding_time = 200
renewal_time = true
[[class]]
name = "c"
vendor_class = "x"
lease_time = "x"
min_lease_time = 7
max_lease_time = 5
)",
     {"4 subnet[0].lease_time", "5 subnet[0].min_lease_time", "11 subnet[1].lease_time", "13 subnet[1].max_lease_tim",
      "18 subnet[2].rebinding_time", "19 subnet[2].renewal_time", "23 class[0].lease_time", "24 class[0].min_lease_time"}},
    {"AReservationIsItsClientAndItsAddress",
     R"([[subnet]]
prefix = "192.168.1.0/24"
[[subnet.reservation]]
address = "192.168.1.5"
hardware = "02:00:00:00:00:01"
hostname = true
[[subnet.reservation]]
address = "192.168.1.5"
hardware = "02:00:00:00:00:01"
hostname = true
[[subnet.reservation]]
address = "x"
[[subnet.reservation]]
address = "x"
hardware = "02:00:00:00:00:02"
[[subnet.reservation]]
address = "192.168.1.5"
hardware = "x"
)",
     {"6 subnet[0].reservation[0].hostname", "7 subnet[0].reservation[1]", "8 subnet[0].reservation[1].address",
      "10 subnet[0].reservation[1].hostname", "11 subnet[0].reservation[2]", "12 subnet[0].reservation[2].address",
      "14 subnet[0].reservation[3].address", "17 subnet[0].reservation[4].address", "18 subnet[0].reservation[4].hardware"}},
    {"RangesOfOnePoolKeepItsPlace",
     R"([[subnet]]
prefix = "192.168.1.0/24"
pool = [
  { range = ["192.168.1.30", "192.168.1.31"] },
  "192.168.1.30-192.168.1.40",
]
)",
     {"5 subnet[0].pool[1]", "5 subnet[0].pool[1]"}},
    {"WhatIsJudgedElsewhereKeepsItsPlace",
     R"(subnet_mask = "255.255.255.0"
mtu = 1400
option = [{ code = 26, hex = "05:78" }]
[[class]]
name = "x"
match = { option = 60, text = "x" }
subnet_mask = "255.255.255.0"
[[subnet]]
prefix = "192.168.1.0/24"
subnet_mask = "255.255.255.0"
pool = [
  { range = ["192.168.1.30",
             "192.168.2.31"], class = "x" },
  "192.168.1.40",
  "192.168.2.50",
]
[[subnet.reservation]]
address = "192.168.1.5"
hardware = "02:00:00:00:00:01"
server_identifier = "192.168.1.1"
)",
     {"1 subnet_mask", "2 mtu", "7 class[0].subnet_mask", "10 subnet[0].subnet_mask", "12 subnet[0].pool[0]",
      "15 subnet[0].pool[2]", "20 subnet[0].reservation[0].server_identifier"}},
    {"NoSubnetAtAll", "offer_hodl = 3\n", {"0 subnet", "1 offer_hodl"}}};

INSTANTIATE_TEST_SUITE_P(Every, AllErrorsAtOnce, testing::ValuesIn(kFaults),
                         [](const auto& faults) { return std::string{faults.param.name}; });

} // namespace
} // namespace dorascope::test
