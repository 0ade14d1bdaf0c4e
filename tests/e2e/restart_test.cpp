// SPDX-License-Identifier: GPL-3.0-or-later
// A server that is killed (-9) and started again still knows what it promised.
#include "tests/e2e/programs.h"

#include <gmock/gmock.h>
#include <set>

namespace dorascope::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Restart : public EndToEnd {
protected:
    static std::vector<std::string> options() { return {"--pool", "192.168.77.100-192.168.77.101", "--lease-time", "600"}; }

    /// A client that tries for a moment; nothing when it got no address.
    std::string newcomer(const Machine& machine, const std::string& tries)
    {
        const auto script = (folder_ / "newcomer").string();
        const auto log = (folder_ / (machine.mac() + ".log")).string();
        write_file(script, "#!/bin/sh\ntest \"$1\" != bound || echo \"$ip\" >'" + log + "'\n");
        std::filesystem::permissions(script, std::filesystem::perms::owner_all);
        machine.run({"udhcpc", "-f", "-q", "-n", "-i", "eth0", "-s", script, "-t", tries, "-T", "1"});
        const auto told = lines_of(contents(log));
        return told.empty() ? std::string{} : told.front();
    }
};

TEST_F(Restart, LeasesOutliveAKilledServer)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const auto& old = lan.plug("old");
    const auto& second = lan.plug("second");
    const auto& third = lan.plug("third");
    auto server = std::make_unique<Server>(router, folder_ / "state", options());
    auto client = kDhclient.make(old, folder_ / "client");
    client->start();
    ASSERT_TRUE(eventually([&] { return client->count("bound") == 1; })) << client->story() << server->out();
    const auto address = client->address("bound");

    server->kill();
    client.reset(); // switched off without a word, its lease file stays
    server = std::make_unique<Server>(router, folder_ / "state", options());

    const auto got = newcomer(second, "20");
    EXPECT_NE(got, "") << server->out();
    EXPECT_NE(got, address) << "held for the client that is away";
    EXPECT_EQ(newcomer(third, "2"), "") << "both are held now\n" << server->out();
    EXPECT_THAT(server->out(), HasSubstr("no address is left"));

    // INIT-REBOOT (RFC 2131 §4.3.2): a request without a discover, for the address that it had.
    Watcher watcher{router, "exchanges"};
    client = kDhclient.make(old, folder_ / "client");
    client->start();
    ASSERT_TRUE(eventually([&] { return client->count("bound") == 2; })) << client->story() << server->out();
    EXPECT_EQ(client->address("bound"), address);
    ASSERT_TRUE(eventually([&] { return !watcher.lines(old.mac()).empty(); }));
    const auto exchange = watcher.lines(old.mac()).front();
    EXPECT_EQ(exchange["messages"], (json{"DHCPREQUEST", "DHCPACK"})) << exchange;
    EXPECT_EQ(exchange["outcome"], "renewed");
    EXPECT_EQ(exchange["address"], address);
}

// The crash falls into the middle of their renewals. RFC 2131 §4.4.5: a client that is not answered asks again, and keeps its address.
TEST_F(Restart, ClientsThatRenewMeanwhileKeepTheirAddresses)
{
    constexpr std::size_t kClients = 5;
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const std::vector<std::string> options{"--pool", "192.168.77.100-192.168.77.104", "--lease-time", "600"};
    auto server = std::make_unique<Server>(router, folder_ / "state", options);
    std::vector<std::unique_ptr<Client>> clients;
    for (std::size_t i = 0; i < kClients; ++i) {
        clients.push_back(kDhcpcd.make(lan.plug("client" + std::to_string(i)), folder_ / std::to_string(i)));
        clients.back()->start();
    }
    std::set<std::string> addresses;
    for (const auto& client : clients) {
        ASSERT_TRUE(eventually([&] { return client->count("bound") == 1; })) << client->story() << server->out();
        addresses.insert(client->address("bound"));
    }
    EXPECT_EQ(addresses.size(), kClients);

    Watcher watcher{router, "messages"};
    server->kill();
    for (const auto& client : clients)
        client->renew();
    ASSERT_TRUE(eventually([&] { return watcher.lines().size() >= kClients; })) << "each asks a server that is not there";
    server = std::make_unique<Server>(router, folder_ / "state", options);
    for (const auto& client : clients) {
        ASSERT_TRUE(eventually([&] { return client->count("renewed") >= 1; })) << client->story() << server->out();
        EXPECT_EQ(client->address("renewed"), client->address("bound"));
        EXPECT_EQ(client->count("bound"), 1U) << client->story();
    }
    for (const auto& message : watcher.lines())
        EXPECT_TRUE(message["type"] == "DHCPREQUEST" || message["type"] == "DHCPACK") << message;
}

TEST_F(Restart, SecondServerIsKeptOffTheLeasesOfTheFirst)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const Server server{router, folder_ / "state", options()};
    const auto refused = router.run(
        {kCli, "serve", "--interface", "eth0", "--state-dir", folder_ / "state", "--pool", "192.168.77.100-192.168.77.101"});
    EXPECT_EQ(refused.status, 2) << refused.out;
    EXPECT_EQ(lines_of(refused.err).size(), 1U) << refused.err;
}

} // namespace
} // namespace dorascope::test
