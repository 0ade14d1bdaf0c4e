// SPDX-License-Identifier: GPL-3.0-or-later
// Kea's class expressions, as far as they are tests of ours: "substring(option[60].hex,0,9) == 'PXEClient' and pkt4.mac == 0x…".
#pragma once

#include "engine/interchange/class_tests.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dorascope::interchange {

/// The code of an option's name.
using KeaOptionNames = std::function<std::optional<std::uint8_t>(std::string_view)>;
/// Tests that all have to hold. Nothing where a part of it has no equivalent.
std::optional<ClassTests> kea_condition(std::string_view expression, const KeaOptionNames& names);
/// The expression of such tests, which kea_condition() reads again.
std::string kea_expression(const ClassTests& tests);

} // namespace dorascope::interchange
