// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/reply_sender.h"

#include "engine/wire/framing.h"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace dorascope::host {
namespace {

void note(ssize_t sent, ReplySender::Result& result)
{
    if (sent >= 0) {
        ++result.sent;
    } else {
        ++result.failed;
        result.error = errno;
    }
}

} // namespace

ReplySender::ReplySender(const ServeSockets& sockets, std::uint32_t interface, MacAddress mac)
    : packet_{sockets.packet.get()}, udp_{sockets.udp.get()}, interface_{interface}, mac_{mac}
{ }

ReplySender::Result ReplySender::send(std::span<const server::Transmit> transmits)
{
    Result result;
    for (const auto& transmit : transmits) {
        if (transmit.delivery == server::Delivery::routed) {
            send_datagram(transmit, result);
        } else {
            send_frame(transmit, result);
        }
    }
    return result;
}

void ReplySender::send_frame(const server::Transmit& transmit, Result& result)
{
    wire::FrameSpec spec;
    spec.source_mac = mac_;
    spec.destination_mac = transmit.delivery == server::Delivery::broadcast ? kBroadcastMac : transmit.mac;
    spec.source = transmit.source;
    spec.destination = transmit.destination;
    spec.source_port = wire::kServerPort;
    spec.destination_port = transmit.destination_port;
    wire::make_udp_frame(spec, transmit.payload, frame_);
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(wire::kEtherIpv4);
    to.sll_ifindex = static_cast<int>(interface_);
    to.sll_halen = static_cast<unsigned char>(spec.destination_mac.octets.size());
    std::memcpy(to.sll_addr, spec.destination_mac.octets.data(), spec.destination_mac.octets.size());
    note(::sendto(packet_, frame_.data(), frame_.size(), MSG_DONTWAIT, reinterpret_cast<const sockaddr*>(&to), sizeof to),
         result);
}

void ReplySender::send_datagram(const server::Transmit& transmit, Result& result)
{
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(transmit.destination_port);
    to.sin_addr.s_addr = htonl(transmit.destination.value);
    iovec part{const_cast<std::byte*>(transmit.payload.data()), transmit.payload.size()};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(in_pktinfo))> control{};
    msghdr message{};
    message.msg_name = &to;
    message.msg_namelen = sizeof to;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    // The reply comes from the address that it names as server identifier, whatever other addresses the interface has.
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = IPPROTO_IP;
    header->cmsg_type = IP_PKTINFO;
    header->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
    in_pktinfo source{};
    source.ipi_spec_dst.s_addr = htonl(transmit.source.value);
    std::memcpy(CMSG_DATA(header), &source, sizeof source);
    note(::sendmsg(udp_, &message, MSG_DONTWAIT), result);
}

} // namespace dorascope::host
