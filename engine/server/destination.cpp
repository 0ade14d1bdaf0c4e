// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/destination.h"

namespace dorascope::server {

namespace {

constexpr Destination broadcast(StepCode why)
{
    return {Delivery::broadcast, kBroadcastAddress, wire::kClientPort, kBroadcastMac, why};
}

} // namespace

Destination choose_destination(const wire::Message& request, const wire::Message& reply, const MacAddress& source_mac,
                               std::uint16_t relay_port)
{
    if (!request.giaddr.is_unspecified()) {
        const bool usual = relay_port == wire::kServerPort;
        return {Delivery::routed, request.giaddr, relay_port, source_mac,
                usual ? StepCode::sent_to_relay : StepCode::sent_to_relay_port};
    }
    if (reply.type() == MessageType::nak) return broadcast(StepCode::sent_broadcast_nak);
    // An address in use, where it can be one: a DHCPDISCOVER has no business to name any (RFC 2131 table 5).
    if (request.ciaddr.is_host()) return inform_destination(request, source_mac);
    if (request.broadcast()) return broadcast(StepCode::sent_broadcast_flag);
    // RFC 2563 §2, RFC 8925 §3.3: an OFFER of no address.
    if (reply.yiaddr.is_unspecified()) return broadcast(StepCode::sent_broadcast_no_address);
    // A frame needs an Ethernet address that belongs to one station.
    const auto mac = request.hardware().mac();
    if (!mac || mac->is_zero() || mac->is_multicast()) return broadcast(StepCode::sent_broadcast_no_mac);
    return {Delivery::link_unicast, reply.yiaddr, wire::kClientPort, *mac, StepCode::sent_to_yiaddr};
}

Destination inform_destination(const wire::Message& request, const MacAddress& source_mac)
{
    return {Delivery::routed, request.ciaddr, wire::kClientPort, source_mac, StepCode::sent_to_ciaddr};
}

} // namespace dorascope::server
