// SPDX-License-Identifier: GPL-3.0-or-later
// Frames that a test puts on its wire, each with a mark to know it by.
#pragma once

#include "engine/wire/framing.h"

#include <cstdint>
#include <string>

namespace dorascope::test {

/// UDP from 192.168.77.50 to `destination`, broadcast on the link; the payload is `mark` and padding.
wire::Buffer udp_frame(std::uint16_t destination_port, const std::string& mark, std::uint16_t source_port = 4000);
wire::Buffer tagged(const wire::Buffer& frame, std::uint16_t vlan); ///< with an 802.1Q tag
wire::Buffer arp_frame();
wire::Buffer tcp_frame(std::uint16_t destination_port, const std::string& mark);
wire::Buffer icmp_frame(std::uint8_t type, const std::string& mark, std::uint16_t identifier = 0);
/// The IPv4 flags and fragment offset set, header checksum corrected.
wire::Buffer fragment(wire::Buffer frame, std::uint16_t flags_and_offset);

bool holds(std::span<const std::byte> frame, const std::string& mark);

} // namespace dorascope::test
