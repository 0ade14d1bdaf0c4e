// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/relay_queue.h"

#include <algorithm>
#include <arpa/inet.h>
#include <sys/socket.h>

namespace dorascope::host {

sockaddr_in socket_address(Ipv4Address address, std::uint16_t port)
{
    sockaddr_in made{};
    made.sin_family = AF_INET;
    made.sin_port = htons(port);
    made.sin_addr.s_addr = htonl(address.value);
    return made;
}

/// A vote of the majority (Boyer and Moore), so that it costs no table of relays.
bool RelayQueue::turns_to(const Peer& peer)
{
    if (peer == candidate_) {
        votes_ = std::min(votes_ + 1, kEnough);
    } else if (--votes_ < 0) {
        candidate_ = peer;
        votes_ = 1;
    }
    return votes_ == kEnough && candidate_ == peer && peer != peer_;
}

/// The kernel chooses the source by the route, and keeps to its first choice. Where that is not the address which the reply has to come from,
/// the ordinary way is taken.
void RelayQueue::connect_to(const Peer& peer)
{
    peer_ = peer;
    const sockaddr_in to = socket_address(peer.address, peer.port);
    sockaddr_in from{};
    socklen_t length = sizeof from;
    connected_ = fd_ >= 0 && ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0
        && ::getsockname(fd_, reinterpret_cast<sockaddr*>(&from), &length) == 0
        && from.sin_addr.s_addr == htonl(peer.source.value);
}

void RelayQueue::add(std::span<const std::byte> payload)
{
    const std::size_t at = queue_.size();
    payloads_[at] = payload;
    parts_[at] = {const_cast<std::byte*>(payload.data()), payload.size()};
    msghdr& message = queue_.add(peer_.address);
    message.msg_iov = &parts_[at];
    message.msg_iovlen = 1;
}

std::span<const std::span<const std::byte>> RelayQueue::flush(ReplySender::Result& result)
{
    const std::size_t waiting = queue_.size();
    if (waiting == 0) return {};
    const std::size_t sent = queue_.flush_until_refused(result);
    if (sent < waiting) { // whatever it was: the next that many datagrams go there may find it over
        connected_ = false;
        peer_ = {};
        votes_ = 0;
    }
    return std::span{payloads_}.subspan(sent, waiting - sent);
}

} // namespace dorascope::host
