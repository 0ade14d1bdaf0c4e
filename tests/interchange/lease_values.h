// SPDX-License-Identifier: GPL-3.0-or-later
// The instants, addresses and keys that tests of lease files write down.
#pragma once

#include "engine/server/lease.h"

namespace dorascope::interchange {

inline constexpr Instant kNow = Instant{Duration{1'700'000'000'000'000'000}}; // 2023-11-14T22:13:20Z
inline Instant at(std::int64_t seconds) { return kNow + std::chrono::seconds{seconds}; }
inline Ipv4Address address(const char* text) { return Ipv4Address::parse(text).value(); }

inline server::ClientKey hardware_key(const HardwareAddress& hardware)
{
    server::ClientKey key{server::ClientKey::Kind::hardware, {hardware.type}};
    key.bytes.insert(key.bytes.end(), hardware.bytes().begin(), hardware.bytes().end());
    return key;
}

} // namespace dorascope::interchange
