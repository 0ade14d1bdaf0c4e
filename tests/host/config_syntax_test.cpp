// SPDX-License-Identifier: GPL-3.0-or-later
// A file that is not TOML everywhere: all its mistakes are told at once, of syntax and of sense, and none that follows from another.
#include "engine/host/config_statements.h"
#include "tests/host/config_errors.h"
#include "tests/support/child_process.h"

#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <random>

namespace dorascope::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kSubnet = "[[subnet]]\nprefix = \"192.168.1.0/24\"\npool = \"192.168.1.100-192.168.1.200\"\n";

/// One line too many or wrong behind a sound subnet, whose keys begin in line 2.
struct Slip {
    const char* name;
    std::string_view text; ///< from line 4
    std::string_view error;
};
class OneSlip : public testing::TestWithParam<Slip> { };

TEST_P(OneSlip, IsToldInWordsOfTheFileAndAlone)
{
    EXPECT_THAT(errors_of(std::string{kSubnet} + std::string{GetParam().text} + "\n[probe]\ncount = 2\n"),
                ElementsAre(StartsWith(GetParam().error)));
}

INSTANTIATE_TEST_SUITE_P(
    Syntax, OneSlip,
    testing::Values(
        Slip{"AddressWithoutQuotes", "router = 192.168.1.1",
             "f:4: subnet[0].router: the value 192.168.1.1 is neither a number nor in quotes (write router = \"192.168.1.1\")"},
        Slip{"UnitBehindANumber", "renewal_time = 300 seconds",
             "f:4: subnet[0].renewal_time: the value 300 seconds is more than a number (write renewal_time = 300, or"},
        Slip{"QuoteMissing", "domain = \"lab.example # the lab's", "f:4: subnet[0].domain: a text is not ended"},
        Slip{"BracketMissing", "dns = [\n  \"8.8.8.8\", # one\n  \"1.1.1.1\",",
             "f:4: subnet[0].dns: its [ is not closed (add ] before line 7)"},
        Slip{"CommaMissing", "dns = [\n  \"8.8.8.8\"\n  \"1.1.1.1\"\n]", "f:4: subnet[0].dns: a comma is missing"},
        Slip{"BraceMissing", "option = [{ code = 66, text = \"x\" ]", "f:4: subnet[0].option: "},
        Slip{"NoEquals", "domain \"lab.example\"", "f:4: subnet[0].domain: there is no = behind the key"},
        Slip{"TwoEquals", "domain = = \"lab.example\"", "f:4: subnet[0].domain: there are two = behind the key"},
        Slip{"NoValue", "domain =", "f:4: subnet[0].domain: there is no value behind ="},
        Slip{"KeyWithASpace", "renewal time = 300", "f:4: subnet[0].renewal: there is no = behind the key"},
        Slip{"SaidTwice", "domain = \"a\"\ndomain = \"b\"", "f:5: 'domain' is said twice"},
        Slip{"LongTextNotEnded", "domain = \"\"\"\nlab", "f:4: subnet[0].domain: a text of several lines is not ended"},
        Slip{"HeadingNotClosed",
             "domain = \"a\"\n[[subnet.reservation]\naddress = \"192.168.1.5\"\nhardware = \"02:00:00:00:00:01\"",
             "f:5: the heading is not as it should be (write [[subnet.reservation]] on a line of its own)"},
        Slip{"HeadingWithoutItsBeginning",
             "domain = \"a\"\nsubnet.reservation]]\naddress = \"192.168.1.5\"\nhardware = \"02:00:00:00:00:01\"",
             "f:5: the heading is not as it should be (write [[subnet.reservation]] on a line of its own)"},
        Slip{"HeadingOfOneTableWithoutItsBeginning", "limits]\noffers_per_mac = 3",
             "f:4: the heading is not as it should be (write [limits] on a line of its own)"},
        Slip{"HeadingWithHalfItsBeginning", "[subnet.reservation]]\naddress = \"192.168.1.5\"\nhardware = \"02:00:00:00:00:01\"",
             "f:4: the heading is not as it should be (write [[subnet.reservation]] on a line of its own)"},
        Slip{"BracesOfOtherPrograms", "pool {", "f:4: "}),
    [](const auto& slip) { return std::string{slip.param.name}; });

TEST(ConfigSyntax, ASingleSubnetAmongSeveralIsMeantAsOneMore)
{
    EXPECT_THAT(
        errors_of(std::string{kSubnet} + "[subnet]\nprefix = \"192.168.2.0/24\"\npool = \"192.168.1.10-192.168.1.20\"\n"),
        ElementsAre(HasSubstr("f:4: 'subnet' is there already, and cannot be one table too (each [[subnet]] is written so)"),
                    HasSubstr("f:6: subnet[1].pool[0]: 192.168.1.10-192.168.1.20 is not inside 192.168.2.0/24")));
}

TEST(ConfigSyntax, AMisspeltSubnetIsNotMissedBelowIt)
{
    EXPECT_THAT(errors_of("[[subnets]]\nprefix = \"192.168.1.0/24\"\npool = \"192.168.1.100-192.168.1.200\"\n"
                          "[[subnet.reservation]]\naddress = \"192.168.1.5\"\nhardware = \"02:00:00:00:00:01\"\n"),
                ElementsAre(StartsWith("f:1: subnets: is not a key of this table (did you mean subnet?)")));
    EXPECT_THAT(errors_of("[[subnet.reservation]]\naddress = \"192.168.1.5\"\nhardware = \"02:00:00:00:00:01\"\n"),
                ElementsAre(StartsWith("f:1: subnet: has no prefix")));
}

