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
    /// As it is, in a frame from this client's own card.
    void broadcast_for_another(const wire::Message& message) const;
    /// An ARP reply: `sender` has `address`. The frame says that it comes from `card`.
    void answer_arp(const MacAddress& card, const MacAddress& sender, Ipv4Address address) const;
    /// The address that the next ARP request asks for, as far as one waits.
    std::optional<Ipv4Address> next_asked() const;
    /// The next reply to this client; nothing and a failure when none comes.
    std::optional<wire::Message> receive() const;
    /// Replies that have come, and those that come within `time`: for what must not happen.
    std::vector<wire::Message> replies_within(std::chrono::milliseconds time) const;

private:
    wire::Message message(MessageType type) const;
    std::optional<wire::Message> take() const;
    void broadcast_from(const MacAddress& card, const wire::Message& message) const;
    void send(const wire::Buffer& frame) const;

    MacAddress mac_;
    std::uint32_t xid_;
    unsigned interface_ = 0;
    host::Descriptor socket_;
    host::Descriptor arp_; ///< what comes by ARP
};

} // namespace dorascope::test
