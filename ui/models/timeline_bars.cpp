// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/timeline_bars.h"

#include <algorithm>

namespace dorascope::models {

Duration TimelineBars::width() const
{
    return buckets.empty() ? Duration::zero() : (to - from) / static_cast<Duration::rep>(buckets.size());
}

Instant TimelineBars::startOf(std::size_t bucket) const
{
    // In floating point: (to − from) × bucket can leave 64 bits for captures of years.
    const double part = buckets.empty() ? 0 : static_cast<double>(bucket) / static_cast<double>(buckets.size());
    return from + Duration{static_cast<Duration::rep>(static_cast<double>((to - from).count()) * part)};
}

std::optional<std::size_t> TimelineBars::bucketAt(Instant at) const
{
    if (buckets.empty() || at < from || at >= to) return std::nullopt;
    const double part = static_cast<double>((at - from).count()) / static_cast<double>((to - from).count());
    return std::min(static_cast<std::size_t>(part * static_cast<double>(buckets.size())), buckets.size() - 1);
}

TimelineBars timelineBars(const observe::Series& series, Instant from, Instant to, std::size_t n)
{
    TimelineBars bars{from, to, series.reduce(from, to, n), 0, 0, 0};
    for (const auto& bucket : bars.buckets) {
        bars.most = std::max(bars.most, bucket.total());
        bars.mostInUse = std::max(bars.mostInUse, bucket.in_use_high());
        bars.largestPool = std::max(bars.largestPool, bucket.pool);
    }
    return bars;
}

} // namespace dorascope::models
