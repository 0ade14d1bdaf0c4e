// SPDX-License-Identifier: GPL-3.0-or-later
// Octets from the network on their way to a screen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace dorascope::wire {

/// As it is where every octet is printable text, else hex.
std::string text_or_hex(std::span<const std::byte> bytes);
/// The data of a suboption of option 82, 122 or another: an address where the RFC says so, else text or hex.
std::string suboption_value_text(std::uint8_t code, std::uint8_t suboption, std::span<const std::byte> data);

} // namespace dorascope::wire
