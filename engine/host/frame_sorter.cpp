// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/frame_sorter.h"

#include <algorithm>

namespace dorascope::host {
namespace {

constexpr std::size_t kProtocolOffset = 9; // RFC 791 §3.1
constexpr std::byte kIcmp{1};

bool is_damaged(const ReceivedFrame& frame, const wire::UdpView& udp)
{
    return frame.cut || udp.cut || udp.ip_checksum == wire::Checksum::bad || udp.udp_checksum == wire::Checksum::bad;
}

bool is_to_us(Ipv4Address destination, const LinkWatch& link)
{
    if (destination.is_broadcast() || link.is_own_address(destination)) return true;
    const auto& interface = link.interface();
    return interface && std::ranges::any_of(interface->addresses, [&](const InterfaceAddress& a) {
               return a.prefix.length < 31 && a.prefix.broadcast() == destination;
           });
}

FrameKind kind_of(const ReceivedFrame& frame, const wire::UdpView& udp, const LinkWatch& link)
{
    if (is_damaged(frame, udp)) return FrameKind::damaged;
    if (udp.destination_port == wire::kClientPort) return FrameKind::reply;
    if (udp.destination_port != wire::kServerPort || frame.for_another_host || !is_to_us(udp.destination, link))
        return FrameKind::not_for_us;
    return FrameKind::request;
}

} // namespace

SortedFrame sort_frame(const ReceivedFrame& frame, const LinkWatch& link)
{
    SortedFrame sorted;
    const auto ethernet = wire::parse_ethernet(frame.bytes);
    if (!ethernet) return sorted;
    sorted.ethernet = *ethernet;
    sorted.packet = frame.bytes.subspan(ethernet->payload_offset);
    if (ethernet->ether_type == wire::kEtherArp) sorted.kind = FrameKind::arp;
    if (ethernet->ether_type != wire::kEtherIpv4) return sorted;
    const auto udp = wire::parse_ipv4_udp(sorted.packet, frame.checksum_pending);
    if (!udp) {
        const bool other_protocol = udp.error().code == wire::FrameCode::not_udp;
        const bool icmp = other_protocol && sorted.packet[kProtocolOffset] == kIcmp;
        sorted.kind = icmp ? FrameKind::icmp : other_protocol ? FrameKind::other : FrameKind::damaged;
        return sorted;
    }
    sorted.udp = *udp;
    sorted.payload = sorted.packet.subspan(udp->payload_offset, udp->payload_length);
    sorted.kind = kind_of(frame, *udp, link);
    return sorted;
}

} // namespace dorascope::host
