// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/config_file.h"
#include "tests/support/child_process.h"

#include <gtest/gtest.h>

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
    EXPECT_EQ(parse_config("[[subnet]]\nprefix = \"192.168.1.0/24\"\npool = \"192.168.1.10-192.168.1.19\""), config)
        << "what is left out has the default";
}

TEST(ConfigFile, TheExampleIsServedAsItSays)
{
    const auto file = std::filesystem::path{DORASCOPE_SOURCE_DIR} / "resources/dorascope.toml.example";
    const auto config = host::load_config(file);
    ASSERT_TRUE(config) << host::to_string(file, config.error().front());
    ASSERT_EQ(config->subnets.size(), 2U);
    const auto& subnet = config->subnets[0];
    EXPECT_EQ(subnet.pools, std::vector<server::Pool>{range("192.168.1.100-192.168.1.200")});
    EXPECT_EQ(subnet.options.routers, std::vector{address("192.168.1.1")});
    EXPECT_EQ(subnet.options.extra.size(), 3U);
    EXPECT_EQ(subnet.options.extra[1].data.size(), 8U) << "two addresses";
    EXPECT_EQ(subnet.reservations[1].client_id.size(), 7U);
    EXPECT_EQ(config->offer_hold, server::Config{}.offer_hold) << "the values shown are the defaults";
    EXPECT_EQ(config->decline_quarantine, server::Config{}.decline_quarantine);
    EXPECT_EQ(config->max_offers, server::Config{}.max_offers);
}

TEST(ConfigFile, TheExampleShowsEveryKey)
{
    const auto text = contents(std::filesystem::path{DORASCOPE_SOURCE_DIR} / "resources/dorascope.toml.example");
    // A key that does not exist is answered with those that do: so they are asked for here.
    for (const char* table : {"", "[[subnet]]\n", "[[subnet]]\n[[subnet.reservation]]\n", "[[subnet]]\n[[subnet.option]]\n"}) {
        const auto parsed = parse_config(std::string{table} + "qqqqqqqqqq = 1");
        ASSERT_FALSE(parsed);
        const auto& errors = parsed.error();
        const auto unknown =
            std::find_if(errors.begin(), errors.end(), [](const FileError& e) { return e.key.ends_with("qqqqqqqqqq"); });
        ASSERT_NE(unknown, errors.end());
        ASSERT_TRUE(unknown->suggestion.starts_with("known here: ")) << unknown->suggestion;
        std::istringstream names{unknown->suggestion.substr(12)};
        for (std::string name; std::getline(names >> std::ws, name, ',');)
            EXPECT_TRUE(text.find("\n" + name + " = ") != std::string::npos
                        || text.find("\n# " + name + " = ") != std::string::npos
                        || text.find("\n[[" + name + "]]") != std::string::npos
                        || text.find("\n[[subnet." + name + "]]") != std::string::npos)
                << name;
    }
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
            "f:12: subnet[0].option[0]: needs its data exactly once (as one of text, hex, addresses)",
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

TEST(ConfigFile, BrokenTomlNamesTheLine)
{
    const auto parsed = parse_config("authoritative = true\noffer_hold = = 3\n");
    ASSERT_FALSE(parsed);
    ASSERT_EQ(parsed.error().size(), 1U);
    EXPECT_EQ(parsed.error()[0].line, 2U);
    EXPECT_FALSE(parsed.error()[0].problem.empty());
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

} // namespace
} // namespace dorascope::test
