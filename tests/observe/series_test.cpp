// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/observe/series.h"

#include <chrono>
#include <gtest/gtest.h>
#include <numeric>
#include <random>

namespace dorascope::observe {
namespace {

using namespace std::chrono_literals;

constexpr Instant kStart{std::chrono::seconds{1'700'000'000}};

std::uint32_t total(std::span<const Bucket> buckets)
{
    return std::accumulate(buckets.begin(), buckets.end(), std::uint32_t{0},
                           [](auto sum, const Bucket& b) { return sum + b.total(); });
}

TEST(Series, IsEmptyAtFirst)
{
    const Series series;
    EXPECT_TRUE(series.empty());
    EXPECT_TRUE(series.buckets().empty());
    const auto reduced = series.reduce(kStart, kStart + 1s, 4);
    EXPECT_EQ(reduced.size(), 4U);
    EXPECT_EQ(total(reduced), 0U);
}

TEST(Series, CountsByKindAndTime)
{
    Series series;
    series.count(kStart, MessageType::discover);
    series.count(kStart + 10ms, MessageType::offer);
    series.count(kStart + 25ms, MessageType::offer);
    series.count(kStart + 29ms, static_cast<MessageType>(200));
    ASSERT_EQ(series.width(), 10ms);
    ASSERT_EQ(series.buckets().size(), 3U);
    const auto at = [&](std::size_t i, RateKind kind) { return series.buckets()[i].messages[static_cast<std::size_t>(kind)]; };
    EXPECT_EQ(at(0, RateKind::discover), 1U);
    EXPECT_EQ(at(1, RateKind::offer), 1U);
    EXPECT_EQ(at(2, RateKind::offer), 1U);
    EXPECT_EQ(at(2, RateKind::other), 1U);
    EXPECT_EQ(series.first(), kStart);
    EXPECT_EQ(series.last(), kStart + 29ms);
}

TEST(Series, CarriesTheBoundValueOverEmptyStretches)
{
    Series series;
    series.bound(kStart, 3);
    series.bound(kStart + 5ms, 1);
    series.bound(kStart + 50ms, 2);
    EXPECT_EQ(series.buckets()[0].bound_low, 0U);
    EXPECT_EQ(series.buckets()[0].bound_high, 3U);
    for (std::size_t i = 1; i < 5; ++i) {
        EXPECT_EQ(series.buckets()[i].bound_low, 1U) << i;
        EXPECT_EQ(series.buckets()[i].bound_high, 1U) << i;
    }
    EXPECT_EQ(series.buckets()[5].bound_low, 1U);
    EXPECT_EQ(series.buckets()[5].bound_high, 2U);
}

TEST(Series, HalvesWhenFull)
{
    Series series;
    for (std::size_t i = 0; i < Series::kMaxBuckets; ++i)
        series.count(kStart + 10ms * static_cast<int>(i), MessageType::ack);
    series.bound(kStart + 10ms * static_cast<int>(Series::kMaxBuckets - 1), 7);
    EXPECT_EQ(series.buckets().size(), Series::kMaxBuckets);
    EXPECT_EQ(series.width(), 10ms);
    series.count(kStart + 10ms * static_cast<int>(Series::kMaxBuckets), MessageType::ack);
    EXPECT_EQ(series.width(), 20ms);
    EXPECT_EQ(series.buckets().size(), Series::kMaxBuckets / 2 + 1);
    EXPECT_EQ(total(series.buckets()), Series::kMaxBuckets + 1);
    EXPECT_EQ(series.buckets()[0].total(), 2U);
    EXPECT_EQ(series.buckets()[Series::kMaxBuckets / 2 - 1].bound_high, 7U);
    EXPECT_EQ(series.buckets()[Series::kMaxBuckets / 2 - 1].bound_low, 0U);
}

TEST(Series, StaysBoundedOverAnyStretchOfTime)
{
    Series series;
    series.count(Instant{}, MessageType::discover);
    series.count(Instant{Duration{9'000'000'000'000'000'000}}, MessageType::discover);
    EXPECT_LE(series.buckets().size(), Series::kMaxBuckets);
    EXPECT_EQ(total(series.buckets()), 2U);
    EXPECT_EQ(series.first(), Instant{});
}

TEST(Series, CountsFramesThatStepBackInTime)
{
    Series series;
    series.count(kStart, MessageType::discover);
    series.count(kStart + 100ms, MessageType::offer);
    series.count(kStart + 50ms, MessageType::request);
    series.count(kStart - 10s, MessageType::ack); // before the first: the first bucket has it
    EXPECT_EQ(total(series.buckets()), 4U);
    EXPECT_EQ(series.buckets()[5].total(), 1U);
    EXPECT_EQ(series.buckets()[0].total(), 2U);
    EXPECT_EQ(series.first(), kStart);
    series.bound(kStart + 100ms, 5);
    series.bound(kStart + 20ms, 6); // what arrives last holds now
    EXPECT_EQ(series.buckets().back().bound_high, 6U);
    EXPECT_EQ(series.buckets()[2].bound_high, 0U);
}

TEST(Series, ReducesToAsManyPartsAsThereArePixels)
{
    Series series;
    for (int i = 0; i < 1000; ++i) {
        series.count(kStart + 10ms * i, MessageType::discover);
        series.bound(kStart + 10ms * i, static_cast<std::uint32_t>(i));
    }
    const auto parts = series.reduce(kStart, kStart + 10s, 10);
    ASSERT_EQ(parts.size(), 10U);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        EXPECT_EQ(parts[i].total(), 100U) << i;
        EXPECT_EQ(parts[i].bound_high, 100 * i + 99) << i;
        EXPECT_EQ(parts[i].bound_low, i == 0 ? 0 : 100 * i - 1) << i;
    }
}

TEST(Series, ReducesToMorePartsThanThereAreBuckets)
{
    Series series;
    series.count(kStart, MessageType::discover);
    series.bound(kStart + 10ms, 4);
    series.count(kStart + 20ms, MessageType::offer);
    const auto parts = series.reduce(kStart, kStart + 30ms, 30);
    EXPECT_EQ(parts[0].total(), 1U);
    EXPECT_EQ(parts[20].total(), 1U);
    EXPECT_EQ(total(parts), 2U) << "no message counts twice";
    EXPECT_EQ(parts[9].bound_high, 0U);
    EXPECT_EQ(parts[15].bound_high, 4U);
    EXPECT_EQ(parts[29].bound_low, 4U);
}

TEST(Series, ReducesBeforeAndBehindWhatWasSeen)
{
    Series series;
    series.count(kStart, MessageType::discover);
    series.bound(kStart, 3);
    const auto parts = series.reduce(kStart - 1s, kStart + 1s, 4);
    EXPECT_EQ(parts[0].bound_high, 0U);
    EXPECT_EQ(parts[1].bound_high, 0U);
    EXPECT_EQ(parts[2].total(), 1U);
    EXPECT_EQ(parts[3].bound_low, 3U) << "nothing has changed since";
    EXPECT_EQ(total(series.reduce(kStart + 1h, kStart + 2h, 5)), 0U);
    EXPECT_EQ(series.reduce(kStart + 1h, kStart + 2h, 5)[4].bound_high, 3U);
}

TEST(Series, ReducesEmptyAndReversedRangesToNothing)
{
    Series series;
    series.count(kStart, MessageType::discover);
    EXPECT_EQ(total(series.reduce(kStart, kStart, 3)), 0U);
    EXPECT_EQ(total(series.reduce(kStart + 1s, kStart, 3)), 0U);
    EXPECT_EQ(series.reduce(kStart, kStart + 1s, 0).size(), 1U);
}

TEST(Series, LosesNoMessageWhenReduced)
{
    std::mt19937 random{7}; // NOLINT: the same on every run
    Series series;
    for (int i = 0; i < 20'000; ++i)
        series.count(kStart + std::chrono::microseconds{random() % 1'000'000'000}, MessageType::offer);
    for (const std::size_t n : {1U, 2U, 7U, 640U, 1919U, 16384U, 50'000U}) {
        EXPECT_EQ(total(series.reduce(series.first(), series.last() + 1ns, n)), 20'000U) << n;
    }
}

} // namespace
} // namespace dorascope::observe
