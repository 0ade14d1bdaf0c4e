// SPDX-License-Identifier: GPL-3.0-or-later
// Ethernet, IPv4 and UDP around a DHCP payload: read with their checksums verified, and made. Also ARP. (RFC 791, 768, 826, IEEE 802.3.)
#pragma once

#include "engine/wire/address.h"
#include "engine/wire/message.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <tl/expected.hpp>

namespace dorascope::wire {

inline constexpr std::uint16_t kServerPort = 67, kClientPort = 68;
inline constexpr std::uint16_t kEtherIpv4 = 0x0800, kEtherArp = 0x0806, kEtherVlan = 0x8100, kEtherQinQ = 0x88a8;

enum class Checksum : std::uint8_t { good, bad, absent /* UDP 0 */, unverifiable /* truncated capture, or not filled in yet */ };

enum class FrameCode : std::uint8_t { truncated, not_ipv4, bad_ip_header, fragment, not_udp, bad_udp_length };
struct FrameError {
    FrameCode code{};
    std::size_t offset = 0; ///< into what was handed in
};

struct EthernetView {
    MacAddress destination, source;
    std::uint16_t ether_type = 0; ///< after any VLAN tags
    std::uint8_t vlan_count = 0; ///< tags skipped
    std::uint16_t vlan = 0; ///< VLAN id of the innermost tag, 0 when none
    std::size_t payload_offset = 0; ///< into the frame
};
tl::expected<EthernetView, FrameError> parse_ethernet(std::span<const std::byte> frame);

struct UdpView {
    Ipv4Address source, destination;
    std::uint16_t source_port = 0, destination_port = 0;
    std::uint8_t ttl = 0;
    Checksum ip_checksum{}, udp_checksum{};
    std::size_t payload_offset = 0; ///< into what was handed in
    std::size_t payload_length = 0; ///< bytes present: the UDP length, less what a short snap length cut off
    bool cut = false; ///< the capture holds less than the UDP length says
};
/// From the first byte of an IPv4 header. Bytes past the IP total length (Ethernet padding) are ignored. `checksum_pending`: its sender, a
/// program on this machine, leaves the UDP checksum to the hardware that the packet did not come by, so that there is none to verify.
tl::expected<UdpView, FrameError> parse_ipv4_udp(std::span<const std::byte> packet, bool checksum_pending = false);

struct ArpView {
    std::uint16_t operation = 0; ///< 1 request, 2 reply
    MacAddress sender_mac, target_mac;
    Ipv4Address sender, target;
};
tl::expected<ArpView, FrameError> parse_arp(std::span<const std::byte> packet);

struct FrameSpec {
    MacAddress source_mac, destination_mac;
    Ipv4Address source, destination;
    std::uint16_t source_port = 0, destination_port = 0;
    std::uint8_t ttl = 64;
};
/// Ethernet + IPv4 + UDP + payload, checksums filled in, replacing `out`. Payload ≤ 65507 octets.
void make_udp_frame(const FrameSpec& spec, std::span<const std::byte> payload, Buffer& out);
void make_arp_frame(const ArpView& arp, MacAddress destination, Buffer& out);

/// The checksum of RFC 1071 over bytes and a partial sum of 16-bit words (a pseudo header). Over bytes that hold their own checksum
/// it is 0 when they are intact.
std::uint16_t internet_checksum(std::span<const std::byte> bytes, std::uint32_t sum = 0);

} // namespace dorascope::wire
