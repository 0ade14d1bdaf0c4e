// SPDX-License-Identifier: GPL-3.0-or-later
// Replies onto the wire: frames through the packet socket where the client has no address yet, ordinary datagrams where it has
// (RFC 2131 §4.1).
#pragma once

#include "engine/host/privileged.h"
#include "engine/server/dhcp_server.h"

#include <cstdint>
#include <span>
#include <vector>

namespace dorascope::host {

class ReplySender {
public:
    /// The sockets are borrowed; `mac` is the interface's.
    ReplySender(const ServeSockets& sockets, std::uint32_t interface, MacAddress mac);

    struct Result {
        std::uint64_t sent = 0, failed = 0;
        int error = 0; ///< errno of the last failure
    };
    /// Never waits: what the interface does not take now is lost, as on the wire, and the client asks again.
    Result send(std::span<const server::Transmit> transmits);

private:
    void send_frame(const server::Transmit& transmit, Result& result);
    void send_datagram(const server::Transmit& transmit, Result& result);

    int packet_, udp_;
    std::uint32_t interface_;
    MacAddress mac_;
    wire::Buffer frame_;
};

} // namespace dorascope::host
