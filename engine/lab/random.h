// SPDX-License-Identifier: GPL-3.0-or-later
// The lab's only source of chance. The standard's distributions differ from library to library, so the few that are needed stand here:
// the same seed gives the same frames on every machine.
#pragma once

#include "engine/wire/instant.h"

#include <cstdint>

namespace dorascope::lab {

/// SplitMix64 (Steele, Lea, Flood 2014): 64 bits of state, every seed good, streams of neighbouring seeds unrelated.
class Random {
public:
    explicit constexpr Random(std::uint64_t seed) : state_(seed) { }

    constexpr std::uint64_t next()
    {
        state_ += 0x9e3779b97f4a7c15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    constexpr std::uint32_t next32() { return static_cast<std::uint32_t>(next() >> 32); }
    /// True with probability `p`; draws also for 0 and 1, so that changing a probability does not shift the stream.
    constexpr bool chance(double p) { return static_cast<double>(next() >> 11) * 0x1p-53 < p; }
    /// Uniform in [0, span); zero for a span that is not positive. Every span a lab uses is far below 2^53 ns (104 days).
    constexpr Duration below(Duration span)
    {
        const double unit = static_cast<double>(next() >> 11) * 0x1p-53;
        return span.count() <= 0 ? Duration{} : Duration{static_cast<Duration::rep>(unit * static_cast<double>(span.count()))};
    }
    /// Uniform in [middle − spread, middle + spread).
    constexpr Duration around(Duration middle, Duration spread) { return middle - spread + below(2 * spread); }

private:
    std::uint64_t state_;
};

/// A seed for one participant, from the seed of the whole: adding a participant leaves the streams of the others alone.
constexpr std::uint64_t derive_seed(std::uint64_t seed, std::uint64_t participant)
{
    return Random{seed ^ (participant * 0xd1342543de82ef95ULL)}.next();
}

} // namespace dorascope::lab
