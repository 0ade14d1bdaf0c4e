// SPDX-License-Identifier: GPL-3.0-or-later
// A server that says exactly what a test makes it say: the other side of a client's conversation.
#pragma once

#include "engine/lab/client.h"
#include "engine/wire/message.h"

#include <gtest/gtest.h>
#include <optional>
#include <string_view>

namespace dorascope::lab::testing {

using namespace std::chrono_literals;

inline constexpr Instant kStart{std::chrono::seconds{1'000'000}};

inline Ipv4Address address(std::string_view text) { return Ipv4Address::parse(text).value(); }

inline wire::Message read(const std::optional<ClientTransmit>& sent)
{
    if (!sent) {
        ADD_FAILURE() << "nothing was sent";
        return {};
    }
    const auto message = wire::parse(sent->payload);
    if (!message) {
        ADD_FAILURE() << "what was sent cannot be read";
        return {};
    }
    return *message;
}

inline std::optional<ClientTransmit> hear(Client& client, Instant now, const wire::Message& reply,
                                          Ipv4Address destination = kBroadcastAddress)
{
    wire::Buffer bytes;
    wire::emit(reply, {}, bytes);
    return client.receive(now, {bytes, destination});
}

/// An answer as RFC 2131 table 3 wants it; a test spoils what it likes.
inline wire::Message reply_to(const wire::Message& request, MessageType type, Ipv4Address yiaddr = {},
                              std::uint32_t lease_seconds = 3600)
{
    wire::Message reply;
    reply.op = 2;
    reply.xid = request.xid;
    reply.flags = request.flags;
    reply.set_hardware(request.hardware());
    reply.yiaddr = yiaddr;
    reply.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(type));
    reply.options.set_address(wire::option::server_identifier, address("192.168.1.1"));
    if (type != MessageType::nak) reply.options.set_u32(wire::option::lease_time, lease_seconds);
    if (const auto id = request.options.find(wire::option::client_identifier))
        reply.options.set(wire::option::client_identifier, *id);
    return reply;
}

inline ClientIdentity laptop()
{
    const MacAddress mac{{0x3c, 0x22, 0xfb, 0x0a, 0x01, 0x02}};
    return {mac, {1, 0x3c, 0x22, 0xfb, 0x0a, 0x01, 0x02}, "Laptop-A", "MSFT 5.0", {1, 3, 6, 15}, true};
}

/// Runs the handshake at once; the client is BOUND at 192.168.1.100 from `now` on.
inline void bind(Client& client, Instant now, std::uint32_t lease_seconds = 3600)
{
    const auto discover = read(client.start(now));
    const auto request = read(hear(client, now, reply_to(discover, MessageType::offer, address("192.168.1.100"), lease_seconds)));
    hear(client, now, reply_to(request, MessageType::ack, address("192.168.1.100"), lease_seconds));
    ASSERT_EQ(client.state(), ClientState::bound);
}

/// Lets time pass until the client says something, at most until `until`.
inline std::optional<ClientTransmit> wait(Client& client, Instant& now, Instant until)
{
    while (client.next_deadline() <= until) {
        now = client.next_deadline();
        if (auto sent = client.advance(now)) return sent;
    }
    now = until;
    return std::nullopt;
}

} // namespace dorascope::lab::testing
