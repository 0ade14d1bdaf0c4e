// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/event_queue.h"
#include "engine/lab/random.h"
#include "engine/lab/timers.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>

namespace dorascope::lab {
namespace {

using namespace std::chrono_literals;

Instant at(std::uint64_t ns) { return Instant{Duration{static_cast<Duration::rep>(ns)}}; }

TEST(EventQueue, ComesOutInOrderOfTimeAndOfArrival)
{
    EventQueue queue;
    Random random{1};
    for (std::uint32_t i = 0; i < 5000; ++i) {
        queue.push({at(random.next() % 50), 0, Event::Kind::arrive, 0, i});
        if (random.chance(0.3) && !queue.empty()) queue.pop();
    }
    ASSERT_GT(queue.size(), 1000U);
    Event before = queue.pop();
    while (!queue.empty()) {
        const Event event = queue.pop();
        ASSERT_TRUE(before.at < event.at || (before.at == event.at && before.frame < event.frame));
        before = event;
    }
}

TEST(Timers, AgreeWithASearchThroughAllDeadlines)
{
    constexpr std::uint32_t kStations = 100;
    std::array<Instant, kStations> expected;
    expected.fill(kNever);
    Timers timers;
    EXPECT_EQ(timers.earliest(), kNever);
    Random random{2};
    for (int round = 0; round < 20000; ++round) {
        const auto station =
            static_cast<std::uint32_t>(random.next() % std::min(kStations, 1U + static_cast<std::uint32_t>(round) / 50));
        expected[station] = random.chance(0.2) ? kNever : at(random.next() % 1000);
        timers.set(station, expected[station]);
        const auto earliest = std::ranges::min_element(expected);
        ASSERT_EQ(timers.earliest(), *earliest);
        if (*earliest == kNever) continue;
        ASSERT_EQ(timers.station(), static_cast<std::uint32_t>(earliest - expected.begin()));
    }
}

TEST(RandomStream, IsTheSameOnEveryMachine)
{
    // Reference values of SplitMix64 with seed 1234567.
    Random random{1234567};
    EXPECT_EQ(random.next(), 6457827717110365317ULL);
    EXPECT_EQ(random.next(), 3203168211198807973ULL);
    EXPECT_EQ(random.next(), 9817491932198370423ULL);
}

TEST(RandomStream, KeepsItsBounds)
{
    Random random{3};
    int hits = 0;
    for (int i = 0; i < 10000; ++i) {
        const Duration d = random.around(4s, 1s);
        ASSERT_GE(d, 3s);
        ASSERT_LT(d, 5s);
        ASSERT_EQ(random.below({}), Duration{});
        ASSERT_FALSE(random.chance(0));
        ASSERT_TRUE(random.chance(1));
        hits += random.chance(0.25) ? 1 : 0;
    }
    EXPECT_NEAR(hits, 2500, 200);
}

} // namespace
} // namespace dorascope::lab
