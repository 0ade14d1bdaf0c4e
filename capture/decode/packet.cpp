// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/decode/packet.h"

#include "engine/wire/cursor.h"

#include <algorithm>
#include <array>

namespace dorascope::decode {

namespace {

constexpr std::size_t kIpv4AddressFamily = 2; // AF_INET has this value on every system that writes null or loop headers
constexpr std::uint16_t kHardwareEthernet = 1; // ARPHRD_ETHER
constexpr unsigned kMaxVlanTags = 8;

/// What the link header says of the packet behind it: its protocol, by Ethernet's numbers, and where it starts.
struct Link {
    LinkInfo info;
    std::uint16_t protocol = 0;
    std::size_t offset = 0;
};
/// Nothing when the header was read.
using Refusal = std::optional<Ignored>;

Refusal read_ethernet(std::span<const std::byte> bytes, Link& link)
{
    const auto view = wire::parse_ethernet(bytes);
    if (!view) return Ignored{IgnoredReason::truncated, view.error().offset};
    link.info.source = view->source;
    link.info.destination = view->destination;
    if (view->vlan_count > 0) link.info.vlan = view->vlan;
    link.protocol = view->ether_type;
    link.offset = view->payload_offset;
    return std::nullopt;
}

/// Tags that a cooked capture keeps between its header and the packet (IEEE 802.1Q, 802.1ad).
Refusal strip_tags(wire::Cursor& in, Link& link)
{
    for (unsigned tags = 0; tags < kMaxVlanTags && (link.protocol == wire::kEtherVlan || link.protocol == wire::kEtherQinQ);
         ++tags) {
        link.info.vlan = static_cast<std::uint16_t>(in.u16() & 0x0fff);
        link.protocol = in.u16();
    }
    link.offset = in.position();
    if (!in.ok()) return Ignored{IgnoredReason::truncated, in.position() + in.remaining()};
    return std::nullopt;
}

/// The link-layer address of a cooked header: always eight octets of room, of which `length` count.
std::optional<MacAddress> cooked_address(wire::Cursor& in, std::uint16_t hardware, std::size_t length)
{
    const MacAddress mac = in.mac();
    in.skip(2);
    if (hardware != kHardwareEthernet || length != mac.octets.size()) return std::nullopt;
    return mac;
}

/// LINKTYPE_LINUX_SLL: packet type, ARPHRD, address length, address, protocol.
Refusal read_sll(std::span<const std::byte> bytes, Link& link)
{
    wire::Cursor in{bytes};
    in.skip(2);
    const auto hardware = in.u16();
    const auto length = in.u16();
    link.info.source = cooked_address(in, hardware, length);
    link.protocol = in.u16();
    return strip_tags(in, link);
}

/// LINKTYPE_LINUX_SLL2: protocol, reserved, interface index, ARPHRD, packet type, address length, address.
Refusal read_sll2(std::span<const std::byte> bytes, Link& link)
{
    wire::Cursor in{bytes};
    link.protocol = in.u16();
    in.skip(2 + 4);
    const auto hardware = in.u16();
    in.skip(1);
    const auto length = in.u8();
    link.info.source = cooked_address(in, hardware, length);
    return strip_tags(in, link);
}

Refusal read_raw(std::span<const std::byte> bytes, Link& link)
{
    if (bytes.empty()) return Ignored{IgnoredReason::truncated, 0};
    link.protocol = wire::kEtherIpv4;
    return std::nullopt;
}

/// LINKTYPE_NULL and LINKTYPE_LOOP: the address family, in the byte order of the machine that captured or of the network. AF_INET
/// fits one octet, so that either order can be told.
Refusal read_null(std::span<const std::byte> bytes, Link& link)
{
    wire::Cursor in{bytes};
    const auto family = in.u32();
    if (!in.ok()) return Ignored{IgnoredReason::truncated, bytes.size()};
    if (family != kIpv4AddressFamily && family != kIpv4AddressFamily << 24) return Ignored{IgnoredReason::not_ip, 0};
    link.protocol = wire::kEtherIpv4;
    link.offset = in.position();
    return std::nullopt;
}

struct LinkReader {
    LinkType type;
    Refusal (*read)(std::span<const std::byte>, Link&);
};
/// To read another link layer is to add a row.
constexpr std::array kLinkReaders{
    LinkReader{LinkType::ethernet, read_ethernet}, LinkReader{LinkType::linux_sll, read_sll},
    LinkReader{LinkType::linux_sll2, read_sll2},   LinkReader{LinkType::raw, read_raw},
    LinkReader{LinkType::ipv4, read_raw},          LinkReader{LinkType::null, read_null},
    LinkReader{LinkType::loop, read_null},
};

constexpr IgnoredReason reason_of(wire::FrameCode code)
{
    switch (code) {
    case wire::FrameCode::truncated: return IgnoredReason::truncated;
    case wire::FrameCode::not_ipv4: return IgnoredReason::not_ip;
    case wire::FrameCode::fragment: return IgnoredReason::fragment;
    case wire::FrameCode::not_udp: return IgnoredReason::not_udp;
    case wire::FrameCode::bad_ip_header:
    case wire::FrameCode::bad_udp_length: break;
    }
    return IgnoredReason::bad_header;
}

constexpr bool is_dhcp_port(std::uint16_t port) { return port == wire::kServerPort || port == wire::kClientPort; }

Packet read_udp(const Link& link, std::span<const std::byte> bytes)
{
    const auto udp = wire::parse_ipv4_udp(bytes.subspan(link.offset));
    if (!udp) return Ignored{reason_of(udp.error().code), link.offset + udp.error().offset};
    if (!is_dhcp_port(udp->source_port) && !is_dhcp_port(udp->destination_port)) {
        return Ignored{IgnoredReason::other_port, link.offset + udp->payload_offset - 8};
    }
    Packet packet{std::in_place_type<DhcpPacket>};
    auto& dhcp = *std::get_if<DhcpPacket>(&packet);
    dhcp.link = link.info;
    dhcp.udp = *udp;
    dhcp.payload_offset = link.offset + udp->payload_offset;
    dhcp.payload = bytes.subspan(dhcp.payload_offset, udp->payload_length);
    return packet;
}

Packet read_arp(const Link& link, std::span<const std::byte> bytes)
{
    const auto arp = wire::parse_arp(bytes.subspan(link.offset));
    if (!arp) return Ignored{reason_of(arp.error().code), link.offset + arp.error().offset};
    return ArpPacket{link.info, *arp};
}

} // namespace

std::string_view to_string(IgnoredReason reason)
{
    static constexpr std::array<std::string_view, 7> kNames{"unknown link type", "truncated", "not IPv4",  "not UDP",
                                                            "other port",        "fragment",  "bad header"};
    const auto i = static_cast<std::size_t>(reason);
    return i < kNames.size() ? kNames[i] : "unknown";
}

bool is_known(LinkType type)
{
    return std::any_of(kLinkReaders.begin(), kLinkReaders.end(), [=](const LinkReader& reader) { return reader.type == type; });
}

Packet decode(const Frame& frame)
{
    const auto* const reader =
        std::find_if(kLinkReaders.begin(), kLinkReaders.end(), [&](const LinkReader& row) { return row.type == frame.link; });
    if (reader == kLinkReaders.end()) return Ignored{IgnoredReason::unknown_link, 0};
    Link link;
    link.info.type = frame.link;
    if (const auto refusal = reader->read(frame.bytes, link)) return *refusal;
    if (link.protocol == wire::kEtherIpv4) return read_udp(link, frame.bytes);
    if (link.protocol == wire::kEtherArp) return read_arp(link, frame.bytes);
    return Ignored{IgnoredReason::not_ip, link.offset};
}

} // namespace dorascope::decode
