// SPDX-License-Identifier: GPL-3.0-or-later
// Orders to a server that runs, by the built programs: what they do to clients, and who may give them.
#include "tests/e2e/programs.h"

#include <csignal>
#include <gmock/gmock.h>

namespace dorascope::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Control : public EndToEnd {
protected:
    std::string config(const std::string& more) const
    {
        const auto file = folder_ / "dhcp.toml";
        // Aside, and then in its place: a server that reads it meanwhile finds all of one or all of the other.
        write_file(folder_ / "dhcp.toml.new",
                   "[probe]\nenabled = false\n\n[[subnet]]\nprefix = \"10.77.0.0/16\"\npool = \"10.77.1.0-10.77.250.250\"\n"
                       + more);
        std::filesystem::rename(folder_ / "dhcp.toml.new", file);
        return file;
    }
    Finished ctl(const Machine& machine, std::vector<std::string> words) const
    {
        words.insert(words.begin(), {kCli, "ctl", "--state-dir", folder_ / "state"});
        return machine.run(std::move(words));
    }
    std::vector<json> list(const Machine& machine, const std::string& kind) const
    {
        const auto finished = ctl(machine, {"list", "--json"});
        EXPECT_EQ(finished.status, 0) << finished.err;
        std::vector<json> found;
        for (const auto& line : lines_of(finished.out)) {
            auto parsed = json::parse(line);
            if (parsed["kind"] == kind) found.push_back(std::move(parsed));
        }
        return found;
    }
};

/// Every message of every client is answered the first time it is sent, and every lease is still there, whatever is reloaded meanwhile.
TEST_F(Control, AReloadUnderTrafficLosesNoLeaseAndNoPacket)
{
    Lan lan;
    const auto& router = lan.plug("server", "10.77.0.1/16");
    const auto& clients = lan.plug("clients");
    const Server server{router, folder_ / "state", {"--quiet", "--config", config("lease_time = 3600\n")}};
    // Each is sent once and waited for as long as it takes: a lost one is lost for good, a slow machine is not.
    const auto storm = clients.start({kCli, "storm", "--interface", "eth0", "--clients", "3000", "--in-flight", "16", "--tries",
                                      "1", "--timeout", "30000", "--json"});
    int reloads = 0;
    while (storm->running() && reloads < 400) {
        const auto file = config("lease_time = " + std::to_string(3000 + reloads) + "\n");
        const auto reloaded = ctl(router, {"reload"});
        ASSERT_EQ(reloaded.status, 0) << reloaded.err;
        ++reloads;
        config("leese_time = 1\n");
        ASSERT_EQ(ctl(router, {"reload"}).status, 2) << "refused, and nothing changes";
    }
    const auto finished = storm->wait();
    ASSERT_EQ(finished.status, 0) << finished.out << finished.err;
    const auto told = json::parse(finished.out);
    EXPECT_GT(reloads, 1);
    EXPECT_EQ(told["exchanges"], 3000);
    EXPECT_EQ(told["lost"], 0);
    EXPECT_EQ(told["retransmissions"], 0);
    EXPECT_EQ(told["naks"], 0);
    EXPECT_EQ(told["fault_count"], 0) << finished.out;
    const auto leases = list(router, "lease");
    EXPECT_EQ(leases.size(), 3000U);
    EXPECT_TRUE(std::ranges::all_of(leases, [](const json& lease) { return lease["state"] == "bound"; }));
    EXPECT_EQ(list(router, "pool").at(0)["bound"], 3000);
}

TEST_F(Control, HangupReadsTheFileAgain)
{
    Lan lan;
    const auto& router = lan.plug("server", "10.77.0.1/16");
    const auto file = config("lease_time = 3600\n");
    const auto server = router.start({kCli, "serve", "-i", "eth0", "--state-dir", folder_ / "state", "--config", file});
    ASSERT_TRUE(eventually([&] { return server->out().find("serving ") != std::string::npos; })) << server->err();
    config("lease_time = 600\nrouter = \"10.77.0.1\"\n");
    server->send(SIGHUP);
    EXPECT_TRUE(eventually([&] { return server->out().find(file + " is in force") != std::string::npos; })) << server->err();
    config("lease_time = \"soon\"\n");
    server->send(SIGHUP);
    EXPECT_TRUE(eventually([&] { return server->err().find("stays as it is") != std::string::npos; }));
    EXPECT_THAT(server->err(), HasSubstr(file + ":7: subnet[0].lease_time"));
    EXPECT_TRUE(server->running());
    EXPECT_EQ(server->stop(SIGTERM).status, 0);
}

