// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 2131 §4.3.1, DHCPDISCOVER.
#include "engine/server/server_state.h"

namespace dorascope::server {

void DhcpServer::State::on_discover(Packet& packet)
{
    const Ask ask = ask_for(packet, packet.request.options.address(wire::option::requested_address));
    const bool holds_something = ask.held.bound != nullptr || ask.held.offered != nullptr;
    // A flood of made-up clients must not hold every address, nor grow the table without end.
    if (!holds_something && bindings.outstanding_offers() >= config.max_offers) {
        return packet.trace.end(Outcome::silent, StepCode::offers_exhausted, {}, static_cast<std::int64_t>(config.max_offers));
    }
    const auto address = allocator.choose(ask, packet.trace);
    if (!address) {
        packet.trace.decision().outcome = Outcome::silent;
        return;
    }
    const bool repeated = ask.held.offered != nullptr && ask.held.offered->address == *address;
    // One offer a client and subnet: a new one takes the place of the old.
    if (ask.held.offered != nullptr && !repeated) bindings.withdraw_offer(*ask.held.offered, packet.out);
    const Instant until = deadline_after(packet.now, config.offer_hold);
    bindings.offer(packet.client, ask.subnet, *address, packet.now, until, packet.out);

    const Subnet& subnet = ask.subnet.config();
    const std::uint32_t lease = lease_seconds(subnet, packet.request.options.u32(wire::option::lease_time));
    packet.trace.step(StepCode::lease_time_chosen, *address, lease);
    packet.trace.step(repeated ? StepCode::offer_repeated : StepCode::offer_made, *address, config.offer_hold.count());
    send(packet,
         {.type = MessageType::offer,
          .yiaddr = *address,
          .lease_seconds = lease,
          .subnet = &ask.subnet,
          .hostname = ask.reservation != nullptr ? std::string_view{ask.reservation->hostname} : std::string_view{}});
}

} // namespace dorascope::server
