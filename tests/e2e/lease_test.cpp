// SPDX-License-Identifier: GPL-3.0-or-later
// Clients that other people wrote get, renew and release a lease; the watcher, the client and the lease file tell the same story.
#include "engine/host/lease_store.h"
#include "tests/e2e/programs.h"

#include <gmock/gmock.h>

namespace dorascope::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class RealClient : public EndToEnd, public testing::WithParamInterface<ClientKind> { };

std::vector<std::string> outcomes(const std::vector<json>& exchanges)
{
    std::vector<std::string> list;
    for (const auto& exchange : exchanges)
        list.push_back(exchange["outcome"]);
    return list;
}

void expect_handshake(const json& exchange, const std::string& address)
{
    EXPECT_EQ(exchange["messages"], (json{"DHCPDISCOVER", "DHCPOFFER", "DHCPREQUEST", "DHCPACK"})) << exchange;
    EXPECT_EQ(exchange["address"], address);
    EXPECT_EQ(exchange["server"], "192.168.77.1");
    ASSERT_EQ(exchange["offers"].size(), 1U);
    EXPECT_EQ(exchange["offers"][0]["address"], address);
    EXPECT_TRUE(exchange["dora_ms"].is_number());
}

void expect_in_lease_file(const std::filesystem::path& state_dir, const std::string& address, const std::string& mac,
                          server::LeaseState state)
{
    const auto store = host::LeaseStore::open(state_dir / "leases-eth0.sqlite");
    ASSERT_TRUE(store) << store.error().text();
    const auto leases = store->load();
    ASSERT_TRUE(leases) << leases.error().text();
    ASSERT_EQ(leases->size(), 1U);
    EXPECT_EQ(leases->front().address.to_string(), address);
    EXPECT_EQ(leases->front().hardware.to_string(), mac);
    EXPECT_EQ(leases->front().state, state);
}

TEST_P(RealClient, GetsRenewsAndReleasesALease)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const auto& machine = lan.plug("client");
    Server server{router,
                  folder_ / "state",
                  {"--pool", "192.168.77.100-192.168.77.110", "--router", "192.168.77.1", "--dns", "192.168.77.1", "--lease-time",
                   GetParam().lease_time}};
    Watcher watcher{router, "exchanges"};
    const auto client = GetParam().make(machine, folder_ / "client");

    client->start();
    ASSERT_TRUE(eventually([&] { return client->count("bound") == 1; })) << client->story() << server.out();
    const auto address = client->address("bound");
    EXPECT_EQ(address, "192.168.77.100") << "the first of the pool";
    EXPECT_THAT(machine.run({"ip", "-4", "address", "show", "dev", "eth0"}).out, HasSubstr(address + "/24"));
    client->renew();
    ASSERT_TRUE(eventually([&] { return client->count("renewed") >= 1 || watcher.lines(machine.mac()).size() >= 2; }))
        << client->story();
    client->release();
    const auto released = [&] {
        const auto seen = outcomes(watcher.lines(machine.mac()));
        return !seen.empty() && seen.back() == "released";
    };
    ASSERT_TRUE(eventually(released)) << client->story() << server.out() << json(watcher.lines());

    const auto exchanges = watcher.lines(machine.mac());
    const auto seen = outcomes(exchanges);
    ASSERT_GE(seen.size(), 3U);
    EXPECT_EQ(seen.front(), "bound");
    EXPECT_TRUE(std::all_of(seen.begin() + 1, seen.end() - 1, [](const std::string& o) { return o == "renewed"; })) << json(seen);
    expect_handshake(exchanges.front(), address);
    if (!client->xid().empty()) {
        EXPECT_EQ(exchanges[exchanges.size() - 2]["xid"], client->xid());
    }
    for (const auto& exchange : exchanges)
        EXPECT_EQ(exchange["address"], address) << exchange;
    EXPECT_EQ(watcher.lines().size(), exchanges.size()) << "nobody else was there";
    EXPECT_EQ(watcher.stop().status, 0);
    EXPECT_EQ(watcher.lines().size(), exchanges.size()) << "nothing was pending";

    const auto stopped = server.stop();
    EXPECT_EQ(stopped.status, 0) << stopped.err;
    EXPECT_THAT(stopped.out,
                testing::AllOf(HasSubstr("DHCPACK " + address + " to " + machine.mac()), HasSubstr("stopped: "),
                               HasSubstr("0 of 11 addresses leased")));
    expect_in_lease_file(folder_ / "state", address, machine.mac(), server::LeaseState::released);
}

INSTANTIATE_TEST_SUITE_P(Clients, RealClient, testing::Values(kDhclient, kUdhcpc, kDhcpcd, kNetworkd),
                         [](const auto& kind) { return std::string{kind.param.name}; });

class ManyClients : public EndToEnd { };

TEST_F(ManyClients, FiftyAtOnceGetFiftyAddresses)
{
    constexpr int kClients = 50;
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const auto& crowd = lan.plug_many("crowd", kClients);
    Server server{router, folder_ / "state", {"--pool", "192.168.77.100-192.168.77.149"}};
    Watcher watcher{router, "exchanges"};
    const auto log = (folder_ / "log").string();
    write_file(folder_ / "script", "#!/bin/sh\ntest \"$1\" != bound || echo \"$interface $ip\" >>'" + log + "'\n");
    std::filesystem::permissions(folder_ / "script", std::filesystem::perms::owner_all);

    std::vector<std::unique_ptr<ChildProcess>> clients;
    for (int i = 1; i <= kClients; ++i) {
        clients.push_back(crowd.start(
            {"udhcpc", "-f", "-q", "-n", "-i", "c" + std::to_string(i), "-s", folder_ / "script", "-t", "30", "-T", "1"}));
    }
    for (auto& client : clients)
        EXPECT_EQ(client->wait().status, 0);

    std::map<std::string, std::string> told; // MAC address → address, as the clients tell
    std::set<std::string> addresses;
    for (const auto& line : lines_of(contents(log))) {
        const auto space = line.find(' ');
        told[Lan::mac_of(std::stoi(line.substr(1, space - 1))).to_string()] = line.substr(space + 1);
        addresses.insert(line.substr(space + 1));
    }
    EXPECT_EQ(told.size(), static_cast<std::size_t>(kClients));
    EXPECT_EQ(addresses.size(), static_cast<std::size_t>(kClients)) << "two clients have one address";

    std::map<std::string, std::string> watched;
    EXPECT_TRUE(eventually([&] { return watcher.lines().size() >= told.size(); }));
    EXPECT_EQ(watcher.stop().status, 0);
    for (const auto& exchange : watcher.lines()) {
        EXPECT_EQ(exchange["outcome"], "bound") << exchange;
        EXPECT_TRUE(watched.emplace(exchange["chaddr"], exchange["address"]).second) << "twice: " << exchange;
    }
    EXPECT_EQ(watched, told);
    EXPECT_THAT(server.stop().out, HasSubstr("50 of 50 addresses leased"));
}

} // namespace
} // namespace dorascope::test
