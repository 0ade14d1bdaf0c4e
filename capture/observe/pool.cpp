// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/observe/pool.h"

#include <algorithm>

namespace dorascope::observe {

namespace {

std::vector<Ipv4Range> ascending(std::span<const Ipv4Range> ranges)
{
    std::vector<Ipv4Range> sorted(ranges.begin(), ranges.end());
    std::ranges::sort(sorted);
    return sorted;
}

} // namespace

Pool::Pool(std::span<const Ipv4Range> ranges, std::span<const Ipv4Range> holes)
{
    if (!ranges.empty()) shown_ = ranges.front();
    const auto gaps = ascending(holes);
    std::uint64_t next = 0; // the lowest address not looked at yet; 2^32 when there is none
    for (const auto& range : ascending(ranges)) {
        next = std::max<std::uint64_t>(next, range.first.value);
        const auto take_to = [&](std::uint64_t end) { // [next, end)
            if (next >= end) return;
            ranges_.push_back({Ipv4Address{static_cast<std::uint32_t>(next)}, Ipv4Address{static_cast<std::uint32_t>(end - 1)}});
            size_ += end - next;
        };
        const std::uint64_t past = std::uint64_t{range.last.value} + 1;
        for (const auto& gap : gaps) {
            if (gap.first.value >= past) break;
            if (gap.last.value < next) continue;
            take_to(gap.first.value);
            next = std::max(next, std::uint64_t{gap.last.value} + 1);
        }
        take_to(past);
        next = std::max(next, past);
    }
}

bool Pool::contains(Ipv4Address address) const
{
    const auto after = std::ranges::upper_bound(ranges_, address, {}, [](const Ipv4Range& range) { return range.first; });
    return after != ranges_.begin() && std::prev(after)->contains(address);
}

} // namespace dorascope::observe
