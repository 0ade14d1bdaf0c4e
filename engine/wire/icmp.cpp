// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/icmp.h"

#include "engine/wire/cursor.h"
#include "engine/wire/framing.h"

namespace dorascope::wire {

namespace {

constexpr std::size_t kIpv4Header = 20, kEchoHeader = 8, kData = 8;
constexpr std::uint8_t kProtocolIcmp = 1, kTtl = 64;

} // namespace

std::optional<EchoView> parse_ipv4_echo(std::span<const std::byte> packet)
{
    if (packet.size() < kIpv4Header || load_u8(packet.data()) >> 4 != 4) return std::nullopt;
    const std::size_t header = std::size_t{4} * (load_u8(packet.data()) & 15U);
    const std::size_t total = load_u16(packet.data() + 2);
    if (header < kIpv4Header || total < header + kEchoHeader || total > packet.size()) return std::nullopt;
    if ((load_u16(packet.data() + 6) & 0x3fff) != 0) return std::nullopt; // more fragments, or not the first
    if (load_u8(packet.data() + 9) != kProtocolIcmp) return std::nullopt;
    const auto icmp = packet.subspan(header, total - header); // without what Ethernet padded
    if (internet_checksum(packet.first(header)) != 0 || internet_checksum(icmp) != 0) return std::nullopt;
    const std::uint8_t type = load_u8(icmp.data());
    const bool echo = type == std::uint8_t(EchoView::Type::reply) || type == std::uint8_t(EchoView::Type::request);
    if (!echo || load_u8(icmp.data() + 1) != 0) return std::nullopt;
    return EchoView{EchoView::Type{type},
                    {load_u32(packet.data() + 12)},
                    {load_u32(packet.data() + 16)},
                    load_u16(icmp.data() + 4),
                    load_u16(icmp.data() + 6)};
}

void make_ipv4_echo(const EchoView& echo, Buffer& out)
{
    out.clear();
    put_u8(out, 0x45); // version 4, five words
    put_u8(out, 0);
    put_u16(out, static_cast<std::uint16_t>(kIpv4Header + kEchoHeader + kData));
    put_u32(out, 0); // identification, no fragment
    put_u8(out, kTtl);
    put_u8(out, kProtocolIcmp);
    put_u16(out, 0); // checksum, below
    put_u32(out, echo.source.value);
    put_u32(out, echo.destination.value);
    store_u16(out.data() + 10, internet_checksum(out));

    put_u8(out, static_cast<std::uint8_t>(echo.type));
    put_u8(out, 0); // code
    put_u16(out, 0); // checksum, below
    put_u16(out, echo.identifier);
    put_u16(out, echo.sequence);
    out.resize(kIpv4Header + kEchoHeader + kData);
    store_u16(out.data() + kIpv4Header + 2, internet_checksum(std::span{out}.subspan(kIpv4Header)));
}

} // namespace dorascope::wire
