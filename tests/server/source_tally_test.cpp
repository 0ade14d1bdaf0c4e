// SPDX-License-Identifier: GPL-3.0-or-later
// The account book of senders.
#include "engine/server/source_tally.h"

#include <gtest/gtest.h>
#include <map>
#include <random>

namespace dorascope::server {
namespace {

TEST(SourceTally, AgreesWithAMapUnderRandomChanges)
{
    SourceTally tally;
    std::map<std::uint32_t, std::uint32_t> expected;
    std::mt19937 random{11}; // NOLINT(*-msc51-cpp): the same each time
    for (int i = 0; i < 20000; ++i) {
        const auto tag =
            static_cast<std::uint32_t>(1 + random() % 300 * (random() % 2 == 0 ? 1 : 1024)); // some with homes in common
        if (random() % 2 == 0) {
            tally.add(tag);
            ++expected[tag];
        } else {
            tally.remove(tag);
            if (expected[tag] > 0) --expected[tag];
        }
        if (expected[tag] == 0) expected.erase(tag);
    }
    EXPECT_EQ(tally.size(), expected.size());
    for (const auto& [tag, count] : expected)
        EXPECT_EQ(tally.of(tag), count) << tag;
    for (auto& [tag, count] : expected) {
        for (; count > 0; --count)
            tally.remove(tag);
    }
    EXPECT_EQ(tally.size(), 0U) << "nothing is kept of who has nothing";
}

TEST(SourceTally, TakesNoMoreThanTwentyTwoOctetsAnEntry)
{
    SourceTally tally;
    for (std::uint32_t tag = 1; tag <= 100'000; ++tag)
        tally.add(tag * 2654435761U | 1U);
    EXPECT_LE(tally.memory_used(), tally.size() * 22);
}

} // namespace
} // namespace dorascope::server
