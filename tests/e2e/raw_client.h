// SPDX-License-Identifier: GPL-3.0-or-later
// A client made by hand, for requests that no ordinary client sends: one frame at a time, on eth0 of a machine.
#pragma once

#include "engine/host/privileged.h"
#include "engine/wire/framing.h"
#include "engine/wire/message.h"
#include "tests/e2e/lan.h"

#include <optional>

namespace dorascope::test {

class RawClient {
public:
    RawClient(const Machine& machine, MacAddress mac);

    const MacAddress& mac() const { return mac_; }
    wire::Message discover() const { return message(MessageType::discover); }
    wire::Message select(const wire::Message& offer) const; ///< DHCPREQUEST in SELECTING
    /// From 0.0.0.0 to everybody, as a client without an address does.
    void broadcast(const wire::Message& message) const;
    /// The same under any chaddr and link address.
    void broadcast_as(const MacAddress& mac, wire::Message message) const;
    /// The next reply to this client; nothing and a failure when none comes.
    std::optional<wire::Message> receive() const;
    /// Replies that have come, and those that come within `time`: for what must not happen.
    std::vector<wire::Message> replies_within(std::chrono::milliseconds time) const;

private:
    wire::Message message(MessageType type) const;
    std::optional<wire::Message> take() const;

    MacAddress mac_;
    std::uint32_t xid_;
    unsigned interface_ = 0;
    host::Descriptor socket_;
};

} // namespace dorascope::test
