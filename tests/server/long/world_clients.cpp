// SPDX-License-Identifier: GPL-3.0-or-later
// Clients that do as the RFCs have them: DHCP and BOOTP, in classes and out of them, alone at their card or behind another's.
#include "tests/server/long/world.h"

#include <algorithm>

namespace dorascope::server::simulation {

wire::Message World::message(const SimClient& client, MessageType type) const
{
    wire::Message m;
    m.set_hardware(client.hardware);
    m.xid = client.xid;
    m.giaddr = client.giaddr;
    if (!client.bootp) m.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(type));
    if (client.guest) m.options.set_text(wire::option::vendor_class_identifier, kGuest);
    if (client.circuit != 0) {
        const std::array<std::byte, 3> by_relay{std::byte{1}, std::byte{1}, std::byte{client.circuit}};
        m.options.set(wire::option::relay_agent_information, by_relay);
    }
    if (!client.identifier.empty()) m.options.set(wire::option::client_identifier, std::as_bytes(std::span{client.identifier}));
    return m;
}

void World::speak(SimClient& client)
{
    if (!once_in(3)) client.xid = static_cast<std::uint32_t>(random_()); // else it repeats itself
    if (client.bootp) return speak_bootp(client);
    if (client.belief && !once_in(8)) return speak_with_lease(client);
    speak_without_lease(client);
}

void World::speak_without_lease(SimClient& client)
{
    // Who begins anew has given up what it had, without a word.
    client.belief.reset();
    if (!client.last.is_unspecified() && once_in(4)) {
        wire::Message m = message(client, MessageType::request); // INIT-REBOOT
        m.options.set_address(wire::option::requested_address, once_in(4) ? some_address() : client.last);
        return send(client, m, false);
    }
    wire::Message m = message(client, MessageType::discover);
    if (once_in(4)) m.options.set_address(wire::option::requested_address, some_address());
    if (once_in(4)) m.options.set(wire::option::rapid_commit, {});
    send(client, m, false);
    if (once_in(4)) another_server_answers(m);
}

/// RFC 951: it asks anew each time it is switched on, and for ever has what it is given. Or for its boot file alone.
void World::speak_bootp(SimClient& client)
{
    wire::Message m = message(client, MessageType::none);
    const bool knows_its_address = client.belief && once_in(2);
    if (knows_its_address) {
        m.ciaddr = client.belief->address;
    } else {
        client.belief.reset();
        client.waits = true;
    }
    send(client, m, false);
    if (once_in(4)) another_server_answers(m);
}

/// And is quicker, maybe.
void World::another_server_answers(const wire::Message& m)
{
    wire::Message reply = m;
    reply.op = 2;
    if (m.type() != MessageType::none) {
        reply.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(MessageType::offer));
        reply.options.set_address(wire::option::server_identifier, kOtherServer);
    }
    Event seen{.kind = Event::overheard};
    wire::emit(reply, {}, seen.payload);
    post(std::move(seen), 1ms, 100ms);
}

void World::speak_with_lease(SimClient& client)
{
    const Ipv4Address mine = client.belief->address;
    switch (pick(8)) {
    case 0: {
        wire::Message m = message(client, MessageType::release);
        m.ciaddr = mine;
        client.belief.reset();
        return send(client, m, true);
    }
    case 1: {
        wire::Message m = message(client, MessageType::decline);
        m.options.set_address(wire::option::requested_address, mine);
        m.options.set_address(wire::option::server_identifier, kLocal);
        client.belief.reset();
        return send(client, m, false);
    }
    case 2: {
        wire::Message m = message(client, MessageType::inform);
        m.ciaddr = mine;
        return send(client, m, false);
    }
    default: {
        wire::Message m = message(client, MessageType::request); // RENEWING, REBINDING
        m.ciaddr = mine;
        if (once_in(4)) m.options.set_u32(wire::option::lease_time, 20 + pick(100));
        return send(client, m, once_in(2) && client.giaddr.is_unspecified());
    }
    }
}

void World::send(SimClient& client, const wire::Message& m, bool unicast)
{
    client.sent = m.type();
    Event event{.kind = Event::to_server,
                .who = static_cast<std::uint32_t>(&client - clients_.data()),
                .card = client.card,
                .unicast = unicast};
    wire::emit(m, {}, event.payload);
    post(std::move(event), 0ms, 60ms);
}

void World::hear(SimClient& client, const Event& event)
{
    const auto reply = wire::parse(event.payload);
    if (!reply || reply->xid != client.xid) return;
    if (client.bootp) {
        if (client.waits && !reply->yiaddr.is_unspecified()) hear_ack(client, event, *reply);
        return;
    }
    if (reply->type() == MessageType::offer && client.sent == MessageType::discover) {
        client.last = reply->yiaddr;
        wire::Message m = message(client, MessageType::request); // SELECTING
        m.options.set_address(wire::option::requested_address, reply->yiaddr);
        m.options.set_address(wire::option::server_identifier, once_in(10) ? kOtherServer : kLocal);
        return send(client, m, false);
    }
    if (client.sent != MessageType::request && client.sent != MessageType::discover)
        return; // RFC 4039: an ACK may be the first word
    if (reply->type() == MessageType::nak) {
        client.belief.reset();
        client.sent = MessageType::none;
    }
    if (reply->type() == MessageType::ack) hear_ack(client, event, *reply);
}

void World::hear_ack(SimClient& client, const Event& event, const wire::Message& reply)
{
    // Between this ACK and now a person, or an old message of the client, took the address away; or it is over.
    if (epochs_[reply.yiaddr] != event.epoch || event.belief.expires <= now()) return;
    client.sent = MessageType::none;
    client.waits = false;
    client.last = reply.yiaddr;
    client.belief = event.belief;
    client.belief->expires = std::min(event.belief.expires, promised_[reply.yiaddr]);
}

} // namespace dorascope::server::simulation
