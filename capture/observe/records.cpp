// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/observe/records.h"

#include <array>

namespace dorascope::observe {

static_assert(sizeof(Message) <= 64, "budget: memory per recorded frame");

std::string_view to_string(ExchangeOutcome outcome)
{
    static constexpr std::array<std::string_view, 12> kNames{"pending",  "bound",    "renewed",    "nak",
                                                             "no_offer", "no_ack",   "not_taken",  "declined",
                                                             "released", "informed", "unanswered", "orphan"};
    const auto i = static_cast<std::size_t>(outcome);
    return i < kNames.size() ? kNames[i] : "unknown";
}

std::string_view to_string(BindingState state)
{
    static constexpr std::array<std::string_view, 6> kNames{"offered", "bound", "expired", "released", "declined", "conflict"};
    const auto i = static_cast<std::size_t>(state);
    return i < kNames.size() ? kNames[i] : "unknown";
}

bool Binding::is_nobodys() const
{
    return client == kNone && !quarantined && (state == BindingState::expired || state == BindingState::released);
}

} // namespace dorascope::observe
