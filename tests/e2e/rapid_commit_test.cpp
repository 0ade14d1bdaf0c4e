// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 4039 with a client that asks for it: dhcpcd.
#include "tests/e2e/programs.h"

#include <gmock/gmock.h>

namespace dorascope::test {
namespace {

using nlohmann::json;

class RapidCommit : public EndToEnd { };

TEST_F(RapidCommit, Rfc4039_3_1_TwoMessagesInsteadOfFour)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const auto& machine = lan.plug("client");
    Server server{router, folder_ / "state",
                  config("rapid_commit = true\n[probe]\nenabled = false\n"
                         "[[subnet]]\nprefix = \"192.168.77.0/24\"\npool = \"192.168.77.100-192.168.77.110\"\n")};
    const Watcher watcher{router, "messages"};
    const auto client = kDhcpcd.make(machine, folder_ / "client");
    client->start();
    ASSERT_TRUE(eventually([&] { return client->count("bound") == 1; })) << client->story() << server.out();
    ASSERT_TRUE(eventually([&] { return watcher.lines(machine.mac()).size() >= 2; }));
    std::vector<std::string> types;
    for (const auto& message : watcher.lines(machine.mac()))
        types.push_back(message["type"]);
    EXPECT_EQ(types, (std::vector<std::string>{"DHCPDISCOVER", "DHCPACK"}));
    const auto ack = watcher.lines(machine.mac()).back();
    EXPECT_TRUE(std::ranges::any_of(ack["options"], [](const json& option) { return option["code"] == 80; })) << ack;
    EXPECT_EQ(server.stop().status, 0);
    const auto row = lease_of(client->address("bound"));
    ASSERT_TRUE(row);
    EXPECT_EQ(row->hardware.to_string(), machine.mac());
}

} // namespace
} // namespace dorascope::test
