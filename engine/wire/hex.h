// SPDX-License-Identifier: GPL-3.0-or-later
// Octets as hexadecimal text, for screens and for files that people read, and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dorascope::wire {

/// Lower case, two digits an octet, with `separator` between octets unless it is NUL.
std::string to_hex(std::span<const std::byte> octets, char separator = '\0');
std::string to_hex(std::span<const std::uint8_t> octets, char separator = '\0');
/// Pairs of digits in either case; ':', '-' or ' ' may stand between pairs. Empty text is no octets.
std::optional<std::vector<std::uint8_t>> from_hex(std::string_view text);

} // namespace dorascope::wire
