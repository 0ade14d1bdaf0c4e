// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/address_ranges.h"

#include <algorithm>

namespace dorascope::server {

std::vector<RangeOwners::Owner> RangeOwners::claim(Ipv4Range range, Owner owner)
{
    std::vector<Owner> former;
    auto at = pieces_.upper_bound(range.first);
    // The piece that begins before the range keeps what lies before it, and after it.
    if (at != pieces_.begin() && std::prev(at)->second.last >= range.first) {
        const auto before = std::prev(at);
        const Piece whole = before->second;
        former.push_back(whole.owner);
        if (whole.last > range.last) at = pieces_.emplace_hint(at, range.last + 1, whole);
        if (before->first < range.first) {
            before->second.last = Ipv4Address{range.first.value - 1};
        } else {
            pieces_.erase(before);
        }
    }
    while (at != pieces_.end() && at->first <= range.last) {
        former.push_back(at->second.owner);
        if (at->second.last > range.last) pieces_.emplace(range.last + 1, at->second);
        at = pieces_.erase(at);
    }
    pieces_.emplace_hint(at, range.first, Piece{range.last, owner});
    std::ranges::sort(former);
    former.erase(std::unique(former.begin(), former.end()), former.end()); // clang 14 cannot read std::ranges::unique
    return former;
}

std::vector<Ipv4Range> merged(std::vector<Ipv4Range> ranges)
{
    std::ranges::sort(ranges);
    std::vector<Ipv4Range> out;
    for (const Ipv4Range& range : ranges) {
        if (range.last < range.first) continue;
        // Nothing comes behind the last address, and the first comes behind nothing.
        const bool touches = !out.empty() && (range.first <= out.back().last || range.first.value - out.back().last.value == 1);
        if (touches) {
            out.back().last = std::max(out.back().last, range.last);
        } else {
            out.push_back(range);
        }
    }
    return out;
}

} // namespace dorascope::server
