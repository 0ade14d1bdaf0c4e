// SPDX-License-Identifier: GPL-3.0-or-later
// How loudly a cell speaks. The theme turns it into a colour, the view into an icon or a word as well.
#pragma once

#include <cstdint>

namespace dorascope::models {

enum class CellSeverity : std::uint8_t { none, note, warning, error };

} // namespace dorascope::models
