// SPDX-License-Identifier: GPL-3.0-or-later
// Pieces of text, and the values that every format writes alike.
#pragma once

#include "engine/wire/address.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dorascope::interchange {

/// Printable ASCII, cut to `most` octets.
std::string shortened(std::string_view text, std::size_t most = 100);
std::string_view trimmed(std::string_view text);
/// Non-empty pieces between separators, trimmed.
std::vector<std::string_view> split(std::string_view text, char separator);
/// The next line of `text`, without its end, which is taken off the front.
std::string_view next_line(std::string_view& text);
std::optional<std::uint64_t> decimal(std::string_view text);
/// Octets as dhcpd and dnsmasq write them, "0:4:f2" or "00:04:f2": one may lack its leading zero.
std::optional<std::vector<std::uint8_t>> octets_of(std::string_view text);
/// Name kept as server::Lease keeps it: printable ASCII, at most 63 octets.
std::string label(std::string_view text);
std::optional<HardwareAddress> hardware_of(std::uint8_t type, std::string_view hex);

} // namespace dorascope::interchange
