// SPDX-License-Identifier: GPL-3.0-or-later
// A client made by hand, for requests that no ordinary client sends: one frame at a time, on eth0 of a machine.
#pragma once

#include "tests/e2e/lan.h"
#include "tests/support/packet_client.h"

namespace dorascope::test {

class RawClient : public PacketClient {
public:
    RawClient(const Machine& machine, MacAddress mac);

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
    void send(const wire::Buffer& frame) const;

    host::Descriptor arp_; ///< what comes by ARP
};

} // namespace dorascope::test
