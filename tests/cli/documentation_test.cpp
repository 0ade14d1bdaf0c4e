// SPDX-License-Identifier: GPL-3.0-or-later
// What the JSON lines hold and what the options are called stands in --help and in the manual page, word for word.
#include "app/cli/arguments.h"
#include "app/cli/json.h"
#include "engine/host/control_protocol.h"
#include "tests/cli/conversation.h"
#include "tests/support/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace dorascope::cli {
namespace {

std::string help_of(const std::string& command)
{
    const std::vector<std::string> words{command, "--help"};
    const auto parsed = parse_arguments(words);
    return parsed ? std::get<ShowText>(*parsed).text : parsed.error().sentence();
}

/// The manual page without what troff needs.
std::string manual()
{
    auto page = test::contents(DORASCOPE_SOURCE_DIR "/installer/dorascope-cli.1");
    std::erase(page, '\\');
    return page;
}

/// What stands between characters that no key, outcome or option has.
std::set<std::string> words_of(const std::string& text)
{
    std::set<std::string> words;
    std::string word;
    for (const char c : text + ' ') {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-') {
            word += c;
        } else {
            words.insert(std::exchange(word, {}));
        }
    }
    return words;
}

void collect_keys(const nlohmann::json& json, std::set<std::string>& keys)
{
    if (json.is_object()) {
        for (const auto& [key, value] : json.items())
            keys.insert(key);
    }
    if (json.is_structured()) {
        for (const auto& child : json)
            collect_keys(child, keys);
    }
}

/// Of every kind of line, from a handshake with an anomaly.
std::set<std::string> keys_of_all_lines()
{
    test::Conversation lan;
    lan.dora(test::at_ms(0), Ipv4Address::from_octets(192, 168, 1, 100));
    lan.request(test::at_ms(9), test::RawMessage{}.type(MessageType::discover).raw({12, 99}));
    observe::LanState state;
    observe::Changes changes;
    std::set<std::string> keys;
    for (std::size_t i = 0; i < lan.size(); ++i) {
        const auto packet = decode::decode(lan[i]);
        collect_keys(nlohmann::json::parse(message_json(lan[i], std::get<decode::DhcpPacket>(packet))), keys);
        state.apply(lan[i], changes);
    }
    for (const auto& exchange : state.exchanges())
        collect_keys(nlohmann::json::parse(exchange_json(state, exchange)), keys);
    for (const auto& binding : state.bindings())
        collect_keys(nlohmann::json::parse(lease_json(state, binding)), keys);
    for (const auto& server : state.servers())
        collect_keys(nlohmann::json::parse(server_json(server)), keys);
    return keys;
}

TEST(Documentation, EveryKeyOfTheJsonIsNamed)
{
    const auto help = words_of(help_of("read")), page = words_of(manual());
    const auto keys = keys_of_all_lines();
    ASSERT_GT(keys.size(), 60U);
    for (const auto& key : keys) {
        EXPECT_TRUE(help.contains(key)) << key << " is missing in read --help";
        EXPECT_TRUE(page.contains(key)) << key << " is missing in installer/dorascope-cli.1";
    }
}

TEST(Documentation, EveryKeyOfAServersAnswerIsNamed)
{
    std::set<std::string> keys;
    std::string_view toml = "[[subnet]]";
    for (const auto& line :
         {host::lease_line({}), host::pool_line({}), host::reservation_line({}, true), host::count_line(StepCode::malformed, 1),
          host::status_line({}), host::config_line(toml), host::to_line(host::done(""))})
        collect_keys(nlohmann::json::parse(line), keys);
    ASSERT_GT(keys.size(), 40U);
    const auto help = words_of(help_of("ctl")), page = words_of(manual());
    for (const auto& key : keys) {
        EXPECT_TRUE(help.contains(key)) << key << " is missing in ctl --help";
        EXPECT_TRUE(page.contains(key)) << key << " is missing in installer/dorascope-cli.1";
    }
    for (int i = 0; i <= static_cast<int>(host::Order::stop); ++i) {
        const std::string name{host::to_string(static_cast<host::Order>(i))};
        EXPECT_TRUE(help.contains(name)) << name;
        EXPECT_TRUE(page.contains(name)) << name;
    }
}

TEST(Documentation, EveryOutcomeIsNamed)
{
    const auto help = words_of(help_of("watch")), page = words_of(manual());
    for (int i = 0; i <= static_cast<int>(observe::ExchangeOutcome::orphan); ++i) {
        const std::string name{observe::to_string(static_cast<observe::ExchangeOutcome>(i))};
        EXPECT_TRUE(help.contains(name)) << name;
        EXPECT_TRUE(page.contains(name)) << name;
    }
}

/// What the manual page says of a command: its lines of the synopsis, and its paragraph.
std::string manual_of(const std::string& command)
{
    std::string said;
    bool its_own = false, paragraph_begins = false;
    for (const auto& line : test::lines_of(manual())) {
        const bool heading = line.starts_with(".B dorascope-cli ") || (paragraph_begins && line.starts_with(".B "));
        if (line.starts_with(".SH") || line == ".TP" || line == ".PP" || line == ".br") its_own = false;
        if (line == ".SH ORDERS") break; // what follows belongs to several
        if (heading) its_own = line == ".B " + command || (line + ' ').starts_with(".B dorascope-cli " + command + ' ');
        if (its_own) said += line + '\n';
        paragraph_begins = line == ".TP";
    }
    return said;
}

std::set<std::string> options_in(const std::string& text)
{
    auto words = words_of(text);
    std::erase_if(words, [](const std::string& word) { return !word.starts_with("--"); });
    return words;
}

class OptionsOf : public testing::TestWithParam<const char*> { };

TEST_P(OptionsOf, StandInHelpAndManualAlike)
{
    auto helped = options_in(help_of(GetParam()));
    for (const char* another_name : {"--help", "--duration", "--write", "--scenario"}) // of -h, --seconds, -w and SCENARIO
        helped.erase(another_name);
    EXPECT_EQ(options_in(manual_of(GetParam())), helped);
}
INSTANTIATE_TEST_SUITE_P(Command, OptionsOf,
                         testing::Values("demo", "serve", "ctl", "config", "leases", "watch", "read", "storm", "interfaces"),
                         [](const auto& row) { return std::string{row.param}; });

/// What a person reads about the newest version in the list of changes, and what a software centre shows.
TEST(Release, ChangelogAndMetadataSayTheSame)
{
    const auto lines = test::lines_of(test::contents(DORASCOPE_SOURCE_DIR "/CHANGELOG.md"));
    const auto heading = std::ranges::find_if(lines, [](const std::string& line) { return line.starts_with("## "); });
    ASSERT_GE(std::distance(heading, lines.end()), 3);
    const auto version = heading->substr(3, heading->find(' ', 3) - 3);
    const auto metadata = test::contents(DORASCOPE_SOURCE_DIR "/installer/org.dorascope.DoraScope.metainfo.xml");
    const auto begin = metadata.find("<release ");
    ASSERT_NE(begin, std::string::npos);
    const auto release = metadata.substr(begin, metadata.find("</release>", begin) - begin);
    EXPECT_THAT(release, testing::HasSubstr("version=\"" + version + "\""));
    EXPECT_THAT(release, testing::HasSubstr("<p>" + *(heading + 2) + "</p>"));
    EXPECT_EQ(release.find("type=\"development\"") != std::string::npos, heading->find("(unreleased)") != std::string::npos);
}

} // namespace
} // namespace dorascope::cli
