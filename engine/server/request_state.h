// SPDX-License-Identifier: GPL-3.0-or-later
// The four states a DHCPREQUEST can come from, told apart by what it fills in (RFC 2131 §4.3.2, table 4).
#pragma once

#include "engine/wire/decision.h"
#include "engine/wire/message.h"

namespace dorascope::server {

enum class RequestState : std::uint8_t { selecting, init_reboot, renewing, rebinding, ambiguous };

struct ClassifiedRequest {
    RequestState state{};
    Ipv4Address address; ///< what it asks for: option 50 or ciaddr
};

/// `broadcast`: it was sent to 255.255.255.255, or a relay passed it on, which comes to the same.
ClassifiedRequest classify_request(const wire::Message& request, bool broadcast);
StepCode step_of(RequestState state);

} // namespace dorascope::server
