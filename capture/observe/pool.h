// SPDX-License-Identifier: GPL-3.0-or-later
// The addresses that a server of ours has to give, as far as counting those in use goes. No frame tells of them: whoever configures the
// server says so, and once more when that changes.
#pragma once

#include "engine/wire/address.h"
#include "engine/wire/instant.h"

#include <cstdint>
#include <span>
#include <vector>

namespace dorascope::observe {

class Pool {
public:
    Pool() = default; ///< none known
    /// What lies in any of `ranges` and in none of `holes`; each in any order, and overlapping as they may.
    Pool(std::span<const Ipv4Range> ranges, std::span<const Ipv4Range> holes);

    bool contains(Ipv4Address address) const;
    std::uint64_t size() const { return size_; } ///< 0: none known
    Ipv4Range first_range() const { return shown_; } ///< the first of `ranges`, whole: what people call the pool
    bool operator==(const Pool&) const = default;
    std::size_t memory_used() const { return ranges_.size() * sizeof(Ipv4Range); }

private:
    std::vector<Ipv4Range> ranges_; ///< ascending, apart
    std::uint64_t size_ = 0;
    Ipv4Range shown_;
};

/// From `at` on it is this one; at{}: since before anything was seen.
struct PoolChange {
    Instant at{};
    Pool pool;
};

} // namespace dorascope::observe
