// SPDX-License-Identifier: GPL-3.0-or-later
// How deep a TOML file nests, looked at before it is parsed: toml++ bounds brackets, but not the parts of a dotted key, each of which is
// a table within the one before. Parsing, reading and freeing such a chain recurse, and would overflow the stack.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace dorascope::host {

inline constexpr std::size_t kDeepest = 32; ///< brackets and dots together; a configuration of ours needs six

/// The line (1-based) where it goes deeper.
std::optional<std::size_t> too_deep_at(std::string_view toml);

} // namespace dorascope::host
