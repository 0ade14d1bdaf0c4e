// SPDX-License-Identifier: GPL-3.0-or-later
// Option 82, as far as a server acts on it (RFC 3046 and the suboptions that followed). It is echoed whatever it holds.
#pragma once

#include "engine/wire/message.h"

#include <cstdint>
#include <optional>
#include <span>

namespace dorascope::server {

/// Borrowed from the message. Suboptions of the wrong length count as absent; reading ends where one overruns.
struct RelayInformation {
    RelayInformation() = default;
    explicit RelayInformation(const wire::Message& message);

    std::span<const std::uint8_t> circuit_id; ///< 1, RFC 3046 §3.1
    std::span<const std::uint8_t> remote_id; ///< 2, RFC 3046 §3.2
    // What follows is a relay's to say: it counts with giaddr only, since a client can write option 82 too.
    std::optional<Ipv4Address> link_selection; ///< 5, RFC 3527: the subnet the client is on
    std::optional<bool> unicast; ///< 10, RFC 5010: the client sent this message to one address
    std::optional<Ipv4Address> server_override; ///< 11, RFC 5107: what option 54 of the reply has to say
    bool source_port = false; ///< 19, RFC 8357: the reply goes to the port the relay sent from
};

} // namespace dorascope::server
