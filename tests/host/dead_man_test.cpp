// SPDX-License-Identifier: GPL-3.0-or-later
// A server that ends by itself: after its time, with its parent, with its terminal.
#include "engine/host/dead_man.h"
#include "tests/support/cable.h"
#include "tests/support/child_process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dorascope::test {
namespace {

using host::DeadMan;
using host::ServerHost;
using testing::HasSubstr;

class DeadManTest : public testing::Test {
protected:
    void SetUp() override
    {
        if (!may_make_networks()) GTEST_SKIP() << kWhyNoNetworks;
        cable_.emplace();
    }
    ServerHost open() const
    {
        server::Config config;
        auto& subnet = config.subnets.emplace_back();
        subnet.prefix = Ipv4Prefix::parse("192.168.77.0/24").value();
        subnet.pools = {Ipv4Range::parse("192.168.77.100-192.168.77.120").value()};
        return ServerHost::open({"srv", config, folder_.path()}).value();
    }
    /// In a child: serves until the switch ends it, and writes why. What is in the file says how far it is.
    void serve(const DeadMan::Settings& settings) const
    {
        auto host = open();
        const auto file = reason_file();
        auto dead_man = DeadMan::attach(host, settings, [&](const std::string& why) { write_file(file, why); });
        if (!dead_man) return write_file(file, dead_man.error().text());
        write_file(file, "serving");
        [[maybe_unused]] const auto ended = host.run();
    }
    std::filesystem::path reason_file() const { return folder_ / "why"; }
    bool says(const std::string& text) const
    {
        return eventually(
            [&] { return std::filesystem::exists(reason_file()) && contents(reason_file()).find(text) != std::string::npos; });
    }
    TemporaryFolder folder_;
    std::optional<Cable> cable_;
};

TEST_F(DeadManTest, StopsWhenItsTimeIsOver)
{
    auto host = open();
    std::string said;
    const auto dead_man = DeadMan::attach(host, {50ms, std::nullopt, false}, [&](const std::string& why) { said = why; });
    ASSERT_TRUE(dead_man);
    EXPECT_TRUE(dead_man->stops_at());
    EXPECT_TRUE(host.run()) << "this is no failure";
    EXPECT_THAT(said, HasSubstr("is over"));
}

TEST_F(DeadManTest, WithoutAnyConditionItServesOn)
{
    auto host = open();
    const auto dead_man = DeadMan::attach(host, {}, {});
    ASSERT_TRUE(dead_man);
    EXPECT_FALSE(dead_man->stops_at());
    host.stop();
    EXPECT_TRUE(host.run());
}

TEST_F(DeadManTest, StopsWithTheProcessThatStartedIt)
{
    int go[2];
    ASSERT_EQ(::pipe(go), 0);
    const pid_t parent = ::fork();
    if (parent == 0) {
        if (::fork() == 0) {
            ::close(go[1]);
            serve({std::nullopt, ::getppid(), false});
            ::_exit(0);
        }
        char octet = 0;
        ::close(go[1]);
        [[maybe_unused]] const auto got = ::read(go[0], &octet, 1); // until the test has seen it serve
        ::_exit(0);
    }
    ::close(go[0]);
    EXPECT_TRUE(says("serving")) << contents(reason_file());
    ::close(go[1]);
    ::waitpid(parent, nullptr, 0);
    EXPECT_TRUE(says("that started it has ended")) << contents(reason_file());
}

/// A server of many leases takes its time to start.
TEST_F(DeadManTest, DoesNotServeOnceTheProcessThatStartedItHasEnded)
{
    auto host = open();
    const pid_t gone = ::fork();
    if (gone == 0) ::_exit(0);
    ASSERT_EQ(::waitpid(gone, nullptr, 0), gone);
    const auto dead_man = DeadMan::attach(host, {std::nullopt, gone, false}, {});
    ASSERT_FALSE(dead_man);
    EXPECT_EQ(dead_man.error().text(), "The program that started it has ended.");
    const auto other = DeadMan::attach(host, {std::nullopt, ::getpid(), false}, {});
    EXPECT_FALSE(other) << "it lives, and is not the parent any more";
    EXPECT_FALSE(DeadMan::attach(host, {std::nullopt, 0, false}, {})) << "as the first process of a container has";
}

TEST_F(DeadManTest, StopsWithItsTerminal)
{
    int terminal = -1;
    const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    if (child == 0) {
        ::signal(SIGHUP, SIG_IGN); // as a server that reloads by it
        serve({std::nullopt, std::nullopt, true});
        ::_exit(0);
    }
    EXPECT_TRUE(says("serving"));
    // What is typed there is not a reason to stop, nor something to wake up for.
    ASSERT_EQ(::write(terminal, "hello\n", 6), 6);
    ::close(terminal);
    EXPECT_TRUE(says("terminal is gone")) << contents(reason_file());
    EXPECT_EQ(::waitpid(child, nullptr, 0), child);
}

} // namespace
} // namespace dorascope::test
