// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/e2e/raw_client.h"

#include <cstring>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace dorascope::test {

RawClient::RawClient(const Machine& machine, MacAddress mac) : mac_{mac}, xid_{0x70000000U + mac.octets[5]}
{
    machine.enter([&] {
        interface_ = ::if_nametoindex("eth0");
        socket_ = host::Descriptor{::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
        sockaddr_ll address{};
        address.sll_family = AF_PACKET;
        address.sll_protocol = htons(ETH_P_IP);
        address.sll_ifindex = static_cast<int>(interface_);
        EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << std::strerror(errno);
        arp_ = host::Descriptor{::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
        address.sll_protocol = htons(ETH_P_ARP);
        EXPECT_EQ(::bind(arp_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << std::strerror(errno);
    });
    // Replies may go to the hand-made link address alone.
    packet_mreq promiscuous{static_cast<int>(interface_), PACKET_MR_PROMISC, 0, {}};
    EXPECT_EQ(::setsockopt(socket_.get(), SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous), 0);
}

wire::Message RawClient::message(MessageType type) const
{
    wire::Message made;
    made.xid = xid_;
    made.set_hardware(HardwareAddress::of(mac_));
    made.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(type));
    return made;
}

wire::Message RawClient::select(const wire::Message& offer) const
{
    auto made = message(MessageType::request);
    made.options.set_address(wire::option::server_identifier,
                             offer.options.address(wire::option::server_identifier).value_or(kAnyAddress));
    made.options.set_address(wire::option::requested_address, offer.yiaddr);
    return made;
}

void RawClient::broadcast(const wire::Message& message) const { broadcast_as(mac_, message); }

void RawClient::broadcast_as(const MacAddress& mac, wire::Message message) const
{
    message.set_hardware(HardwareAddress::of(mac));
    broadcast_from(mac, message);
}

void RawClient::broadcast_for_another(const wire::Message& message) const { broadcast_from(mac_, message); }

void RawClient::broadcast_from(const MacAddress& card, const wire::Message& message) const
{
    wire::Buffer payload, frame;
    wire::emit(message, {}, payload);
    wire::FrameSpec spec;
    spec.source_mac = card;
    spec.destination_mac = kBroadcastMac;
    spec.destination = kBroadcastAddress;
    spec.source_port = wire::kClientPort;
    spec.destination_port = wire::kServerPort;
    wire::make_udp_frame(spec, payload, frame);
    send(frame);
}

void RawClient::answer_arp(const MacAddress& card, const MacAddress& sender, Ipv4Address address) const
{
    wire::Buffer frame;
    wire::make_arp_frame({2, sender, {}, address, kAnyAddress}, kBroadcastMac, frame);
    std::memcpy(frame.data() + card.octets.size(), card.octets.data(), card.octets.size());
    send(frame);
}

std::optional<Ipv4Address> RawClient::next_asked() const
{
    wire::Buffer frame(2048);
    const ssize_t length = ::recv(arp_.get(), frame.data(), frame.size(), 0);
    if (length <= 0) return std::nullopt;
    frame.resize(static_cast<std::size_t>(length));
    const auto ethernet = wire::parse_ethernet(frame);
    if (!ethernet || ethernet->ether_type != wire::kEtherArp) return std::nullopt;
    const auto arp = wire::parse_arp(std::span{frame}.subspan(ethernet->payload_offset));
    return arp && arp->operation == 1 ? std::optional{arp->target} : std::nullopt;
}

void RawClient::send(const wire::Buffer& frame) const
{
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(ETH_P_IP);
    to.sll_ifindex = static_cast<int>(interface_);
    const ssize_t sent =
        ::sendto(socket_.get(), frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    EXPECT_TRUE(sent == static_cast<ssize_t>(frame.size()) || errno == ENOBUFS || errno == EAGAIN) << std::strerror(errno);
}

/// What waits, if it is a reply to us.
std::optional<wire::Message> RawClient::take() const
{
    wire::Buffer frame(2048);
    const ssize_t length = ::recv(socket_.get(), frame.data(), frame.size(), 0);
    if (length <= 0) return std::nullopt;
    frame.resize(static_cast<std::size_t>(length));
    const auto ethernet = wire::parse_ethernet(frame);
    if (!ethernet) return std::nullopt;
    const auto packet = std::span{frame}.subspan(ethernet->payload_offset);
    const auto udp = wire::parse_ipv4_udp(packet);
    if (!udp || udp->destination_port != wire::kClientPort) return std::nullopt;
    auto message = wire::parse(packet.subspan(udp->payload_offset, udp->payload_length));
    if (!message || message->xid != xid_ || message->hardware() != HardwareAddress::of(mac_)) return std::nullopt;
    return std::move(*message);
}

std::optional<wire::Message> RawClient::receive() const
{
    std::optional<wire::Message> reply;
    const bool came = eventually([&] {
        pollfd ready{socket_.get(), POLLIN, 0};
        while (!reply && ::poll(&ready, 1, 0) > 0)
            reply = take();
        return reply.has_value();
    });
    EXPECT_TRUE(came) << "no reply";
    return reply;
}

std::vector<wire::Message> RawClient::replies_within(std::chrono::milliseconds time) const
{
    std::vector<wire::Message> replies;
    eventually(
        [&] {
            pollfd ready{socket_.get(), POLLIN, 0};
            while (::poll(&ready, 1, 0) > 0)
                if (auto reply = take()) replies.push_back(std::move(*reply));
            return false;
        },
        time);
    return replies;
}

} // namespace dorascope::test
