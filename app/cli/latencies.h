// SPDX-License-Identifier: GPL-3.0-or-later
// How long things took: counted into buckets that are 3 % wide, so that millions of them take 10 KiB and one addition each.
#pragma once

#include "engine/wire/instant.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace dorascope::cli {

class Latencies {
public:
    void add(Duration latency)
    {
        const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(latency.count(), 0));
        ++buckets_[bucket(ns)];
        ++count_;
        most_ = std::max(most_, ns);
    }
    std::uint64_t count() const { return count_; }
    Duration most() const { return Duration{static_cast<std::int64_t>(most_)}; }
    /// What `share` (0 … 1) of them did not exceed, up to the width of a bucket; never above most(). Zero when there are none.
    Duration percentile(double share) const
    {
        const auto wanted = static_cast<std::uint64_t>(std::llround(share * static_cast<double>(count_)));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            seen += buckets_[i];
            if (seen >= wanted && seen > 0) return Duration{static_cast<std::int64_t>(std::min(upper_end(i), most_))};
        }
        return most();
    }

private:
    static constexpr unsigned kStepBits = 5; ///< 32 buckets an octave
    static constexpr std::size_t kSteps = std::size_t{1} << kStepBits, kOctaves = 40; ///< up to ten hours; longer counts as that

    static constexpr std::size_t bucket(std::uint64_t ns)
    {
        if (ns < kSteps) return ns;
        const auto octave = static_cast<unsigned>(std::bit_width(ns)) - kStepBits; // ≥ 1
        return std::min<std::size_t>(octave * kSteps + ((ns >> (octave - 1)) & (kSteps - 1)), kOctaves * kSteps - 1);
    }
    static constexpr std::uint64_t upper_end(std::size_t i)
    {
        if (i < kSteps) return i;
        const auto octave = i / kSteps;
        return ((kSteps + i % kSteps + 1) << (octave - 1)) - 1;
    }

    std::array<std::uint64_t, kOctaves * kSteps> buckets_{};
    std::uint64_t count_ = 0, most_ = 0;
};

} // namespace dorascope::cli
