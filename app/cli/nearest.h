// SPDX-License-Identifier: GPL-3.0-or-later
// "Did you mean …?": the word of a list that a misspelt one is most likely to stand for.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dorascope::cli {

/// Insertions, deletions, replacements and swaps of neighbours that lead from a to b.
std::size_t edit_distance(std::string_view a, std::string_view b);
/// The nearest of the words; nothing when the list is empty.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> words);

} // namespace dorascope::cli
