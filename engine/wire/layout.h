// SPDX-License-Identifier: GPL-3.0-or-later
// Where things stand in a DHCP payload (RFC 2131 §2, figure 1). The parser, the writer and the dissector share it.
#pragma once

#include "engine/wire/message.h"

#include <cstddef>
#include <cstdint>

namespace dorascope::wire::layout {

inline constexpr std::size_t op = 0, htype = 1, hlen = 2, hops = 3, xid = 4, secs = 8, flags = 10, ciaddr = 12, yiaddr = 16,
                             siaddr = 20, giaddr = 24, chaddr = 28, sname = 44, file = 108, cookie = 236, options = 240;
inline constexpr std::size_t sname_size = 64, file_size = 128, chaddr_size = 16;
inline constexpr std::uint32_t magic_cookie = 0x63825363; // RFC 2131 §3: 99.130.83.99
static_assert(file + file_size == kHeaderSize && cookie == kHeaderSize);

/// Bits of option 52 (RFC 2132 §9.3): 1 file, 2 sname, 3 both.
inline constexpr std::uint8_t overload_file = 1, overload_sname = 2;

} // namespace dorascope::wire::layout
