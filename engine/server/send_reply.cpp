// SPDX-License-Identifier: GPL-3.0-or-later
// From the terms of a reply to octets with a destination.
#include "engine/server/destination.h"
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
        {StepCode::nak_no_offer, "requested address was not offered"},
        {StepCode::nak_leases_exhausted, "too many leases for one network card or port"},
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
    complete.server = packet.server;
    complete.subnet_selected = packet.subnet_selected;
    auto& storage = OutboxAccess::storage(packet.out);
    wire::Buffer& payload = storage.payloads.add();
    emit_reply(packet, complete, payload);

    const Inbound& inbound = packet.inbound;
    const bool inform = packet.request.type() == MessageType::inform;
    const bool own_port = packet.client.relay.source_port && inbound.source_port != 0;
    const Destination to = inform
        ? inform_destination(packet.request, inbound.source_mac)
        : choose_destination(packet.request, reply, inbound.source_mac, own_port ? inbound.source_port : wire::kServerPort);
    packet.trace.step(to.why, to.address, to.port, packet.client.hardware);
    // A relay's stand-in is nobody's address here.
    const bool own = complete.server == inbound.local || allocator.is_server_address(complete.server);
    const Ipv4Address source = own ? complete.server : inbound.local;
    const bool promises = terms.type != MessageType::offer;
    storage.transmits.add() = {inbound.interface, to.delivery, source, to.address, to.port, to.mac, payload, promises};

    Decision& decision = packet.trace.decision();
    decision.reply = terms.type;
    decision.outcome = Outcome::replied;
    decision.address = terms.yiaddr;
}

/// Builds `reply` and writes it to `payload`, as much of it as the client takes.
void DhcpServer::State::emit_reply(Packet& packet, ReplyTerms& terms, wire::Buffer& payload)
{
    levels.clear();
    if (terms.subnet != nullptr) lay_levels(packet, *terms.subnet, terms.reservation);
    terms.levels = &levels;
    build_reply(packet.request, terms, reply);

    auto rules = wire::emit_rules_for(packet.request.options.u16(wire::option::max_message_size), packet.inbound.mtu);
    // RFC 1542 §2.1: a BOOTP client may have no room for more than 300 octets, nor know option 52.
    if (terms.type == MessageType::none) rules = {wire::kBootpMinimum, wire::kBootpMinimum, false};
    auto emitted = wire::emit(reply, rules, payload);
    const auto lacks = [&](std::uint8_t code) { return std::ranges::find(emitted.left_out, code) != emitted.left_out.end(); };
    if (lacks(wire::option::classless_routes)) {
        // RFC 3442 lets the routes stand for the router; a client that gets neither has no way out.
        terms.routes_fit = false;
        build_reply(packet.request, terms, reply);
        emitted = wire::emit(reply, rules, payload);
    }
    if (!emitted.left_out.empty() && rules.may_overload) {
        // RFC 2132 §9.3: file and sname are room for options, where 66 and 67 say the same.
        if (reply.options.has(wire::option::bootfile_name) && !lacks(wire::option::bootfile_name)) reply.file.clear();
        if (reply.options.has(wire::option::tftp_server_name) && !lacks(wire::option::tftp_server_name)) reply.sname.clear();
        emitted = wire::emit(reply, rules, payload);
    }
    for (const std::uint8_t code : emitted.left_out)
        packet.trace.step(StepCode::option_left_out, {}, code);
    if (reply.options.has(wire::option::client_fqdn)) packet.trace.step(StepCode::no_dns_updates);
}

/// What this client is told, the later outranking the earlier.
void DhcpServer::State::lay_levels(const Packet& packet, const ServedSubnet& subnet, const Reservation* reservation)
{
    levels.clear();
    levels.add(subnet.options());
    for (const std::uint16_t index : packet.classes)
        levels.add(subnets.classes().options(index));
    const OptionSheet* own = reservation != nullptr ? reservation_options(*reservation) : nullptr;
    if (own != nullptr) levels.add(*own);
}

const OptionSheet* DhcpServer::State::reservation_options(const Reservation& reservation)
{
    ServedSubnet* home = subnets.containing(reservation.address);
    return home == nullptr ? nullptr : home->options_of(reservation);
}

/// RFC 2563 §2, RFC 8925 §3.3: a client that gets no address may be told that it is not to choose one for itself, or that the network
/// does without. True when it was.
bool DhcpServer::State::tells_not_to_configure(Packet& packet, const Ask& ask)
{
    constexpr std::uint8_t kIpv6OnlyPreferred = 108, kAutoConfigure = 116;
    lay_levels(packet, *packet.subnet, ask.reservation);
    const auto configured = levels.option(kAutoConfigure);
    const bool forbids = !configured.empty() && configured[0] == std::byte{0};
    const bool told = packet.request.options.has(kAutoConfigure) && forbids;
    const bool without_ipv4 = !levels.option(kIpv6OnlyPreferred).empty();
    if (!told && !(without_ipv4 && asks_for(packet.request, kIpv6OnlyPreferred))) return false;
    packet.trace.step(StepCode::no_auto_configuration);
    send(packet, {.type = MessageType::offer, .subnet = packet.subnet, .reservation = ask.reservation, .no_address = true});
    return true;
}

} // namespace dorascope::server