TEST(ConfigSyntax, SyntaxAndSenseAreToldTogetherInOrder)
{
    constexpr std::string_view kFile = R"(# A file full of slips
offer_hodl = 3
router = 192.168.1.1
[[subnet]]
prefix = 192.168.1.0/24
pool = [
  "192.168.1.100-192.168.1.150",
  "192.168.1.160-192.168.1.170"
lease_time = 0
[[subnet.reservation]]
address = "192.168.1.5"
hardware = 02:00:00:00:00:01

[[subnet]
prefix = "192.168.2.0/24"
pool = { range = "192.168.2.10-192.168.2.20", class = "phnes" }
min_lease_time = 7200
max_lease_time = 3600
domian = 3

[[class]]
name = "phones"
vendor_class = ["a" "b"]
deny = yes
[limits]
offers_per_mac = -1
)";
    EXPECT_THAT(errors_of(kFile),
                ElementsAre(StartsWith("f:2: offer_hodl: is not a key of this table (did you mean offer_hold?)"),
                            StartsWith("f:3: router: the value 192.168.1.1 is neither"),
                            StartsWith("f:5: subnet[0].prefix: the value"),
                            StartsWith("f:6: subnet[0].pool: its [ is not closed (add ] before line 9)"),
                            StartsWith("f:9: subnet[0].lease_time: a lease of 0 seconds is none"),
                            StartsWith("f:12: subnet[0].reservation[0].hardware: the value 02:00:00:00:00:01 is neither"),
                            StartsWith("f:14: the heading is not as it should be"),
                            StartsWith("f:16: subnet[1].pool[0].class: there is no class called 'phnes' (did you mean phones?)"),
                            StartsWith("f:17: subnet[1].min_lease_time: 7200 is more than max_lease_time, 3600"),
                            StartsWith("f:19: subnet[1].domian: is not a key of this table (did you mean domain?)"),
                            StartsWith("f:23: class[0].vendor_class: a comma is missing"),
                            StartsWith("f:24: class[0].deny: yes is no value (write true or false)"),
                            StartsWith("f:26: limits.offers_per_mac: -1 is out of range")));
}

TEST(ConfigSyntax, AFileThatIsNoneIsGivenUp)
{
    std::string garbage;
    for (int i = 0; i < 20'000; ++i)
        garbage += fmt::format("subnet 10.{}.{}.0 netmask 255.255.255.0 {{\n}}\n", i / 256, i % 256);
    const auto errors = errors_of(garbage);
    EXPECT_LE(errors.size(), 65U);
    EXPECT_THAT(errors.back(), HasSubstr("(what follows it was not read)"));
    EXPECT_THAT(errors.front(), StartsWith("f:1: "));
}

TEST(ConfigSyntax, WhatStandsForTheUnreadableCannotBeWritten)
{
    EXPECT_THAT(errors_of(std::string{kSubnet} + "shared_network = \"\\u0000unreadable\"\n"), ElementsAre("no error"));
}

TEST(ConfigSyntax, WhatIsQuotedIsCutShort)
{
    const std::string much(100'000, 'x');
    std::string file = fmt::format("{}authority = \"{}\"\n{} = 1\n", std::string{kSubnet}, much, much);
    file += fmt::format("[[class]]\nname = \"{}\"\nvendor_class = \"x\"\ndomain = \"ä{}\"\n", much, much);
    const auto errors = errors_of(file);
    EXPECT_GE(errors.size(), 4U);
    for (const auto& error : errors)
        EXPECT_LT(error.size(), 2000U);
}

/// Whatever becomes of a file: it is read or refused, and a refusal names lines that there are.
TEST(ConfigSyntax, SpoiltFilesAreToldTheLinesOfTheirOwn)
{
    std::ifstream in{std::string{DORASCOPE_SOURCE_DIR} + "/resources/dorascope.toml.example"};
    const std::string sound{std::istreambuf_iterator<char>{in}, {}};
    ASSERT_FALSE(sound.empty());
    int refused = 0;
    for (std::uint32_t seed = 0; seed < 400; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random{seed};
        std::string text = sound;
        for (std::uint32_t i = 0, slips = 1 + static_cast<std::uint32_t>(random() % 6); i < slips; ++i) {
            constexpr std::string_view kOdd = "\"'[]{}=#.,\n\\ x\0\xff";
            const auto at = static_cast<std::size_t>(random() % text.size());
            switch (random() % 3) {
            case 0: text.erase(at, 1 + random() % 3); break;
            case 1: text.insert(at, 1, kOdd[random() % kOdd.size()]); break;
            default: text[at] = kOdd[random() % kOdd.size()]; break;
            }
        }
        const auto parsed = host::parse_config(text);
        if (parsed) continue;
        ++refused;
        const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
        ASSERT_FALSE(parsed.error().empty());
        for (const auto& error : parsed.error()) {
            ASSERT_LE(error.line, lines);
            ASSERT_FALSE(error.problem.empty());
        }
    }
    EXPECT_GT(refused, 50);
}

TEST(Statements, AreToldApartByLinesAndBrackets)
{
    constexpr std::string_view kText =
        "# a comment\na = 1\n\nb = [ # [\n  1,\n  [2, '['],\n]\n[t]\nc = \"\"\"\nd = 1\n\"\"\"\ne = {\nf = 2\n";
    const auto lines = host::lines_of(kText);
    std::vector<std::string> found;
    for (const auto& s : host::statements_of(lines))
        found.push_back(fmt::format("{}-{}{}{}", s.begin, s.end, s.heading ? " heading" : "",
                                    s.unclosed != 0 ? std::string{" unclosed "} + s.unclosed : ""));
    EXPECT_THAT(found, ElementsAre("1-2", "3-7", "7-8 heading", "8-11", "11-12 unclosed {", "12-13"));
}

} // namespace
} // namespace dorascope::test
