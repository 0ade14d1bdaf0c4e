// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/framing.h"

#include "engine/wire/cursor.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

namespace dorascope::wire {

namespace {

constexpr std::size_t kEthernetHeader = 14, kIpv4Header = 20, kUdpHeader = 8, kMaxUdpPayload = 65507;
constexpr std::uint8_t kProtocolUdp = 17;
constexpr unsigned kMaxVlanTags = 8; // more than any network stacks; what follows is then left to the caller as an unknown type

/// RFC 768: the checksum covers a pseudo header of addresses, protocol and length.
std::uint32_t pseudo_header_sum(Ipv4Address source, Ipv4Address destination, std::size_t udp_length)
{
    return (source.value >> 16) + (source.value & 0xffff) + (destination.value >> 16) + (destination.value & 0xffff)
        + kProtocolUdp + static_cast<std::uint32_t>(udp_length);
}

void put_mac(Buffer& out, const MacAddress& mac)
{
    for (const auto octet : mac.octets)
        put_u8(out, octet);
}

/// The same sum in sixteen bits: what is carried out of them comes in again below.
std::uint64_t fold(std::uint64_t sum)
{
    sum = (sum & 0xffffffff) + (sum >> 32); // 33 bits
    sum = (sum & 0xffffffff) + (sum >> 32); // 32
    sum = (sum & 0xffff) + (sum >> 16); // 17
    return (sum & 0xffff) + (sum >> 16);
}

tl::unexpected<FrameError> fail(FrameCode code, std::size_t offset) { return tl::unexpected{FrameError{code, offset}}; }

} // namespace

/// RFC 1071 §2: the sum does not depend on byte order (B) and may be taken in larger pieces (C), so eight octets at a time in the
/// machine's own order, swapped once at the end.
std::uint16_t internet_checksum(std::span<const std::byte> bytes, std::uint32_t sum)
{
    std::uint64_t native = 0, carries = 0;
    const std::byte* p = bytes.data();
    std::size_t left = bytes.size();
    const auto add = [&](std::size_t at) {
        std::uint64_t word = 0;
        std::memcpy(&word, p + at, sizeof word);
        carries += __builtin_add_overflow(native, word, &native) ? 1 : 0;
    };
    for (; left >= 32; left -= 32, p += 32) {
        add(0);
        add(8);
        add(16);
        add(24);
    }
    for (; left >= 8; left -= 8, p += 8)
        add(0);
    native = fold(fold(native) + carries);
    if constexpr (std::endian::native == std::endian::little) native = (native & 0xff) << 8 | native >> 8;
    std::uint64_t total = sum + native;
    for (; left >= 2; left -= 2, p += 2)
        total += load_u16(p);
    if (left != 0) total += std::uint64_t{load_u8(p)} << 8;
    return static_cast<std::uint16_t>(~fold(total) & 0xffff);
}

tl::expected<EthernetView, FrameError> parse_ethernet(std::span<const std::byte> frame)
{
    if (frame.size() < kEthernetHeader) return fail(FrameCode::truncated, frame.size());
    tl::expected<EthernetView, FrameError> result{tl::in_place};
    EthernetView& view = *result;
    std::memcpy(view.destination.octets.data(), frame.data(), view.destination.octets.size());
    std::memcpy(view.source.octets.data(), frame.data() + 6, view.source.octets.size());
    view.ether_type = load_u16(frame.data() + 12);
    view.payload_offset = kEthernetHeader;
    while ((view.ether_type == kEtherVlan || view.ether_type == kEtherQinQ) && view.vlan_count < kMaxVlanTags) {
        if (frame.size() - view.payload_offset < 4) return fail(FrameCode::truncated, frame.size());
        view.vlan = load_u16(frame.data() + view.payload_offset) & 0x0fff;
        view.ether_type = load_u16(frame.data() + view.payload_offset + 2);
        view.payload_offset += 4;
        ++view.vlan_count;
    }
    return result;
}

tl::expected<UdpView, FrameError> parse_ipv4_udp(std::span<const std::byte> packet, bool checksum_pending)
{
    if (packet.empty()) return fail(FrameCode::truncated, 0);
    if (load_u8(packet.data()) >> 4 != 4) return fail(FrameCode::not_ipv4, 0);
    const std::size_t header = std::size_t{4} * (load_u8(packet.data()) & 15U);
    if (header < kIpv4Header) return fail(FrameCode::bad_ip_header, 0);
    if (packet.size() < header) return fail(FrameCode::truncated, packet.size());

    const std::size_t total = load_u16(packet.data() + 2);
    if (total < header) return fail(FrameCode::bad_ip_header, 2);
    if ((load_u16(packet.data() + 6) & 0x3fff) != 0) return fail(FrameCode::fragment, 6); // more fragments, or not the first
    if (load_u8(packet.data() + 9) != kProtocolUdp) return fail(FrameCode::not_udp, 9);
    if (total < header + kUdpHeader) return fail(FrameCode::bad_udp_length, 2);
    if (packet.size() < header + kUdpHeader) return fail(FrameCode::truncated, packet.size());

    UdpView view;
    view.ttl = load_u8(packet.data() + 8);
    view.source = {load_u32(packet.data() + 12)};
    view.destination = {load_u32(packet.data() + 16)};
    view.ip_checksum = internet_checksum(packet.first(header)) == 0 ? Checksum::good : Checksum::bad;

    const std::byte* udp = packet.data() + header;
    view.source_port = load_u16(udp);
    view.destination_port = load_u16(udp + 2);
    const std::size_t udp_length = load_u16(udp + 4);
    if (udp_length < kUdpHeader || udp_length > total - header) return fail(FrameCode::bad_udp_length, header + 4);

    const std::size_t present = std::min(udp_length, packet.size() - header);
    view.cut = present < udp_length;
    view.payload_offset = header + kUdpHeader;
    view.payload_length = present - kUdpHeader;
    if (load_u16(udp + 6) == 0) {
        view.udp_checksum = Checksum::absent; // RFC 768: zero means that the sender made none
    } else if (view.cut || checksum_pending) {
        view.udp_checksum = Checksum::unverifiable;
    } else {
        const auto sum = pseudo_header_sum(view.source, view.destination, udp_length);
        view.udp_checksum = internet_checksum(packet.subspan(header, udp_length), sum) == 0 ? Checksum::good : Checksum::bad;
    }
    return view;
}

tl::expected<ArpView, FrameError> parse_arp(std::span<const std::byte> packet)
{
    // RFC 826: hardware 1 (Ethernet), protocol 0x0800, lengths 6 and 4.
    Cursor in{packet};
    const bool ethernet_ipv4 = in.u16() == 1 && in.u16() == kEtherIpv4 && in.u8() == 6 && in.u8() == 4;
    if (in.ok() && !ethernet_ipv4) return fail(FrameCode::not_ipv4, 0);
    ArpView arp;
    arp.operation = in.u16();
    arp.sender_mac = in.mac();
    arp.sender = in.address();
    arp.target_mac = in.mac();
    arp.target = in.address();
    if (!in.ok()) return fail(FrameCode::truncated, packet.size());
    return arp;
}

void make_udp_frame(const FrameSpec& spec, std::span<const std::byte> payload, Buffer& out)
{
    assert(payload.size() <= kMaxUdpPayload);
    payload = payload.first(std::min(payload.size(), kMaxUdpPayload));
    const std::size_t udp_length = kUdpHeader + payload.size();
    out.resize(kEthernetHeader + kIpv4Header + udp_length); // every octet is written below

    std::byte* const ethernet = out.data();
    std::memcpy(ethernet, spec.destination_mac.octets.data(), spec.destination_mac.octets.size());
    std::memcpy(ethernet + 6, spec.source_mac.octets.data(), spec.source_mac.octets.size());
    store_u16(ethernet + 12, kEtherIpv4);

    std::byte* const ip = ethernet + kEthernetHeader;
    store_u16(ip, 0x4500); // version 4, five words
    store_u16(ip + 2, static_cast<std::uint16_t>(kIpv4Header + udp_length));
    store_u32(ip + 4, 0); // identification, no fragment
    store_u16(ip + 8, static_cast<std::uint16_t>(spec.ttl << 8 | kProtocolUdp));
    store_u16(ip + 10, 0);
    store_u32(ip + 12, spec.source.value);
    store_u32(ip + 16, spec.destination.value);
    store_u16(ip + 10, internet_checksum({ip, kIpv4Header}));

    std::byte* const udp = ip + kIpv4Header;
    store_u16(udp, spec.source_port);
    store_u16(udp + 2, spec.destination_port);
    store_u16(udp + 4, static_cast<std::uint16_t>(udp_length));
    store_u16(udp + 6, 0);
    if (!payload.empty()) std::memcpy(udp + kUdpHeader, payload.data(), payload.size());
    const auto checksum = internet_checksum({udp, udp_length}, pseudo_header_sum(spec.source, spec.destination, udp_length));
    store_u16(udp + 6, checksum == 0 ? std::uint16_t{0xffff} : checksum); // RFC 768: zero would mean "none"
}

void make_arp_frame(const ArpView& arp, MacAddress destination, Buffer& out)
{
    out.clear();
    put_mac(out, destination);
    put_mac(out, arp.sender_mac);
    put_u16(out, kEtherArp);
    put_u16(out, 1); // Ethernet
    put_u16(out, kEtherIpv4);
    put_u8(out, 6);
    put_u8(out, 4);
    put_u16(out, arp.operation);
    put_mac(out, arp.sender_mac);
    put_u32(out, arp.sender.value);
    put_mac(out, arp.target_mac);
    put_u32(out, arp.target.value);
}

} // namespace dorascope::wire
