// SPDX-License-Identifier: GPL-3.0-or-later
// A frame: bytes with a timestamp and a link type. Where it came from makes no difference afterwards.
#pragma once

#include "engine/wire/instant.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace dorascope::decode {

/// Values are those of pcap files (LINKTYPE_…, www.tcpdump.org/linktypes.html).
enum class LinkType : std::uint16_t {
    null = 0,
    ethernet = 1,
    raw = 101,
    loop = 108,
    linux_sll = 113,
    ipv4 = 228,
    linux_sll2 = 276
};

/// Borrowed: valid as long as whoever handed it out says.
struct Frame {
    std::uint64_t number = 0; ///< from 1, over all frames of the source, also those that are no DHCP (as Wireshark counts)
    Instant at{};
    LinkType link = LinkType::ethernet;
    std::uint32_t original_length = 0; ///< on the wire; bytes may hold less (snap length)
    std::span<const std::byte> bytes;
};

} // namespace dorascope::decode
