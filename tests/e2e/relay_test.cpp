// SPDX-License-Identifier: GPL-3.0-or-later
// A client behind somebody else's relay agent (ISC dhcrelay): RFC 2131 §4.1, RFC 3046.
#include "tests/e2e/programs.h"

#include <gmock/gmock.h>

namespace dorascope::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// server — 192.168.77.0/24 — relay — 10.99.0.0/24 — client
class Relayed : public EndToEnd {
protected:
    void SetUp() override
    {
        EndToEnd::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        upstream_.emplace();
        downstream_.emplace();
        server_ = &upstream_->plug("server", "192.168.77.1/24");
        relay_ = &upstream_->plug("relay", "192.168.77.2/24");
        downstream_->connect(*relay_, "eth1", "10.99.0.1/24");
        client_ = &downstream_->plug("client");
        server_->ip("route add 10.99.0.0/24 via 192.168.77.2");
        relay_->run({"/bin/sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward"});
    }
    static std::vector<std::string> options()
    {
        return {"--subnet", "10.99.0.0/24", "--pool", "10.99.0.100-10.99.0.110", "--router", "10.99.0.1"};
    }
    std::optional<Lan> upstream_, downstream_;
    const Machine *server_ = nullptr, *relay_ = nullptr, *client_ = nullptr;
};

/// Of the messages seen, those of one type.
std::vector<json> of_type(const std::vector<json>& messages, const std::string& type)
{
    std::vector<json> list;
    std::ranges::copy_if(messages, std::back_inserter(list), [&](const json& m) { return m["type"] == type; });
    return list;
}

/// The octets of option 82, or "" where there is none.
std::string agent_information(const json& message)
{
    for (const auto& option : message["options"])
        if (option["code"] == 82) return option["hex"];
    return "";
}

TEST_F(Relayed, Rfc3046_2_2_Option82IsAddedEchoedAndStripped)
{
    const Server server{*server_, folder_ / "state", options()};
    const Relay relay{*relay_, "192.168.77.1"};
    const Watcher at_server{*server_, "messages"}, at_client{*client_, "messages"};
    const auto client = kUdhcpc.make(*client_, folder_ / "client");
    client->start();
    ASSERT_TRUE(eventually([&] { return client->count("bound") == 1; })) << client->story() << server.out() << relay.err();
    EXPECT_EQ(client->address("bound"), "10.99.0.100");
    ASSERT_TRUE(eventually([&] { return !of_type(at_client.lines(), "DHCPACK").empty(); }));

    const auto upstream = at_server.lines(client_->mac());
    const auto discovers = of_type(upstream, "DHCPDISCOVER"), acks = of_type(upstream, "DHCPACK");
    ASSERT_FALSE(discovers.empty());
    ASSERT_FALSE(acks.empty());
    EXPECT_EQ(discovers[0]["giaddr"], "10.99.0.1");
    EXPECT_NE(agent_information(discovers[0]), "") << "the relay adds it: " << discovers[0];
    EXPECT_EQ(agent_information(acks[0]), agent_information(discovers[0])) << "the server echoes it";
    EXPECT_EQ(acks[0]["options"].back()["code"], 82) << "as the last option";
    EXPECT_EQ(acks[0]["ip"]["destination"], "10.99.0.1") << "RFC 2131 §4.1: to the relay";
    EXPECT_EQ(acks[0]["udp"]["destination_port"], 67);
    const auto downstream = of_type(at_client.lines(client_->mac()), "DHCPACK");
    ASSERT_FALSE(downstream.empty());
    EXPECT_EQ(agent_information(downstream[0]), "") << "the relay strips it";
}

TEST_F(Relayed, Rfc2131_4_3_2_RenewsByUnicastAndReleases)
{
    const Server server{*server_, folder_ / "state", options()};
    const Relay relay{*relay_, "192.168.77.1"};
    const Watcher at_server{*server_, "messages"};
    const auto client = kUdhcpc.make(*client_, folder_ / "client");
    client->start();
    ASSERT_TRUE(eventually([&] { return client->count("bound") == 1; })) << client->story() << server.out() << relay.err();
    const auto address = client->address("bound");

    client->renew();
    ASSERT_TRUE(eventually([&] { return client->count("renewed") == 1; })) << client->story() << server.out();
    // The relay hears what passes it, and forwards that once more; what counts is the message that went by itself.
    const auto renewed = [&](const json& m) {
        return m["type"] == "DHCPREQUEST" && m["giaddr"] == "0.0.0.0" && m["ciaddr"] == address
            && m["ip"]["destination"] == "192.168.77.1";
    };
    const auto answered = [&](const json& m) { return m["type"] == "DHCPACK" && m["ip"]["destination"] == address; };
    const auto seen = [&](const auto& is_it) {
        const auto lines = at_server.lines(client_->mac());
        return std::ranges::any_of(lines, is_it);
    };
    EXPECT_TRUE(eventually([&] { return seen(renewed) && seen(answered); })) << json(at_server.lines());

    client->release();
    EXPECT_TRUE(eventually([&] { return server.out().find("DHCPRELEASE from " + client_->mac()) != std::string::npos; }))
        << server.out();
    EXPECT_THAT(server.out(), HasSubstr("the client gave " + address + " back"));
}

// RFC 2131 §2.2: behind a relay the server asks by ICMP echo, through the kernel's routes.
TEST_F(Relayed, Rfc2131_2_2_AnAddressThatAnswersTheEchoIsQuarantined)
{
    const auto& printer = downstream_->plug("printer", "10.99.0.100/24");
    printer.ip("route add default via 10.99.0.1");
    Server server{*server_, folder_ / "state",
                  config("[[subnet]]\nprefix = \"10.99.0.0/24\"\npool = \"10.99.0.100-10.99.0.110\"\nrouter = \"10.99.0.1\"\n")};
    const Relay relay{*relay_, "192.168.77.1"};
    const auto client = kUdhcpc.make(*client_, folder_ / "client");
    client->start();
    ASSERT_TRUE(eventually([&] { return client->count("bound") == 1; })) << client->story() << server.out() << relay.err();
    EXPECT_EQ(client->address("bound"), "10.99.0.101") << server.out();
    EXPECT_EQ(server.stop().status, 0);
    const auto row = lease_of("10.99.0.100");
    ASSERT_TRUE(row) << server.out();
    EXPECT_EQ(row->state, server::LeaseState::conflict);
    EXPECT_EQ(row->hardware.length, 0) << "an echo reply does not tell whose it is";
}

} // namespace
} // namespace dorascope::test
