// SPDX-License-Identifier: GPL-3.0-or-later
// The free map, the index of slots and the queue of deadlines, each against the plainest thing that does the same.
#include "engine/server/deadline_heap.h"
#include "engine/server/free_map.h"
#include "engine/server/slot_index.h"

#include <gmock/gmock.h>
#include <map>
#include <random>
#include <set>

namespace dorascope::server {
namespace {

class FreeMapOf : public testing::TestWithParam<std::size_t> { };

TEST_P(FreeMapOf, FindsWhatASetFinds)
{
    const std::size_t places = GetParam();
    const bool all_free = places % 2 == 1;
    FreeMap map{places, all_free};
    std::set<std::size_t> expected;
    for (std::size_t place = 0; all_free && place < places; ++place)
        expected.insert(place);
    std::mt19937 random{7};
    for (int i = 0; i < 20'000; ++i) {
        const std::size_t place = random() % places;
        if (random() % 2 == 0) {
            map.set(place);
            expected.insert(place);
        } else {
            map.clear(place);
            expected.erase(place);
        }
        const std::size_t from = random() % (places + 2);
        const auto at = expected.lower_bound(from);
        ASSERT_EQ(map.first_free(from), at == expected.end() ? std::nullopt : std::optional{*at}) << from;
        ASSERT_EQ(map.is_free(place), expected.contains(place));
    }
}
INSTANTIATE_TEST_SUITE_P(Places, FreeMapOf, testing::Values(1, 63, 64, 65, 101, 4096, 4097, 300'000),
                         testing::PrintToStringParamName());

TEST(FreeMap, CostsLittleMoreThanABitAPlace)
{
    EXPECT_LE(FreeMap{1U << 24}.memory_used() * 8, (std::size_t{1} << 24) * 102 / 100);
}

TEST(SlotIndex, FindsWhatAMultimapFinds)
{
    SlotIndex index;
    std::multimap<std::uint32_t, std::uint32_t> expected;
    std::mt19937 random{11};
    for (std::uint32_t i = 0; i < 50'000; ++i) {
        const auto tag = static_cast<std::uint32_t>(random() % 300); // many of each
        const auto at = expected.find(tag);
        if (at != expected.end() && random() % 2 == 0) {
            index.erase(tag, at->second);
            expected.erase(at);
        } else {
            index.insert(tag, i);
            expected.emplace(tag, i);
        }
        std::set<std::uint32_t> found, wanted;
        index.find(tag, [&](std::uint32_t slot) { return !found.insert(slot).second; });
        for (auto [first, last] = expected.equal_range(tag); first != last; ++first)
            wanted.insert(first->second);
        ASSERT_EQ(found, wanted);
        ASSERT_EQ(index.size(), expected.size());
    }
}

TEST(SlotIndex, StaysSmall)
{
    SlotIndex index;
    for (std::uint32_t i = 0; i < 1'000'000; ++i) {
        index.insert(i * 2654435761U, i);
        ASSERT_LE(index.memory_used(), (std::size_t{i} + 100) * 14);
    }
}

TEST(DeadlineHeap, GivesTheEarliestFirst)
{
    DeadlineHeap heap;
    std::multiset<std::int64_t> expected;
    std::mt19937_64 random{13};
    for (int i = 0; i < 20'000; ++i) {
        if (!expected.empty() && random() % 3 == 0) {
            ASSERT_EQ(heap.top().at().time_since_epoch().count(), *expected.begin());
            heap.pop();
            expected.erase(expected.begin());
        } else {
            const auto at = static_cast<std::int64_t>(random()); // negative ones too
            heap.push(Instant{Duration{at}}, 5);
            expected.insert(at);
        }
        ASSERT_EQ(heap.size(), expected.size());
    }
    heap.retain([](const DeadlineHeap::Item& item) { return item.at() > Instant{}; });
    std::erase_if(expected, [](std::int64_t at) { return at <= 0; });
    for (const std::int64_t at : expected) {
        ASSERT_EQ(heap.top().at().time_since_epoch().count(), at);
        heap.pop();
    }
    EXPECT_TRUE(heap.empty());
}

} // namespace
} // namespace dorascope::server
