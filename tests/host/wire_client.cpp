// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/host/wire_client.h"

#include "tests/support/child_process.h"

#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace dorascope::test {

WireClient::WireClient(const Cable& cable, std::uint8_t number)
    : cable_{cable}, mac_{{0x02, 0, 0, 0, 1, number}}, xid_{0x1000U + number}
{
    cable_.on_client([&] {
        socket_ = host::Descriptor{::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
        sockaddr_ll address{};
        address.sll_family = AF_PACKET;
        address.sll_protocol = htons(ETH_P_IP);
        address.sll_ifindex = static_cast<int>(interface_index("cli"));
        EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    });
}

wire::Message WireClient::message(MessageType type) const
{
    wire::Message made;
    made.xid = xid_;
    made.set_hardware(HardwareAddress::of(mac_));
    made.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(type));
    return made;
}

wire::Message WireClient::discover() const { return message(MessageType::discover); }

wire::Message WireClient::select(const wire::Message& offer) const
{
    auto made = message(MessageType::request);
    made.options.set_address(wire::option::server_identifier,
                             offer.options.address(wire::option::server_identifier).value_or(kAnyAddress));
    made.options.set_address(wire::option::requested_address, offer.yiaddr);
    return made;
}

wire::Message WireClient::init_reboot(Ipv4Address address) const
{
    auto made = message(MessageType::request);
    made.options.set_address(wire::option::requested_address, address);
    return made;
}

wire::Buffer WireClient::frame_of(const wire::Message& message, Ipv4Address to) const
{
    wire::Buffer payload, frame;
    wire::emit(message, {}, payload);
    wire::FrameSpec spec;
    spec.source_mac = mac_;
    spec.destination_mac = to.is_broadcast() ? kBroadcastMac : cable_.server_mac();
    spec.destination = to;
    spec.source_port = wire::kClientPort;
    spec.destination_port = wire::kServerPort;
    wire::make_udp_frame(spec, payload, frame);
    return frame;
}

void WireClient::put(const wire::Buffer& frame) const
{
    cable_.on_client([&] { send_frame("cli", frame); });
}

/// What waits, if it is a reply for us; whole, with good checksums.
std::optional<Reply> WireClient::take() const
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
    EXPECT_EQ(udp->ip_checksum, wire::Checksum::good);
    EXPECT_EQ(udp->udp_checksum, wire::Checksum::good);
    EXPECT_EQ(udp->source_port, wire::kServerPort);
    const auto message = wire::parse(packet.subspan(udp->payload_offset, udp->payload_length));
    if (!message || message->hardware() != HardwareAddress::of(mac_)) return std::nullopt;
    EXPECT_EQ(message->xid, xid_);
    return Reply{*message, ethernet->destination, udp->source, udp->destination};
}

std::optional<Reply> WireClient::receive() const
{
    std::optional<Reply> reply;
    const bool came = eventually([&] {
        pollfd ready{socket_.get(), POLLIN, 0};
        while (!reply && ::poll(&ready, 1, 0) > 0)
            reply = take();
        return reply.has_value();
    });
    EXPECT_TRUE(came) << "no reply";
    return reply;
}

bool WireClient::has_reply_waiting() const
{
    pollfd ready{socket_.get(), POLLIN, 0};
    while (::poll(&ready, 1, 0) > 0)
        if (take()) return true;
    return false;
}

std::optional<Reply> WireClient::dora() const
{
    broadcast(discover());
    const auto offer = receive();
    if (!offer) return std::nullopt;
    EXPECT_EQ(offer->message.type(), MessageType::offer);
    broadcast(select(offer->message));
    return receive();
}

} // namespace dorascope::test
