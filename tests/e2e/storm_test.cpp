// SPDX-License-Identifier: GPL-3.0-or-later
// dorascope-cli storm against dorascope-cli serve, as clients on the link and as a relay agent.
#include "engine/host/lease_store.h"
#include "tests/e2e/programs.h"

#include <gmock/gmock.h>

namespace dorascope::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class StormEndToEnd : public EndToEnd {
protected:
    /// Without probes: nobody else is there, and two hundred addresses would take minutes.
    std::unique_ptr<ChildProcess> serve(const Machine& machine, const std::string& subnet)
    {
        write_file(folder_ / "dhcp.toml", "probe = { enabled = false }\n[[subnet]]\n" + subnet + "\n");
        auto server = machine.start({kCli, "serve", "--interface", "eth0", "--quiet", "--state-dir", folder_ / "state",
                                     "--config", folder_ / "dhcp.toml"});
        EXPECT_TRUE(eventually([&] { return server->out().find("serving ") != std::string::npos || !server->running(); }));
        EXPECT_TRUE(server->running()) << server->err();
        return server;
    }
    static json storm(const Machine& machine, std::vector<std::string> options)
    {
        options.insert(options.begin(), {kCli, "storm", "--json"});
        const auto finished = machine.run(std::move(options));
        EXPECT_EQ(finished.status, 0) << finished.err;
        return finished.status == 0 ? json::parse(finished.out) : json::object();
    }
    std::size_t bound() const
    {
        const auto store = host::LeaseStore::open(folder_ / "state" / "leases-eth0.sqlite");
        const auto leases = store->load();
        return static_cast<std::size_t>(
            std::ranges::count_if(*leases, [](const server::Lease& l) { return l.state == server::LeaseState::bound; }));
    }
};

constexpr const char* kSubnet = "prefix = \"192.168.77.0/24\"\npool = \"192.168.77.10-192.168.77.209\"";

TEST_F(StormEndToEnd, ClientsOnTheLinkGetLeasesAndRenewThem)
{
    Lan lan;
    const auto server = serve(lan.plug("server", "192.168.77.1/24"), kSubnet);
    const auto& clients = lan.plug("clients");
    const auto outcome = storm(
        clients, {"-i", "eth0", "--clients", "200", "--known", "--seconds", "1", "--server-pid", std::to_string(server->pid())});
    EXPECT_EQ(outcome["held"], 200);
    EXPECT_EQ(outcome["kind"], "renewal");
    EXPECT_GT(outcome["exchanges"], 0);
    EXPECT_EQ(outcome["fault_count"], 0) << outcome;
    EXPECT_GT(outcome["server_cpu_us"]["user"].get<double>() + outcome["server_cpu_us"]["system"].get<double>(), 0);
    EXPECT_EQ(server->stop(15).status, 0);
    EXPECT_EQ(bound(), 200U);
}

/// Two hundred addresses for three hundred clients: a hundred give up, and nobody gets what another has.
TEST_F(StormEndToEnd, ExhaustedPoolIsNoFault)
{
    Lan lan;
    const auto server = serve(lan.plug("server", "192.168.77.1/24"), kSubnet);
    const auto outcome = storm(lan.plug("clients"), {"-i", "eth0", "--clients", "300", "--timeout", "50", "--tries", "3"});
    EXPECT_EQ(outcome["held"], 200);
    EXPECT_EQ(outcome["exchanges"], 200);
    EXPECT_EQ(outcome["lost"], 100);
    EXPECT_EQ(outcome["fault_count"], 0) << outcome;
}

TEST_F(StormEndToEnd, RelayAgentGetsAnAnswerForEachOfItsClients)
{
    Lan lan;
    const auto& machine = lan.plug("server", "192.168.77.1/24");
    const auto& relay = lan.plug("relay", "192.168.77.2/24");
    relay.ip("address add 10.0.0.1/8 dev lo");
    machine.ip("route add 10.0.0.0/8 via 192.168.77.2");
    const auto server = serve(machine, "prefix = \"10.0.0.0/8\"\npool = \"10.1.0.0-10.2.0.0\"");
    const auto outcome = storm(relay, {"--relayed", "10.0.0.1", "--server", "192.168.77.1", "--clients", "1000"});
    EXPECT_EQ(outcome["exchanges"], 1000);
    EXPECT_EQ(outcome["fault_count"], 0) << outcome;
    EXPECT_EQ(server->stop(15).status, 0);
    EXPECT_EQ(bound(), 1000U);
}

/// A server that has forgotten its leases offers them a second time, to the clients that got none from the first.
TEST_F(StormEndToEnd, WrongRepliesEndItWithStatus1)
{
    Lan lan;
    const auto& machine = lan.plug("server", "192.168.77.1/24");
    auto server = serve(machine, kSubnet);
    const auto storm = lan.plug("clients").start({kCli, "storm", "-i", "eth0", "--clients", "400", "--record", folder_ / "ledger",
                                                  "--timeout", "20", "--tries", "100000"});
    ASSERT_TRUE(eventually([&] { return lines_of(contents(folder_ / "ledger")).size() == 200; })) << storm->err();
    server->stop(9);
    std::filesystem::remove_all(folder_ / "state");
    server = serve(machine, kSubnet);
    const auto finished = storm->wait();
    EXPECT_EQ(finished.status, 1) << finished.out << finished.err;
    EXPECT_THAT(finished.err, HasSubstr("200 replies were wrong, the first: DHCPOFFER of 192.168.77."));
    EXPECT_THAT(finished.out, HasSubstr("WRONG"));
}

TEST_F(StormEndToEnd, NobodyAnswers)
{
    Lan lan;
    const auto& clients = lan.plug("clients");
    const auto finished = clients.run({kCli, "storm", "-i", "eth0", "--clients", "3", "--timeout", "20", "--tries", "2"});
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(finished.err, HasSubstr("no handshake was completed: 6 messages sent, 0 replies received"));
}

} // namespace
} // namespace dorascope::test
