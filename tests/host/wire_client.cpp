// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/host/wire_client.h"

#include <gtest/gtest.h>

namespace dorascope::test {

WireClient::WireClient(const Cable& cable, std::uint8_t number)
    : PacketClient{[&](const auto& what) { cable.on_client(what); }, "cli", {{0x02, 0, 0, 0, 1, number}}, 0x1000U + number},
      cable_{cable}
{ }

wire::Message WireClient::init_reboot(Ipv4Address address) const
{
    auto made = message(MessageType::request);
    made.options.set_address(wire::option::requested_address, address);
    return made;
}

wire::Buffer WireClient::frame_of(const wire::Message& message, Ipv4Address to) const
{
    return test::frame_of(message, mac(), to.is_broadcast() ? kBroadcastMac : cable_.server_mac(), to);
}

void WireClient::put(const wire::Buffer& frame) const
{
    cable_.on_client([&] { send_frame("cli", frame); });
}

std::optional<Reply> WireClient::receive() const
{
    auto reply = PacketClient::receive();
    if (reply) {
        EXPECT_TRUE(reply->checksums_good);
        EXPECT_EQ(reply->source_port, wire::kServerPort);
    }
    return reply;
}

bool WireClient::has_reply_waiting() const
{
    while (ready())
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
