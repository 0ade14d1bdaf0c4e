// SPDX-License-Identifier: GPL-3.0-or-later
// Is this reply right? What a client of RFC 2131 may rely on in every OFFER and ACK, a row a rule.
#pragma once

#include "engine/wire/message.h"

#include <optional>
#include <string>

namespace dorascope::cli {

/// What the client that asked knows. An unspecified address: nothing to compare with.
struct ExpectedReply {
    HardwareAddress hardware;
    Ipv4Address ciaddr, giaddr; ///< of the request
    Ipv4Address yiaddr; ///< offered before, or the client's own
    Ipv4Address server_identifier; ///< of the offer
};

/// The rule that an OFFER or ACK breaks, with what stands there; nothing when it is right.
std::optional<std::string> fault_of(const wire::Message& reply, const ExpectedReply& expected);

} // namespace dorascope::cli
