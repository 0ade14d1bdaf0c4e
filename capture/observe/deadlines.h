// SPDX-License-Identifier: GPL-3.0-or-later
// Which thing is due next: a heap of (instant, index). Who moves a deadline later leaves the entry where it is and looks again when it
// comes up, so that renewing costs nothing.
#pragma once

#include "engine/wire/instant.h"

#include "capture/observe/large_vector.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace dorascope::observe {

/// `at` plus `by`, and kNever where that does not fit.
constexpr Instant saturating_add(Instant at, Duration by)
{
    if (by > Duration::zero() && at.time_since_epoch() > Duration::max() - by) return kNever;
    return at + by;
}

class Deadlines {
public:
    using Entry = std::pair<Instant, std::uint32_t>;

    void push(Instant due, std::uint32_t index)
    {
        make_room(heap_);
        heap_.emplace_back(due, index);
        std::push_heap(heap_.begin(), heap_.end(), std::greater<>{});
    }
    /// The earliest entry if it is due at `now`.
    std::optional<Entry> pop_due(Instant now)
    {
        if (heap_.empty() || heap_.front().first > now) return std::nullopt;
        std::pop_heap(heap_.begin(), heap_.end(), std::greater<>{});
        const Entry entry = heap_.back();
        heap_.pop_back();
        return entry;
    }
    std::size_t size() const { return heap_.size(); }
    void clear() { heap_.clear(); }
    std::size_t memory_used() const { return heap_.size() * sizeof(Entry); }

private:
    LargeVector<Entry> heap_;
};

} // namespace dorascope::observe
