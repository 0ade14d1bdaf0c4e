// SPDX-License-Identifier: GPL-3.0-or-later
// `ctl` as a program, against a socket that answers as a server does; the server itself is in tests/host and tests/e2e.
#include "app/cli/ctl_table.h"
#include "engine/host/control_protocol.h"
#include "engine/host/control_server.h"
#include "tests/support/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace dorascope::cli {
namespace {

using namespace std::chrono_literals;
using host::ControlServer;
using test::Finished;
using testing::HasSubstr;

const std::string kProgram = DORASCOPE_BIN_DIR "/dorascope-cli";
constexpr Instant kNow{Duration{1'714'564'800s}};

Ipv4Address address(const char* text) { return Ipv4Address::parse(text).value(); }

server::Lease lease(const char* about, server::LeaseState state, const char* name)
{
    server::Lease made;
    made.address = address(about);
    made.state = state;
    made.hardware = HardwareAddress::of(MacAddress::parse("3c:22:fb:0a:01:02").value());
    made.hostname = name;
    made.since = made.renewed = kNow - 2h;
    made.expires = kNow + 30min;
    return made;
}

std::vector<std::string> list()
{
    server::Reservation reservation;
    reservation.address = address("192.168.1.50");
    reservation.client_id = {1, 2, 3};
    auto forever = lease("192.168.1.101", server::LeaseState::bound,
                         "k\xc3\xbc"
                         "che");
    forever.expires = kNever;
    return {host::pool_line({Ipv4Prefix::parse("192.168.1.0/24").value(), 100, 2, 0, 1, 3}),
            host::reservation_line(reservation, true),
            host::count_line(StepCode::pool_exhausted, 12),
            host::lease_line(lease("192.168.1.100", server::LeaseState::bound, "printer")),
            host::lease_line(forever),
            host::lease_line(lease("192.168.1.103", server::LeaseState::declined, "")),
            host::lease_line(lease("192.168.1.104", server::LeaseState::conflict, ""))};
}

std::string printed(const std::vector<std::string>& lines)
{
    test::TemporaryFolder folder;
    FILE* const file = std::fopen((folder / "out").c_str(), "w");
    {
        Output out{fileno(file), false, false};
        CtlTables tables{kNow};
        for (const auto& line : lines)
            tables.add(line);
        tables.print(out);
    }
    std::fclose(file);
    return test::contents(folder / "out");
}

TEST(CtlTables, AreAlignedAndInTheOrderThatOneAsks)
{
    EXPECT_EQ(printed(list()), R"(ADDRESS        STATE  CLIENT             NAME     SINCE    ENDS
192.168.1.100  bound  3c:22:fb:0a:01:02  printer  2 h ago  in 30 min
192.168.1.101  bound  3c:22:fb:0a:01:02  küche    2 h ago  never

IN QUARANTINE  WHY                            SINCE    OVER
192.168.1.103  declined by 3c:22:fb:0a:01:02  2 h ago  in 30 min
192.168.1.104  in use by 3c:22:fb:0a:01:02    2 h ago  in 30 min

RESERVED      FOR                       NAME  BY
192.168.1.50  client identifier 010203        order

POOLS OF        SIZE  LEASED  OFFERED  QUARANTINE  FREE  OUTSIDE
192.168.1.0/24   100       2        0           1    97        3

DECIDED         TIMES
pool_exhausted     12
)");
}

TEST(CtlTables, NothingYetIsSaidToo) { EXPECT_EQ(printed({}), "No leases yet.\n"); }

/// What a program that is no DoraScope might send.
TEST(CtlTables, OddLinesDoNoHarm)
{
    const auto text =
        printed({"", "7", "{}", R"({"kind":7})", R"({"kind":"lease"})", R"({"kind":"lease","since":1e300,"expires":[]})",
                 R"({"kind":"pool","size":1,"bound":7})", R"({"kind":"count","times":{}})"});
    EXPECT_THAT(text, HasSubstr("ADDRESS"));
}

TEST(CtlTables, StatusReadsAsAList)
{
    host::ServerStatus status;
    status.interface = "eth0";
    status.identity = address("192.168.1.1");
    status.pid = 4711;
    status.since = kNow - 90min;
    status.now = kNow;
    status.stops_at = kNow + 10min;
    status.state_dir = "/srv/leases";
    status.leases = 3;
    status.kernel_drops = 5;
    status.no_address = 7;
    status.not_for_us = 8;
    const auto text = printed({host::status_line(status)});
    EXPECT_THAT(text, HasSubstr("server         192.168.1.1 on eth0\n"));
    EXPECT_THAT(text, HasSubstr("process        4711, started 1 h 30 min ago\n"));
    EXPECT_THAT(text, HasSubstr("stops          in 10 min\n"));
    EXPECT_THAT(text, HasSubstr("dropped by the kernel 5\n"));
    EXPECT_THAT(text, HasSubstr("while without an address 7\n"));
    EXPECT_THAT(text, HasSubstr("for other machines 8\n"));
}

/// A socket in a folder of its own, answering every request with the same lines.
class Ctl : public testing::Test {
protected:
    ControlServer answering(std::vector<std::string> lines, const std::string& interface = "eth0")
    {
        return ControlServer::open(folder_ / (interface + ".ctl"),
                                   [this, lines](std::string_view request) -> ControlServer::Lines {
                                       asked_ = request;
                                       return [lines, i = std::size_t{0}]() mutable -> std::optional<std::string> {
                                           return i < lines.size() ? std::optional{lines[i++]} : std::nullopt;
                                       };
                                   })
            .value();
    }
    Finished ctl(std::vector<std::string> words)
    {
        words.insert(words.begin(), {kProgram, "ctl", "--state-dir", folder_.path().string()});
        return test::run_program(std::move(words));
    }
    test::TemporaryFolder folder_;
    std::string asked_;
};

TEST_F(Ctl, SaysWhatTheServerDid)
{
    const auto server = answering({host::to_line(host::done("192.168.1.100 is forgotten.", {"A warning."}))});
    const auto finished = ctl({"delete", "192.168.1.100"});
    EXPECT_EQ(finished.status, 0);
    EXPECT_EQ(finished.out, "192.168.1.100 is forgotten.\n");
    EXPECT_EQ(finished.err, "dorascope-cli: warning: A warning.\n");
    EXPECT_EQ(asked_, R"({"order":"delete","address":"192.168.1.100"})");
}

TEST_F(Ctl, JsonIsWhatTheServerSays)
{
    auto lines = list();
    const auto listed = lines;
    lines.push_back(host::to_line(host::done("")));
    const auto server = answering(lines);
    const auto finished = ctl({"list", "--json"});
    EXPECT_EQ(finished.status, 0);
    EXPECT_EQ(test::lines_of(finished.out), listed);
}

TEST_F(Ctl, JsonOfAnOrderIsItsResult)
{
    const auto server = answering({host::to_line(host::done("Done."))});
    EXPECT_EQ(ctl({"stop", "--json"}).out, host::to_line(host::done("Done.")) + "\n");
}

TEST_F(Ctl, ARefusalIsExitStatusTwoWithCauseAndRemedy)
{
    const auto server =
        answering({host::to_line(host::refused({host::HostError::Kind::bad_argument, "Nobody has it.", "Look."}))});
    const auto finished = ctl({"release", "192.168.1.9"});
    EXPECT_EQ(finished.status, 2);
    EXPECT_EQ(finished.out, "");
    EXPECT_EQ(finished.err, "dorascope-cli: nobody has it; look.\n");
}

TEST_F(Ctl, EveryErrorOfAFileIsSaid)
{
    auto refused = host::refused({host::HostError::Kind::config, "Refused.", ""});
    refused.file = "/etc/dhcp.toml";
    refused.errors = {{3, "subnet[0].pool", "is outside", ""}, {9, "x", "is no key", "did you mean y?"}};
    const auto server = answering({host::to_line(refused)});
    const auto finished = ctl({"reload"});
    EXPECT_EQ(finished.status, 2);
    EXPECT_EQ(test::lines_of(finished.err),
              (std::vector<std::string>{"/etc/dhcp.toml:3: subnet[0].pool: is outside",
                                        "/etc/dhcp.toml:9: x: is no key (did you mean y?)", "dorascope-cli: refused"}));
}

TEST_F(Ctl, AConfigurationIsPrintedAsTheFileItIs)
{
    const auto config = [](std::string_view part) { return host::config_line(part); };
    const auto server = answering(
        {config("[[subnet]]\n"), config("pool = \"\u00fc\"\n"), host::to_line(host::done("", {"The reservation of …."}))});
    const auto printed = ctl({"config"});
    EXPECT_EQ(printed.status, 0);
    EXPECT_EQ(printed.out, "[[subnet]]\npool = \"\u00fc\"\n");
    EXPECT_EQ(printed.err, "dorascope-cli: warning: The reservation of ….\n");
    EXPECT_EQ(asked_, R"({"order":"config"})");
    const auto kept = ctl({"config", "-o", folder_ / "dhcp.toml"});
    EXPECT_EQ(kept.status, 0);
    EXPECT_EQ(kept.out, "");
    EXPECT_EQ(test::contents(folder_ / "dhcp.toml"), printed.out);
    EXPECT_EQ(test::lines_of(ctl({"config", "--json"}).out).size(), 2U);
}

/// What was in the file is still there.
TEST_F(Ctl, AConfigurationThatBreaksOffIsNotWritten)
{
    std::string_view part = "[[subnet]]\n";
    const auto server = answering({host::config_line(part)});
    test::write_file(folder_ / "dhcp.toml", "former\n");
    EXPECT_EQ(ctl({"config", "-o", folder_ / "dhcp.toml"}).status, 2);
    EXPECT_EQ(test::contents(folder_ / "dhcp.toml"), "former\n");
}

TEST_F(Ctl, WithoutAServerItSaysWhereItLooked)
{
    const auto none = ctl({"list"});
    EXPECT_EQ(none.status, 2);
    EXPECT_THAT(none.err, testing::AllOf(HasSubstr("no server runs"), HasSubstr(folder_.path().string())));
    const auto named = ctl({"-i", "eth7", "list"});
    EXPECT_EQ(named.status, 2);
    EXPECT_THAT(named.err, testing::AllOf(HasSubstr("no server of yours runs on eth7"), HasSubstr("eth7.ctl")));
}

TEST_F(Ctl, OfSeveralServersOneHasToBeNamed)
{
    const auto first = answering({host::to_line(host::done("first"))}, "eth0");
    const auto second = answering({host::to_line(host::done("second"))}, "eth1");
    const auto finished = ctl({"stop"});
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(finished.err, testing::AllOf(HasSubstr("eth0, eth1"), HasSubstr("--interface")));
    EXPECT_EQ(ctl({"-i", "eth1", "stop"}).out, "second\n");
}

TEST_F(Ctl, AServerThatBreaksOffIsNoSuccess)
{
    const auto server = answering({host::pool_line({})});
    const auto finished = ctl({"list"});
    EXPECT_EQ(finished.status, 2) << "no last line, so nobody knows whether that was all";
}

} // namespace
} // namespace dorascope::cli
