// SPDX-License-Identifier: GPL-3.0-or-later
// An address of the pool is in use by a machine that knows nothing of DHCP (RFC 2131 §2.2, RFC 5227).
#include "tests/e2e/programs.h"
#include "tests/e2e/raw_client.h"

#include <gmock/gmock.h>

namespace dorascope::test {
namespace {

using testing::HasSubstr;

class Conflict : public EndToEnd {
protected:
    std::vector<std::string> probing() const
    {
        return config("[[subnet]]\nprefix = \"192.168.77.0/24\"\npool = \"192.168.77.100-192.168.77.110\"\n");
    }
};

TEST_F(Conflict, Rfc5227_2_1_1_TheAddressOfAStaticHostIsQuarantinedAndTheClientGetsTheNext)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const auto& printer = lan.plug("printer", "192.168.77.100/24");
    const auto& machine = lan.plug("client");
    Server server{router, folder_ / "state", probing()};
    Watcher watcher{machine, "messages"};
    const auto client = kUdhcpc.make(machine, folder_ / "client");
    client->start();
    ASSERT_TRUE(eventually([&] { return client->count("bound") == 1; })) << client->story() << server.out();
    EXPECT_EQ(client->address("bound"), "192.168.77.101");
    for (const auto& message : watcher.lines(machine.mac()))
        EXPECT_NE(message["type"], "DHCPDECLINE") << "the client has nothing to find";

    EXPECT_EQ(server.stop().status, 0);
    const auto row = lease_of("192.168.77.100");
    ASSERT_TRUE(row) << server.out();
    EXPECT_EQ(row->state, server::LeaseState::conflict);
    EXPECT_EQ(row->hardware.to_string(), printer.mac()) << "who has it";
    EXPECT_THAT(server.out(), HasSubstr("192.168.77.100"));
}

// What a person sees of it, and can do about it.
TEST_F(Conflict, TheQuarantineIsListedAndClearedByHand)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const auto& printer = lan.plug("printer", "192.168.77.100/24");
    const auto& machine = lan.plug("client");
    const auto& second = lan.plug("second");
    const Server server{router, folder_ / "state", probing()};
    const auto ctl = [&](std::vector<std::string> order) {
        order.insert(order.begin(), {kCli, "ctl", "--state-dir", folder_ / "state"});
        return router.run(order);
    };
    const auto client = kUdhcpc.make(machine, folder_ / "client");
    client->start();
    ASSERT_TRUE(eventually([&] { return client->count("bound") == 1; })) << client->story() << server.out();
    const auto listed = ctl({"list"});
    EXPECT_EQ(listed.status, 0) << listed.err;
    EXPECT_THAT(listed.out, testing::ContainsRegex("192\\.168\\.77\\.100 +in use by " + printer.mac()));

    printer.ip("address delete 192.168.77.100/24 dev eth0");
    EXPECT_EQ(ctl({"clear-quarantine", "192.168.77.100"}).status, 0);
    const auto again = kUdhcpc.make(second, folder_ / "second");
    again->start();
    ASSERT_TRUE(eventually([&] { return again->count("bound") == 1; })) << again->story() << server.out();
    EXPECT_EQ(again->address("bound"), "192.168.77.100");
}

// A client that was here before this server forgot it: what answers is the machine that asks.
TEST_F(Conflict, Rfc5227_2_1_1_TheClientsOwnAnswerIsNone)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const auto& machine = lan.plug("client", "192.168.77.100/24");
    const Server server{router, folder_ / "state", probing()};
    const RawClient client{machine, *MacAddress::parse(machine.mac())};
    client.broadcast(client.discover());
    const auto offer = client.receive();
    ASSERT_TRUE(offer) << server.out();
    EXPECT_EQ(offer->yiaddr.to_string(), "192.168.77.100") << server.out();
}

} // namespace
} // namespace dorascope::test
