// SPDX-License-Identifier: GPL-3.0-or-later
// Instants as dates in UTC, as files write them.
#pragma once

#include "engine/wire/instant.h"

#include <optional>
#include <string>
#include <string_view>

namespace dorascope::interchange {

/// "2026-11-23T18:00:00Z", with nine digits of a fraction where there is one; "never" for kNever.
std::string iso_time(Instant at);
/// Nothing where it is not such a date, or outside of what an Instant can hold (1678 to 2262).
std::optional<Instant> parse_iso_time(std::string_view text);
/// "4 2026/11/26 18:00:00" with the day of the week in front (0: Sunday), "never"; dhcpd.leases(5).
std::string isc_time(Instant at);
/// "2026/11/26 18:00:00"
std::optional<Instant> parse_isc_time(std::string_view date, std::string_view time);
/// Whole seconds since 1970, downwards.
std::int64_t unix_seconds(Instant at);
/// kNever where it lies beyond what an Instant can hold.
Instant from_unix(std::int64_t seconds);

} // namespace dorascope::interchange
