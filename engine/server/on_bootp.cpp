// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 1534 §2: a BOOTP client of a DHCP server. It asks once and never renews, so that what it gets is for ever.
#include "engine/server/server_state.h"

namespace dorascope::server {

void DhcpServer::State::on_bootp(Packet& packet)
{
    packet.trace.step(StepCode::bootp_client);
    // RFC 951 §7.2: a client that knows its address wants the boot file alone.
    if (const Ipv4Address own = packet.request.ciaddr; !own.is_unspecified()) {
        packet.trace.step(StepCode::inform_answered, own);
        send(packet, {.subnet = packet.subnet, .reservation = packet.subnet->reservation_for(packet.client)});
        packet.trace.decision().address = own;
        return;
    }
    const Ask ask = ask_for(packet, std::nullopt);
    const auto address = allocator.choose(ask, packet.trace);
    if (!address) {
        packet.trace.decision().outcome = Outcome::silent;
        return;
    }
    const bool repeated = ask.held.bound != nullptr && ask.held.bound->address == *address;
    const bool on_its_word = is_on_its_word(packet, ask, *address);
    if (on_its_word && grants_are_exhausted(packet)) {
        packet.trace.decision().outcome = Outcome::silent;
        return;
    }
    const Account account = on_its_word ? account_of(packet) : Account{};
    acknowledge(packet, ask, *address, repeated ? StepCode::lease_repeated : StepCode::lease_granted, account);
}

} // namespace dorascope::server
