// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arguments.h"

#include <array>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

namespace dorascope::cli {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

std::vector<std::string> words(const std::string& line)
{
    std::istringstream stream{line};
    std::vector<std::string> list;
    for (std::string word; stream >> word;)
        list.push_back(word == "''" ? "" : word);
    return list;
}

template <typename T> T parsed(const std::string& line)
{
    const auto command = parse_arguments(words(line));
    if (!command) {
        ADD_FAILURE() << line << ": " << command.error().sentence();
        return {};
    }
    const auto* typed = std::get_if<T>(&*command);
    if (typed == nullptr) ADD_FAILURE() << line << " is another command";
    return typed == nullptr ? T{} : *typed;
}

Ipv4Address address(const char* text) { return Ipv4Address::parse(text).value(); }

TEST(Arguments, ServeTakesAllThatTheServerNeeds)
{
    const auto c = parsed<ServeCommand>("serve --interface eth0 --pool 192.168.1.100-192.168.1.200 --router 192.168.1.1"
                                        " --dns 192.168.1.1,9.9.9.9 --lease-time 600 --state-dir /srv/leases --authoritative");
    EXPECT_EQ(c.interface, "eth0");
    EXPECT_EQ(c.pools, (std::vector{Ipv4Range{address("192.168.1.100"), address("192.168.1.200")}}));
    EXPECT_EQ(c.routers, std::vector{address("192.168.1.1")});
    EXPECT_EQ(c.dns_servers, (std::vector{address("192.168.1.1"), address("9.9.9.9")}));
    EXPECT_EQ(c.lease_seconds, 600U);
    EXPECT_EQ(c.state_dir, "/srv/leases");
    EXPECT_TRUE(c.authoritative);
    EXPECT_FALSE(c.subnet);
}

TEST(Arguments, ServeLeavesOutWhatIsNotSaid)
{
    const auto c = parsed<ServeCommand>("serve -i eth0 --pool 10.0.0.10-10.0.0.20");
    EXPECT_TRUE(c.routers.empty());
    EXPECT_TRUE(c.dns_servers.empty());
    EXPECT_FALSE(c.lease_seconds);
    EXPECT_FALSE(c.authoritative);
    EXPECT_FALSE(c.quiet);
    EXPECT_TRUE(c.state_dir.empty());
}

TEST(Arguments, QuietLeavesOutTheLines)
{
    EXPECT_TRUE(parsed<ServeCommand>("serve -i eth0 --pool 10.0.0.10-10.0.0.20 --quiet").quiet);
    EXPECT_TRUE(parsed<ServeCommand>("serve -i eth0 --pool 10.0.0.10-10.0.0.20 -q").quiet);
}

TEST(Arguments, SeveralPools)
{
    const auto c = parsed<ServeCommand>("serve -i eth0 --pool 10.0.0.10-10.0.0.20,10.0.0.30 --pool 10.0.0.40-10.0.0.50");
    ASSERT_EQ(c.pools.size(), 3U);
    EXPECT_EQ(c.pools[1], (Ipv4Range{address("10.0.0.30"), address("10.0.0.30")}));
    EXPECT_EQ(c.pools[2].first, address("10.0.0.40"));
}

ServeCommand serve_with(const std::string& options)
{
    return parsed<ServeCommand>("serve -i eth0 --pool 10.0.0.10-10.0.0.20 " + options);
}

TEST(Arguments, ProbesAreOffOrSoManyForSoLong)
{
    EXPECT_FALSE(serve_with("").probe) << "the file's word, or the default";
    EXPECT_FALSE(serve_with("--probe off").probe.value().enabled);
    const auto once = serve_with("--probe 1").probe.value();
    EXPECT_TRUE(once.enabled);
    EXPECT_EQ(once.count, 1U);
    EXPECT_EQ(once.timeout, Duration{500ms});
    const auto often = serve_with("--probe 3x0.25").probe.value();
    EXPECT_EQ(often.count, 3U);
    EXPECT_EQ(often.timeout, Duration{250ms});
    EXPECT_EQ(serve_with("--probe 2x100ms").probe.value().timeout, Duration{100ms});
}

TEST(Arguments, PoliteWaitsASecondOrAsLongAsSaid)
{
    EXPECT_FALSE(serve_with("").polite);
    EXPECT_EQ(serve_with("--polite").polite, Duration{1s});
    EXPECT_EQ(serve_with("--polite --quiet").polite, Duration{1s});
    EXPECT_EQ(serve_with("--polite 0.2").polite, Duration{200ms});
    EXPECT_EQ(serve_with("--polite=3s").polite, Duration{3s});
}

TEST(Arguments, WhenServingEnds)
{
    EXPECT_FALSE(serve_with("").stop_after);
    EXPECT_EQ(serve_with("--for 90").stop_after, Duration{90s});
    EXPECT_EQ(serve_with("--for 10min").stop_after, Duration{10min});
    EXPECT_EQ(serve_with("--for 1.5h").stop_after, Duration{90min});
    EXPECT_EQ(serve_with("--for 2d").stop_after, Duration{48h});
    EXPECT_FALSE(serve_with("").until_parent_exits);
    EXPECT_TRUE(serve_with("--until-parent-exits").until_parent_exits);
    EXPECT_TRUE(serve_with("--rapid-commit").rapid_commit);
}

CtlCommand ctl(const std::string& line) { return parsed<CtlCommand>("ctl " + line); }

TEST(Arguments, CtlTakesEveryOrder)
{
    using host::Order;
    EXPECT_EQ(ctl("list").request.order, Order::list);
    EXPECT_EQ(ctl("status").request.order, Order::status);
    EXPECT_EQ(ctl("stop").request.order, Order::stop);
    EXPECT_EQ(ctl("config -o dhcp.toml").request.order, Order::config);
    EXPECT_EQ(ctl("config -o dhcp.toml").out, "dhcp.toml");
    EXPECT_EQ(ctl("reload").request.file, "");
    for (const auto& [word, order] :
         {std::pair{"release", Order::release}, std::pair{"delete", Order::erase}, std::pair{"unreserve", Order::unreserve},
          std::pair{"clear-quarantine", Order::clear_quarantine}}) {
        const auto command = ctl(std::string{word} + " 10.0.0.7");
        EXPECT_EQ(command.request.order, order) << word;
        EXPECT_EQ(command.request.address, address("10.0.0.7")) << word;
    }
}

TEST(Arguments, CtlKnowsWhichServer)
{
    const auto c = ctl("--interface eth0 --state-dir /srv/leases list --json");
    EXPECT_EQ(c.interface, "eth0");
    EXPECT_EQ(c.state_dir, "/srv/leases");
    EXPECT_TRUE(c.json);
    EXPECT_EQ(ctl("list").interface, "") << "the only one there is";
}

TEST(Arguments, CtlReservesForAClient)
{
    const auto by_mac = ctl("reserve 10.0.0.7 3C-22-FB-0A-01-02 --hostname printer").request;
    EXPECT_EQ(by_mac.hardware, HardwareAddress::of(MacAddress::parse("3c:22:fb:0a:01:02").value()));
    EXPECT_EQ(by_mac.hostname, "printer");
    const auto by_id = ctl("reserve 10.0.0.7 --client-id 01:8c:79").request;
    EXPECT_FALSE(by_id.hardware);
    EXPECT_EQ(by_id.client_id, (std::vector<std::uint8_t>{1, 0x8c, 0x79}));
}

TEST(Arguments, CtlReservesForWhatHangsThereOrIsCalledSo)
{
    const auto port = ctl("reserve 10.0.0.7 --circuit-id text:ge-0/0/7 --remote-id 00:1c:ab").request;
    EXPECT_EQ(std::string(port.circuit_id.begin(), port.circuit_id.end()), "ge-0/0/7");
    EXPECT_EQ(port.remote_id, (std::vector<std::uint8_t>{0, 0x1c, 0xab}));
    const auto named = ctl("reserve 10.0.0.7 --client-hostname kitchen --hostname printer").request;
    EXPECT_EQ(named.client_hostname, "kitchen");
    EXPECT_EQ(named.hostname, "printer");
}

/// The server looks from somewhere else.
TEST(Arguments, CtlNamesFilesFromTheRoot)
{
    const auto file = ctl("reload ./x/../dhcp.toml").request.file;
    EXPECT_EQ(file, (std::filesystem::current_path() / "dhcp.toml").string());
    EXPECT_EQ(ctl("reload /etc/dhcp.toml").request.file, "/etc/dhcp.toml");
}

TEST(Arguments, SubnetBehindARelay)
{
    const auto c = parsed<ServeCommand>("serve -i eth0 --pool 10.1.0.10-10.1.3.250 --subnet 10.1.0.0/16 --lease-time infinite");
    EXPECT_EQ(c.subnet, Ipv4Prefix::parse("10.1.0.0/16"));
    EXPECT_EQ(c.lease_seconds, kInfiniteSeconds);
}

TEST(Arguments, ALeaseTimeMayHaveAUnit)
{
    const std::string serve = "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --lease-time ";
    EXPECT_EQ(parsed<ServeCommand>(serve + "90min").lease_seconds, 5400U);
    EXPECT_EQ(parsed<ServeCommand>(serve + "8h").lease_seconds, 28800U);
    EXPECT_EQ(parsed<ServeCommand>(serve + "7d").lease_seconds, 604800U);
    EXPECT_EQ(parsed<ServeCommand>(serve + "4294967294").lease_seconds, 4294967294U);
}

TEST(Arguments, WatchAndRead)
{
    const auto watch = parsed<WatchCommand>("watch -i br0 --json --what exchanges --count 3 --duration 60 -w x.pcap");
    EXPECT_EQ(watch.interface, "br0");
    EXPECT_TRUE(watch.report.json);
    EXPECT_EQ(watch.report.what, What::exchanges);
    EXPECT_EQ(watch.report.count, 3U);
    EXPECT_EQ(watch.duration, Duration{60s});
    EXPECT_EQ(watch.report.write, "x.pcap");
    EXPECT_EQ(parsed<WatchCommand>("watch -i br0 --seconds 5").duration, Duration{5s});

    EXPECT_EQ(parsed<ReadCommand>("read -").file, "-");
    const auto read = parsed<ReadCommand>("read a.pcap --what servers");
    EXPECT_EQ(read.file, "a.pcap");
    EXPECT_EQ(read.report.what, What::servers);
    EXPECT_FALSE(read.report.json);
}

TEST(Arguments, Demo)
{
    EXPECT_EQ(parsed<DemoCommand>("demo").scenario, "three-clients");
    EXPECT_EQ(parsed<DemoCommand>("demo --scenario rogue").scenario, "rogue") << "as the window has it";
    const auto c = parsed<DemoCommand>("demo rogue --fast --seed 7");
    EXPECT_EQ(c.scenario, "rogue");
    EXPECT_TRUE(c.fast);
    EXPECT_EQ(c.seed, 7U);
    EXPECT_TRUE(parsed<DemoCommand>("demo --list").list);
}

TEST(Arguments, HelpHasExamplesForEveryCommand)
{
    for (const char* command : {"", "demo ", "serve ", "watch ", "read ", "interfaces ", "storm "}) {
        const auto help = parsed<ShowText>(std::string{command} + "--help").text;
        EXPECT_THAT(help, HasSubstr("Example")) << command;
        EXPECT_THAT(help, HasSubstr(std::string{"dorascope-cli "} + command)) << command;
    }
    EXPECT_THAT(parsed<ShowText>("--version").text, testing::MatchesRegex("dorascope-cli [0-9]+\\.[0-9]+\\.[0-9]+"));
}

/// Everything that JSON prints is named where people look for it.
TEST(Arguments, HelpOfReadNamesTheKeysOfTheJson)
{
    const auto help = parsed<ShowText>("read --help").text;
    for (const char* key :
         {"frame", "time", "link", "udp", "source_port", "anomalies", "client_id", "dora_ms", "retransmissions", "no_offer"}) {
        EXPECT_THAT(help, HasSubstr(key));
    }
}

struct Refused {
    const char* name;
    const char* line;
    const char* cause; ///< in the sentence
    const char* remedy;
};
void PrintTo(const Refused& row, std::ostream* out) { *out << row.line; }

class RefusedArguments : public testing::TestWithParam<Refused> { };

TEST_P(RefusedArguments, NameCauseAndRemedyInOneSentence)
{
    const auto command = parse_arguments(words(GetParam().line));
    ASSERT_FALSE(command);
    const auto sentence = command.error().sentence();
    EXPECT_THAT(sentence, HasSubstr(GetParam().cause));
    EXPECT_THAT(sentence, HasSubstr(GetParam().remedy));
    EXPECT_EQ(sentence.find('\n'), std::string::npos) << sentence;
}

constexpr std::array kRefused{
    Refused{"nothing", "", "needs a command", "demo, serve, ctl, config, leases, watch, read, interfaces, storm"},
    Refused{"misspelt_command", "demmo", "no command \"demmo\"", "did you mean demo"},
    Refused{"unknown_root_option", "--verbose", "no option --verbose", "--help"},
    Refused{"serve_without_interface", "serve --pool 10.0.0.1-10.0.0.9", "needs an interface", "--interface"},
    Refused{"serve_without_pool", "serve -i eth0", "needs addresses", "--pool"},
    Refused{"pool_not_a_range", "serve -i eth0 --pool ten", "--pool cannot be \"ten\"", "192.168.1.100-192.168.1.200"},
    Refused{"pool_backwards", "serve -i eth0 --pool 10.0.0.9-10.0.0.1", "10.0.0.9-10.0.0.1", "first and the last"},
    Refused{"pool_octal", "serve -i eth0 --pool 10.0.0.010-10.0.0.20", "10.0.0.010", "first and the last"},
    Refused{"subnet_with_host_bits", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --subnet 10.0.0.1/24", "10.0.0.1/24",
            "host bits zero"},
    Refused{"router_is_a_name", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --router gw", "--router cannot be \"gw\"",
            "an IPv4 address"},
    Refused{"second_dns_is_bad", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --dns 9.9.9.9,9.9.9", "9.9.9\"", "an IPv4 address"},
    Refused{"time_to_serve_empty", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --for ''", "--for is empty", "leave it out"},
    Refused{"seconds_empty", "watch -i eth0 --seconds ''", "--seconds is empty", "leave it out"},
    Refused{"folder_empty", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --state-dir ''", "--state-dir is empty", "leave it out"},
    Refused{"lease_time_word", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --lease-time soon", "soon", "infinite"},
    Refused{"lease_time_half", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --lease-time 0.5s", "0.5s", "whole number"},
    Refused{"lease_time_zero", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --lease-time 0", "\"0\"", "seconds"},
    Refused{"lease_time_too_long", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --lease-time 4294967296", "4294967296", "seconds"},
    Refused{"pool_and_config", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --config x.toml", "--pool and --config",
            "leave --pool out"},
    Refused{"lease_and_config", "serve -i eth0 --lease-time 9 --config x.toml", "--lease-time and --config", "in the file"},
    Refused{"misspelt_option", "serve -i eth0 --poool 10.0.0.1-10.0.0.9", "no option --poool", "did you mean --pool"},
    Refused{"option_of_another_command", "serve -i eth0 --json", "no option --json", "serve --help"},
    Refused{"option_without_value", "serve -i eth0 --pool", "--pool", "serve --help"},
    Refused{"probe_word", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --probe on", "--probe cannot be \"on\"", "2x0.5"},
    Refused{"probe_too_often", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --probe 6", "--probe cannot be \"6\"", "1 to 5"},
    Refused{"probe_too_long", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --probe 1x11", "1x11", "off, or"},
    Refused{"probe_without_time", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --probe 1x", "1x", "off, or"},
    Refused{"polite_and_authoritative", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --polite --authoritative",
            "--polite and --authoritative", "another server"},
    Refused{"polite_word", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --polite=very", "--polite cannot be", "90s"},
    Refused{"for_no_time", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --for 0", "--for cannot be \"0\"", "10min"},
    Refused{"for_unknown_unit", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --for 3weeks", "3weeks", "2h"},
    Refused{"for_not_a_number", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --for inf", "inf", "2h"},
    Refused{"for_too_long", "serve -i eth0 --pool 10.0.0.1-10.0.0.9 --for 99999d", "99999d", "2h"},
    Refused{"second_pool_bad", "serve -i eth0 --pool 10.0.0.1-10.0.0.9,x", "--pool cannot be \"x\"", "first and the last"},
    Refused{"ctl_without_order", "ctl", "what to do", "list, status, release"},
    Refused{"ctl_misspelt_order", "ctl relaese 10.0.0.1", "no order \"relaese\"", "did you mean release"},
    Refused{"ctl_without_address", "ctl release", "needs an address", "ctl release ADDRESS"},
    Refused{"ctl_bad_address", "ctl delete 10.0.0", "cannot be \"10.0.0\"", "an IPv4 address"},
    Refused{"ctl_too_much", "ctl list 10.0.0.1", "does not take \"10.0.0.1\"", "ctl list"},
    Refused{"ctl_reserve_for_nobody", "ctl reserve 10.0.0.1", "for whom", "--client-id"},
    Refused{"ctl_reserve_for_two", "ctl reserve 10.0.0.1 02:00:00:00:00:01 --client-id 01", "for whom", "MAC"},
    Refused{"ctl_reserve_bad_mac", "ctl reserve 10.0.0.1 printer", "cannot be \"printer\"", "a MAC address"},
    Refused{"ctl_reserve_bad_id", "ctl reserve 10.0.0.1 --client-id xyz", "--client-id cannot be \"xyz\"", "hexadecimal"},
    Refused{"ctl_client_of_release", "ctl release 10.0.0.1 --client-id 01", "is for no client", "reserve takes it"},
    Refused{"ctl_circuit_of_delete", "ctl delete 10.0.0.1 --circuit-id 01", "is for no client", "reserve takes it"},
    Refused{"ctl_reserve_bad_circuit", "ctl reserve 10.0.0.1 --circuit-id ge-0/0/7", "--circuit-id cannot be", "text:eth0/1"},
    Refused{"ctl_reserve_for_name_and_port", "ctl reserve 10.0.0.1 --circuit-id 01 --client-hostname a", "in one way",
            "--remote-id"},
    Refused{"ctl_out_of_list", "ctl list -o leases.txt", "list does not take --out", "ctl config"},
    Refused{"ctl_out_and_json", "ctl config --json -o dhcp.toml", "--json does not take --out", "leave it out"},
    Refused{"ctl_interface_is_a_path", "ctl -i ../x list", "--interface cannot be", "eth0"},
    Refused{"ctl_unknown_option", "ctl list --jsn", "no option --jsn", "did you mean --json"},
    Refused{"watch_without_interface", "watch", "needs an interface", "--interface"},
    Refused{"watch_count_zero", "watch -i eth0 --count 0", "--count cannot be \"0\"", "from 1"},
    Refused{"watch_negative_time", "watch -i eth0 --seconds=-1", "\"-1\"", "whole number"},
    Refused{"read_without_file", "read", "needs a capture file", "standard input"},
    Refused{"read_two_files", "read a.pcap b.pcap", "b.pcap", "read --help"},
    Refused{"unknown_what", "read a.pcap --what packets", "packets", "messages, exchanges, leases, servers"},
    Refused{"seed_too_large", "demo --seed 18446744073709551616", "18446744073709551616", "whole number"},
    Refused{"interfaces_takes_nothing", "interfaces eth0", "eth0", "interfaces --help"},
};

INSTANTIATE_TEST_SUITE_P(Table, RefusedArguments, testing::ValuesIn(kRefused), [](const auto& row) { return row.param.name; });

TEST(Arguments, AClientIdentifierReadsAsInTheConfigurationFile)
{
    for (const char* text : {"0102ab", "01:02:ab", "01-02-AB", "01 02 ab"}) {
        const auto command = parse_arguments(std::vector<std::string>{"ctl", "reserve", "10.0.0.1", "--client-id", text});
        ASSERT_TRUE(command) << text << ": " << command.error().sentence();
        EXPECT_EQ(std::get<CtlCommand>(*command).request.client_id, (std::vector<std::uint8_t>{1, 2, 0xab})) << text;
    }
}

TEST(Arguments, NoWordIsSuggestedWhereNoneIsNear)
{
    for (const char* line : {"xyzzy", "serve --xyzzyxyzzy", "ctl xyzzyxyzzy", "config xyzzyxyzzy"}) {
        const auto command = parse_arguments(words(line));
        ASSERT_FALSE(command) << line;
        EXPECT_THAT(command.error().sentence(), testing::Not(HasSubstr("did you mean"))) << line;
        EXPECT_FALSE(command.error().remedy.empty()) << line << ": and yet it says what there is";
    }
}

} // namespace
} // namespace dorascope::cli
