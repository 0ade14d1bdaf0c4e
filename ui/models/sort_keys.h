// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as sort keys: unsigned, ascending, below the two that OrderedTableModel keeps for itself. What is missing goes last.
#pragma once

#include "engine/wire/instant.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace dorascope::models {

inline constexpr std::uint64_t kLastKey = ~std::uint64_t{0} - 2;

constexpr std::uint64_t sortable(std::int64_t value)
{
    return std::min(static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63), kLastKey - 1);
}
constexpr std::uint64_t sortable(Instant at) { return sortable(static_cast<std::int64_t>(at.time_since_epoch().count())); }
constexpr std::uint64_t sortable(std::optional<Duration> d)
{
    return d ? sortable(static_cast<std::int64_t>(d->count())) : kLastKey;
}

} // namespace dorascope::models
