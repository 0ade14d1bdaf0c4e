// SPDX-License-Identifier: GPL-3.0-or-later
// The sockets of a DHCP server, made so that the caller can receive DHCP, ARP and the echo replies it asked for on one interface through
// them, and nothing else, whatever it does to them afterwards.
#pragma once

#include "app/netd/request.h"

#include <cstdint>
#include <optional>

namespace dorascope::netd {

/// See host::ServeSockets.
struct ServeDescriptors {
    int packet = -1;
    int udp = -1;
    int udp_to_relay = -1;
    int echo = -1;
    std::uint16_t echo_identifier = 0;
};
/// Nothing, and `refusal` filled, when one could not be made.
std::optional<ServeDescriptors> open_serve_sockets(const Request& request, Refusal& refusal);

} // namespace dorascope::netd
