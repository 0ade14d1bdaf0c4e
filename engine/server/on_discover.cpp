// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 2131 §4.3.1, DHCPDISCOVER.
#include "engine/server/deadline.h"
#include "engine/server/server_state.h"

namespace dorascope::server {

void DhcpServer::State::on_discover(Packet& packet)
{
    if (is_waiting_already(packet)) return;
    const Ask ask = ask_for(packet, packet.request.options.address(wire::option::requested_address));
    if (offers_are_exhausted(packet, ask) || leases_are_exhausted(packet, ask) || nobody_else_can_be_waited_for(packet, ask))
        return;
    const auto address = choose_address(packet, ask);
    if (!address) {
        if (!tells_not_to_configure(packet, ask)) packet.trace.decision().outcome = Outcome::silent;
        return;
    }
    turn_to(packet, *address);
    const bool repeated = ask.held.offered != nullptr && ask.held.offered->address == *address;
    const bool unproven = needs_probe(packet, *address);
    const bool known = ask.known(), on_its_word = is_on_its_word(packet, ask, *address); // before what it holds changes
    // One offer a client and link: a new one takes the place of the old, also of one that lies over a lease.
    Binding* const bound = ask.held.bound;
    if (bound != nullptr && bound->offered() && bound->address != *address) bindings.withdraw_offer(*bound, packet.out);
    if (ask.held.offered != nullptr && !repeated) bindings.withdraw_offer(*ask.held.offered, packet.out);
    end_claim_of_same_card(packet, ask, *address);
    const bool waits = wait_before_answering(packet, known, *address, unproven);
    bindings.offer(packet.client, *packet.subnet, *address, packet.now, hold_for(packet, waits, waits && unproven), packet.out);
    if (waits) return;
    // RFC 4039 §3.1: a server that does not want to commit may offer.
    if (commits_rapidly(packet, ask) && !(on_its_word && grants_are_exhausted(packet))) {
        packet.trace.step(StepCode::rapid_commit, *address);
        return acknowledge(packet, ask, *address, StepCode::lease_granted, on_its_word);
    }
    make_offer(packet, ask, *address, repeated && !packet.waited);
}

/// The one that was held while others were waited for, if it is still to be had; else by the order of §4.3.1.
std::optional<Ipv4Address> DhcpServer::State::choose_address(Packet& packet, const Ask& ask)
{
    if (packet.waited == nullptr || packet.waited->address.is_unspecified()) return allocator.choose(ask, packet.trace);
    const Verdict verdict = allocator.verdict(ask, packet.waited->address);
    packet.trace.step(verdict.code, packet.waited->address, verdict.number, verdict.who);
    return verdict.available() ? packet.waited->address : allocator.choose(ask, packet.trace);
}

void DhcpServer::State::make_offer(Packet& packet, const Ask& ask, Ipv4Address address, bool repeated)
{
    const std::uint32_t lease = lease_time(packet, *packet.subnet);
    packet.trace.step(StepCode::lease_time_chosen, address, lease);
    packet.trace.step(repeated ? StepCode::offer_repeated : StepCode::offer_made, address, config.offer_hold.count());
    send(packet,
         {.type = MessageType::offer,
          .yiaddr = address,
          .lease_seconds = lease,
          .subnet = packet.subnet,
          .reservation = ask.reservation});
}

} // namespace dorascope::server
