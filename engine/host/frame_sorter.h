// SPDX-License-Identifier: GPL-3.0-or-later
// What a received frame is to a DHCP server on this link.
#pragma once

#include "engine/host/link_watch.h"
#include "engine/host/packet_receiver.h"
#include "engine/wire/framing.h"

namespace dorascope::host {

enum class FrameKind : std::uint8_t {
    request, ///< DHCP to port 67 of ours
    reply, ///< DHCP to port 68: what another server says on this link
    arp,
    icmp, ///< the filter lets echo replies through
    damaged, ///< wrong checksum, cut, no UDP where UDP should be
    not_for_us, ///< addressed to another machine
    other,
};

struct SortedFrame {
    FrameKind kind = FrameKind::other;
    wire::EthernetView ethernet;
    std::span<const std::byte> packet; ///< from the first octet after the Ethernet header
    wire::UdpView udp; ///< of a request or a reply
    std::span<const std::byte> payload; ///< likewise: the DHCP message
};

SortedFrame sort_frame(const ReceivedFrame& frame, const LinkWatch& link);

} // namespace dorascope::host
