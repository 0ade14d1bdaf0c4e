// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 2131 §4.3.2, DHCPREQUEST, state by state.
#include "engine/server/deadline.h"
#include "engine/server/request_state.h"
#include "engine/server/server_state.h"

namespace dorascope::server {

namespace {

/// The address this server has on record for the client: what it would be told if it asked.
std::optional<Ipv4Address> address_on_record(const Ask& ask)
{
    if (ask.held.bound != nullptr) return ask.held.bound->address;
    if (ask.reservation != nullptr) return ask.reservation->address;
    if (ask.held.previous != nullptr) return ask.held.previous->address;
    return std::nullopt;
}

/// A reservation made since counts for more than the address in use: the client is to come back for it. Not while another system of its card
/// is there: of two that run at a time (virtual ones that share it) each keeps what it has.
bool has_to_move(const Ask& ask, Ipv4Address address, const Allocator& allocator)
{
    if (ask.reservation == nullptr || ask.reservation->address == address) return false;
    const Verdict reserved = allocator.verdict(ask, ask.reservation->address);
    return reserved.available() && !reserved.is_in_use();
}

bool holds_offer_of(const Ask& ask, Ipv4Address address)
{
    return ask.held.offered != nullptr && ask.held.offered->address == address;
}

} // namespace

void DhcpServer::State::on_request(Packet& packet)
{
    const auto server_id = packet.request.options.address(wire::option::server_identifier);
    // Whatever else it says: a request that names another server is not ours to answer.
    if (server_id && !is_ours(packet, *server_id)) return on_other_server(packet, *server_id);

    const ClassifiedRequest asked = classify_request(packet.request, packet.broadcast());
    packet.trace.step(step_of(asked.state), asked.address);
    packet.trace.decision().address = asked.address;
    turn_to(packet, asked.address);
    // Of a request that means nothing, that is the reason, whomever it names.
    if (server_id && asked.state != RequestState::ambiguous) {
        const bool override = packet.client.relay.server_override == server_id;
        packet.trace.step(override ? StepCode::server_id_override : StepCode::server_id_ours, *server_id);
    }
    switch (asked.state) {
    case RequestState::selecting: return on_selecting(packet, asked.address);
    case RequestState::init_reboot: return on_init_reboot(packet, asked.address);
    case RequestState::renewing:
    case RequestState::rebinding: return on_renewal(packet, asked.address);
    case RequestState::ambiguous: packet.trace.decision().outcome = Outcome::silent; return;
    }
}

/// The client declined our offer. Free the held address now, so that a small pool is not starved by offers nobody takes.
void DhcpServer::State::on_other_server(Packet& packet, Ipv4Address chosen)
{
    packet.trace.step(StepCode::other_server_chosen, chosen);
    stop_waiting_for(packet);
    const Holdings held = bindings.holdings(packet.client, packet.subnet->index());
    packet.trace.decision().outcome = Outcome::silent;
    if (held.offered == nullptr) return;
    const Ipv4Address freed = held.offered->address;
    bindings.withdraw_offer(*held.offered, packet.out);
    packet.trace.end(Outcome::silent, StepCode::offer_released, freed);
}

/// SELECTING: "server identifier" is ours, "requested IP address" holds yiaddr of our offer.
void DhcpServer::State::on_selecting(Packet& packet, Ipv4Address address)
{
    const Ask ask = ask_for(packet, address);
    if (!ask.subnet.prefix().contains(address)) return refuse(packet, StepCode::nak_wrong_network, address);
    const bool offered = holds_offer_of(ask, address);
    const bool is_bound = ask.held.bound != nullptr && ask.held.bound->address == address;
    // A bound client may move to the address that it was offered (a new reservation), and to no other.
    if (ask.held.bound != nullptr && !is_bound && !offered) {
        return refuse(packet, StepCode::nak_other_address, ask.held.bound->address);
    }
    // Without an offer on record (it ran out, or this server was started anew since) the address is given if it is still to be had, and
    // not to any number of clients of one sender.
    const bool retransmitted = is_bound && !ask.held.bound->offered();
    grant_or_refuse(packet, ask, address, retransmitted ? StepCode::lease_repeated : StepCode::lease_granted);
}

/// INIT-REBOOT: the client verifies an address it had before it restarted.
void DhcpServer::State::on_init_reboot(Packet& packet, Ipv4Address address)
{
    const Ask ask = ask_for(packet, address);
    const auto recorded = address_on_record(ask);
    if (!ask.subnet.prefix().contains(address)) {
        // "on the wrong network": that much can be told of a client nobody knows. Unless the link may have another server, with a subnet
        // of its own: of that a polite server knows nothing.
        if (config.authority == Authority::polite && !recorded) return on_unknown_client(packet, address);
        return refuse(packet, StepCode::nak_wrong_network, address);
    }
    if (has_to_move(ask, address, allocator)) return refuse(packet, StepCode::nak_other_address, ask.reservation->address);
    if (recorded == address || holds_offer_of(ask, address)) {
        return grant_or_refuse(packet, ask, address,
                               ask.held.bound != nullptr ? StepCode::lease_extended : StepCode::lease_granted);
    }
    if (recorded) return refuse(packet, StepCode::nak_other_address, *recorded);
    on_unknown_client(packet, address);
}

/// RENEWING and REBINDING: the client uses ciaddr and wants to go on.
void DhcpServer::State::on_renewal(Packet& packet, Ipv4Address address)
{
    const Ask ask = ask_for(packet, address);
    const auto recorded = address_on_record(ask);
    if (!ask.subnet.prefix().contains(address)) {
        // Known here, or known to hold this very address in another of our subnets: then the address is certainly wrong.
        const Binding* b = bindings.find(address);
        const bool known = recorded || (b != nullptr && b->is_of(packet.client));
        return known ? refuse(packet, StepCode::nak_wrong_network, address) : on_unknown_client(packet, address);
    }
    if (!recorded) return on_unknown_client(packet, address);
    if (has_to_move(ask, address, allocator)) return refuse(packet, StepCode::nak_other_address, ask.reservation->address);
    if (recorded != address && !holds_offer_of(ask, address)) return refuse(packet, StepCode::nak_other_address, *recorded);
    // A lease that ran out is not extended. It is granted anew, which is only possible while nobody else has the address.
    grant_or_refuse(packet, ask, address, ask.held.bound != nullptr ? StepCode::lease_extended : StepCode::lease_granted);
}

/// "If the DHCP server has no record of this client, then it MUST remain silent": another server may know it. Unless this one is
/// configured to be the only one.
void DhcpServer::State::on_unknown_client(Packet& packet, Ipv4Address address)
{
    if (config.authority != Authority::authoritative)
        return packet.trace.end(Outcome::silent, StepCode::silent_unknown_client, address);
    refuse(packet, StepCode::nak_no_binding, address);
}

void DhcpServer::State::grant_or_refuse(Packet& packet, const Ask& ask, Ipv4Address address, StepCode success)
{
    const Verdict verdict = allocator.verdict(ask, address);
    // Of an address that it holds already there is nothing to say but what stands in the way, if anything.
    if (ask.held.bound == nullptr || ask.held.bound->address != address || verdict.code != StepCode::candidate_chosen)
        packet.trace.step(verdict.code, address, verdict.number, verdict.who, verdict.name);
    if (!verdict.available()) return refuse(packet, StepCode::nak_not_available, address);
    // §3.1, 4: a server that cannot satisfy the DHCPREQUEST SHOULD say so. An honest client asks anew at once instead of repeating itself
    // into silence; a flood costs no more than its offers would.
    if (leases_are_exhausted(packet, ask)) return refuse(packet, StepCode::nak_leases_exhausted, address);
    const bool on_its_word = is_on_its_word(packet, ask, address);
    if (on_its_word && grants_are_exhausted(packet)) {
        if (packet.waited != nullptr && ask.held.offered != nullptr) bindings.withdraw_offer(*ask.held.offered, packet.out);
        return refuse(packet, StepCode::nak_no_offer, address);
    }
    if (probe_comes_first(packet, ask, address)) return;
    acknowledge(packet, ask, address, success, on_its_word);
}

/// RFC 2131 §2.2: an address that this client was not offered has not been probed either. True: the answer comes when that is done, or has
/// been given.
bool DhcpServer::State::probe_comes_first(Packet& packet, const Ask& ask, Ipv4Address address)
{
    if (joins_running_probe(packet, address)) return true;
    // Who verifies or extends an address uses it already.
    const bool taken_up = packet.request.options.has(wire::option::server_identifier) || holds_offer_of(ask, address);
    if (!taken_up || !needs_probe(packet, address)) return false;
    if (offers_are_exhausted(packet, ask)) {
        refuse(packet, StepCode::nak_no_offer, address);
        return true;
    }
    stop_waiting_for(packet); // for another address
    return holds_while_waiting(packet, ask, address, true);
}

void DhcpServer::State::acknowledge(Packet& packet, const Ask& ask, Ipv4Address address, StepCode success, bool on_its_word)
{
    stop_waiting_for(packet);
    end_claim_of_same_card(packet, ask, address);
    const LeaseSource source = lease_source(packet, ask, address, on_its_word); // before what the client holds changes
    // One active address a client and link: what it had besides ends here.
    while (Binding* other = bindings.active_besides(packet.client, *packet.subnet, address)) {
        if (!other->bound()) {
            bindings.withdraw_offer(*other, packet.out);
            continue;
        }
        packet.trace.step(StepCode::released, other->address);
        bindings.release(*other, packet.now, packet.out);
        write(*other, packet.out);
    }
    const std::uint32_t lease = lease_time(packet, *packet.subnet);
    const Instant expires = lease_end(packet.now, lease);
    write(bindings.grant(packet.client, *packet.subnet, address, packet.now, expires, packet.out, source), packet.out);
    packet.trace.step(success, address, lease);
    const MessageType received = packet.request.type();
    send(packet,
         {.type = received == MessageType::none ? MessageType::none : MessageType::ack,
          .yiaddr = address,
          .lease_seconds = lease,
          .subnet = packet.subnet,
          .reservation = ask.reservation,
          .rapid_commit = received == MessageType::discover});
}

/// One holder an address: what passes from one client of a card to another (Allocator::is_reserved_for_card_of) is the former one's no more.
/// It may come for it again as this one does.
void DhcpServer::State::end_claim_of_same_card(Packet& packet, const Ask& ask, Ipv4Address address)
{
    if (ask.reservation == nullptr) return;
    Binding* const b = bindings.find(address);
    if (b == nullptr || b->is_of(packet.client) || !(b->bound() || b->offered())) return;
    packet.trace.step(StepCode::claim_passed_on, address, 0, b->hardware);
    const Lease former = bindings.shown(*b);
    if (Waiting* w = waiting.find(Client{former}); w != nullptr && w->address == address) waiting.remove(*w);
    if (!b->bound()) return bindings.withdraw_offer(*b, packet.out);
    bindings.release(*b, packet.now, packet.out);
    write(*b, packet.out);
}

/// RFC 4039 §3.1. A client that prefers to do without an IPv4 address has yet to see that it may (RFC 8925 §3.3): it gets an offer.
bool DhcpServer::State::commits_rapidly(const Packet& packet, const Ask& ask)
{
    constexpr std::uint8_t kIpv6OnlyPreferred = 108;
    if (!config.rapid_commit || !packet.request.options.has(wire::option::rapid_commit)) return false;
    if (!asks_for(packet.request, kIpv6OnlyPreferred)) return true;
    lay_levels(packet, *packet.subnet, ask.reservation);
    return levels.option(kIpv6OnlyPreferred).empty();
}

} // namespace dorascope::server
