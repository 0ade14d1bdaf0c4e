// SPDX-License-Identifier: GPL-3.0-or-later
// What other servers call DHCP's options.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace dorascope::interchange {

/// ISC's dhcpd and Kea, which took its names over.
std::optional<std::uint8_t> isc_option_named(std::string_view name);
std::optional<std::uint8_t> dnsmasq_option_named(std::string_view name);

} // namespace dorascope::interchange
