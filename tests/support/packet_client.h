// SPDX-License-Identifier: GPL-3.0-or-later
// A DHCP client made by hand on a packet socket: it says one message at a time, and hears the replies to its chaddr.
#pragma once

#include "engine/host/privileged.h"
#include "engine/wire/framing.h"
#include "engine/wire/message.h"

#include <functional>
#include <optional>
#include <string>

namespace dorascope::test {

/// A reply and how it came.
struct Reply {
    wire::Message message;
    MacAddress to_mac;
    Ipv4Address from, to;
    std::uint16_t source_port = 0;
    bool checksums_good = false; ///< of IP and UDP
};

class PacketClient {
public:
    /// Does something on the machine that the client is to be on.
    using OnMachine = std::function<void(const std::function<void()>&)>;
    PacketClient(const OnMachine& on_machine, const std::string& interface, MacAddress mac, std::uint32_t xid);

    const MacAddress& mac() const { return mac_; }
    wire::Message message(MessageType type) const;
    wire::Message discover() const { return message(MessageType::discover); }
    wire::Message select(const wire::Message& offer) const; ///< DHCPREQUEST in SELECTING

    /// The next reply to this client; nothing and a failure when none comes.
    std::optional<Reply> receive() const;

protected:
    /// What waits, if it is a reply to this client (RFC 2131 §4.4.1: another xid is not).
    std::optional<Reply> take() const;
    /// Something waits, reply or not.
    bool ready() const;
    unsigned interface() const { return interface_; }
    int socket() const { return socket_.get(); }

private:
    MacAddress mac_;
    std::uint32_t xid_;
    unsigned interface_ = 0;
    host::Descriptor socket_;
};

/// A packet socket that hears one kind of frame at an interface of this machine.
host::Descriptor packet_socket(unsigned interface, std::uint16_t ether_type);

/// From 0.0.0.0, as a client without an address sends it.
wire::Buffer frame_of(const wire::Message& message, const MacAddress& from, const MacAddress& to_mac, Ipv4Address to);

} // namespace dorascope::test
