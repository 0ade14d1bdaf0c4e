// SPDX-License-Identifier: GPL-3.0-or-later
// A server whose output nobody reads: a stopped terminal, a log collector that hangs.
#include "tests/e2e/programs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dorascope::test {
namespace {

class Unread : public EndToEnd {
protected:
    /// Both of its outputs go into a pipe that is full, and that stays open.
    std::unique_ptr<ChildProcess> serve(const Machine& machine, const std::string& options)
    {
        const std::string pipe = folder_ / "pipe";
        EXPECT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
        pipe_ = ::open(pipe.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
        EXPECT_GE(pipe_, 0);
        while (::write(pipe_, ".", 1) == 1) { }
        // Its own address in the pool: a sentence before it even serves.
        return machine.start({"sh", "-c",
                              "exec " + kCli + " serve -i eth0 --pool 192.168.77.1-192.168.77.110 --probe off --state-dir "
                                  + (folder_ / "state").string() + " " + options + " >" + pipe + " 2>&1"});
    }
    void TearDown() override
    {
        if (pipe_ >= 0) ::close(pipe_);
        EndToEnd::TearDown();
    }
    int pipe_ = -1;
};

TEST_F(Unread, ItsClientsAreServedAndSigtermIsObeyed)
{
    Lan lan;
    const auto& router = lan.plug("server", "192.168.77.1/24");
    const auto& machine = lan.plug("client");
    const auto server = serve(router, "");
    const auto client = kUdhcpc.make(machine, folder_ / "client");
    client->start();
    ASSERT_TRUE(eventually([&] { return client->count("bound") == 1; })) << client->story();
    router.ip("link set eth0 down"); // of which it tells
    router.ip("link set eth0 up");
    client->renew();
    EXPECT_TRUE(eventually([&] { return client->count("renewed") >= 1; })) << client->story();
    EXPECT_EQ(server->stop(15).status, 0);
}

TEST_F(Unread, ItEndsWhenItsTimeIsOver)
{
    Lan lan;
    const auto server = serve(lan.plug("server", "192.168.77.1/24"), "--for 1s");
    EXPECT_EQ(server->wait().status, 0);
}

} // namespace
} // namespace dorascope::test
