// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/reply_sender.h"

#include "engine/host/relay_queue.h"
#include "engine/host/send_queue.h"
#include "engine/wire/framing.h"

#include <cstring>
#include <netinet/in.h>

namespace dorascope::host {

// PACKET_QDISC_BYPASS would be quicker, but what goes that way no capture on this machine sees, and our own window watches the server
// through the frames it sends.
class ReplySender::Frames {
public:
    Frames(int fd, MacAddress mac) : queue_{fd}, mac_{mac} { }

    void add(const server::Transmit& transmit, Result& result)
    {
        if (queue_.full()) queue_.flush(result);
        Slot& slot = slots_[queue_.size()];
        wire::FrameSpec spec;
        spec.source_mac = mac_;
        spec.destination_mac = transmit.delivery == server::Delivery::broadcast ? kBroadcastMac : transmit.mac;
        spec.source = transmit.source;
        spec.destination = transmit.destination;
        spec.source_port = wire::kServerPort;
        spec.destination_port = transmit.destination_port;
        wire::make_udp_frame(spec, transmit.payload, slot.frame);
        slot.part = {slot.frame.data(), slot.frame.size()};
        msghdr& message = queue_.add(transmit.destination); // without a name: the socket is bound to the interface, packet(7)
        message.msg_iov = &slot.part;
        message.msg_iovlen = 1;
    }
    void flush(Result& result) { queue_.flush(result); }

private:
    struct Slot {
        wire::Buffer frame;
        iovec part;
    };
    SendQueue queue_;
    MacAddress mac_;
    std::array<Slot, SendQueue::kBatch> slots_;
};

class ReplySender::Datagrams {
public:
    Datagrams(int fd, int to_relay) : queue_{fd}, relay_{to_relay} { }

    void add(const server::Transmit& transmit, Result& result)
    {
        const Peer peer{transmit.destination, transmit.destination_port, transmit.source};
        if (relay_.turns_to(peer)) {
            flush_relay(result); // what is on its way to the former one
            relay_.connect_to(peer);
        }
        if (relay_.full()) flush_relay(result); // which may end the connection
        if (relay_.is_connected_to(peer)) {
            relay_.add(transmit.payload);
        } else {
            add(peer, transmit.payload, result);
        }
    }
    void flush(Result& result)
    {
        flush_relay(result);
        queue_.flush(result);
    }

private:
    struct Slot {
        sockaddr_in to;
        iovec part;
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(in_pktinfo))> control;
    };
    void add(const Peer& peer, std::span<const std::byte> payload, Result& result)
    {
        if (queue_.full()) queue_.flush(result);
        Slot& slot = slots_[queue_.size()];
        slot.to = socket_address(peer.address, peer.port);
        slot.part = {const_cast<std::byte*>(payload.data()), payload.size()};
        msghdr& message = queue_.add(peer.address);
        message.msg_name = &slot.to;
        message.msg_namelen = sizeof slot.to;
        message.msg_iov = &slot.part;
        message.msg_iovlen = 1;
        set_source(slot, message, peer.source);
    }
    /// What the connected socket does not take goes the ordinary way: its error may be that of an earlier datagram (udp(7)).
    void flush_relay(Result& result)
    {
        const auto peer = relay_.peer();
        for (const auto left : relay_.flush(result))
            add(peer, left, result);
    }
    /// The reply comes from the address that it names as server identifier, whatever other addresses the interface has.
    static void set_source(Slot& slot, msghdr& message, Ipv4Address address)
    {
        slot.control = {};
        message.msg_control = slot.control.data();
        message.msg_controllen = slot.control.size();
        cmsghdr* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = IPPROTO_IP;
        header->cmsg_type = IP_PKTINFO;
        header->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
        in_pktinfo source{};
        source.ipi_spec_dst.s_addr = htonl(address.value);
        std::memcpy(CMSG_DATA(header), &source, sizeof source);
    }

    SendQueue queue_;
    std::array<Slot, SendQueue::kBatch> slots_;
    RelayQueue relay_;
};

ReplySender::ReplySender(const ServeSockets& sockets, MacAddress mac)
    : frames_{std::make_unique<Frames>(sockets.packet.get(), mac)}, datagrams_{std::make_unique<Datagrams>(
                                                                        sockets.udp.get(), sockets.udp_to_relay.get())}
{ }
ReplySender::ReplySender(ReplySender&&) noexcept = default;
ReplySender& ReplySender::operator=(ReplySender&&) noexcept = default;
ReplySender::~ReplySender() = default;

ReplySender::Result ReplySender::send(std::span<const server::Transmit> transmits, bool promises)
{
    Result result;
    for (const auto& transmit : transmits) {
        if (transmit.promises != promises) continue;
        if (transmit.delivery == server::Delivery::routed) {
            datagrams_->add(transmit, result);
        } else {
            frames_->add(transmit, result);
        }
    }
    frames_->flush(result);
    datagrams_->flush(result);
    return result;
}

} // namespace dorascope::host
