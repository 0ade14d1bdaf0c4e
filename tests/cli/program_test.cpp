// SPDX-License-Identifier: GPL-3.0-or-later
// dorascope-cli as a program: what it prints, and how it ends.
#include "engine/wire/framing.h"
#include "tests/cli/conversation.h"
#include "tests/support/child_process.h"

#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace dorascope::cli {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::at_ms;
using test::Finished;
using test::RawMessage;
using testing::HasSubstr;

const std::string kProgram = DORASCOPE_BIN_DIR "/dorascope-cli";
constexpr auto kAddress = Ipv4Address::from_octets(192, 168, 1, 100);

Finished cli(std::vector<std::string> arguments, const std::filesystem::path& input = "/dev/null")
{
    arguments.insert(arguments.begin(), kProgram);
    return test::run_program(std::move(arguments), input);
}

Finished shell(const std::string& script) { return test::run_program({"/bin/sh", "-c", script}); }

std::vector<json> json_lines(const Finished& finished)
{
    EXPECT_EQ(finished.status, 0) << finished.err;
    std::vector<json> lines;
    for (const auto& line : test::lines_of(finished.out))
        lines.push_back(json::parse(line));
    return lines;
}

/// A sentence on standard error, on one line, nothing on standard output, and exit status 2.
void expect_refusal(const Finished& finished, const std::string& cause, const std::string& remedy)
{
    EXPECT_EQ(finished.status, 2);
    EXPECT_EQ(finished.out, "");
    EXPECT_THAT(finished.err, testing::StartsWith("dorascope-cli: "));
    EXPECT_THAT(finished.err, HasSubstr(cause));
    EXPECT_THAT(finished.err, HasSubstr(remedy));
    EXPECT_EQ(test::lines_of(finished.err).size(), 1U) << finished.err;
}

class ReadACapture : public testing::Test {
protected:
    std::string capture(const test::Conversation& conversation, const std::string& name = "x.pcap")
    {
        conversation.write(folder_ / name);
        return folder_ / name;
    }
    test::TemporaryFolder folder_;
};

wire::Buffer arp_frame()
{
    wire::Buffer bytes;
    wire::make_arp_frame({1, {{2, 0, 0, 0, 0, 1}}, {}, kAddress, kAddress}, kBroadcastMac, bytes);
    return bytes;
}

TEST_F(ReadACapture, NumbersFramesOverAllOfTheFile)
{
    test::Conversation lan;
    lan.frame(at_ms(0), arp_frame())
        .frame(at_ms(1), wire::Buffer(60))
        .request(at_ms(2), RawMessage{}.type(MessageType::discover).end());
    lan.frame(at_ms(3), arp_frame()).request(at_ms(4), RawMessage{}.type(MessageType::discover).end());
    const auto lines = json_lines(cli({"read", capture(lan), "--json"}));
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0]["frame"], 3);
    EXPECT_EQ(lines[1]["frame"], 5);
    EXPECT_EQ(lines[1]["time"].dump(), "1714564800.254");
}

TEST_F(ReadACapture, LinesForPeopleHaveLetterTypeClientAndAddress)
{
    const auto lines = test::lines_of(cli({"read", capture(test::Conversation{}.dora(at_ms(0), kAddress))}).out);
    ASSERT_EQ(lines.size(), 4U);
    const char* const said[][2] = {{" D  DISCOVER", "asks for an address"},
                                   {" O  OFFER", "192.168.1.100 from 192.168.1.1 for 1 h"},
                                   {" R  REQUEST", "takes 192.168.1.100 from 192.168.1.1"},
                                   {" A  ACK", "192.168.1.100 from 192.168.1.1 for 1 h"}};
    for (std::size_t i = 0; i < lines.size(); ++i) {
        EXPECT_THAT(lines[i],
                    testing::AllOf(HasSubstr(said[i][0]), HasSubstr(said[i][1]), HasSubstr("02:00:00:00:00:01"),
                                   HasSubstr("0x3903f326")));
        EXPECT_EQ(lines[i].find('\x1b'), std::string::npos) << "colours are for terminals";
    }
}

TEST_F(ReadACapture, ExchangesTellTheWholeHandshake)
{
    const auto lines =
        json_lines(cli({"read", capture(test::Conversation{}.dora(at_ms(0), kAddress)), "--json", "--what", "exchanges"}));
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0], json::parse(R"({
        "xid": "0x3903f326", "chaddr": "02:00:00:00:00:01", "client_id": null,
        "messages": ["DHCPDISCOVER", "DHCPOFFER", "DHCPREQUEST", "DHCPACK"], "frames": [1, 2, 3, 4],
        "start": 1714564800.25, "end": 1714564800.255, "outcome": "bound", "address": "192.168.1.100", "server": "192.168.1.1",
        "offers": [{"server": "192.168.1.1", "address": "192.168.1.100", "ms": 2.0}],
        "offer_ms": 2.0, "ack_ms": 2.0, "dora_ms": 5.0, "retransmissions": 0})"))
        << lines[0].dump(1);
}

