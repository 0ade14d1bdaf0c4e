// SPDX-License-Identifier: GPL-3.0-or-later
// A DHCP client on the client's machine of a Cable, one frame at a time.
#pragma once

#include "tests/support/cable.h"
#include "tests/support/packet_client.h"

namespace dorascope::test {

class WireClient : public PacketClient {
public:
    WireClient(const Cable& cable, std::uint8_t number); ///< its MAC ends in `number`

    wire::Message init_reboot(Ipv4Address address) const;

    /// As a client without an address does: from 0.0.0.0 to everybody.
    void broadcast(const wire::Message& message) const { put(frame_of(message)); }
    wire::Buffer frame_of(const wire::Message& message, Ipv4Address to = kBroadcastAddress) const;
    void put(const wire::Buffer& frame) const;
    /// The next reply to this client, whole, from port 67; nothing and a failure when none comes.
    std::optional<Reply> receive() const;
    /// What has come is thrown away; nothing must be under way.
    bool has_reply_waiting() const;
    /// DISCOVER … ACK; the ACK.
    std::optional<Reply> dora() const;

private:
    const Cable& cable_;
};

} // namespace dorascope::test
