// SPDX-License-Identifier: GPL-3.0-or-later
// A class's lease times where another server takes any three numbers: dhcpd lets the greater bound win, and so the lease time gives way here.
#pragma once

#include "engine/server/config.h"

#include <algorithm>

namespace dorascope::interchange {

inline void bring_between_bounds(server::ClientClass& target)
{
    auto& least = target.min_lease_seconds;
    const auto& most = target.max_lease_seconds;
    if (least && most) least = std::min(*least, *most);
    if (target.lease_seconds && most) target.lease_seconds = std::min(*target.lease_seconds, *most);
    if (target.lease_seconds && least) target.lease_seconds = std::max(*target.lease_seconds, *least);
}

} // namespace dorascope::interchange
