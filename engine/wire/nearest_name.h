// SPDX-License-Identifier: GPL-3.0-or-later
// "Did you mean …?"
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace dorascope {

/// Insertions, deletions, replacements and swaps of neighbours that lead from a to b.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The name that `text` is most likely a misspelling of, by edit distance; nothing when more than a third of it, and one letter, is wrong.
/// A name that `text` begins, or the other way round, is never too far: "lease" for lease_time. Of names equally near the first.
std::optional<std::string_view> nearest_name(std::string_view text, std::span<const std::string_view> names);

} // namespace dorascope
