// SPDX-License-Identifier: GPL-3.0-or-later
// Time as the sans-IO core sees it: an argument. LabClock has no now() on purpose; who needs the time is handed an Instant.
#pragma once

#include <chrono>
#include <cstdint>

namespace dorascope {

struct LabClock {
    using rep = std::int64_t;
    using period = std::nano;
    using duration = std::chrono::duration<rep, period>;
    using time_point = std::chrono::time_point<LabClock>;
    static constexpr bool is_steady = false;
};

/// Nanoseconds since 1970-01-01T00:00:00Z. Real sources fill in the wall clock; the lab starts wherever its scenario says.
using Instant = LabClock::time_point;
using Duration = LabClock::duration;

/// A lease or option time of 0xffffffff means "for ever" (RFC 2131 §3.3); such an expiry is kNever.
inline constexpr std::uint32_t kInfiniteSeconds = 0xffffffffU;
inline constexpr Instant kNever = Instant::max();

/// `now` plus a time in seconds as it stands in options 51, 58, 59. Infinite stays infinite.
constexpr Instant after_seconds(Instant now, std::uint32_t seconds)
{
    return seconds == kInfiniteSeconds ? kNever : now + std::chrono::seconds{seconds};
}

} // namespace dorascope
