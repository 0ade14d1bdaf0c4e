// SPDX-License-Identifier: GPL-3.0-or-later
// The fixed fields of a DHCP payload as they stand, also of one that is cut short or that the parser refuses: what is not there is nothing.
#pragma once

#include "engine/wire/address.h"
#include "engine/wire/cursor.h"
#include "engine/wire/layout.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace dorascope::cli {

class PayloadView {
public:
    explicit PayloadView(std::span<const std::byte> payload) : payload_{payload} { }
    std::optional<std::uint8_t> u8(std::size_t offset) const
    {
        return holds(offset, 1) ? std::optional{wire::load_u8(payload_.data() + offset)} : std::nullopt;
    }
    std::optional<std::uint16_t> u16(std::size_t offset) const
    {
        return holds(offset, 2) ? std::optional{wire::load_u16(payload_.data() + offset)} : std::nullopt;
    }
    std::optional<std::uint32_t> u32(std::size_t offset) const
    {
        return holds(offset, 4) ? std::optional{wire::load_u32(payload_.data() + offset)} : std::nullopt;
    }
    std::optional<Ipv4Address> address(std::size_t offset) const
    {
        const auto v = u32(offset);
        return v ? std::optional{Ipv4Address{*v}} : std::nullopt;
    }
    /// hlen octets of chaddr; 16 when hlen says more (RFC 2131 §2: the field has no more).
    std::optional<HardwareAddress> chaddr() const
    {
        if (!holds(wire::layout::chaddr, wire::layout::chaddr_size)) return std::nullopt;
        HardwareAddress hw;
        hw.type = *u8(wire::layout::htype);
        hw.length = std::min<std::uint8_t>(*u8(wire::layout::hlen), wire::layout::chaddr_size);
        for (std::size_t i = 0; i < hw.length; ++i)
            hw.octets[i] = *u8(wire::layout::chaddr + i);
        return hw;
    }
    /// sname or file: the octets before the first NUL.
    std::optional<std::span<const std::byte>> text(std::size_t offset, std::size_t size) const
    {
        if (!holds(offset, size)) return std::nullopt;
        const auto field = payload_.subspan(offset, size);
        const auto nul = std::ranges::find(field, std::byte{0});
        return field.first(static_cast<std::size_t>(nul - field.begin()));
    }
    std::span<const std::byte> bytes() const { return payload_; }

private:
    bool holds(std::size_t offset, std::size_t n) const { return payload_.size() >= offset + n; }
    std::span<const std::byte> payload_;
};

} // namespace dorascope::cli
