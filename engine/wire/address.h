// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses as values: IPv4, prefixes and ranges of it, MAC, and the chaddr field of any hardware type.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dorascope {

/// An IPv4 address; `value` is in host order, so that comparison and arithmetic mean what one expects.
struct Ipv4Address {
    std::uint32_t value = 0;

    static constexpr Ipv4Address from_octets(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d)
    {
        return {(std::uint32_t{a} << 24) | (std::uint32_t{b} << 16) | (std::uint32_t{c} << 8) | d};
    }
    /// Dotted quad, exactly four decimal parts without leading zeros ("010" is refused: some read it as octal).
    static std::optional<Ipv4Address> parse(std::string_view text);

    constexpr bool is_unspecified() const { return value == 0; }
    constexpr bool is_broadcast() const { return value == 0xffffffffU; }
    constexpr bool is_loopback() const { return (value >> 24) == 127; }
    constexpr bool is_multicast() const { return (value >> 28) == 0xe; }
    /// Usable as a host's own address: none of 0/8, 127/8, 224/4, 240/4.
    constexpr bool is_host() const { return (value >> 24) != 0 && !is_loopback() && value < 0xe0000000U; }

    std::string to_string() const;
    constexpr auto operator<=>(const Ipv4Address&) const = default;
};

constexpr Ipv4Address operator+(Ipv4Address a, std::uint32_t n) { return {a.value + n}; }
constexpr std::int64_t operator-(Ipv4Address a, Ipv4Address b) { return std::int64_t{a.value} - std::int64_t{b.value}; }

inline constexpr Ipv4Address kAnyAddress{0};
inline constexpr Ipv4Address kBroadcastAddress{0xffffffffU};

/// A subnet in CIDR notation. Host bits of `network` are always zero.
struct Ipv4Prefix {
    Ipv4Address network;
    std::uint8_t length = 0; ///< 0 … 32

    /// The prefix that `address` lies in. length > 32 is taken as 32.
    static constexpr Ipv4Prefix of(Ipv4Address address, std::uint8_t length)
    {
        const std::uint8_t bits = std::min<std::uint8_t>(length, 32);
        return {{address.value & mask_of(bits)}, bits};
    }
    /// "192.168.1.0/24". Host bits set are refused, so that a typing error is not taken for a network.
    static std::optional<Ipv4Prefix> parse(std::string_view text);

    constexpr Ipv4Address mask() const { return {mask_of(length)}; }
    constexpr Ipv4Address broadcast() const { return {network.value | ~mask_of(length)}; }
    constexpr bool contains(Ipv4Address a) const { return (a.value & mask_of(length)) == network.value; }
    /// Network or broadcast address, which no host has. RFC 3021: a /31 has neither.
    constexpr bool is_edge(Ipv4Address a) const { return length <= 30 && (a == network || a == broadcast()); }
    std::string to_string() const;
    constexpr auto operator<=>(const Ipv4Prefix&) const = default;

private:
    static constexpr std::uint32_t mask_of(std::uint8_t bits) { return bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits); }
};

/// The prefix length of a netmask, or nothing when its ones are not contiguous.
std::optional<std::uint8_t> prefix_length(Ipv4Address mask);

/// An inclusive range, first ≤ last.
struct Ipv4Range {
    Ipv4Address first;
    Ipv4Address last;

    /// "A-B" or a single "A". Refuses last < first.
    static std::optional<Ipv4Range> parse(std::string_view text);
    constexpr bool contains(Ipv4Address a) const { return first <= a && a <= last; }
    constexpr std::uint64_t size() const { return std::uint64_t{last.value} - first.value + 1; }
    constexpr bool overlaps(const Ipv4Range& o) const { return first <= o.last && o.first <= last; }
    std::string to_string() const;
    constexpr auto operator<=>(const Ipv4Range&) const = default;
};

/// An Ethernet address.
struct MacAddress {
    std::array<std::uint8_t, 6> octets{};

    /// Six hexadecimal pairs separated by ':' or '-'.
    static std::optional<MacAddress> parse(std::string_view text);
    constexpr bool is_broadcast() const { return *this == MacAddress{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}; }
    constexpr bool is_zero() const { return *this == MacAddress{}; }
    constexpr bool is_multicast() const { return (octets[0] & 1) != 0; }
    /// Locally administered: what phones with "private address" use, so no vendor can be told from it.
    constexpr bool is_local() const { return (octets[0] & 2) != 0; }
    std::string to_string() const; ///< "aa:bb:cc:dd:ee:ff"
    constexpr auto operator<=>(const MacAddress&) const = default;
};

inline constexpr MacAddress kBroadcastMac{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

/// htype, hlen and the significant octets of chaddr (RFC 2131 §2). Octets past `length` are zero.
struct HardwareAddress {
    static constexpr std::size_t kMaxLength = 16;

    std::uint8_t type = 1; ///< IANA ARP hardware type; 1 is Ethernet
    std::uint8_t length = 0; ///< 0 … 16
    std::array<std::uint8_t, kMaxLength> octets{};

    static constexpr HardwareAddress of(const MacAddress& mac)
    {
        HardwareAddress hw{1, 6, {}};
        for (std::size_t i = 0; i < 6; ++i)
            hw.octets[i] = mac.octets[i];
        return hw;
    }
    /// The Ethernet address, where it is one.
    constexpr std::optional<MacAddress> mac() const
    {
        if (type != 1 || length != 6) return std::nullopt;
        MacAddress m;
        for (std::size_t i = 0; i < 6; ++i)
            m.octets[i] = octets[i];
        return m;
    }
    constexpr std::span<const std::uint8_t> bytes() const { return {octets.data(), std::min<std::size_t>(length, kMaxLength)}; }
    std::string to_string() const; ///< colon-separated lower-case hex of the significant octets
    constexpr auto operator<=>(const HardwareAddress&) const = default;
};

} // namespace dorascope

template <> struct std::hash<dorascope::Ipv4Address> {
    std::size_t operator()(dorascope::Ipv4Address a) const noexcept
    {
        return static_cast<std::size_t>(a.value * 0x9e3779b97f4a7c15ULL >> 16);
    }
};
template <> struct std::hash<dorascope::MacAddress> {
    std::size_t operator()(const dorascope::MacAddress& m) const noexcept
    {
        std::uint64_t v = 0;
        for (const auto o : m.octets)
            v = (v << 8) | o;
        return static_cast<std::size_t>(v * 0x9e3779b97f4a7c15ULL >> 13);
    }
};
template <> struct std::hash<dorascope::HardwareAddress> {
    std::size_t operator()(const dorascope::HardwareAddress& h) const noexcept
    {
        std::uint64_t v = 0xcbf29ce484222325ULL ^ (std::uint64_t{h.type} << 8 | h.length);
        for (const auto o : h.bytes())
            v = (v ^ o) * 0x100000001b3ULL;
        return static_cast<std::size_t>(v ^ (v >> 29));
    }
};
