// SPDX-License-Identifier: GPL-3.0-or-later
// `config` and `leases` as a program: other servers' files in, ours and Kea's out.
#include "app/cli/example_toml.h"
#include "engine/host/config_file.h"
#include "engine/host/lease_store.h"
#include "tests/host/full_disk.h"
#include "tests/support/child_process.h"

#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <sstream>
#include <unistd.h>

namespace dorascope::cli {
namespace {

namespace fs = std::filesystem;
using test::Finished;
using testing::HasSubstr;

class Files : public testing::Test {
protected:
    void SetUp() override
    {
        folder_ = fs::temp_directory_path() / ("dorascope-files-" + std::to_string(::getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::string file(const std::string& name, const std::string& text)
    {
        std::ofstream{folder_ / name} << text;
        return folder_ / name;
    }
    std::string path(const std::string& name) const { return folder_ / name; }
    static Finished cli(std::vector<std::string> words, const fs::path& input = "/dev/null")
    {
        words.insert(words.begin(), DORASCOPE_BIN_DIR "/dorascope-cli");
        return test::run_program(std::move(words), input);
    }
    static void expect_refusal(const Finished& finished, const std::string& cause, const std::string& remedy)
    {
        EXPECT_EQ(finished.status, 2);
        EXPECT_EQ(finished.out, "");
        EXPECT_THAT(finished.err, HasSubstr(cause));
        EXPECT_THAT(finished.err, HasSubstr(remedy));
    }
    fs::path folder_;
};

const char* const kDnsmasq =
    "dhcp-range=192.168.1.50,192.168.1.150,255.255.255.0,12h\ndhcp-option=3,192.168.1.1\nserver=9.9.9.9\n";

// What a file says is quoted in errors, and a terminal obeys control characters: ESC, and CSI as one character of UTF-8.
TEST_F(Files, ErrorsGiveATerminalNoOrders)
{
    const auto toml = cli({"config", "check", file("\x1b[2J.toml", "authority = \"\\u001b]0;mine\\u0007\\u009b2J\"\n")});
    EXPECT_EQ(toml.status, 2);
    const auto conf = cli({"config", "import", "--from", "dnsmasq", file("d.conf", "dhcp-what=\x1b[31m\x7f\n")});
    EXPECT_THAT(toml.err, HasSubstr("\\x1b]0;mine\\x07\\x9b2J")) << "shown, not sent";
    for (const auto& text : {toml.err, conf.err}) {
        for (const char c : text)
            EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n') << text;
        EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos) << text;
        EXPECT_EQ(text.find('\x7f'), std::string::npos) << text;
    }
}

TEST_F(Files, WhatIsReadIsNotWrittenOver)
{
    const auto conf = file("d.conf", kDnsmasq);
    expect_refusal(cli({"config", "import", conf, "-o", conf}), "which is the file that is read", "name another");
    EXPECT_EQ(test::contents(conf), kDnsmasq);
    const auto store = path("leases-eth0.sqlite"), link = path("link");
    ASSERT_TRUE(host::LeaseStore::open(store));
    fs::create_symlink(store, link);
    const auto before = test::contents(store);
    expect_refusal(cli({"leases", "export", "--file", store, "-o", link}), "which is the file that is read", "name another");
    EXPECT_EQ(test::contents(store), before);
}

TEST_F(Files, AFileIsAsItWasUntilTheNextOneIsWhole)
{
    const auto conf = file("c.toml", "what there was\n"), link = path("link.toml");
    fs::permissions(conf, fs::perms::owner_read | fs::perms::owner_write);
    fs::create_symlink(conf, link);
    {
        const test::FullDisk full{4096};
        expect_refusal(cli({"config", "example", "-o", conf}), "cannot write the output", "");
    }
    EXPECT_EQ(test::contents(conf), "what there was\n");
    EXPECT_EQ(cli({"config", "example", "-o", link}).status, 0);
    EXPECT_EQ(test::contents(conf), cli({"config", "example"}).out);
    EXPECT_TRUE(fs::is_symlink(link)) << "what it leads to is replaced";
    EXPECT_EQ(fs::status(conf).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& each : fs::directory_iterator{folder_})
        ++files;
    EXPECT_EQ(files, 2U) << "and nothing is left beside it";
    EXPECT_EQ(cli({"config", "example", "-o", "/dev/null"}).status, 0);
}

TEST_F(Files, TheExampleIsPrintedAndIsRight)
{
    const auto example = cli({"config", "example"});
    EXPECT_EQ(example.status, 0) << example.err;
    EXPECT_EQ(example.out, test::contents(DORASCOPE_SOURCE_DIR "/resources/dorascope.toml.example"));
    EXPECT_EQ(example.out, kExampleToml);
    const auto checked = cli({"config", "check", file("a.toml", example.out)});
    EXPECT_EQ(checked.status, 0) << checked.err;
    EXPECT_THAT(checked.out, HasSubstr("no mistakes: 2 subnets"));
}

/// A value of each type, as it is written.
const std::map<std::string, std::string> kValues{
    {"flag", "true"},
    {"u8", "1"},
    {"u16", "1500"},
    {"u32", "1"},
    {"i32", "-3600"},
    {"seconds", "\"infinite\""},
    {"address", "\"10.0.0.1\""},
    {"addresses", "[\"10.0.0.1\", \"10.0.0.2\"]"},
    {"address_pairs", "[\"10.0.0.1 via 192.168.1.1\"]"},
    {"u16s", "[68, 1500]"},
    {"text", "\"lab\""},
    {"codes", "[1, 3]"},
    {"domain", "\"lab.example\""},
    {"domains", "[\"lab.example\", \"example\"]"},
    {"routes", "[\"default via 192.168.1.1\"]"},
    {"suboptions", "[\"1 = 192.168.1.2\", \"2 = 'text'\", \"3 = 01:02:ab\"]"},
    {"vendor_class", "\"311 = 'MSFT'\""},
    {"vendor_options", "[\"3561.1 = 'http://acs.lab'\"]"},
    {"user_class", "[\"lab\"]"},
    {"sip_servers", "[\"10.0.0.1\"]"},
    {"u16s_arch", "[7, 9]"},
    {"client_ndi", "\"01:02:01\""},
    {"auth", "\"00:01:00:00:00:00:00:00:00:00:00\""},
    {"status", "\"1 no\""},
    {"addresses_or_none", "\"10.0.0.1\""},
    {"slp_agents", "[\"mandatory\", \"10.0.0.1\"]"},
    {"slp_scope", "[\"optional\", \"lab\"]"},
    {"uris", "[\"https://boot.lab.example\"]"},
    {"hex", "\"01:02:ab\""},
};

TEST_F(Files, EveryOptionThatIsListedIsRead)
{
    const auto listed = cli({"config", "options"});
    EXPECT_EQ(listed.status, 0) << listed.err;
    std::size_t seen = 0;
    int last = 0;
    for (const auto& line : test::lines_of(listed.out)) {
        if (line.empty()) break; // then the types
        std::istringstream words{line};
        int code = 0;
        std::string key, type;
        words >> code >> key >> type;
        EXPECT_GT(code, last) << line;
        last = code;
        ASSERT_TRUE(kValues.contains(type)) << line;
        const auto toml = fmt::format("{} = {}\n[[subnet]]\nprefix = \"192.168.1.0/24\"\npool = \"192.168.1.10-192.168.1.20\"\n",
                                      key, kValues.at(type));
        const auto config = host::parse_config(toml);
        EXPECT_TRUE(config) << line << ": " << (config ? "" : host::to_string("f", config.error().front()));
        EXPECT_THAT(listed.out.substr(listed.out.find("\n\n")), HasSubstr("\n  " + type + ' ')) << "how it is written";
        ++seen;
    }
    EXPECT_GT(seen, 120U);
    for (const char* row : {"  6  dns ", "121  classless_routes ", "RFC 3442\n"})
        EXPECT_THAT(listed.out, HasSubstr(row));
    EXPECT_THAT(listed.out, testing::Not(HasSubstr("\n 51 "))) << "the server's own";
}

/// As from ctl config, which prints one.
TEST_F(Files, AConfigurationIsTakenFromAPipe)
{
    const auto piped = file("a.toml", "[[subnet]]\nprefix = \"10.0.0.0/24\"\npool = \"10.0.0.10-10.0.0.20\"\n");
    EXPECT_THAT(cli({"config", "check", "-"}, piped).out, HasSubstr("standard input: no mistakes: 1 subnet, 1 pool"));
    EXPECT_THAT(cli({"config", "export", "kea", "-"}, piped).out, HasSubstr("10.0.0.0/24"));
    expect_refusal(cli({"config", "check", "-"}, file("b.toml", "leese_time = 1\n")), "standard input:1: leese_time",
                   "standard input is refused");
}

TEST_F(Files, CheckSaysWhatIsTakenButHardlyMeant)
{
    const auto checked = cli({"config", "check",
                              file("c.toml",
                                   "[[subnet]]\nprefix = \"10.0.0.0/24\"\npool = \"10.0.0.1-10.0.0.9\"\n"
                                   "router = \"10.0.0.1\"\n")});
    EXPECT_EQ(checked.status, 0);
    EXPECT_THAT(checked.err, HasSubstr("c.toml:3: subnet[0].pool[0]: the router 10.0.0.1 lies in it"));
    EXPECT_THAT(checked.out, HasSubstr("no mistakes: 1 subnet, 1 pool, 0 reservations, 0 classes"));
}

/// A pool of several ranges is several pools to whoever judges it, and one line of the file.
TEST_F(Files, AWarningHasTheLineOfWhatItIsAbout)
{
    const auto checked = cli({"config", "check",
                              file("c.toml",
                                   "[[subnet]]\nprefix = \"10.0.0.0/24\"\npool = [\n"
                                   "  { range = [\"10.0.0.10-10.0.0.19\", \"10.0.0.20-10.0.0.29\"] },\n"
                                   "  \"10.0.0.40-10.0.0.49\",\n]\nrouter = \"10.0.0.45\"\ndns = \"10.0.0.25\"\n")});
    EXPECT_EQ(checked.status, 0) << checked.err;
    EXPECT_THAT(checked.err, HasSubstr("c.toml:5: subnet[0].pool[1]: the router 10.0.0.45 lies in it"));
    EXPECT_THAT(checked.err, HasSubstr("c.toml:4: subnet[0].pool[0]: the DNS server 10.0.0.25 lies in it"));
}

TEST_F(Files, CheckSaysEveryMistake)
{
    const auto checked = cli({"config", "check", file("b.toml", "offer_hol = 3\nmax_offers = 0\n")});
    EXPECT_EQ(checked.status, 2);
    EXPECT_THAT(checked.err, HasSubstr("b.toml:1: offer_hol: is not a key of this table (did you mean offer_hold?)"));
    EXPECT_THAT(checked.err, HasSubstr("b.toml:2: max_offers: 0 is out of range"));
    std::size_t located = 0;
    for (const auto& line : test::lines_of(checked.err)) {
        if (line == "dorascope-cli: " + path("b.toml") + " is refused: it has 3 errors") continue;
        EXPECT_TRUE(line.starts_with(path("b.toml") + ":")) << line;
        ++located;
    }
    EXPECT_EQ(located, 3U) << "there is no subnet either";
}

TEST_F(Files, AnImportIsServedAndSaysWhatStayedBehind)
{
    const auto imported = cli({"config", "import", file("dnsmasq.conf", kDnsmasq)});
    ASSERT_EQ(imported.status, 0) << imported.err;
    EXPECT_THAT(imported.err,
                HasSubstr("not carried over (2):\n  1: dhcp-range=192.168.1.50,192.168.1.150,255.255.255.0,12h: dnsmasq names"
                          " itself as DNS server, and nothing here does: write dns = …\n"
                          "  3: server=9.9.9.9: is not about DHCP\n"));
    const auto config = host::parse_config(imported.out);
    ASSERT_TRUE(config) << imported.out;
    EXPECT_EQ(config->subnets[0].lease_seconds, 43200U);
    const auto to_file = cli({"config", "import", "-", "--from", "dnsmasq", "-o", path("out.toml")}, path("dnsmasq.conf"));
    EXPECT_EQ(to_file.status, 0) << to_file.err;
    EXPECT_EQ(to_file.out, "");
    EXPECT_EQ(test::contents(path("out.toml")), imported.out);
}

TEST_F(Files, AnImportThatCannotBeServedYetSaysWhy)
{
    const auto imported = cli({"config", "import", file("d.conf", "dhcp-range=192.168.1.0,192.168.1.150,255.255.255.0\n")});
    EXPECT_EQ(imported.status, 0);
    EXPECT_THAT(imported.err, HasSubstr("to be put right before it can be served:\n  standard output:26: subnet[0].pool[0]: "));
}

TEST_F(Files, KeasConfigurationNamesInterfaceAndFile)
{
    ASSERT_EQ(cli({"config", "import", file("dnsmasq.conf", kDnsmasq), "-o", path("c.toml")}).status, 0);
    const auto kea = cli({"config", "export", "kea", path("c.toml"), "--interface", "eth7", "--lease-file", "/x/leases.csv"});
    EXPECT_EQ(kea.status, 0) << kea.err;
    EXPECT_THAT(kea.out, HasSubstr("\"eth7\""));
    EXPECT_THAT(kea.out, HasSubstr("\"name\": \"/x/leases.csv\""));
    EXPECT_THAT(kea.err, HasSubstr("probe: Kea 2.2 does not probe"));
}

TEST_F(Files, WhatKeaCannotCarryIsToldByLine)
{
    const auto config = file("c.toml",
                             "rapid_commit = true\n\n[[subnet]]\nprefix = \"10.0.0.0/24\"\npool = \"10.0.0.10-10.0.0.20\"\n"
                             "[[subnet.reservation]]\naddress = \"10.0.0.5\"\ncircuit_id = \"01\"\nremote_id = \"02\"\n");
    const auto kea = cli({"config", "export", "kea", config});
    EXPECT_EQ(kea.status, 0) << kea.err;
    EXPECT_THAT(kea.err, HasSubstr("\n  1: rapid_commit: Kea knows"));
    EXPECT_THAT(kea.err, HasSubstr("\n  9: subnet[0].reservation[0].remote_id: Kea compares"));
    EXPECT_THAT(kea.err, HasSubstr("\n  probe: Kea 2.2 does not probe")) << "a default stands in no line";
}

TEST_F(Files, WhatCannotBeDoneIsSaid)
{
    expect_refusal(cli({"config"}), "config needs to know what to do", "check, import, export, example");
    expect_refusal(cli({"config", "chekc", "x"}), "config cannot \"chekc\"", "did you mean check?");
    expect_refusal(cli({"config", "check"}), "config check takes a file", "as in: dorascope-cli config check dorascope.toml\n");
    expect_refusal(cli({"config", "export", "isc", "x"}), "cannot export to \"isc\"", "give kea");
    expect_refusal(cli({"config", "import", "/nonexistent"}), "cannot read /nonexistent: No such file", "is the name right?");
    expect_refusal(cli({"config", "import", file("e", "= hello, world\n")}), "looks like no configuration", "--from dnsmasq");
    expect_refusal(cli({"config", "import", "x", "--from", "bind"}), "--from cannot be \"bind\"", "dnsmasq, isc, kea");
    expect_refusal(cli({"config", "import", file("f", "subnet 1.2.3.0 netmask 255.255.255.0 {\n")}), "f:2: a block is not closed",
                   "");
    expect_refusal(cli({"leases", "export"}), "needs a lease file", "--interface IF");
    expect_refusal(cli({"leases", "export", "--file", "/nonexistent"}), "there is no lease file /nonexistent",
                   "leases-INTERFACE");
    expect_refusal(cli({"leases", "export", "-i", "../x"}), "--interface cannot be", "eth0");
    expect_refusal(cli({"leases", "import", "x"}), "needs a lease file to import into", "--interface IF");
    expect_refusal(cli({"leases", "export", "-i", "eth0", "--to", "xml"}), "--to cannot be \"xml\"", "csv, json");
}

const char* const kLeases =
    "4000000000 02:00:00:00:00:01 192.168.1.100 laptop *\n0 02:00:00:00:00:02 192.168.1.101 * 01:02\nnonsense\n";

TEST_F(Files, LeasesGoInAndComeOutInEveryFormat)
{
    const auto store = path("leases-eth0.sqlite");
    const auto imported = cli({"leases", "import", file("dnsmasq.leases", kLeases), "--from", "dnsmasq", "--into", store});
    ASSERT_EQ(imported.status, 0) << imported.err;
    EXPECT_THAT(imported.out, HasSubstr("2 leases read: 2 added, 0 replaced, 0 the same, 0 left"));
    EXPECT_THAT(imported.err, HasSubstr("3: nonsense: has fewer than four words"));
    for (const char* format : {"csv", "json", "dnsmasq", "isc", "kea"}) {
        const auto exported = cli({"leases", "export", "--file", store, "--to", format, "-o", path(format)});
        ASSERT_EQ(exported.status, 0) << exported.err;
        const auto again = cli({"leases", "import", path(format), "--into", path(std::string{format} + ".sqlite")});
        EXPECT_EQ(again.status, 0) << again.err;
        EXPECT_THAT(again.out, HasSubstr("2 leases read: 2 added")) << format;
    }
    const auto by_interface = cli({"leases", "export", "-i", "eth0", "--state-dir", folder_, "--to", "dnsmasq"});
    EXPECT_EQ(by_interface.out,
              "4000000000 02:00:00:00:00:01 192.168.1.100 laptop *\n0 02:00:00:00:00:02 192.168.1.101 * 01:02\n");
}

TEST_F(Files, LeasesGoToTheServerOfAnInterface)
{
    const auto imported =
        cli({"leases", "import", file("a", kLeases), "--from", "dnsmasq", "--interface", "eth7", "--state-dir", folder_});
    ASSERT_EQ(imported.status, 0) << imported.err;
    EXPECT_THAT(cli({"leases", "export", "--file", path("leases-eth7.sqlite")}).out, HasSubstr("192.168.1.101"));
    expect_refusal(cli({"leases", "import", "x", "--interface", "../x"}), "--interface cannot be", "eth0");
}

TEST_F(Files, ANewerLeaseIsNeverOverwrittenSilently)
{
    const auto store = path("leases.sqlite");
    ASSERT_EQ(cli({"leases", "import", file("a", kLeases), "--from", "dnsmasq", "--into", store}).status, 0);
    const auto older =
        file("b.csv", "address,hardware,renewed,expires\n192.168.1.100,02:00:00:00:00:01,2001-01-01T00:00:00Z,never\n");
    const auto imported = cli({"leases", "import", older, "--into", store});
    EXPECT_EQ(imported.status, 0);
    EXPECT_THAT(imported.out, HasSubstr("0 added, 0 replaced, 0 the same, 1 left as they are"));
    EXPECT_THAT(imported.err, HasSubstr("192.168.1.100: the lease that is there was renewed later"));
    EXPECT_THAT(cli({"leases", "export", "--file", store, "--to", "dnsmasq"}).out, HasSubstr("02:00:00:00:00:01 192.168.1.100"));
}

TEST_F(Files, AnAddressInUseIsGivenToAnotherClientOnlyWithOverwrite)
{
    const auto store = path("leases.sqlite");
    ASSERT_EQ(cli({"leases", "import", file("a", kLeases), "--from", "dnsmasq", "--into", store}).status, 0);
    const auto stale = file("b", "4100000000 02:00:00:00:00:09 192.168.1.100 thief *\n");
    const auto imported = cli({"leases", "import", stale, "--into", store});
    EXPECT_EQ(imported.status, 0);
    EXPECT_THAT(imported.out, HasSubstr("0 added, 0 replaced, 0 the same, 1 left as they are"));
    EXPECT_THAT(imported.err,
                HasSubstr("left as they are: 1 (1 held by another client, 0 in quarantine, 0 newer); --overwrite replaces them:\n"
                          "  192.168.1.100: 02:00:00:00:00:01 holds it until 2096-10-02T07:06:40Z\n"));
    EXPECT_THAT(cli({"leases", "export", "--file", store, "--to", "dnsmasq"}).out, HasSubstr("02:00:00:00:00:01 192.168.1.100"));
    const auto again = cli({"leases", "import", stale, "--into", store, "--overwrite"});
    EXPECT_THAT(again.out, HasSubstr("0 added, 1 replaced, 0 the same, 0 left as they are"));
    EXPECT_EQ(again.err, "");
    EXPECT_THAT(cli({"leases", "export", "--file", store, "--to", "dnsmasq"}).out, HasSubstr("02:00:00:00:00:09 192.168.1.100"));
    expect_refusal(cli({"leases", "export", "--file", store, "--overwrite"}), "leases export has no --overwrite", "leave it out");
}

TEST_F(Files, WhileAServerHasTheFileItIsReadButNotWritten)
{
    const auto file_of_server = path("leases-eth0.sqlite");
    auto server = host::LeaseStore::open(file_of_server);
    ASSERT_TRUE(server);
    server::Lease lease;
    lease.address = Ipv4Address::from_octets(10, 0, 0, 7);
    lease.client = {server::ClientKey::Kind::identifier, {1, 2, 3}};
    lease.expires = kNever;
    const server::LeaseWrite write{lease};
    ASSERT_TRUE(server->commit({&write, 1}));
    expect_refusal(cli({"leases", "import", file("a", kLeases), "--from", "dnsmasq", "--into", file_of_server}), "another server",
                   "stop it first");
    const auto exported = cli({"leases", "export", "--file", file_of_server});
    EXPECT_EQ(exported.status, 0) << exported.err;
    EXPECT_THAT(exported.out, HasSubstr("10.0.0.7,bound,01:02:03"));
}

} // namespace
} // namespace dorascope::cli
