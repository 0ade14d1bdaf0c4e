// SPDX-License-Identifier: GPL-3.0-or-later
// Datagrams to one relay agent through a connected socket, which spares the kernel looking for the way each time. Which relay that is follows
// from where the replies go.
#pragma once

#include "engine/host/send_queue.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <netinet/in.h>
#include <span>
#include <sys/uio.h>

namespace dorascope::host {

/// Whom a datagram goes to, and from which of our addresses.
struct Peer {
    Ipv4Address address;
    std::uint16_t port = 0;
    Ipv4Address source;
    bool operator==(const Peer&) const = default;
};
sockaddr_in socket_address(Ipv4Address address, std::uint16_t port);

class RelayQueue {
public:
    /// The socket is borrowed: bound to the server port, not connected.
    explicit RelayQueue(int fd) : fd_{fd}, queue_{fd} { }

    /// Counts a datagram to `peer`. True: so many go there that it should be connect_to()'s next, once what waits is flushed.
    bool turns_to(const Peer& peer);
    /// Tries to; then it is not tried again until another one has had its turn.
    void connect_to(const Peer& peer);
    bool is_connected_to(const Peer& peer) const { return connected_ && peer == peer_; }
    const Peer& peer() const { return peer_; }

    bool full() const { return queue_.full(); }
    /// `payload` stays where it is until flush().
    void add(std::span<const std::byte> payload);
    /// Sends what waits. Those from the first that was refused on are given back, to be sent in another way before the next add(); then no
    /// relay is the usual one until one is again.
    std::span<const std::span<const std::byte>> flush(ReplySender::Result& result);

private:
    /// As many datagrams more than to all others together make a relay the usual one. Connecting costs as much as two datagrams.
    static constexpr int kEnough = 16;

    int fd_;
    bool connected_ = false;
    Peer peer_; ///< the last that was connected to, or tried
    Peer candidate_;
    int votes_ = 0;
    SendQueue queue_;
    std::array<iovec, SendQueue::kBatch> parts_;
    std::array<std::span<const std::byte>, SendQueue::kBatch> payloads_;
};

} // namespace dorascope::host
