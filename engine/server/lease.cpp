// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/lease.h"

#include <array>

namespace dorascope::server {

std::string_view to_string(LeaseState state)
{
    static constexpr std::array<std::string_view, 6> kNames{"offered", "bound", "expired", "released", "declined", "conflict"};
    const auto i = static_cast<std::size_t>(state);
    return i < kNames.size() ? kNames[i] : "unknown";
}

} // namespace dorascope::server
