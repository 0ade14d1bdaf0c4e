// SPDX-License-Identifier: GPL-3.0-or-later
// What stands around the clients of a storm: its words, where it may rage, its figures, and what it prints.
#include "app/cli/arguments.h"
#include "app/cli/latencies.h"
#include "app/cli/process_cpu.h"
#include "app/cli/storm_place.h"
#include "app/cli/storm_report.h"
#include "tests/support/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unistd.h>

namespace dorascope::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

tl::expected<StormCommand, Failure> storm(const std::string& line)
{
    std::istringstream stream{"storm " + line};
    const std::vector<std::string> words{std::istream_iterator<std::string>{stream}, {}};
    const auto command = parse_arguments(words);
    if (!command) return tl::unexpected{command.error()};
    return std::get<StormCommand>(*command);
}

TEST(StormArguments, ThroughARelay)
{
    const auto c = storm("--relayed 10.0.0.1 --server 192.168.1.1 --in-flight 8 --clients 100 --known --seconds 5 --seed 7"
                         " --timeout 20 --tries 9 --server-pid 4711 --record acks --json");
    ASSERT_TRUE(c) << c.error().sentence();
    EXPECT_EQ(c->relayed, Ipv4Address::parse("10.0.0.1"));
    EXPECT_EQ(c->settings.giaddr, c->relayed);
    EXPECT_EQ(c->server, Ipv4Address::parse("192.168.1.1"));
    EXPECT_EQ(c->settings.in_flight, 8U);
    EXPECT_EQ(c->settings.clients, 100U);
    EXPECT_TRUE(c->settings.known);
    EXPECT_EQ(c->duration, Duration{5s});
    EXPECT_EQ(c->settings.seed, 7U);
    EXPECT_EQ(c->settings.timeout, Duration{20ms});
    EXPECT_EQ(c->settings.tries, 9U);
    EXPECT_EQ(c->server_pid, 4711);
    EXPECT_EQ(c->record, "acks");
    EXPECT_TRUE(c->json);
}

TEST(StormArguments, OnALink)
{
    const auto c = storm("-i eth0");
    ASSERT_TRUE(c) << c.error().sentence();
    EXPECT_EQ(c->interface, "eth0");
    EXPECT_FALSE(c->relayed);
    EXPECT_EQ(c->settings.giaddr, kAnyAddress);
    EXPECT_EQ(c->settings.in_flight, 64U);
    EXPECT_FALSE(c->duration);
}

struct Refused {
    const char* name;
    const char* line;
    const char* cause;
    const char* remedy;
};
void PrintTo(const Refused& row, std::ostream* out) { *out << row.line; }
class RefusedStorm : public testing::TestWithParam<Refused> { };

TEST_P(RefusedStorm, NamesCauseAndRemedy)
{
    const auto c = storm(GetParam().line);
    ASSERT_FALSE(c);
    EXPECT_THAT(c.error().sentence(), testing::AllOf(HasSubstr(GetParam().cause), HasSubstr(GetParam().remedy)));
}

constexpr std::array kRefused{
    Refused{"nowhere", "--clients 5", "where to", "--relayed"},
    Refused{"relay_without_server", "--relayed 10.0.0.1", "server's address", "--server ADDRESS"},
    Refused{"server_without_relay", "-i eth0 --server 10.0.0.1", "--server needs --relayed", "leave --server out"},
    Refused{"relay_is_a_name", "--relayed gw --server 10.0.0.1", "\"gw\"", "IPv4 address"},
    Refused{"server_is_a_name", "--relayed 10.0.0.1 --server gw", "\"gw\"", "IPv4 address"},
    Refused{"too_many_in_flight", "-i eth0 --in-flight 4097", "4097", "from 1 to 4096"},
    Refused{"none_in_flight", "-i eth0 --in-flight 0", "\"0\"", "from 1"},
    Refused{"known_without_clients", "-i eth0 --known", "--known", "--clients N"},
    Refused{"no_tries", "-i eth0 --tries 0", "\"0\"", "from 1"},
};
INSTANTIATE_TEST_SUITE_P(Table, RefusedStorm, testing::ValuesIn(kRefused), [](const auto& row) { return row.param.name; });

struct Place {
    const char* name;
    const char* line;
    Network network;
    bool allowed;
};
void PrintTo(const Place& row, std::ostream* out) { *out << row.line; }
class StormPlace : public testing::TestWithParam<Place> { };

TEST_P(StormPlace, IsAllowedOrRefused)
{
    const auto c = storm(GetParam().line);
    ASSERT_TRUE(c);
    const auto result = may_storm(*c, GetParam().network);
    EXPECT_EQ(result.has_value(), GetParam().allowed);
    EXPECT_TRUE(result || result.error().sentence().find("--yes-really") != std::string::npos);
}

constexpr auto kOwn = Network::own_namespace, kMachine = Network::of_the_machine;
constexpr std::array kPlaces{
    Place{"namespace_of_its_own", "-i eth0", kOwn, true},
    Place{"relayed_in_a_namespace", "--relayed 10.0.0.1 --server 10.9.0.1", kOwn, true},
    Place{"link_of_the_machine", "-i eth0", kMachine, false},
    Place{"relayed_on_the_machine", "--relayed 10.0.0.1 --server 10.9.0.1", kMachine, false},
    Place{"loopback", "--relayed 127.0.0.2 --server 127.0.0.1", kMachine, true},
    Place{"loopback_interface", "-i lo", kMachine, true},
    Place{"from_loopback_to_elsewhere", "--relayed 127.0.0.2 --server 10.9.0.1", kMachine, false},
    Place{"named_lo_but_going_elsewhere", "-i lo --relayed 10.0.0.1 --server 10.9.0.1", kMachine, false},
    Place{"told_twice", "-i eth0 --yes-really eth0", kMachine, true},
    Place{"told_two_different_ones", "-i eth0 --yes-really eth1", kMachine, false},
    Place{"told_two_different_ones_in_a_namespace", "-i eth0 --yes-really eth1", kOwn, false},
    Place{"relayed_told_twice", "-i eth0 --yes-really eth0 --relayed 10.0.0.1 --server 10.9.0.1", kMachine, true},
    Place{"relayed_told_only_once", "-i eth0 --relayed 10.0.0.1 --server 10.9.0.1", kMachine, false},
};
INSTANTIATE_TEST_SUITE_P(Table, StormPlace, testing::ValuesIn(kPlaces), [](const auto& row) { return row.param.name; });

