// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/reply_sender.h"

#include "engine/host/send_queue.h"
#include "engine/wire/framing.h"

#include <arpa/inet.h>
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
    explicit Datagrams(int fd) : queue_{fd} { }

    void add(const server::Transmit& transmit, Result& result)
    {
        if (queue_.full()) queue_.flush(result);
        Slot& slot = slots_[queue_.size()];
        slot.to = {};
        slot.to.sin_family = AF_INET;
        slot.to.sin_port = htons(transmit.destination_port);
        slot.to.sin_addr.s_addr = htonl(transmit.destination.value);
        slot.part = {const_cast<std::byte*>(transmit.payload.data()), transmit.payload.size()};
        msghdr& message = queue_.add(transmit.destination);
        message.msg_name = &slot.to;
        message.msg_namelen = sizeof slot.to;
        message.msg_iov = &slot.part;
        message.msg_iovlen = 1;
        set_source(slot, message, transmit.source);
    }
    void flush(Result& result) { queue_.flush(result); }

private:
    struct Slot {
        sockaddr_in to;
        iovec part;
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(in_pktinfo))> control;
    };
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
};

ReplySender::ReplySender(const ServeSockets& sockets, MacAddress mac)
    : frames_{std::make_unique<Frames>(sockets.packet.get(), mac)}, datagrams_{std::make_unique<Datagrams>(sockets.udp.get())}
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
