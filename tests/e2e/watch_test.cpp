// SPDX-License-Identifier: GPL-3.0-or-later
// How a watch ends, what it keeps, and what becomes of watch and serve when the interface goes.
#include "tests/e2e/programs.h"

#include <gmock/gmock.h>

namespace dorascope::test {
namespace {

using testing::HasSubstr;

class Watch : public EndToEnd { };

TEST_F(Watch, EndsByItsTime)
{
    Lan lan;
    const auto finished = lan.plug("server").run({kCli, "watch", "--interface", "eth0", "--seconds", "1"});
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(finished.out, "");
    EXPECT_THAT(finished.err, HasSubstr("0 frames dropped by the kernel"));
}

TEST_F(Watch, EndsByItsCountAndKeepsWhatItSaw)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const auto& machine = lan.plug("client");
    const Server server{router, folder_ / "state", {"--pool", "192.168.77.100-192.168.77.110"}};
    const std::string file = folder_ / "kept.pcap";
    const auto watch = router.start({kCli, "watch", "--interface", "eth0", "--json", "--count", "4", "-w", file});
    ASSERT_TRUE(eventually([&] { return watch->err().find("watching ") != std::string::npos; })) << watch->err();
    const auto client = kUdhcpc.make(machine, folder_ / "client");
    client->start();
    const auto finished = watch->wait();
    EXPECT_EQ(finished.status, 0) << finished.err << client->story();
    EXPECT_EQ(lines_of(finished.out).size(), 4U);
    EXPECT_EQ(run_program({kCli, "read", file, "--json", "--count", "4"}).out, finished.out)
        << "live and from the file it is the same";
}

TEST_F(Watch, InterfaceThatGoesAwayIsSaid)
{
    Lan lan;
    const auto& machine = lan.plug("server", "192.168.77.1/24");
    const auto watch = machine.start({kCli, "watch", "--interface", "eth0"});
    ASSERT_TRUE(eventually([&] { return watch->err().find("watching ") != std::string::npos; })) << watch->err();
    machine.ip("link delete eth0");
    const auto finished = watch->wait();
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(finished.err, testing::AllOf(HasSubstr("watching eth0 ended"), HasSubstr("the interface is gone")));
}

TEST_F(Watch, ServerWhoseInterfaceGoesAwaySaysSo)
{
    Lan lan;
    const auto& machine = lan.plug("server", "192.168.77.1/24");
    const auto server = machine.start(
        {kCli, "serve", "--interface", "eth0", "--state-dir", folder_ / "state", "--pool", "192.168.77.100-192.168.77.110"});
    ASSERT_TRUE(eventually([&] { return server->out().find("serving ") != std::string::npos; })) << server->err();
    machine.ip("link delete eth0");
    const auto finished = server->wait();
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(finished.out, HasSubstr("stopped: ")) << "the summary comes all the same";
    EXPECT_THAT(finished.err, HasSubstr("eth0"));
}

} // namespace
} // namespace dorascope::test
