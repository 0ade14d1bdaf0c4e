// SPDX-License-Identifier: GPL-3.0-or-later
// More clients than addresses.
#include "tests/e2e/programs.h"

#include <gmock/gmock.h>

namespace dorascope::test {
namespace {

using testing::HasSubstr;

class Shortage : public EndToEnd { };

// RFC 2131 §4.3.1: no address, no answer; and the address that is given back goes to the one that waits.
TEST_F(Shortage, TheThirdOfTwoIsToldNothingUntilOneIsReleased)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const Server server{router, folder_ / "state", {"--pool", "192.168.77.100-192.168.77.101"}};
    std::vector<std::unique_ptr<Client>> clients;
    std::vector<std::string> macs;
    for (const std::string name : {"first", "second"}) {
        const auto& machine = lan.plug(name);
        clients.push_back(kUdhcpc.make(machine, folder_ / name));
        clients.back()->start();
    }
    for (const auto& client : clients)
        ASSERT_TRUE(eventually([&] { return client->count("bound") == 1; })) << client->story() << server.out();

    const auto& machine = lan.plug("third");
    Watcher watcher{machine, "messages"};
    const auto third = kUdhcpc.make(machine, folder_ / "third");
    third->start();
    ASSERT_TRUE(eventually([&] { return server.out().find("no address is left") != std::string::npos; })) << server.out();
    ASSERT_TRUE(eventually([&] { return watcher.lines(machine.mac()).size() >= 2; })) << "it asks again";
    for (const auto& message : watcher.lines(machine.mac()))
        EXPECT_EQ(message["type"], "DHCPDISCOVER") << message;
    EXPECT_EQ(third->count("bound"), 0U);

    const auto address = clients[0]->address("bound");
    clients[0]->release();
    ASSERT_TRUE(eventually([&] { return third->count("bound") == 1; })) << third->story() << server.out();
    EXPECT_EQ(third->address("bound"), address);
}

} // namespace
} // namespace dorascope::test
