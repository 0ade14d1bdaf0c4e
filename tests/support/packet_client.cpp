// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/packet_client.h"

#include "tests/support/child_process.h"

#include <cstring>
#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace dorascope::test {

host::Descriptor packet_socket(unsigned interface, std::uint16_t ether_type)
{
    host::Descriptor socket{::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ether_type);
    address.sll_ifindex = static_cast<int>(interface);
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << std::strerror(errno);
    return socket;
}

wire::Buffer frame_of(const wire::Message& message, const MacAddress& from, const MacAddress& to_mac, Ipv4Address to)
{
    wire::Buffer payload, frame;
    wire::emit(message, {}, payload);
    wire::FrameSpec spec;
    spec.source_mac = from;
    spec.destination_mac = to_mac;
    spec.destination = to;
    spec.source_port = wire::kClientPort;
    spec.destination_port = wire::kServerPort;
    wire::make_udp_frame(spec, payload, frame);
    return frame;
}

PacketClient::PacketClient(const OnMachine& on_machine, const std::string& interface, MacAddress mac, std::uint32_t xid)
    : mac_{mac}, xid_{xid}
{
    on_machine([&] {
        interface_ = ::if_nametoindex(interface.c_str());
        EXPECT_NE(interface_, 0U) << interface;
        socket_ = packet_socket(interface_, ETH_P_IP);
    });
}

wire::Message PacketClient::message(MessageType type) const
{
    wire::Message made;
    made.xid = xid_;
    made.set_hardware(HardwareAddress::of(mac_));
    made.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(type));
    return made;
}

wire::Message PacketClient::select(const wire::Message& offer) const
{
    auto made = message(MessageType::request);
    made.options.set_address(wire::option::server_identifier,
                             offer.options.address(wire::option::server_identifier).value_or(kAnyAddress));
    made.options.set_address(wire::option::requested_address, offer.yiaddr);
    return made;
}

bool PacketClient::ready() const
{
    pollfd ready{socket_.get(), POLLIN, 0};
    return ::poll(&ready, 1, 0) > 0;
}

std::optional<Reply> PacketClient::take() const
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
    const bool good = udp->ip_checksum == wire::Checksum::good && udp->udp_checksum == wire::Checksum::good;
    return Reply{std::move(*message), ethernet->destination, udp->source, udp->destination, udp->source_port, good};
}

std::optional<Reply> PacketClient::receive() const
{
    std::optional<Reply> reply;
    const bool came = eventually([&] {
        while (!reply && ready())
            reply = take();
        return reply.has_value();
    });
    EXPECT_TRUE(came) << "no reply";
    return reply;
}

} // namespace dorascope::test
