// SPDX-License-Identifier: GPL-3.0-or-later
// Clients of the control socket that read slowly, ask by halves, come in crowds or go in the middle: nobody else waits for them.
#include "engine/host/control_client.h"
#include "engine/host/control_server.h"
#include "tests/support/cable.h"
#include "tests/support/child_process.h"

#include <atomic>
#include <ctime>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace dorascope::test {
namespace {

using namespace host;
using testing::HasSubstr;

/// So long that a test in which somebody waits for it does not pass.
constexpr std::chrono::minutes kForEver{10};
constexpr int kLines = 50'000;

class Crowd : public testing::Test {
protected:
    ControlServer open(std::chrono::milliseconds patience = kForEver)
    {
        auto server = ControlServer::open(
            path(), [this](std::string_view line) { return answer(line); }, patience);
        EXPECT_TRUE(server) << server.error().text();
        return std::move(*server);
    }
    std::filesystem::path path() const { return control_path(folder_.path(), "eth0"); }
    bool ask(Order order) const
    {
        ControlRequest request;
        request.order = order;
        const auto result = ask_server(path(), request, [](auto) {});
        return result && result->ok;
    }
    Descriptor connect() const
    {
        auto socket = connect_control(path());
        EXPECT_TRUE(socket) << socket.error().text();
        return socket ? std::move(*socket) : Descriptor{};
    }
    static void say(const Descriptor& socket, std::string_view text)
    {
        EXPECT_EQ(::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
    }
    /// The other end is gone, within the deadline.
    static bool hung_up(const Descriptor& socket)
    {
        return eventually([&] {
            std::array<char, 65536> octets{};
            pollfd ready{socket.get(), POLLIN, 0};
            while (::poll(&ready, 1, 0) == 1)
                if (::recv(socket.get(), octets.data(), octets.size(), MSG_DONTWAIT) <= 0) return true;
            return false;
        });
    }

    /// `list` has far more lines than buffers hold, `reload` is carried out when gate_ is opened, all others are answered at once.
    ControlServer::Lines answer(std::string_view line)
    {
        ++asked_;
        const auto request = parse_request(line);
        if (request && request->order == Order::reload) eventually([&] { return gate_.load(); });
        const auto left = std::make_shared<int>(request && request->order == Order::list ? kLines : 0);
        return [left, this, said = false]() mutable -> std::optional<std::string> {
            if (*left > 0) return --*left, ++made_, pool_line({});
            return std::exchange(said, true) ? std::nullopt : std::optional{to_line(done("ok"))};
        };
    }

    TemporaryFolder folder_;
    std::atomic<int> asked_{0}, made_{0};
    std::atomic<bool> gate_{false};
};

TEST_F(Crowd, OneThatNeverReadsKeepsNobodyWaiting)
{
    const auto server = open();
    const auto lazy = connect();
    say(lazy, "{\"order\":\"list\"}\n");
    ASSERT_TRUE(eventually([&] { return made_ > 0; }));
    EXPECT_TRUE(ask(Order::status));
    EXPECT_LT(made_, kLines / 2) << "the list is not made in advance";
}

TEST_F(Crowd, SeveralListsAreReadAtOnceEachAtItsPace)
{
    const auto server = open();
    const auto lazy = connect(), lazier = connect();
    say(lazy, "{\"order\":\"list\"}\n");
    say(lazier, "{\"order\":\"list\"}\n");
    ASSERT_TRUE(eventually([&] { return asked_ == 2; }));
    EXPECT_TRUE(ask(Order::list)) << "a third one is read to its end meanwhile";
}

TEST_F(Crowd, OneThatTakesNothingWithinItsTimeIsHungUpOn)
{
    const auto server = open(100ms);
    const auto lazy = connect();
    say(lazy, "{\"order\":\"list\"}\n");
    pollfd gone{lazy.get(), 0, 0}; // POLLHUP alone
    EXPECT_EQ(::poll(&gone, 1, static_cast<int>(std::chrono::milliseconds{kDeadline}.count())), 1);
    EXPECT_LT(made_, kLines / 2);
}

/// An octet now and then is no progress.
TEST_F(Crowd, ARequestHasToBeWholeInTime)
{
    const auto server = open(200ms);
    const auto drip = connect();
    EXPECT_TRUE(eventually([&] { return ::send(drip.get(), "x", 1, MSG_NOSIGNAL) < 0; }));
    EXPECT_EQ(asked_, 0);
}

TEST_F(Crowd, TheLongestIdleMakesRoom)
{
    const auto server = open();
    std::vector<Descriptor> idle;
    for (std::size_t i = 0; i < ControlServer::kMostClients; ++i)
        idle.push_back(connect());
    say(idle[0], "{\"order\":\"sta"); // half a line is none
    EXPECT_TRUE(eventually([&] { return ask(Order::status); })) << "though nobody runs out of patience";
    EXPECT_TRUE(hung_up(idle[0]));
}

TEST_F(Crowd, TenThousandConnectionsAreTurnedAway)
{
    const auto server = open();
    std::vector<Descriptor> held;
    for (int i = 0; i < 10'000; ++i) {
        auto socket = connect_control(path());
        ASSERT_TRUE(socket) << socket.error().text();
        if (held.size() < 500) held.push_back(std::move(*socket));
    }
    EXPECT_TRUE(eventually([&] { return ask(Order::status); }));
}

TEST_F(Crowd, WhoeverGoesInTheMiddleIsForgotten)
{
    const auto server = open();
    for (int i = 0; i < 200; ++i) {
        const auto socket = connect();
        say(socket, i % 2 == 0 ? "{\"order\":\"list\"}\n" : "{\"order\":\"list\"}\n{\"order\":\"status\"}\n{\"ord");
    }
    EXPECT_TRUE(eventually([&] { return ask(Order::status); }));
    EXPECT_LT(made_, 100 * kLines);
}

/// poll() tells of a client that hung up for as long as it is asked about it: it must be dropped, or it costs a whole processor.
TEST_F(Crowd, OneThatHungUpCostsNothing)
{
    const auto server = open();
    {
        const auto gone = connect();
        say(gone, "{\"order\":\"list\"}\n{\"order\":\"status\"}\n");
        const auto half = connect();
        say(half, "{\"ord");
        ASSERT_TRUE(eventually([&] { return asked_ > 0; }));
    }
    const auto lazy = connect();
    say(lazy, "{\"order\":\"list\"}\n");
    ::shutdown(lazy.get(), SHUT_WR);
    ASSERT_TRUE(eventually([&] { return asked_ >= 2; }));
    EXPECT_TRUE(ask(Order::status));
    // All of the process: this thread sleeps, so whatever is used the server uses.
    const auto cpu = [] {
        timespec used{};
        ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
        return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
    };
    const auto before = cpu();
    std::this_thread::sleep_for(400ms);
    EXPECT_LT(cpu() - before, 200ms);
}

/// While an order is carried out the others wait, and that is not their fault.
TEST_F(Crowd, WaitingForAnotherOrderIsNoImpatience)
{
    const auto server = open(150ms);
    const auto slow = connect();
    say(slow, "{\"order\":\"reload\"}\n");
    ASSERT_TRUE(eventually([&] { return asked_ == 1; }));
    std::vector<Descriptor> others;
    for (int i = 0; i < 3; ++i) {
        others.push_back(connect());
        say(others.back(), "{\"order\":\"status\"}\n");
    }
    std::this_thread::sleep_for(400ms);
    gate_ = true;
    for (const auto& other : others) {
        std::string text(200, '\0');
        pollfd ready{other.get(), POLLIN, 0};
        ASSERT_EQ(::poll(&ready, 1, static_cast<int>(std::chrono::milliseconds{kDeadline}.count())), 1);
        const auto got = ::recv(other.get(), text.data(), text.size(), 0);
        ASSERT_GT(got, 0) << "hung up on";
        EXPECT_THAT(text, HasSubstr("\"done\""));
    }
}

/// Out of descriptors nobody can be accepted; the one who waits must not make poll() return at once for ever.
TEST_F(Crowd, WithoutDescriptorsItWaitsAndRecovers)
{
    const auto server = open();
    const Descriptor waiting{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().string().copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    rlimit former{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &former), 0);
    rlimit few = former;
    few.rlim_cur = static_cast<rlim_t>(waiting.get()) + 8;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    std::vector<Descriptor> hoard;
    for (Descriptor more{::dup(waiting.get())}; more; more = Descriptor{::dup(waiting.get())})
        hoard.push_back(std::move(more));
    EXPECT_EQ(::connect(waiting.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    say(waiting, "{\"order\":\"status\"}\n");
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(asked_, 0);
    hoard.clear();
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &former), 0);
    EXPECT_TRUE(eventually([&] { return asked_ > 0; }));
}

} // namespace
} // namespace dorascope::test
