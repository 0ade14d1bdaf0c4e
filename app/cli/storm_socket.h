// SPDX-License-Identifier: GPL-3.0-or-later
// Where the messages of a storm go out and the replies come in: a relay agent's UDP socket, or a packet socket on the clients' link.
#pragma once

#include "app/cli/failure.h"
#include "app/cli/storm_clients.h"

#include <memory>
#include <span>
#include <string>

namespace dorascope::cli {

class StormSocket {
public:
    /// How long receive() waits at most; retransmissions are that late.
    static constexpr std::chrono::milliseconds kPatience{4};

    virtual ~StormSocket() = default;
    /// Waits where the kernel has no room. What cannot be sent (nobody listens there) is lost, as on the wire.
    virtual void send(const StormClients& clients) = 0;
    /// DHCP payloads; waits for the first, takes what else is there. Valid until the next call.
    virtual std::span<const std::span<const std::byte>> receive() = 0;
};
using StormSocketPtr = std::unique_ptr<StormSocket>;

/// Bound to giaddr:67, talks to server:67 only. `interface`: no other one is used; may be empty.
tl::expected<StormSocketPtr, Failure> open_relay_socket(Ipv4Address giaddr, Ipv4Address server, const std::string& interface);
/// Frames that are broadcast; needs CAP_NET_RAW.
tl::expected<StormSocketPtr, Failure> open_link_socket(const std::string& interface);

} // namespace dorascope::cli
