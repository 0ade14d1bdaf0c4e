// SPDX-License-Identifier: GPL-3.0-or-later
// When each station wants to be woken: exactly one deadline a station, however often it changes its mind, so nothing can pile up.
#pragma once

#include "engine/wire/instant.h"

#include <cstdint>
#include <vector>

namespace dorascope::lab {

/// A tournament: the leaves are the stations' deadlines, each inner node names the earlier of its two, the root the earliest of all.
/// Of stations with the same deadline the one with the lower number comes first.
class Timers {
public:
    /// kNever: not at all. A new station is entered by its first deadline.
    void set(std::uint32_t station, Instant deadline);
    Instant earliest() const { return deadlines_.empty() ? kNever : deadlines_[winners_[1]]; }
    /// The station that earliest() belongs to; there must be one.
    std::uint32_t station() const { return winners_[1]; }

private:
    std::uint32_t earlier(std::uint32_t a, std::uint32_t b) const { return deadlines_[b] < deadlines_[a] ? b : a; }
    void grow(std::uint32_t stations);

    std::vector<Instant> deadlines_; ///< a power of two of them
    std::vector<std::uint32_t> winners_; ///< 1 the root, children of i at 2i and 2i + 1, leaves from deadlines_.size() on
};

} // namespace dorascope::lab
