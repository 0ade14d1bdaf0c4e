// SPDX-License-Identifier: GPL-3.0-or-later
// A DHCP client on the client's machine of a Cable, one frame at a time.
#pragma once

#include "engine/host/privileged.h"
#include "engine/wire/framing.h"
#include "engine/wire/message.h"
#include "tests/support/cable.h"

#include <optional>

namespace dorascope::test {

/// A reply and how it came.
struct Reply {
    wire::Message message;
    MacAddress to_mac;
    Ipv4Address from, to;
};

class WireClient {
public:
    WireClient(const Cable& cable, std::uint8_t number); ///< its MAC ends in `number`

    wire::Message message(MessageType type) const;
    wire::Message discover() const;
    wire::Message select(const wire::Message& offer) const; ///< DHCPREQUEST in SELECTING
    wire::Message init_reboot(Ipv4Address address) const;

    /// As a client without an address does: from 0.0.0.0 to everybody.
    void broadcast(const wire::Message& message) const { put(frame_of(message)); }
    wire::Buffer frame_of(const wire::Message& message, Ipv4Address to = kBroadcastAddress) const;
    void put(const wire::Buffer& frame) const;
    /// The next reply to this client; nothing and a failure when none comes.
    std::optional<Reply> receive() const;
    /// What has come is thrown away; nothing must be under way.
    bool has_reply_waiting() const;
    /// DISCOVER … ACK; the ACK.
    std::optional<Reply> dora() const;

private:
    std::optional<Reply> take() const;

    const Cable& cable_;
    MacAddress mac_;
    std::uint32_t xid_;
    host::Descriptor socket_;
};

} // namespace dorascope::test
