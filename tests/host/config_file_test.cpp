// SPDX-License-Identifier: GPL-3.0-or-later
// A configuration file is read as it is meant, and written so that it is read back.
#include "engine/host/config_file.h"
#include "engine/wire/hex.h"
#include "engine/wire/option_table.h"
#include "engine/wire/option_words.h"
#include "tests/host/config_errors.h"
#include "tests/support/child_process.h"
#include "tests/support/random_config.h"

#include <gtest/gtest.h>

namespace dorascope::test {
namespace {

using namespace std::chrono_literals;
using host::FileError;
using host::parse_config;

Ipv4Address address(const char* text) { return Ipv4Address::parse(text).value(); }
Ipv4Range range(const char* text) { return Ipv4Range::parse(text).value(); }

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
    EXPECT_EQ(host::warning_lines(*config), std::vector<std::string>{});
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

TEST(ConfigFile, TheExampleNamesEveryType)
{
    const auto text = contents(kExample);
    const auto begin = text.find("Types: ") + 7;
    ASSERT_LT(begin, text.size());
    std::istringstream words{text.substr(begin, text.find('.', begin) - begin)};
    std::vector<std::string> named;
    for (std::string word; words >> word;)
        if (word != "#") named.push_back(word.substr(0, word.find(',')));
    std::vector<std::string> known(wire::format_names().begin(), wire::format_names().end());
    std::ranges::sort(named);
    std::ranges::sort(known);
    EXPECT_EQ(named, known);
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
    if (test.offset > 0) text += " from " + std::to_string(test.offset);
    text += (test.anywhere ? " holds " : test.prefix ? " prefix " : " is ") + wire::to_hex(test.data);
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
    EXPECT_EQ(test_of("match = { option = 60, text = [\"PXE\", \"HTTP\"], anywhere = true }"), "option 60 holds 505845|48545450");
    EXPECT_EQ(test_of("match = { option = 61, hex = \"02:03\", offset = 1 }"), "option 61 from 1 is 0203");
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

} // namespace
} // namespace dorascope::test
