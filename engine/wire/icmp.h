// SPDX-License-Identifier: GPL-3.0-or-later
// ICMP echo (RFC 792): "is anybody there?" through routers, where ARP does not reach.
#pragma once

#include "engine/wire/address.h"
#include "engine/wire/message.h"

#include <cstdint>
#include <optional>
#include <span>

namespace dorascope::wire {

struct EchoView {
    enum class Type : std::uint8_t { reply = 0, request = 8 };
    Type type = Type::request;
    Ipv4Address source, destination;
    std::uint16_t identifier = 0; ///< of the asking program
    std::uint16_t sequence = 0; ///< of the question
};
/// From the first byte of an IPv4 header. Nothing unless it is a whole echo message, no fragment, with good checksums.
std::optional<EchoView> parse_ipv4_echo(std::span<const std::byte> packet);
/// IPv4 + ICMP, checksums filled in, replacing `out`. Eight octets of data, as some devices do not answer without any.
void make_ipv4_echo(const EchoView& echo, Buffer& out);

} // namespace dorascope::wire
