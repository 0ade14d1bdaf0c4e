// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 2131 §4.3.3 to §4.3.5: DHCPDECLINE, DHCPRELEASE, DHCPINFORM.
#include "engine/server/deadline.h"
#include "engine/server/server_state.h"

namespace dorascope::server {

/// §4.3.3: keyed on option 50, as ciaddr is 0. Only the client that was given the address can say that it is taken.
void DhcpServer::State::on_decline(Packet& packet)
{
    const auto server_id = packet.request.options.address(wire::option::server_identifier);
    if (server_id && !is_ours(packet, *server_id)) {
        return packet.trace.end(Outcome::silent, StepCode::other_server_chosen, *server_id);
    }
    const auto address = packet.request.options.address(wire::option::requested_address);
    const Binding* b = address ? bindings.find(*address) : nullptr;
    const bool held = b != nullptr && b->is_of(packet.client) && (b->bound() || b->offered());
    if (!held) return packet.trace.end(Outcome::silent, StepCode::decline_mismatch, address.value_or(Ipv4Address{}));
    stop_waiting_for(packet);
    if (!may_decline(packet, *address)) return forget(*address, packet.out);
    const Instant until = deadline_after(packet.now, config.decline_quarantine);
    bindings.quarantine(subnets.at(b->subnet), *address, packet.now, until, packet.out);
    write(*bindings.find(*address), packet.out);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(config.decline_quarantine).count();
    packet.trace.end(Outcome::recorded, StepCode::declined, *address, seconds);
}

/// §4.3.4: keyed on ciaddr. The binding is kept, so that the same client gets the same address back.
void DhcpServer::State::on_release(Packet& packet)
{
    const auto server_id = packet.request.options.address(wire::option::server_identifier);
    if (server_id && !is_ours(packet, *server_id)) {
        return packet.trace.end(Outcome::silent, StepCode::other_server_chosen, *server_id);
    }
    const Ipv4Address address = packet.request.ciaddr;
    Binding* b = bindings.find(address);
    if (b == nullptr || !b->bound() || !b->is_of(packet.client)) {
        return packet.trace.end(Outcome::silent, StepCode::release_mismatch, address);
    }
    bindings.release(*b, packet.now, packet.out);
    write(*b, packet.out);
    packet.trace.end(Outcome::recorded, StepCode::released, address);
}

/// §4.3.5: parameters for a client that has its address from elsewhere; no lease, no times, no check of the address against any binding.
void DhcpServer::State::on_inform(Packet& packet)
{
    const Ipv4Address address = packet.request.ciaddr;
    turn_to(packet, address);
    if (!can_be_host(packet, address)) return packet.trace.end(Outcome::silent, StepCode::inform_no_ciaddr, address);
    packet.trace.step(StepCode::inform_answered, address);
    send(packet,
         {.type = MessageType::ack, .subnet = packet.subnet, .reservation = packet.subnet->reservation_for(packet.client)});
    packet.trace.decision().address = address;
}

} // namespace dorascope::server
