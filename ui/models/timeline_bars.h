// SPDX-License-Identifier: GPL-3.0-or-later
// The series as so many bars as there is room for.
#pragma once

#include "capture/observe/series.h"
#include "engine/wire/instant.h"

#include <optional>
#include <vector>

namespace dorascope::models {

struct TimelineBars {
    Instant from{}, to{};
    std::vector<observe::Bucket> buckets; ///< equal parts of [from, to)
    std::uint32_t most = 0; ///< messages in the fullest one
    std::uint32_t mostInUse = 0;
    std::uint32_t largestPool = 0; ///< 0: none known

    Duration width() const; ///< of one
    std::optional<std::size_t> bucketAt(Instant at) const;
    Instant startOf(std::size_t bucket) const;
};

/// n ≥ 1 bars over [from, to); from < to.
TimelineBars timelineBars(const observe::Series& series, Instant from, Instant to, std::size_t n);

} // namespace dorascope::models
