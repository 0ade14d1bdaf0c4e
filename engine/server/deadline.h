// SPDX-License-Identifier: GPL-3.0-or-later
// `now` plus a span of time, where the sum may not fit: the end of time is as far as it goes.
#pragma once

#include "engine/wire/instant.h"

namespace dorascope::server {

constexpr Instant deadline_after(Instant now, Duration span)
{
    return span > Duration::zero() && now > kNever - span ? kNever : now + span;
}
constexpr Instant lease_end(Instant now, std::uint32_t seconds)
{
    return seconds == kInfiniteSeconds ? kNever : deadline_after(now, std::chrono::seconds{seconds});
}

} // namespace dorascope::server