/// The file is all there is: what it leaves unanswered stays so, though its last frame is recent.
TEST_F(ReadACapture, UnansweredAtTheEndOfTheFileIsUnanswered)
{
    test::Conversation lan;
    lan.request(at_ms(0), RawMessage{}.type(MessageType::discover).end())
        .request(at_ms(4000), RawMessage{}.type(MessageType::discover).end());
    const auto lines = json_lines(cli({"read", capture(lan), "--json", "--what", "exchanges"}));
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0]["outcome"], "no_offer");
    EXPECT_EQ(lines[0]["retransmissions"], 1);
    EXPECT_EQ(lines[0]["messages"].size(), 2U);
    EXPECT_TRUE(lines[0]["server"].is_null());
    EXPECT_TRUE(lines[0]["address"].is_null());
    EXPECT_TRUE(lines[0]["dora_ms"].is_null());
    EXPECT_EQ(lines[0]["offers"], json::array());
}

TEST_F(ReadACapture, Leases)
{
    const auto lines =
        json_lines(cli({"read", capture(test::Conversation{}.dora(at_ms(0), kAddress)), "--json", "--what", "leases"}));
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0]["address"], "192.168.1.100");
    EXPECT_EQ(lines[0]["chaddr"], "02:00:00:00:00:01");
    EXPECT_EQ(lines[0]["server"], "192.168.1.1");
    EXPECT_EQ(lines[0]["state"], "bound") << "as it stands at the last frame";
    EXPECT_EQ(lines[0]["lease_seconds"], 3600);
    EXPECT_EQ(lines[0]["expires"].dump(), "1714568400.255");
}

TEST_F(ReadACapture, Servers)
{
    const auto lines =
        json_lines(cli({"read", capture(test::Conversation{}.dora(at_ms(0), kAddress)), "--json", "--what", "servers"}));
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0]["server"], "192.168.1.1");
    EXPECT_EQ(lines[0]["mac"], "02:00:00:00:00:fe");
    EXPECT_EQ(lines[0]["offers"], 1);
    EXPECT_EQ(lines[0]["acks"], 1);
    EXPECT_EQ(lines[0]["naks"], 0);
    EXPECT_EQ(lines[0]["response_ms"]["samples"], 2);
}

TEST_F(ReadACapture, EveryViewHasReadableLinesToo)
{
    const auto file = capture(test::Conversation{}.dora(at_ms(0), kAddress));
    for (const char* what : {"exchanges", "leases", "servers"}) {
        const auto lines = test::lines_of(cli({"read", file, "--what", what}).out);
        ASSERT_EQ(lines.size(), 1U) << what;
        EXPECT_THAT(lines[0], HasSubstr("192.168.1.1")) << what;
    }
    EXPECT_THAT(cli({"read", file, "--what", "exchanges"}).out,
                testing::AllOf(HasSubstr("DORA"), HasSubstr("bound"), HasSubstr("5.000 ms")));
}

TEST_F(ReadACapture, FromStandardInput)
{
    const auto file = capture(test::Conversation{}.dora(at_ms(0), kAddress));
    EXPECT_EQ(cli({"read", "-", "--json"}, file).out, cli({"read", file, "--json"}).out);
    EXPECT_EQ(shell("cat '" + file + "' | '" + kProgram + "' read - --json | wc -l").out, "4\n");
}

/// Lines of a stream that goes on come out while it goes on.
TEST_F(ReadACapture, AStreamIsPrintedAsItComes)
{
    const auto file = capture(test::Conversation{}.dora(at_ms(0), kAddress));
    test::ChildProcess stream{
        {"/bin/sh", "-c", "{ cat '" + file + "'; exec sleep 1000; } | exec '" + kProgram + "' read - --json"}};
    EXPECT_TRUE(test::eventually([&] { return test::lines_of(stream.out()).size() == 4; })) << stream.out() << stream.err();
    const auto pids = shell("ps -o pid= --ppid " + std::to_string(stream.pid()));
    for (const auto& pid : test::lines_of(pids.out))
        ::kill(static_cast<pid_t>(std::stol(pid)), SIGTERM);
    EXPECT_NE(stream.wait().status, -1);
}

