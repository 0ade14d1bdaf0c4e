// SPDX-License-Identifier: GPL-3.0-or-later
// Kea's class expressions, as far as they are tests of ours: "substring(option[60].hex,0,9) == 'PXEClient' and pkt4.mac == 0x…".
#pragma once

#include "engine/server/config.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dorascope::interchange {

/// Tests that all have to hold. Nothing where a part of it has no equivalent.
std::optional<std::vector<server::ClassTest>> kea_condition(std::string_view expression);
/// The expression of such tests, which kea_condition() reads again.
std::string kea_expression(const std::vector<server::ClassTest>& tests);

} // namespace dorascope::interchange
