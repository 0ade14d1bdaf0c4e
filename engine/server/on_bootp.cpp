// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 1534 §2: a BOOTP client of a DHCP server. It asks once and never renews, so that what it gets is for ever. There is no offer on the way:
// what goes before one (a probe, other servers' turn) goes before the reply.
#include "engine/server/server_state.h"

namespace dorascope::server {

void DhcpServer::State::on_bootp(Packet& packet)
{
    packet.trace.step(StepCode::bootp_client);
    if (is_waiting_already(packet)) return;
    if (!packet.request.ciaddr.is_unspecified()) return tell_boot_file(packet);
    const Ask ask = ask_for(packet, std::nullopt);
    if (offers_are_exhausted(packet, ask) || leases_are_exhausted(packet, ask) || nobody_else_can_be_waited_for(packet, ask))
        return;
    const auto address = choose_address(packet, ask);
    if (!address) {
        packet.trace.decision().outcome = Outcome::silent;
        return;
    }
    turn_to(packet, *address);
    const bool repeated = ask.held.bound != nullptr && ask.held.bound->address == *address;
    const bool on_its_word = is_on_its_word(packet, ask, *address);
    if (on_its_word && grants_are_exhausted(packet)) {
        if (ask.held.offered != nullptr) bindings.withdraw_offer(*ask.held.offered, packet.out);
        packet.trace.decision().outcome = Outcome::silent;
        return;
    }
    if (holds_while_waiting(packet, ask, *address, needs_probe(packet, *address))) return;
    acknowledge(packet, ask, *address, repeated ? StepCode::lease_repeated : StepCode::lease_granted, on_its_word);
}

/// RFC 951 §7.2: a client that knows its address wants the boot file alone. It takes the first that it is told, which a polite server's is not.
void DhcpServer::State::tell_boot_file(Packet& packet)
{
    const Ipv4Address own = packet.request.ciaddr;
    turn_to(packet, own);
    if (!can_be_host(packet, own)) return packet.trace.end(Outcome::silent, StepCode::inform_no_ciaddr, own);
    const Ask ask = ask_for(packet, std::nullopt);
    if (nobody_else_can_be_waited_for(packet, ask) || wait_before_answering(packet, ask.known(), {}, false)) return;
    packet.trace.step(StepCode::inform_answered, own);
    send(packet, {.subnet = packet.subnet, .reservation = packet.subnet->reservation_for(packet.client)});
    packet.trace.decision().address = own;
}

} // namespace dorascope::server
