// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/observe/hash_index.h"

#include <gtest/gtest.h>
#include <map>
#include <random>

namespace dorascope::observe {
namespace {

TEST(HashIndex, FindsAmongEqualHashes)
{
    HashIndex index;
    EXPECT_EQ(index.find(1, [](auto) { return true; }), HashIndex::kAbsent);
    index.insert(1, 10);
    index.insert(1, 11);
    index.insert(2, 12);
    EXPECT_EQ(index.find(1, [](auto v) { return v == 11; }), 11U);
    EXPECT_EQ(index.find(1, [](auto v) { return v == 12; }), HashIndex::kAbsent);
    index.erase(1, 10);
    EXPECT_EQ(index.find(1, [](auto) { return true; }), 11U);
    index.erase(1, 99);
    index.erase(7, 10);
    EXPECT_EQ(index.size(), 2U);
}

TEST(HashIndex, KeepsEveryEntryThroughInsertingAndErasing)
{
    std::mt19937 random{5}; // NOLINT: the same on every run
    HashIndex index;
    std::multimap<std::uint32_t, std::uint32_t> model;
    for (std::uint32_t step = 0; step < 20'000; ++step) {
        const std::uint32_t hash = static_cast<std::uint32_t>(random() % 97) * (random() % 2 == 0 ? 1U : 0x01000001U);
        if (model.size() < 200 && random() % 2 == 0) {
            index.insert(hash, step);
            model.emplace(hash, step);
        } else if (!model.empty()) {
            const auto it = std::next(model.begin(), static_cast<std::ptrdiff_t>(random() % model.size()));
            index.erase(it->first, it->second);
            model.erase(it);
        }
        ASSERT_EQ(index.size(), model.size());
        if (step % 50 != 0) continue;
        for (const auto& [h, value] : model)
            ASSERT_EQ(index.find(h, [v = value](auto found) { return found == v; }), value);
    }
}

TEST(HashIndex, SpreadsKeysBySeed)
{
    HashIndex a, b;
    a.seed(1);
    b.seed(2);
    EXPECT_NE(a.hash(42), b.hash(42));
    EXPECT_EQ(a.hash(42), a.hash(42));
}

} // namespace
} // namespace dorascope::observe
