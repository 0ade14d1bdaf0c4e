// SPDX-License-Identifier: GPL-3.0-or-later
// The two sockets of a DHCP server, made so that the caller can receive DHCP requests, ARP and echo replies of one interface through
// them, and nothing else, whatever it does to them afterwards.
#pragma once

#include "app/netd/request.h"

namespace dorascope::netd {

/// Packet socket and UDP socket; −1 each and `refusal` filled when one could not be made.
struct ServeDescriptors {
    int packet = -1;
    int udp = -1;
};
ServeDescriptors open_serve_sockets(const Request& request, Refusal& refusal);

} // namespace dorascope::netd
