// SPDX-License-Identifier: GPL-3.0-or-later
// From the terms of a reply to octets with a destination.
#include "engine/server/server_state.h"

#include <algorithm>

namespace dorascope::server {

namespace {

/// What a NAK tells the person who reads the client's log (option 56).
std::string_view reason_of(StepCode why)
{
    struct Row {
        StepCode code;
        std::string_view text;
    };
    static constexpr Row kReasons[]{
        {StepCode::nak_wrong_network, "requested address is not on this network"},
        {StepCode::nak_other_address, "this client has another address"},
        {StepCode::nak_not_available, "requested address is not available"},
        {StepCode::nak_no_binding, "no lease is known for this client"},
    };
    const auto row = std::ranges::find(kReasons, why, &Row::code);
    return row == std::end(kReasons) ? std::string_view{"refused"} : row->text;
}

} // namespace

/// DHCPNAK. RFC 2131 §4.3.2: the client goes back to INIT.
void DhcpServer::State::refuse(Packet& packet, StepCode why, Ipv4Address address)
{
    packet.trace.step(why, address);
    const Ipv4Address asked = packet.trace.decision().address;
    send(packet, {.type = MessageType::nak, .reason = reason_of(why)});
    packet.trace.decision().address = asked;
}

void DhcpServer::State::send(Packet& packet, const ReplyTerms& terms)
{
    ReplyTerms complete = terms;
    complete.server = packet.inbound.local;
    build_reply(packet.request, complete, reply);

    auto& storage = OutboxAccess::storage(packet.out);
    wire::Buffer& payload = storage.payloads.add();
    const auto rules = wire::emit_rules_for(packet.request.options.u16(wire::option::max_message_size));
    for (const std::uint8_t code : wire::emit(reply, rules, payload).left_out) {
        packet.trace.step(StepCode::option_left_out, {}, code);
    }

    const bool inform = packet.request.type() == MessageType::inform;
    const MacAddress& from = packet.inbound.source_mac;
    const Destination to = inform ? inform_destination(packet.request, from) : choose_destination(packet.request, reply, from);
    packet.trace.step(to.why, to.address, 0, packet.client.hardware);
    storage.transmits.add() = {packet.inbound.interface, to.delivery, complete.server, to.address, to.port, to.mac, payload};

    Decision& decision = packet.trace.decision();
    decision.reply = terms.type;
    decision.outcome = Outcome::replied;
    decision.address = terms.yiaddr;
}

} // namespace dorascope::server
