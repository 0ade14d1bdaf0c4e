// SPDX-License-Identifier: GPL-3.0-or-later
// "Did you mean …?"
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace dorascope {

/// The name that `text` is most likely a misspelling of, by edit distance; nothing when none is close (at most a third of it wrong).
std::optional<std::string_view> nearest_name(std::string_view text, std::span<const std::string_view> names);

} // namespace dorascope
