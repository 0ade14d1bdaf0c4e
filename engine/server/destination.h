// SPDX-License-Identifier: GPL-3.0-or-later
// Where a reply goes (RFC 2131 §4.1).
#pragma once

#include "engine/server/dhcp_server.h"
#include "engine/wire/message.h"

namespace dorascope::server {

struct Destination {
    Delivery delivery{};
    Ipv4Address address;
    std::uint16_t port = wire::kClientPort;
    MacAddress mac; ///< link destination; for a routed reply a hint (who sent the request), zero when unknown
    StepCode why{};
};

/// `relay_port` is where the relay listens: 67, or the port it sent from (RFC 8357).
Destination choose_destination(const wire::Message& request, const wire::Message& reply, const MacAddress& source_mac,
                               std::uint16_t relay_port = wire::kServerPort);
/// RFC 2131 §4.3.5: "directly to the address given in 'ciaddr'", relay or not.
Destination inform_destination(const wire::Message& request, const MacAddress& source_mac);

} // namespace dorascope::server
