// SPDX-License-Identifier: GPL-3.0-or-later
// The words of the command line as typed values, or the sentence that says what was expected.
#pragma once

#include "app/cli/failure.h"
#include "engine/wire/address.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace dorascope::cli {

template <typename T> using Value = tl::expected<T, Failure>;

Failure bad_value(std::string_view option, std::string_view text, std::string_view expected);

/// A word that is none of `names`: "did you mean rogue? The scenarios are: …"; the question only where one is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> names, std::string_view introduction);

/// A value with its type's own parse(), which returns nothing for what it refuses.
template <typename T> Value<T> value(std::string_view option, const std::string& text, std::string_view expected)
{
    const auto parsed = T::parse(text);
    if (!parsed) return tl::unexpected{bad_value(option, text, expected)};
    return *parsed;
}

Value<std::vector<Ipv4Address>> addresses(std::string_view option, const std::vector<std::string>& texts);
/// A whole number from `least` to `most`.
Value<std::uint64_t> number(std::string_view option, const std::string& text, std::uint64_t least, std::uint64_t most);

} // namespace dorascope::cli
