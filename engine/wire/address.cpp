// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/address.h"

#include "engine/wire/hex.h"

#include <bit>
#include <charconv>
#include <fmt/format.h>

namespace dorascope {

namespace {

/// A decimal number without sign, blanks or leading zeros, at most `limit`; the text must be nothing else.
std::optional<std::uint32_t> decimal(std::string_view text, std::uint32_t limit)
{
    if (text.empty() || text.size() > 10 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > limit) return std::nullopt;
    return value;
}

std::optional<std::uint8_t> hex_pair(std::string_view text)
{
    std::uint8_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

} // namespace

std::optional<Ipv4Address> Ipv4Address::parse(std::string_view text)
{
    std::uint32_t value = 0;
    for (int part = 0; part < 4; ++part) {
        const auto dot = part < 3 ? text.find('.') : text.size();
        if (dot == std::string_view::npos) return std::nullopt;
        const auto octet = decimal(text.substr(0, dot), 255);
        if (!octet) return std::nullopt;
        value = value << 8 | *octet;
        text.remove_prefix(part < 3 ? dot + 1 : dot);
    }
    return Ipv4Address{value};
}

std::string Ipv4Address::to_string() const
{
    return fmt::format("{}.{}.{}.{}", value >> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255);
}

std::optional<Ipv4Prefix> Ipv4Prefix::parse(std::string_view text)
{
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto address = Ipv4Address::parse(text.substr(0, slash));
    const auto length = decimal(text.substr(slash + 1), 32);
    if (!address || !length) return std::nullopt;
    const auto prefix = of(*address, static_cast<std::uint8_t>(*length));
    if (prefix.network != *address) return std::nullopt;
    return prefix;
}

std::string Ipv4Prefix::to_string() const { return fmt::format("{}/{}", network.to_string(), length); }

std::optional<std::uint8_t> prefix_length(Ipv4Address mask)
{
    const int ones = std::countl_one(mask.value);
    if (ones < 32 && (mask.value << ones) != 0) return std::nullopt;
    return static_cast<std::uint8_t>(ones);
}

std::optional<Ipv4Range> Ipv4Range::parse(std::string_view text)
{
    const auto dash = text.find('-');
    const auto first = Ipv4Address::parse(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : Ipv4Address::parse(text.substr(dash + 1));
    if (!first || !last || *last < *first) return std::nullopt;
    return Ipv4Range{*first, *last};
}

std::string Ipv4Range::to_string() const
{
    return first == last ? first.to_string() : first.to_string() + '-' + last.to_string();
}

std::optional<MacAddress> MacAddress::parse(std::string_view text)
{
    if (text.size() != 17) return std::nullopt;
    const char separator = text[2];
    if (separator != ':' && separator != '-') return std::nullopt;
    MacAddress mac;
    for (std::size_t i = 0; i < 6; ++i) {
        if (i < 5 && text[i * 3 + 2] != separator) return std::nullopt;
        const auto octet = hex_pair(text.substr(i * 3, 2));
        if (!octet) return std::nullopt;
        mac.octets[i] = *octet;
    }
    return mac;
}

std::string MacAddress::to_string() const { return wire::to_hex(octets, ':'); }

std::string HardwareAddress::to_string() const { return wire::to_hex(bytes(), ':'); }

} // namespace dorascope
