// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/event_loop.h"
#include "engine/host/privileged.h"

#include <array>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>

namespace dorascope::test {
namespace {

using host::Descriptor;
using host::EventLoop;

/// Readable from the start, until read.
Descriptor ready() { return Descriptor{::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK)}; }
void drain(const Descriptor& descriptor)
{
    std::uint64_t count = 0;
    EXPECT_EQ(::read(descriptor.get(), &count, sizeof count), static_cast<ssize_t>(sizeof count));
}
EventLoop open() { return EventLoop::open().value(); }

TEST(EventLoop, CallsTheHandlerOfWhatIsReady)
{
    auto loop = open();
    const auto one = ready();
    const Descriptor silent{::eventfd(0, EFD_CLOEXEC)};
    int calls = 0, wrong = 0;
    ASSERT_TRUE(loop.watch(one.get(), [&] {
        drain(one);
        ++calls;
    }));
    ASSERT_TRUE(loop.watch(silent.get(), [&] { ++wrong; }));
    EXPECT_TRUE(loop.turn().value());
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(wrong, 0);
}

TEST(EventLoop, AHandlerMayForgetItselfAndAnother)
{
    auto loop = open();
    const std::array two{ready(), ready()};
    int calls = 0;
    for (const auto& one : two) {
        ASSERT_TRUE(loop.watch(one.get(), [&, kept = std::string(100, 'x')] {
            loop.forget(two[0].get());
            loop.forget(two[1].get());
            calls += static_cast<int>(kept.size()); // what it captured is still there
        }));
    }
    loop.post([] {});
    EXPECT_TRUE(loop.turn().value());
    EXPECT_EQ(calls, 100) << "whichever came first";
}

TEST(EventLoop, ADescriptorWhoseNumberIsTakenAnewGetsNoneOfTheOldOnesEvents)
{
    auto loop = open();
    const std::array two{ready(), ready()};
    int of_new = 0;
    for (const auto& one : two) {
        ASSERT_TRUE(loop.watch(one.get(), [&] {
            for (const auto& each : two) {
                loop.forget(each.get());
                ASSERT_TRUE(loop.watch(each.get(), [&] { ++of_new; }));
            }
        }));
    }
    EXPECT_TRUE(loop.turn().value());
    EXPECT_EQ(of_new, 0) << "in the same turn";
    EXPECT_TRUE(loop.turn().value());
    EXPECT_EQ(of_new, 2);
}

TEST(EventLoop, RunsTasksOfOtherThreadsInOrder)
{
    auto loop = open();
    std::string order;
    std::thread other{[&] {
        for (const char c : {'a', 'b', 'c'})
            loop.post([&order, c] { order += c; });
        loop.post([&loop] { loop.stop(); });
    }};
    while (loop.turn().value()) { }
    other.join();
    EXPECT_EQ(order, "abc");
}

TEST(EventLoop, ATaskMayPostAnother)
{
    auto loop = open();
    int ran = 0;
    loop.post([&] { loop.post([&] { ++ran; }); });
    EXPECT_TRUE(loop.turn().value());
    EXPECT_EQ(ran, 0);
    EXPECT_TRUE(loop.turn().value());
    EXPECT_EQ(ran, 1);
}

TEST(EventLoop, StopsThoughToldBeforeItWaits)
{
    auto loop = open();
    loop.stop();
    EXPECT_FALSE(loop.turn().value());
}

TEST(EventLoop, RefusesWhatCannotBeWaitedFor)
{
    auto loop = open();
    EXPECT_FALSE(loop.watch(-1, [] {}));
}

} // namespace
} // namespace dorascope::test
