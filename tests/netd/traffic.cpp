// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/netd/traffic.h"

#include "engine/wire/cursor.h"

#include <algorithm>

namespace dorascope::test {
namespace {

constexpr std::size_t kIp = 14, kTransport = 34;
constexpr MacAddress kSender{{0x02, 0, 0, 0, 0, 0x50}};

void correct_ip_checksum(wire::Buffer& frame)
{
    wire::store_u16(frame.data() + kIp + 10, 0);
    wire::store_u16(frame.data() + kIp + 10, wire::internet_checksum(std::span{frame}.subspan(kIp, 20)));
}

/// The same with another protocol number; nobody on the way looks at the transport's checksum.
wire::Buffer with_protocol(wire::Buffer frame, std::uint8_t protocol)
{
    wire::store_u8(frame.data() + kIp + 9, protocol);
    correct_ip_checksum(frame);
    return frame;
}

} // namespace

wire::Buffer udp_frame(std::uint16_t destination_port, const std::string& mark, std::uint16_t source_port)
{
    wire::FrameSpec spec;
    spec.source_mac = kSender;
    spec.destination_mac = kBroadcastMac;
    spec.source = Ipv4Address::from_octets(192, 168, 77, 50);
    spec.destination = kBroadcastAddress;
    spec.source_port = source_port;
    spec.destination_port = destination_port;
    wire::Buffer payload(300);
    std::transform(mark.begin(), mark.end(), payload.begin(), [](char c) { return static_cast<std::byte>(c); });
    wire::Buffer frame;
    wire::make_udp_frame(spec, payload, frame);
    return frame;
}

wire::Buffer tagged(const wire::Buffer& frame, std::uint16_t vlan)
{
    wire::Buffer tag(4);
    wire::store_u16(tag.data(), wire::kEtherVlan);
    wire::store_u16(tag.data() + 2, vlan);
    wire::Buffer out{frame};
    out.insert(out.begin() + 12, tag.begin(), tag.end());
    return out;
}

wire::Buffer arp_frame()
{
    wire::ArpView arp;
    arp.operation = 1;
    arp.sender_mac = kSender;
    arp.sender = Ipv4Address::from_octets(192, 168, 77, 50);
    arp.target = Ipv4Address::from_octets(192, 168, 77, 99); // nobody, so nobody answers
    wire::Buffer frame;
    wire::make_arp_frame(arp, kBroadcastMac, frame);
    return frame;
}

// Ports stand where UDP's do.
wire::Buffer tcp_frame(std::uint16_t destination_port, const std::string& mark)
{
    return with_protocol(udp_frame(destination_port, mark), 6);
}

wire::Buffer icmp_frame(std::uint8_t type, const std::string& mark, std::uint16_t identifier)
{
    auto frame = with_protocol(udp_frame(67, mark), 1);
    wire::store_u8(frame.data() + kTransport, type);
    wire::store_u16(frame.data() + kTransport + 4, identifier);
    return frame;
}

wire::Buffer fragment(wire::Buffer frame, std::uint16_t flags_and_offset)
{
    wire::store_u16(frame.data() + kIp + 6, flags_and_offset);
    correct_ip_checksum(frame);
    return frame;
}

bool holds(std::span<const std::byte> frame, const std::string& mark)
{
    const auto wanted = std::as_bytes(std::span{mark});
    return std::search(frame.begin(), frame.end(), wanted.begin(), wanted.end()) != frame.end();
}

} // namespace dorascope::test
