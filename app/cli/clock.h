// SPDX-License-Identifier: GPL-3.0-or-later
// The machine's clock, and instants as people and JSON want them.
#pragma once

#include "engine/wire/instant.h"

#include <cstdint>
#include <string>

namespace dorascope::cli {

/// The wall clock.
Instant wall_clock();
/// Local time, "14:03:22.123456".
std::string time_of_day(Instant at);
/// Local date and time, "2024-05-01 14:03:22.123456".
std::string date_and_time(Instant at);
/// Seconds since 1970 (or of a duration) as the nearest double; a fraction survives to a fifth of a microsecond.
double seconds(Instant at);
double seconds(Duration duration);
double milliseconds(Duration duration);
/// "90 s", "1 h", "2 h 30 min", "infinite".
std::string lease_time(std::uint32_t seconds);

} // namespace dorascope::cli
