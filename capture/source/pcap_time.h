// SPDX-License-Identifier: GPL-3.0-or-later
// Between the Instant of the fold and the seconds and nanoseconds of a capture file.
#pragma once

#include "engine/wire/instant.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace dorascope::source {

inline constexpr std::int64_t kNanoseconds = 1'000'000'000;

/// Times that no Instant holds (a damaged pcapng can bear any) become the nearest that one does. The seconds of a pcap file are unsigned
/// (draft-ietf-opsawg-pcap §5), but libpcap takes them for signed: from 2038 on they come out negative.
constexpr Instant instant_of(std::int64_t seconds, std::int64_t nanoseconds)
{
    if (seconds < 0 && seconds >= INT32_MIN) seconds += std::int64_t{UINT32_MAX} + 1;
    constexpr std::int64_t kMost = INT64_MAX / kNanoseconds - 1;
    seconds = std::clamp<std::int64_t>(seconds, -kMost, kMost);
    nanoseconds = std::clamp<std::int64_t>(nanoseconds, 0, kNanoseconds - 1);
    return Instant{Duration{seconds * kNanoseconds + nanoseconds}};
}

/// Seconds as a pcap file holds them (unsigned, 32 bits) and nanoseconds.
constexpr std::pair<std::int64_t, std::int64_t> pcap_time(Instant at)
{
    const auto count = std::clamp<std::int64_t>(at.time_since_epoch().count(), 0, std::int64_t{UINT32_MAX} * kNanoseconds);
    return {count / kNanoseconds, count % kNanoseconds};
}

} // namespace dorascope::source
