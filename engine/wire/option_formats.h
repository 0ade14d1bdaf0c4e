// SPDX-License-Identifier: GPL-3.0-or-later
// How many formats there are, for the tables that have one row each.
#pragma once

#include "engine/wire/option_table.h"

namespace dorascope::wire {

inline constexpr std::size_t kOptionFormats = static_cast<std::size_t>(OptionFormat::opaque) + 1;
static_assert(kOptionFormats == 35, "a new format needs its reader, its writer and its words");

} // namespace dorascope::wire
