// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/config_file.h"
#include "engine/wire/hex.h"
#include "engine/wire/option_table.h"
#include "tests/support/child_process.h"
#include "tests/support/random_config.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace dorascope::test {
namespace {

using namespace std::chrono_literals;
using host::FileError;
using host::parse_config;

Ipv4Address address(const char* text) { return Ipv4Address::parse(text).value(); }
Ipv4Range range(const char* text) { return Ipv4Range::parse(text).value(); }

/// "LINE key: problem (suggestion)" of each error.
std::vector<std::string> errors_of(std::string_view toml)
{
    const auto parsed = parse_config(toml);
    if (parsed) return {"no error"};
    std::vector<std::string> texts;
    for (const auto& error : parsed.error())
        texts.push_back(host::to_string("f", error));
    return texts;
}
using Texts = std::vector<std::string>;

server::Config full_config()
{
    server::Config config;
    config.authority = server::Authority::authoritative;
    config.offer_hold = 1500ms;
    config.decline_quarantine = 0s;
    config.max_offers = 12;
    auto& a = config.subnets.emplace_back();
    a.prefix = Ipv4Prefix::parse("192.168.1.0/24").value();
    a.pools = {range("192.168.1.10-192.168.1.19"), range("192.168.1.30-192.168.1.39")};
    a.exclusions = {range("192.168.1.15")};
    a.options.routers = {address("192.168.1.1")};
    a.options.dns_servers = {address("192.168.1.1"), address("9.9.9.9")};
    a.options.ntp_servers = {address("192.168.1.2")};
    a.options.domain_name = "lab.example";
    a.options.extra = {{66, {std::byte{'t'}, std::byte{0}, std::byte{'"'}}}, {252, {std::byte{0xff}}}};
    a.lease_seconds = 1000;
    a.min_lease_seconds = 100;
    a.max_lease_seconds = kInfiniteSeconds;
    a.renewal_seconds = 400;
    a.rebinding_seconds = 800;
    a.reservations.resize(3);
    a.reservations[0] = {address("192.168.1.5"), HardwareAddress::of(*MacAddress::parse("02:00:00:00:00:01")), {}, "printer"};
    a.reservations[1] = {address("192.168.1.6"), HardwareAddress{32, 4, {1, 2, 3, 4}}, {}, ""};
    a.reservations[2] = {address("192.168.1.7"), std::nullopt, {0, 'i', 'd'}, ""};
    auto& b = config.subnets.emplace_back();
    b.prefix = Ipv4Prefix::parse("10.0.0.0/8").value();
    b.pools = {range("10.0.0.1-10.0.0.9")};
    b.lease_seconds = kInfiniteSeconds;
    return config;
}

TEST(ConfigFile, ComesBackAsItWasWritten)
{
    const auto config = full_config();
    ASSERT_TRUE(server::validate(config).empty()) << server::validate(config).front().problem;
    const auto text = host::to_toml(config);
    const auto parsed = parse_config(text);
    ASSERT_TRUE(parsed) << host::to_string("f", parsed.error().front()) << "\n" << text;
    EXPECT_EQ(*parsed, config) << text;
}

TEST(ConfigFile, DefaultsComeBackToo)
{
    server::Config config;
    config.subnets.resize(1);
    config.subnets[0].prefix = Ipv4Prefix::parse("192.168.1.0/24").value();
    config.subnets[0].pools = {range("192.168.1.10-192.168.1.19")};
    EXPECT_EQ(parse_config(host::to_toml(config)), config);
    config.probe.enabled = true; // RFC 2131 §2.2: SHOULD
    EXPECT_EQ(parse_config("[[subnet]]\nprefix = \"192.168.1.0/24\"\npool = \"192.168.1.10-192.168.1.19\""), config)
        << "what is left out has the default";
}

TEST(ConfigFile, WhateverIsWrittenIsReadBackExactly)
{
    int read = 0;
    for (std::uint32_t seed = 0; seed < 500; ++seed) {
        const auto config = random_config(seed);
        const auto faults = server::validate(config);
        ASSERT_TRUE(faults.empty()) << seed << ": " << faults.front().key << ": " << faults.front().problem;
        const auto text = host::to_toml(config);
        const auto parsed = parse_config(text);
        ASSERT_TRUE(parsed) << seed << ": " << host::to_string("f", parsed.error().front()) << "\n" << text;
        ASSERT_TRUE(*parsed == config) << seed << "\n" << text << "\n---- read as\n" << host::to_toml(*parsed);
        ++read;
    }
    EXPECT_EQ(read, 500);
}

const std::filesystem::path kExample = std::filesystem::path{DORASCOPE_SOURCE_DIR} / "resources/dorascope.toml.example";

TEST(ConfigFile, TheExampleIsServedAsItSays)
{
    const auto config = host::load_config(kExample);
    ASSERT_TRUE(config) << host::to_string(kExample, config.error().front());
    ASSERT_EQ(config->subnets.size(), 2U);
    const auto& subnet = config->subnets[0];
    EXPECT_EQ(
        subnet.pools,
        (std::vector<server::Pool>{{range("192.168.1.100-192.168.1.200")}, {range("192.168.1.210-192.168.1.219"), "phones"}}));
    EXPECT_EQ(subnet.options.routers, std::vector{address("192.168.1.1")});
    EXPECT_EQ(subnet.reservations[1].client_id.size(), 7U);
    ASSERT_EQ(subnet.reservations.size(), 4U);
    EXPECT_EQ(subnet.reservations[2].remote_id, (std::vector<std::uint8_t>{'s', 'w', 'i', 't', 'c', 'h', '3'}));
    EXPECT_EQ(subnet.reservations[3].client_hostname, "scanner");
    ASSERT_EQ(config->classes.size(), 3U);
    EXPECT_EQ(config->classes[0].tests.size(), 2U);
    EXPECT_TRUE(config->classes[2].deny);
    server::Config defaults;
    defaults.probe.enabled = true;
    defaults.options = config->options;
    defaults.classes = config->classes;
    defaults.subnets = config->subnets;
    EXPECT_EQ(*config, defaults) << "the values shown are the defaults";
}

/// The names that the reader has in a table: a key that does not exist is answered with those that do.
std::vector<std::string> keys_after(const std::string& table)
{
    const auto parsed =
        parse_config(table + "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq = 1" + (table.ends_with("{ ") ? " }]" : ""));
    EXPECT_FALSE(parsed) << table;
    std::vector<std::string> keys;
    for (const FileError& error : parsed ? std::vector<FileError>{} : parsed.error()) {
        if (error.key.find("qqqqq") == std::string::npos || !error.suggestion.starts_with("known here: ")) continue;
        const auto list = error.suggestion.substr(12, error.suggestion.find(';') - 12);
        std::istringstream names{list};
        for (std::string name; std::getline(names >> std::ws, name, ',');)
            keys.push_back(name);
    }
    EXPECT_FALSE(keys.empty()) << table;
    return keys;
}

TEST(ConfigFile, TheExampleShowsEveryKey)
{
    const auto text = contents(kExample);
    const auto shown = [&](const std::string& name) {
        for (const std::string before : {"\n", "\n# ", "{ ", ", "})
            if (text.find(before + name + " = ") != std::string::npos) return true;
        return text.find("\n[" + name + "]") != std::string::npos || text.find("\n[[" + name + "]]") != std::string::npos
            || text.find("\n[[subnet." + name + "]]") != std::string::npos;
    };
    std::size_t seen = 0;
    for (const char* table :
         {"", "[probe]\n", "[limits]\n", "[[class]]\n", "[[subnet]]\n", "[[subnet]]\n[[subnet.reservation]]\n", "option = [{ ",
          "[[subnet]]\npool = [{ ", "[[class]]\nmatch = [{ "}) {
        for (const auto& name : keys_after(table)) {
            EXPECT_TRUE(shown(name)) << name << " of " << table;
            ++seen;
        }
    }
    EXPECT_GT(seen, 70U);
}

/// The options of the top level that a text gives.
server::OptionSettings options_of(const std::string& toml)
{
    const auto parsed = parse_config(toml + "\n[[subnet]]\nprefix = \"192.168.1.0/24\"\npool = \"192.168.1.10\"\n");
    EXPECT_TRUE(parsed) << toml << ": " << (parsed ? "" : host::to_string("f", parsed.error().front()));
    return parsed ? parsed->options : server::OptionSettings{};
}

std::string hex_of(const std::string& toml)
{
    const auto options = options_of(toml);
    return options.extra.size() == 1 ? wire::to_hex(options.extra[0].data) : std::to_string(options.extra.size()) + " options";
}

TEST(ConfigFile, OptionsAreEncodedAsTheirRfcHasThem)
{
    EXPECT_EQ(hex_of("classless_routes = [\"10.0.0.0/8 via 192.168.1.254\"]"), "080ac0a801fe") << "RFC 3442";
    EXPECT_EQ(hex_of("domain_search = [\"a.example\", \"b.example\"]"), "0161076578616d706c65000162c002") << "RFC 3397";
    EXPECT_EQ(hex_of("v6only_wait = 1800"), "00000708") << "RFC 8925";
    EXPECT_EQ(hex_of("captive_portal = \"http://x\""), "687474703a2f2f78") << "RFC 8910";
    EXPECT_EQ(hex_of("option = [{ code = 150, type = \"addresses\", value = [\"192.168.1.2\"] }]"), "c0a80102") << "RFC 5859";
    EXPECT_EQ(hex_of("option = [{ code = 43, value = [\"1 = 192.168.1.2\", \"2 = 'ab'\", \"3 = 01:02\"] }]"),
              "0104c0a80102020261620302"
              "0102")
        << "RFC 2132 §8.4";
    EXPECT_EQ(hex_of("option = [{ code = 125, value = [\"3561.1 = 'a'\", \"3561.2 = 'b'\"] }]"),
              "00000de9060101610201"
              "62")
        << "RFC 3925";
    EXPECT_EQ(hex_of("option = [{ code = 224, type = \"u16\", value = 258 }]"), "0102");
    EXPECT_EQ(hex_of("option = [{ code = 224, type = \"flag\", value = true }]"), "01");
    EXPECT_EQ(hex_of("option = [{ code = 224, type = \"routes\", value = \"default via 192.168.1.1\" }]"), "00c0a80101");
    EXPECT_EQ(hex_of("option = { code = 120, value = \"192.168.1.1\" }"), "01c0a80101") << "RFC 3361";
    EXPECT_EQ(hex_of("option = { code = 26, value = 1400 }"), "0578") << "the natural type";
}

TEST(ConfigFile, ForceIsKept)
{
    const auto options = options_of("option = [{ code = 150, value = \"192.168.1.2\", force = true }]");
    ASSERT_EQ(options.extra.size(), 1U);
    EXPECT_TRUE(options.extra[0].force);
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

/// The class that a text gives.
server::ClientClass class_of(const std::string& toml)
{
    const auto parsed =
        parse_config("[[class]]\nname = \"c\"\n" + toml + "\n[[subnet]]\nprefix = \"192.168.1.0/24\"\npool = \"192.168.1.10\"\n");
    EXPECT_TRUE(parsed) << toml << ": " << (parsed ? "" : host::to_string("f", parsed.error().front()));
    return parsed && !parsed->classes.empty() ? parsed->classes[0] : server::ClientClass{};
}

/// "option 93 prefix 0007|0009" of the only test.
std::string test_of(const std::string& toml)
{
    const auto c = class_of(toml);
    if (c.tests.size() != 1) return std::to_string(c.tests.size()) + " tests";
    const auto& test = c.tests[0];
    static const char* const kSubjects[] = {"option", "hardware", "circuit_id", "remote_id"};
    std::string text = kSubjects[static_cast<std::size_t>(test.subject)];
    if (test.subject == server::ClassTest::Subject::option) text += " " + std::to_string(test.code);
    text += (test.prefix ? " prefix " : " is ") + wire::to_hex(test.data);
    for (const auto& other : test.alternatives)
        text += "|" + wire::to_hex(other);
    return text;
}

TEST(ConfigFile, ClassesAreToldInWords)
{
    EXPECT_EQ(test_of("vendor_class = \"PXE\""), "option 60 prefix 505845");
    EXPECT_EQ(test_of("user_class = \"iPXE\""), "option 77 is 69505845|0469505845") << "bare, and in RFC 3004's block";
    EXPECT_EQ(test_of("architecture = [7, 9]"), "option 93 prefix 0007|0009");
    EXPECT_EQ(test_of("architecture = \"x64_uefi\""), "option 93 prefix 0007|0009") << "RFC 4578 erratum 4625";
    EXPECT_EQ(test_of("mac_prefix = \"b8:27:eb\""), "hardware prefix b827eb");
    EXPECT_EQ(test_of("mac = \"b8:27:eb:01:02:03\""), "hardware is b827eb010203");
    EXPECT_EQ(test_of("circuit_id = { text = \"p7\" }"), "circuit_id is 7037");
    EXPECT_EQ(test_of("remote_id = \"01:02\""), "remote_id is 0102");
    EXPECT_EQ(test_of("match = { option = 12, text = \"ab\", prefix = true }"), "option 12 prefix 6162");
    EXPECT_EQ(test_of("match = { option = 80 }"), "option 80 is ") << "it is enough that it is there";
    EXPECT_EQ(test_of("match = { field = \"remote_id\", hex = [\"01\", \"02\"] }"), "remote_id is 01|02");
}

TEST(ConfigFile, AuthorityIsSaidOnce)
{
    const std::string subnet = "[[subnet]]\nprefix = \"192.168.1.0/24\"\npool = \"192.168.1.10\"\n";
    EXPECT_EQ(parse_config("authoritative = true\n" + subnet)->authority, server::Authority::authoritative);
    EXPECT_EQ(parse_config("authority = \"polite\"\n" + subnet)->authority, server::Authority::polite);
    EXPECT_EQ(errors_of("authoritative = true\nauthority = \"polite\"\n" + subnet),
              (Texts{"f:1: authoritative: is said by authority too (leave this line out)"}));
    EXPECT_EQ(errors_of("authority = \"authoritive\"\n" + subnet),
              (Texts{"f:1: authority: 'authoritive' is not known (did you mean authoritative?)"}));
}

TEST(ConfigFile, TimesMayHaveAUnit)
{
    const std::string subnet = "[[subnet]]\nprefix = \"192.168.1.0/24\"\npool = \"192.168.1.10\"\n";
    EXPECT_EQ(parse_config("offer_hold = \"1500 ms\"\n" + subnet)->offer_hold, 1500ms);
    EXPECT_EQ(parse_config("offer_hold = \"2min\"\n" + subnet)->offer_hold, 2min);
    EXPECT_EQ(parse_config("offer_hold = 0.5\n" + subnet)->offer_hold, 500ms);
    for (const char* wrong : {"\"1 week\"", "\"-1 s\"", "\"99999999999 d\"", "\"\"", "\"s\""})
        EXPECT_FALSE(parse_config(std::string{"offer_hold = "} + wrong + "\n" + subnet)) << wrong;
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
            "f:2: offer_hold: is not a number of seconds (as in 30 or 0.5)",
            "f:3: max_offers: 0 is out of range (from 1 to 16777216)",
            "f:6: subnet[0].prefix: '192.168.1.7/24' is not a subnet (no host bits set) (write it as \"192.168.1.0/24\")",
            "f:7: subnet[0].pools: is not a key of this table (did you mean pool?)",
            "f:8: subnet[0].router[1]: '192.168.1.256' is not an IPv4 address (write it as \"192.168.1.1\")",
            "f:9: subnet[0].lease_time: is not a whole number of seconds (as in 3600, or \"infinite\")",
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

INSTANTIATE_TEST_SUITE_P(Every, AllErrorsAtOnce,
                         testing::Values(Faults{"ATypoAtTheTopHidesNoSubnet",
                                                R"(offer_hodl = 30
[[subnet]]
prefix = "192.168.1.0/24"
pool = "10.0.0.10-10.0.0.20"
)",
                                                {"1 offer_hodl", "4 subnet[0].pool[0]"}},
                                         Faults{"EverySection",
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
                                                {"1 offer_hodl", "3 router", "4 polite_delay", "6 probe.count", "7 probe.timeout",
                                                 "10 class[0].vendor_clas", "11 class[0].lease_time", "15 class[1].lease_time",
                                                 "18 subnet[0].pool[0]", "19 subnet[0].lease_time", "20 subnet[0].domain",
                                                 "23 subnet[0].reservation[0].hardware", "25 subnet[0].reservation[1].address",
                                                 "28 subnet[1].prefix", "29 subnet[1].lease_tim", "31 subnet[1].pool[0].class",
                                                 "33 subnet[2].prefix"}},
                                         Faults{"AClassWithoutAReadableNameIsNotMissed",
                                                R"([[class]]
name = 3
vendor_class = "x"
[[subnet]]
prefix = "192.168.1.0/24"
pool = { range = "192.168.1.30-192.168.1.40", class = "c" }
lease_time = 0
)",
                                                {"2 class[0].name", "7 subnet[0].lease_time"}},
                                         Faults{"AMisspeltTableIsNotMissed",
                                                R"([[clas]]
name = "c"
[[subnet]]
prefix = "192.168.1.0/24"
pool = { range = "192.168.1.30-192.168.1.40", class = "c" }
lease_time = 0
)",
                                                {"1 clas", "6 subnet[0].lease_time"}},
                                         Faults{"AMisspeltPoolIsNotMissed",
                                                R"([[subnet]]
prefix = "192.168.1.0/24"
pools = "192.168.1.30-192.168.1.40"
lease_time = 0
)",
                                                {"3 subnet[0].pools", "4 subnet[0].lease_time"}},
                                         Faults{"AListOfOneWithoutItsBrackets",
                                                R"(max_offers = 0
[subnet]
prefix = "192.168.1.7/24"
pool = "10.0.0.1-10.0.0.2"
)",
                                                {"1 max_offers", "3 subnet.prefix"}},
                                         Faults{"NoSubnetAtAll", "offer_hodl = 3\n", {"0 subnet", "1 offer_hodl"}}),
                         [](const auto& faults) { return std::string{faults.param.name}; });

