// SPDX-License-Identifier: GPL-3.0-or-later
// What keeps a server from serving: exit status 2, and one sentence with the cause and the remedy.
#include "tests/e2e/programs.h"

#include <gmock/gmock.h>

namespace dorascope::test {
namespace {

using testing::HasSubstr;

void expect_refusal(const Finished& finished, const std::string& cause, const std::string& remedy)
{
    EXPECT_EQ(finished.status, 2) << finished.out;
    EXPECT_EQ(finished.out, "");
    EXPECT_THAT(finished.err, testing::AllOf(testing::StartsWith("dorascope-cli: "), HasSubstr(cause), HasSubstr(remedy)));
    EXPECT_EQ(lines_of(finished.err).size(), 1U) << finished.err;
}

class Refusal : public EndToEnd {
protected:
    std::vector<std::string> serve(const std::string& program = kCli) const
    {
        return {program,       "serve",          "--interface", "eth0", "--pool", "192.168.77.100-192.168.77.110",
                "--state-dir", folder_ / "state"};
    }
};

TEST_F(Refusal, InterfaceIsNotThere)
{
    Lan lan;
    const auto& machine = lan.plug("server");
    machine.ip("link delete eth0");
    expect_refusal(machine.run(serve()), "interface eth0 does not exist", "");
    expect_refusal(machine.run({kCli, "watch", "--interface", "eth0"}), "interface eth0 does not exist", "");
}

TEST_F(Refusal, InterfaceIsDown)
{
    Lan lan;
    const auto& machine = lan.plug("server", "192.168.77.1/24");
    machine.ip("link set eth0 down");
    expect_refusal(machine.run(serve()), "eth0 is down", "ip link set dev eth0 up");
    expect_refusal(machine.run({kCli, "watch", "--interface", "eth0"}), "eth0 is down", "ip link set dev eth0 up");
}

TEST_F(Refusal, InterfaceHasNoAddress)
{
    Lan lan;
    expect_refusal(lan.plug("server").run(serve()), "eth0 has no IPv4 address", "ip address add");
}

TEST_F(Refusal, PoolIsOfAnotherSubnet)
{
    Lan lan;
    expect_refusal(lan.plug("server", "10.0.0.1/8").run(serve()), "192.168.77.100-192.168.77.110", "--subnet");
}

TEST_F(Refusal, PrivilegeIsMissingAndThenGranted)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const auto& machine = lan.plug("client");
    const auto program = programs_for_everybody(folder_);
    std::filesystem::create_directory(folder_ / "state");
    ASSERT_EQ(run_program({"chown", "65534:65534", folder_ / "state"}).status, 0);
    expect_refusal(router.run(as_nobody(serve(program))), "capability", "setcap cap_net_raw,cap_net_bind_service");
    expect_refusal(router.run(as_nobody({program, "watch", "--interface", "eth0"})), "capability",
                   "setcap cap_net_raw,cap_net_bind_service");

    ASSERT_EQ(run_program({"setcap", "cap_net_raw,cap_net_bind_service+ep", folder_ / "dorascope-netd"}).status, 0);
    const auto server = router.start(as_nobody(serve(program)));
    ASSERT_TRUE(eventually([&] { return server->out().find("serving ") != std::string::npos || !server->running(); }));
    const auto client = kUdhcpc.make(machine, folder_ / "client");
    client->start();
    EXPECT_TRUE(eventually([&] { return client->count("bound") == 1; })) << client->story() << server->out() << server->err();
    EXPECT_EQ(server->stop(15).status, 0);
}

} // namespace
} // namespace dorascope::test