TEST_F(ReadACapture, CountEndsEarly)
{
    const auto file = capture(test::Conversation{}.dora(at_ms(0), kAddress));
    EXPECT_EQ(json_lines(cli({"read", file, "--json", "--count", "2"})).size(), 2U);
}

TEST_F(ReadACapture, WriteKeepsTheFramesAsTheyWere)
{
    const auto file = capture(test::Conversation{}.dora(at_ms(0), kAddress));
    const std::string copy = folder_ / "copy.pcap";
    EXPECT_EQ(cli({"read", file, "-w", copy}).status, 0);
    EXPECT_EQ(cli({"read", copy, "--json"}).out, cli({"read", file, "--json"}).out);
}

/// "| head" closes the pipe in the middle of a long output: no error, no message, no signal.
TEST_F(ReadACapture, ReaderThatGoesAwayIsNoError)
{
    test::Conversation lan;
    for (int i = 0; i < 500; ++i)
        lan.dora(at_ms(10 * i), kAddress, static_cast<std::uint32_t>(i));
    const auto file = capture(lan);
    const auto finished = shell("{ '" + kProgram + "' read '" + file + "' --json; echo status $? >&2; } | head -n 1 | wc -l");
    EXPECT_EQ(finished.out, "1\n");
    EXPECT_EQ(finished.err, "status 0\n");
}

TEST_F(ReadACapture, FullDiskIsSaid)
{
    const auto finished =
        shell("'" + kProgram + "' read '" + capture(test::Conversation{}.dora(at_ms(0), kAddress)) + "' > /dev/full");
    expect_refusal(finished, "No space left on device", "make room");
}

TEST_F(ReadACapture, DamagedFileIsReadUpToTheDamage)
{
    const auto file = capture(test::Conversation{}.dora(at_ms(0), kAddress));
    auto bytes = test::contents(file);
    test::write_file(file, bytes.substr(0, bytes.size() - 10));
    const auto finished = cli({"read", file, "--json"});
    EXPECT_EQ(finished.status, 2);
    EXPECT_EQ(test::lines_of(finished.out).size(), 3U);
    EXPECT_EQ(test::lines_of(finished.err).size(), 1U) << finished.err;
}

TEST_F(ReadACapture, AFileWithoutDhcpSaysSoAndWhatItsFramesAre)
{
    test::Conversation lan;
    lan.frame(at_ms(0), arp_frame()).frame(at_ms(1), wire::Buffer(60)).frame(at_ms(2), arp_frame());
    const auto file = capture(lan);
    for (const char* what : {"messages", "exchanges", "leases", "servers"}) {
        const auto finished = cli({"read", file, "--what", what});
        EXPECT_EQ(finished.status, 0);
        EXPECT_EQ(finished.out, "");
        EXPECT_EQ(finished.err, "no DHCP message in " + file + ": 3 frames read: 2 ARP, 1 not IPv4\n") << what;
    }
    EXPECT_EQ(cli({"read", "-"}, file).err, "no DHCP message in standard input: 3 frames read: 2 ARP, 1 not IPv4\n");
    EXPECT_EQ(cli({"read", capture(test::Conversation{}, "none.pcap")}).err,
              "no DHCP message in " + (folder_ / "none.pcap").string() + ": 0 frames read\n");
}

TEST_F(ReadACapture, AFileWithDhcpIsNotTalkedAbout)
{
    test::Conversation lan;
    lan.frame(at_ms(0), arp_frame()).dora(at_ms(1), kAddress);
    const auto file = capture(lan);
    for (const char* what : {"messages", "exchanges", "leases", "servers"})
        EXPECT_EQ(cli({"read", file, "--what", what}).err, "") << what;
    EXPECT_EQ(cli({"read", file, "--count", "1"}).err, "");
}

TEST_F(ReadACapture, FilesThatCannotBeReadAreRefused)
{
    expect_refusal(cli({"read", "/nonexistent.pcap"}), "/nonexistent.pcap", "No such file");
    test::write_file(folder_ / "text", "This is no capture, and never was.\n");
    expect_refusal(cli({"read", folder_ / "text"}), "text", "pcap");
    test::write_file(folder_ / "empty", "");
    expect_refusal(cli({"read", folder_ / "empty"}), "empty", "");
    expect_refusal(cli({"read", folder_.path()}), folder_.path(), "");
    expect_refusal(cli({"read", "-"}), "standard input", "");
}

TEST_F(ReadACapture, TheFileThatIsReadIsNotWrittenOver)
{
    const auto file = capture(test::Conversation{}.dora(at_ms(0), kAddress));
    const auto before = test::contents(file);
    expect_refusal(cli({"read", file, "-w", file}), "which is the file that is read", "name another");
    EXPECT_EQ(test::contents(file), before);
}