TEST(ConfigFile, ANameThatLacksItsEndIsSuggestedWhole)
{
    const auto errors = errors_of("[[subnet]]\nprefix = \"10.0.0.0/24\"\npool = \"10.0.0.10-10.0.0.20\"\nlease_tim = 5\n");
    EXPECT_EQ(errors, (Texts{"f:4: subnet[0].lease_tim: is not a key of this table (did you mean lease_time?)"}));
}

TEST(ConfigFile, BrokenTomlNamesTheLine)
{
    const auto parsed = parse_config("authoritative = true\noffer_hold = = 3\n");
    ASSERT_FALSE(parsed);
    ASSERT_EQ(parsed.error().size(), 1U);
    EXPECT_EQ(parsed.error()[0].line, 2U);
    EXPECT_TRUE(parsed.error()[0].problem.ends_with(" (what follows it was not read)")) << parsed.error()[0].problem;
}

std::string repeated(std::string_view text, int times)
{
    std::string all;
    for (int i = 0; i < times; ++i)
        all += text;
    return all;
}

// Each part of a dotted key is a table within the one before: a long one would overflow the stack of whoever reads it.
TEST(ConfigFile, ALongDottedKeyIsAnErrorWithItsLineAndNotTheEndOfTheProgram)
{
    const Texts refused{"f:2: is nested more than 32 deep (is it a configuration?)"};
    for (const std::string& key : {repeated("a.", 50'000) + "a", repeated("a . ", 50'000) + "a", repeated("'a'.", 50'000) + "a",
                                   repeated("\"\\\".\".", 50'000) + "a"}) {
        EXPECT_EQ(errors_of("# a.b.c\n" + key + " = 1\n"), refused) << key.substr(0, 12);
        EXPECT_EQ(errors_of("\n[" + key + "]\n"), refused) << key.substr(0, 12);
        EXPECT_EQ(errors_of("\n[[" + key + "]]\n"), refused) << key.substr(0, 12);
        EXPECT_EQ(errors_of("\nx = { " + key + " = 1 }\n"), refused) << key.substr(0, 12);
        EXPECT_EQ(errors_of("\nx = [ \"\"\"text\"\"\"\"\", { " + key + " = 1 } ]\n"), refused)
            << "behind quotes that end with more";
        EXPECT_EQ(errors_of("\nx = [ '''text''''', { " + key + " = 1 } ]\n"), refused) << "behind quotes that end with more";
    }
}

TEST(ConfigFile, NestingOfEveryKindCountsTogether)
{
    const std::string deep = repeated("{a.a.a.a = [", 100'000);
    EXPECT_EQ(errors_of("\nx = " + deep), (Texts{"f:2: is nested more than 32 deep (is it a configuration?)"}));
    EXPECT_EQ(errors_of(repeated("x = [\n", 40)).size(), 1U);
}

TEST(ConfigFile, DotsInTextAndCommentsAreNoNesting)
{
    const std::string dots(1000, '.');
    const auto parsed =
        parse_config("# " + dots + "\ndomain = \"lab.example\" # " + dots + "\nboot_file = '" + std::string(100, '.')
                     + "'\n[[subnet]]\nprefix = \"10.0.0.0/24\"\npool = \"10.0.0.10-10.0.0.20\"\n");
    EXPECT_TRUE(parsed) << host::to_string("f", parsed.error()[0]);
    const auto errors = errors_of("x = [" + repeated("1.5,", 1000) + "]");
    ASSERT_EQ(errors.size(), 2U) << "there is no subnet either";
    EXPECT_TRUE(errors[1].starts_with("f:1: x: is not a key of this table")) << errors[1];
}

TEST(ConfigFile, WrongTypesAreErrorsEverywhere)
{
    for (const char* text :
         {"subnet = 3", "subnet = [1, 2]", "[subnet]\nprefix = 3", "[[subnet]]\nreservation = \"x\"",
          "[[subnet]]\noption = [[1]]", "[[subnet]]\npool = [[\"192.168.1.1\"]]", "[[subnet]]\ndns = 1979-05-27",
          "authoritative = 1", "max_offers = 1e3", "[[subnet]]\nlease_time = -1", "[[subnet]]\nlease_time = 4294967296",
          "offer_hold = nan", "offer_hold = inf", "offer_hold = -1"}) {
        const auto parsed = parse_config(text);
        EXPECT_FALSE(parsed) << text;
    }
}

TEST(ConfigFile, AFileThatCannotBeReadSaysWhy)
{
    const auto missing = host::load_config("/nonexistent/dorascope.toml");
    ASSERT_FALSE(missing);
    EXPECT_EQ(host::to_string("/nonexistent/dorascope.toml", missing.error()[0]),
              "/nonexistent/dorascope.toml: cannot be read: No such file or directory (is the name right?)");
    EXPECT_FALSE(host::load_config("/tmp")) << "a folder";
    EXPECT_FALSE(host::load_config("/dev/zero")) << "endless";
}

// The server reads what `ctl reload` names: an open() that waits for a writer would stop every order, and its own end.
TEST(ConfigFile, AFifoIsRefusedAtOnce)
{
    const TemporaryFolder folder;
    const auto fifo = folder / "dorascope.toml";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    const auto read = host::load_config(fifo);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error()[0].problem, "is not an ordinary file");
    const auto folder_itself = host::load_config(folder / ".");
    ASSERT_FALSE(folder_itself);
    EXPECT_EQ(folder_itself.error()[0].problem, "is not an ordinary file");
}

} // namespace
} // namespace dorascope::test
