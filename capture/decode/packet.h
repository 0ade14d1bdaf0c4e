// SPDX-License-Identifier: GPL-3.0-or-later
// From a frame to what DoraScope watches: a DHCP payload with its addresses, an ARP, or a reason why it is neither.
#pragma once

#include "capture/decode/frame.h"
#include "engine/wire/address.h"
#include "engine/wire/framing.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace dorascope::decode {

struct LinkInfo {
    LinkType type = LinkType::ethernet;
    std::optional<MacAddress> source; ///< cooked captures know only the sender; raw IP knows none
    std::optional<MacAddress> destination;
    std::optional<std::uint16_t> vlan; ///< innermost 802.1Q tag
};

/// UDP with 67 or 68 at either end.
struct DhcpPacket {
    LinkInfo link;
    wire::UdpView udp;
    std::span<const std::byte> payload; ///< into the frame; shorter than the UDP length when the capture cut it
    std::size_t payload_offset = 0; ///< of the payload in the frame
};
struct ArpPacket {
    LinkInfo link;
    wire::ArpView arp;
};
enum class IgnoredReason : std::uint8_t { unknown_link, truncated, not_ip, not_udp, other_port, fragment, bad_header };
inline constexpr std::size_t kIgnoredReasons = static_cast<std::size_t>(IgnoredReason::bad_header) + 1;
std::string_view to_string(IgnoredReason reason);
struct Ignored {
    IgnoredReason reason{};
    std::size_t offset = 0;
};

using Packet = std::variant<Ignored, DhcpPacket, ArpPacket>;

/// Whether decode() reads this link layer; frames of others are all Ignored.
bool is_known(LinkType type);

/// Never fails: what cannot be read is Ignored, with the reason.
Packet decode(const Frame& frame);

} // namespace dorascope::decode
