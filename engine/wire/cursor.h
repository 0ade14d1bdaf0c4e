// SPDX-License-Identifier: GPL-3.0-or-later
// Reading and writing octets in network order. A Cursor fails once: after the first overrun every read yields zero and ok() stays
// false, so a parser checks at the end and never in the middle.
#pragma once

#include "engine/wire/address.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dorascope::wire {

/// Big-endian loads from memory known to be long enough.
constexpr std::uint8_t load_u8(const std::byte* p) { return std::to_integer<std::uint8_t>(*p); }
constexpr std::uint16_t load_u16(const std::byte* p)
{
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(p[0]) << 8 | std::to_integer<unsigned>(p[1]));
}
constexpr std::uint32_t load_u32(const std::byte* p) { return std::uint32_t{load_u16(p)} << 16 | load_u16(p + 2); }

/// Big-endian stores into memory known to be long enough.
constexpr void store_u8(std::byte* p, std::uint8_t v) { *p = std::byte{v}; }
constexpr void store_u16(std::byte* p, std::uint16_t v)
{
    p[0] = static_cast<std::byte>(v >> 8);
    p[1] = static_cast<std::byte>(v & 0xff);
}
constexpr void store_u32(std::byte* p, std::uint32_t v)
{
    store_u16(p, static_cast<std::uint16_t>(v >> 16));
    store_u16(p + 2, static_cast<std::uint16_t>(v & 0xffff));
}

/// Big-endian appends.
inline void put_u8(std::vector<std::byte>& out, std::uint8_t v) { out.push_back(std::byte{v}); }
inline void put_u16(std::vector<std::byte>& out, std::uint16_t v)
{
    put_u8(out, static_cast<std::uint8_t>(v >> 8));
    put_u8(out, static_cast<std::uint8_t>(v & 0xff));
}
inline void put_u32(std::vector<std::byte>& out, std::uint32_t v)
{
    put_u16(out, static_cast<std::uint16_t>(v >> 16));
    put_u16(out, static_cast<std::uint16_t>(v & 0xffff));
}
inline void put_bytes(std::vector<std::byte>& out, std::span<const std::byte> bytes)
{
    out.insert(out.end(), bytes.begin(), bytes.end());
}

class Cursor {
public:
    explicit Cursor(std::span<const std::byte> bytes) : bytes_{bytes} { }
    bool ok() const { return ok_; }
    bool at_end() const { return position_ == bytes_.size(); }
    std::size_t position() const { return position_; }
    std::size_t remaining() const { return bytes_.size() - position_; }

    std::uint8_t u8() { return take(1) ? load_u8(bytes_.data() + position_ - 1) : std::uint8_t{0}; }
    std::uint16_t u16() { return take(2) ? load_u16(bytes_.data() + position_ - 2) : std::uint16_t{0}; }
    std::uint32_t u32() { return take(4) ? load_u32(bytes_.data() + position_ - 4) : 0U; }
    Ipv4Address address() { return {u32()}; }
    MacAddress mac()
    {
        MacAddress mac;
        for (auto& octet : mac.octets)
            octet = u8();
        return mac;
    }
    /// Empty after an overrun.
    std::span<const std::byte> bytes(std::size_t n)
    {
        return take(n) ? bytes_.subspan(position_ - n, n) : std::span<const std::byte>{};
    }
    void skip(std::size_t n) { take(n); }

private:
    bool take(std::size_t n)
    {
        if (!ok_ || n > remaining()) {
            ok_ = false;
            return false;
        }
        position_ += n;
        return true;
    }

    std::span<const std::byte> bytes_;
    std::size_t position_ = 0;
    bool ok_ = true;
};

} // namespace dorascope::wire