TEST_F(ReadACapture, FileToWriteThatCannotBeMadeIsRefused)
{
    const auto file = capture(test::Conversation{}.dora(at_ms(0), kAddress));
    expect_refusal(cli({"read", file, "-w", "/nonexistent/copy.pcap"}), "/nonexistent/copy.pcap", "No such file");
    expect_refusal(cli({"demo", "-w", "/nonexistent/copy.pcap"}), "/nonexistent/copy.pcap", "No such file");
}

TEST(Demo, ThreeClientsGetThreeAddresses)
{
    const auto finished = cli({"demo"});
    EXPECT_EQ(finished.status, 0) << finished.err;
    for (const char* expected : {"three-clients", "Laptop A takes 192.168.1.100", "Smartphone B takes 192.168.1.101",
                                 "Laptop C takes 192.168.1.102", "Leases of 192.168.1.1", "bound"}) {
        EXPECT_THAT(finished.out, HasSubstr(expected));
    }
    EXPECT_EQ(finished.out.find('\x1b'), std::string::npos);
    EXPECT_EQ(finished.out, cli({"demo", "three-clients", "--fast"}).out) << "not on a terminal it is fast and the same";
}

TEST(Demo, EveryScenarioOfTheListRuns)
{
    const auto listed = test::lines_of(cli({"demo", "--list"}).out);
    ASSERT_GE(listed.size(), 3U);
    for (const auto& line : listed) {
        const auto name = line.substr(0, line.find(' '));
        const auto finished = cli({"demo", name, "--fast"});
        EXPECT_EQ(finished.status, 0) << finished.err;
        EXPECT_THAT(finished.out, testing::StartsWith(name + ": "));
    }
}

TEST(Demo, SeedDecides)
{
    const auto first = cli({"demo", "office", "--fast", "--seed", "5"}).out;
    EXPECT_EQ(first, cli({"demo", "office", "--fast", "--seed", "5"}).out);
    EXPECT_NE(first, cli({"demo", "office", "--fast", "--seed", "6"}).out);
}

TEST(Demo, WhatItWritesReadsBack)
{
    const test::TemporaryFolder folder;
    const std::string file = folder / "lab.pcap";
    ASSERT_EQ(cli({"demo", "rogue", "--fast", "-w", file}).status, 0);
    const auto servers = json_lines(cli({"read", file, "--json", "--what", "servers"}));
    EXPECT_EQ(servers.size(), 2U);
}

TEST(Demo, UnknownScenarioNamesTheNearest)
{
    expect_refusal(cli({"demo", "rouge"}), "no scenario \"rouge\"", "did you mean rogue");
}

TEST(Program, RefusesWhatCannotBe)
{
    expect_refusal(cli({}), "needs a command", "demo");
    expect_refusal(cli({"serve", "--interface", "dsnone0", "--pool", "10.0.0.1-10.0.0.9"}), "dsnone0 does not exist", "");
    expect_refusal(cli({"serve", "--interface", "lo", "--pool", "127.0.0.10-127.0.0.20"}), "lo", "");
    expect_refusal(cli({"watch", "--interface", "dsnone0"}), "dsnone0", "");
    expect_refusal(cli({"serve", "--interface", "lo"}), "needs addresses", "--pool");
}

TEST(Program, ServeSaysWhatIsWrongWithItsFile)
{
    const test::TemporaryFolder folder;
    const std::string file = folder / "dhcp.toml";
    const auto serve = [&] { return cli({"serve", "--interface", "dsnone0", "--config", file}); };
    expect_refusal(serve(), file, "No such file");
    test::write_file(file, "[[subnet]]\nprefixx = \"10.0.0.0/24\"\n");
    const auto misspelt = serve();
    EXPECT_EQ(misspelt.status, 2);
    EXPECT_THAT(misspelt.err, testing::AllOf(HasSubstr(file + ":2"), HasSubstr("prefixx")));
}

TEST(Program, HelpAndVersion)
{
    const auto help = cli({"--help"});
    EXPECT_EQ(help.status, 0);
    for (const char* command : {"demo", "serve", "watch", "read", "interfaces", "storm"})
        EXPECT_THAT(help.out, HasSubstr(command));
    EXPECT_EQ(cli({"--version"}).status, 0);
    EXPECT_EQ(cli({"serve", "--help"}).status, 0);
}

TEST(Program, InterfacesListsTheLoopback)
{
    EXPECT_THAT(cli({"interfaces"}).out, testing::AllOf(HasSubstr("lo "), HasSubstr("127.0.0.1/8")));
}

} // namespace
} // namespace dorascope::cli
