// SPDX-License-Identifier: GPL-3.0-or-later
// What is odd about a payload that has been dissected.
#pragma once

#include "engine/wire/dissection.h"
#include "engine/wire/option_scan.h"

namespace dorascope::wire {

/// Fills dissection.anomalies, in order of offset. size, type and options of the dissection must be there.
void find_anomalies(std::span<const std::byte> payload, const AreaScans& scans, Dissection& dissection);

} // namespace dorascope::wire
