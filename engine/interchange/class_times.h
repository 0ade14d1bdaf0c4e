// SPDX-License-Identifier: GPL-3.0-or-later
// A class's lease times where another server takes any three numbers: dhcpd heeds the most before the least, which wins where it is greater.
#pragma once

#include "engine/server/config.h"

#include <algorithm>

namespace dorascope::interchange {

inline void bring_between_bounds(server::ClientClass& target)
{
    const auto& least = target.min_lease_seconds;
    auto& most = target.max_lease_seconds;
    if (least && most) most = std::max(*least, *most);
    if (target.lease_seconds && most) target.lease_seconds = std::min(*target.lease_seconds, *most);
    if (target.lease_seconds && least) target.lease_seconds = std::max(*target.lease_seconds, *least);
}

} // namespace dorascope::interchange