/// The test itself runs where the machine's processes are, or at least where its own parents are.
TEST(StormNetwork, ProgramRefusesTheNetworkThatItWasStartedIn)
{
    const auto finished = test::run_program({DORASCOPE_BIN_DIR "/dorascope-cli", "storm", "-i", "dsnone0"});
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(finished.err, HasSubstr("--yes-really"));
}

TEST(StormNetwork, ProgramKnowsANamespaceOfItsOwn)
{
    if (::geteuid() != 0) GTEST_SKIP() << "a network namespace needs root";
    const auto finished = test::run_program({"unshare", "--net", DORASCOPE_BIN_DIR "/dorascope-cli", "storm", "-i", "dsnone0"});
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(finished.err, HasSubstr("interface dsnone0")) << "it got as far as looking for it";
}

TEST(Latencies, PercentilesAreWithinABucket)
{
    Latencies l;
    EXPECT_EQ(l.percentile(.5), Duration{});
    for (int i = 1; i <= 1000; ++i)
        l.add(std::chrono::microseconds{i});
    for (const auto& [share, exact] : {std::pair{.5, 500us}, {.9, 900us}, {.99, 990us}}) {
        EXPECT_GE(l.percentile(share), exact);
        EXPECT_LE(l.percentile(share).count(), Duration{exact}.count() * 104 / 100);
    }
    EXPECT_EQ(l.percentile(1), 1000us);
    EXPECT_EQ(l.most(), 1000us);
    EXPECT_EQ(l.count(), 1000U);
}

TEST(Latencies, TakeEveryDuration)
{
    Latencies l;
    for (const auto d : {Duration{-1}, Duration{0}, Duration{31}, Duration{32}, Duration{33}, Duration::max()})
        l.add(d);
    EXPECT_EQ(l.count(), 6U);
    EXPECT_EQ(l.most(), Duration::max());
    EXPECT_EQ(l.percentile(.3), Duration{0});
    EXPECT_EQ(l.percentile(.5), Duration{31});
    EXPECT_LE(l.percentile(1), Duration::max());
}

/// proc(5), /proc/PID/stat: the name may hold blanks and parentheses.
TEST(ProcessCpu, IsReadPastAnyName)
{
    const auto cpu = cpu_of_stat("42 (a b) c) R 1 42 42 0 -1 4194304 10 0 0 0 250 125 0 0 20 0 1 0 100 0 0", 100);
    ASSERT_TRUE(cpu);
    EXPECT_EQ(cpu->user, 2500ms);
    EXPECT_EQ(cpu->system, 1250ms);
    EXPECT_FALSE(cpu_of_stat("", 100));
    EXPECT_FALSE(cpu_of_stat("42 (a) R 1", 100));
}

TEST(ProcessCpu, OfAProcessThatIsNotThereIsAFailure)
{
    EXPECT_TRUE(cpu_of_process(::getpid()));
    const auto none = cpu_of_process(4'194'304); // above the largest pid that Linux gives
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().sentence(), HasSubstr("--server-pid"));
}

StormOutcome outcome()
{
    StormOutcome o;
    o.took = 2s;
    o.held = 100;
    o.figures.exchanges = 100;
    o.figures.offer.add(1ms);
    o.figures.ack.add(2ms);
    o.server = CpuTime{300us, 700us};
    o.fault_count = 1;
    o.faults = {"DHCPACK of 10.0.0.9 to two"};
    return o;
}

TEST(StormReport, SaysFiguresAndWhatIsWrong)
{
    std::string text;
    for (const auto& line : storm_lines(*storm("--relayed 10.0.0.1 --server 10.9.0.1"), outcome()))
        text += line + "\n";
    for (const char* expected : {"relayed by 10.0.0.1: 100 DORA with 64 in flight in 2.000 s", "DORA/s       50\n",
                                 "10.00 us (user 3.00, system 7.00) a DORA", "WRONG        DHCPACK of 10.0.0.9 to two"})
        EXPECT_THAT(text, HasSubstr(expected));
}

TEST(StormReport, EveryKeyOfTheJsonIsInHelpAndManual)
{
    const auto json = nlohmann::json::parse(storm_json(*storm("-i eth0"), outcome()));
    EXPECT_EQ(json["per_second"], 50);
    EXPECT_EQ(json["server_cpu_us"]["system"], 7);
    EXPECT_EQ(json["giaddr"], nullptr);
    const std::vector<std::string> words{"storm", "--help"};
    const auto help = std::get<ShowText>(*parse_arguments(words)).text;
    auto page = test::contents(DORASCOPE_SOURCE_DIR "/installer/dorascope-cli.1");
    std::erase(page, '\\');
    for (const auto& [key, value] : json.items()) {
        EXPECT_THAT(help, HasSubstr(key));
        EXPECT_THAT(page, HasSubstr(key));
    }
}

} // namespace
} // namespace dorascope::cli
