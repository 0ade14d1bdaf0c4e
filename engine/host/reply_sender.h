// SPDX-License-Identifier: GPL-3.0-or-later
// Replies onto the wire, as few calls as possible: frames through the packet socket where the client has no address yet, ordinary
// datagrams where it has (RFC 2131 §4.1).
#pragma once

#include "engine/host/privileged.h"
#include "engine/server/dhcp_server.h"

#include <cstdint>
#include <memory>
#include <span>

namespace dorascope::host {

class ReplySender {
public:
    /// The sockets are borrowed, the packet socket bound to the interface; `mac` is the interface's.
    ReplySender(const ServeSockets& sockets, MacAddress mac);
    ReplySender(ReplySender&&) noexcept;
    ReplySender& operator=(ReplySender&&) noexcept;
    ~ReplySender();

    struct Result {
        std::uint64_t sent = 0, failed = 0;
        int error = 0; ///< errno of the last failure
        Ipv4Address destination; ///< of the last failure
    };
    /// Those that promise something, or those that do not. Never waits: what the interface does not take now is lost, as on the wire, and
    /// the client asks again.
    Result send(std::span<const server::Transmit> transmits, bool promises);

private:
    class Frames;
    class Datagrams;
    std::unique_ptr<Frames> frames_;
    std::unique_ptr<Datagrams> datagrams_;
};

} // namespace dorascope::host
