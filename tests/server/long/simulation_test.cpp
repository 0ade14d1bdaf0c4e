// SPDX-License-Identifier: GPL-3.0-or-later
// Ten thousand worlds (fewer where the sanitizers watch), each from its seed: what is promised holds after every event.
#include "tests/server/long/world.h"

#include <cstdlib>
#include <gtest/gtest.h>

namespace dorascope::server::simulation {
namespace {

constexpr std::uint64_t kShards = 10, kSeeds = DORASCOPE_SEEDS / kShards;
constexpr int kTurns = 300;

std::string how_to_replay(std::uint64_t seed)
{
    return "replay: DORASCOPE_SEED=" + std::to_string(seed)
        + " " DORASCOPE_BIN_DIR "/test_server_long --gtest_filter=Simulation.OneSeed";
}

class Simulation : public testing::TestWithParam<std::uint64_t> { };

TEST_P(Simulation, EveryPromiseHoldsAfterEveryEvent)
{
    Tally all;
    for (std::uint64_t i = 0; i < kSeeds; ++i) {
        const std::uint64_t seed = GetParam() * kSeeds + i;
        World world{seed};
        world.run(kTurns);
        ASSERT_EQ(world.complaint(), "") << how_to_replay(seed);
        all.add(world.tally());
    }
    // It does what it says.
    for (std::size_t what = 0; what < kCountNames.size(); ++what)
        EXPECT_GT(all[static_cast<Count>(what)], kSeeds / 8) << kCountNames[what];
}

INSTANTIATE_TEST_SUITE_P(Shard, Simulation, testing::Range<std::uint64_t>(0, kShards));

/// DORASCOPE_SEED says which; two worlds from one seed tell the same story.
TEST(Simulation, OneSeed)
{
    const char* const asked = std::getenv("DORASCOPE_SEED");
    const std::uint64_t seed = asked != nullptr ? std::strtoull(asked, nullptr, 10) : 1;
    World world{seed, asked != nullptr}, twin{seed};
    world.run(kTurns);
    twin.run(kTurns);
    EXPECT_EQ(world.complaint(), "");
    EXPECT_EQ(world.complaint(), twin.complaint());
    EXPECT_TRUE(world.tally() == twin.tally());
}

} // namespace
} // namespace dorascope::server::simulation