TEST_F(Control, WhatIsOrderedReachesTheClients)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const auto& machine = lan.plug("client");
    Server server{router, folder_ / "state", {"--pool", "192.168.77.100-192.168.77.101", "--probe", "off"}};
    const auto reserved = ctl(router, {"reserve", "192.168.77.50", machine.mac(), "--hostname", "printer"});
    ASSERT_EQ(reserved.status, 0) << reserved.err;
    EXPECT_THAT(reserved.out, HasSubstr("192.168.77.50 is reserved for " + machine.mac()));
    const auto client = kUdhcpc.make(machine, folder_ / "client");
    client->start();
    ASSERT_TRUE(eventually([&] { return client->count("bound") == 1; })) << client->story() << server.out();
    EXPECT_EQ(client->address("bound"), "192.168.77.50");
    EXPECT_THAT(ctl(router, {"status"}).out, HasSubstr("192.168.77.1 on eth0"));
    EXPECT_EQ(ctl(router, {"release", "192.168.77.50"}).status, 0);
    EXPECT_EQ(list(router, "lease").at(0)["state"], "released");
    EXPECT_EQ(ctl(router, {"release", "192.168.77.50"}).status, 2);
    EXPECT_EQ(ctl(router, {"stop"}).status, 0);
    EXPECT_THAT(server.wait().out, HasSubstr("stopped: "));
    const auto late = ctl(router, {"list"});
    EXPECT_EQ(late.status, 2);
    EXPECT_THAT(late.err, HasSubstr("no server runs"));
}

/// A lab that was started with flags grows up: what it does becomes a file, and the file a real deployment's.
TEST_F(Control, WhatIsInForceGoesToKeaWithoutRetyping)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const Server server{router,
                        folder_ / "state",
                        {"--pool", "192.168.77.1-192.168.77.101", "--router", "192.168.77.254", "--lease-time", "600"}};
    ASSERT_EQ(ctl(router, {"reserve", "192.168.77.50", "02:00:00:00:00:05", "--hostname", "printer"}).status, 0);
    const std::string toml = folder_ / "in-force.toml", kea = folder_ / "kea.conf";
    const auto written = ctl(router, {"config", "-o", toml});
    ASSERT_EQ(written.status, 0) << written.err;
    EXPECT_EQ(ctl(router, {"config"}).out, contents(toml));
    const auto checked = run_program({kCli, "config", "check", toml});
    EXPECT_THAT(checked.out, HasSubstr("no mistakes: 1 subnet, 1 pool, 1 reservation")) << checked.err;
    const auto exported = run_program({kCli, "config", "export", "kea", "-", "--interface", "lo", "-o", kea}, toml);
    ASSERT_EQ(exported.status, 0) << exported.err;
    const auto config = json::parse(contents(kea))["Dhcp4"]["subnet4"].at(0);
    EXPECT_EQ(config["subnet"], "192.168.77.0/24");
    EXPECT_EQ(config["pools"].at(0)["pool"], "192.168.77.2 - 192.168.77.101") << "the server's own address stays its own";
    EXPECT_EQ(config["reservations"].at(0)["hw-address"], "02:00:00:00:00:05");
    EXPECT_EQ(config["reservations"].at(0)["ip-address"], "192.168.77.50");
    EXPECT_EQ(config["reservations"].at(0)["hostname"], "printer");
    const char* const program = "/usr/sbin/kea-dhcp4";
    if (!std::filesystem::exists(program)) GTEST_SKIP() << "kea-dhcp4 is not installed (apt install kea-dhcp4-server)";
    const auto taken = run_program({program, "-t", kea});
    EXPECT_EQ(taken.status, 0) << taken.out << taken.err << contents(kea);
}

TEST_F(Control, AnotherUserIsRefused)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const Server server{router, folder_ / "state", {"--pool", "192.168.77.100-192.168.77.110"}};
    const auto program = programs_for_everybody(folder_);
    std::filesystem::permissions(folder_ / "state", std::filesystem::perms{0755});
    for (const char* order : {"list", "stop"}) {
        const auto refused = router.run(as_nobody({program, "ctl", "-i", "eth0", "--state-dir", folder_ / "state", order}));
        EXPECT_EQ(refused.status, 2) << refused.out;
        EXPECT_EQ(refused.out, "");
        EXPECT_THAT(refused.err, HasSubstr("the server on eth0 belongs to root"));
    }
    EXPECT_EQ(ctl(router, {"status"}).status, 0) << "it runs, and its owner is served";
}

TEST_F(Control, ServingEndsWhenItsTimeIsOver)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    Server server{router, folder_ / "state", {"--pool", "192.168.77.1-192.168.77.110", "--for", "1s"}};
    const auto finished = server.wait();
    EXPECT_EQ(finished.status, 0);
    EXPECT_THAT(finished.out, HasSubstr("for 1 s"));
    EXPECT_THAT(finished.err, HasSubstr("this server's own address 192.168.77.1 lies in it, and is not given out"));
    EXPECT_THAT(finished.err, HasSubstr("is over"));
    EXPECT_THAT(finished.out, HasSubstr("stopped: "));
}

} // namespace
} // namespace dorascope::test
