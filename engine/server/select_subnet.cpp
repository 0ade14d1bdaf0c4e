// SPDX-License-Identifier: GPL-3.0-or-later
// Where a client is, and as whom this server speaks to it there.
#include "engine/server/server_state.h"

#include <algorithm>

namespace dorascope::server {

namespace {

constexpr std::uint8_t kSubnetSelection = 118;

} // namespace

/// As far as the message tells (RFC 2131 §4.3.1, §4.3.2). A relay's link selection outranks what the client says (RFC 3527 §3), and that
/// the relay's own address (RFC 3011 §2).
DhcpServer::State::SubnetHint DhcpServer::State::subnet_hint(const Packet& packet) const
{
    const wire::Message& asked = packet.request;
    if (packet.client.relay.link_selection) return {StepCode::subnet_by_link_selection, *packet.client.relay.link_selection};
    const auto selected = asked.options.address(kSubnetSelection);
    if (config.subnet_selection && selected) return {StepCode::subnet_by_selection, *selected};
    if (packet.relayed()) return {StepCode::subnet_by_relay, asked.giaddr};
    // A unicast message may have crossed routers, so where it arrived says nothing; the address its sender uses does.
    const bool by_own_address = !packet.broadcast() || asked.type() == MessageType::inform;
    if (by_own_address && !asked.ciaddr.is_unspecified()) return {StepCode::subnet_by_ciaddr, asked.ciaddr};
    return {StepCode::subnet_by_interface, packet.inbound.local};
}

bool DhcpServer::State::select_subnet(Packet& packet)
{
    const SubnetHint hint = subnet_hint(packet);
    packet.subnet = subnets.containing(hint.address);
    if (packet.subnet == nullptr && hint.step == StepCode::subnet_by_interface) {
        // An interface may have several addresses: the first that a subnet is configured for.
        for (const Ipv4Address further : packet.inbound.also_local) {
            if ((packet.subnet = subnets.containing(further)) != nullptr) break;
        }
    }
    // RFC 1542 §4.1.1: giaddr is the relay's own address. The answer goes there, at whatever port the message names (RFC 8357), so that what
    // is no host's would make this server broadcast, or speak to itself.
    if (packet.relayed() && !can_be_host(packet, packet.request.giaddr)) {
        packet.trace.end(Outcome::dropped, StepCode::relay_no_host, packet.request.giaddr);
        return false;
    }
    if (packet.subnet == nullptr) {
        packet.trace.end(Outcome::silent, StepCode::no_subnet, hint.address);
        return false;
    }
    const Ipv4Prefix& prefix = packet.subnet->prefix();
    packet.trace.step(hint.step, prefix.network, prefix.length);
    packet.subnet_selected = hint.step == StepCode::subnet_by_selection;
    if (subnets.network_of(*packet.subnet).size() > 1) {
        packet.trace.step(StepCode::on_shared_network, {}, 0, {}, packet.subnet->config().shared_network);
    }
    name_server(packet);
    return true;
}

/// As far as the address itself and the configured subnets tell.
bool DhcpServer::State::can_be_host(const Packet& packet, Ipv4Address address)
{
    if (!address.is_host()) return false;
    const bool is_here = packet.subnet != nullptr && packet.subnet->prefix().contains(address); // nearly always
    const ServedSubnet* const home = is_here ? packet.subnet : subnets.containing(address);
    return home == nullptr || !home->prefix().is_edge(address);
}

/// On a shared network the address says which of the link's subnets is meant.
void DhcpServer::State::turn_to(Packet& packet, Ipv4Address address)
{
    if (packet.subnet->prefix().contains(address)) return;
    for (ServedSubnet* subnet : subnets.network_of(*packet.subnet)) {
        if (!subnet->prefix().contains(address)) continue;
        packet.subnet = subnet;
        return name_server(packet);
    }
}

/// The server identifier: what the relay demands (RFC 5107 §4), else what the client knows this server by, else the interface's address
/// in the client's subnet, else its first.
void DhcpServer::State::name_server(Packet& packet) const
{
    const auto known = packet.request.options.address(wire::option::server_identifier);
    packet.server = packet.inbound.local;
    if (packet.client.relay.server_override) {
        packet.server = *packet.client.relay.server_override;
    } else if (known && is_ours(packet, *known)) {
        packet.server = *known;
    } else if (!packet.subnet->prefix().contains(packet.inbound.local)) {
        const auto here = [&](Ipv4Address a) { return packet.subnet->prefix().contains(a); };
        const auto at = std::ranges::find_if(packet.inbound.also_local, here);
        if (at != packet.inbound.also_local.end()) packet.server = *at;
    }
    packet.trace.decision().server = packet.server;
}

bool DhcpServer::State::is_ours(const Packet& packet, Ipv4Address server_identifier) const
{
    return server_identifier == packet.inbound.local || allocator.is_server_address(server_identifier)
        || packet.client.relay.server_override == server_identifier;
}

/// Says of which classes the client is; false when one of them is denied, and nothing is answered.
bool DhcpServer::State::classify(Packet& packet)
{
    subnets.classes().match(packet.request, packet.client, class_buffer);
    packet.classes = class_buffer;
    for (const std::uint16_t index : packet.classes) {
        const ClientClass& each = subnets.classes().at(index);
        packet.trace.step(StepCode::member_of_class, {}, 0, {}, each.name);
    }
    for (const std::uint16_t index : packet.classes) {
        const ClientClass& each = subnets.classes().at(index);
        if (!each.deny) continue;
        packet.trace.end(Outcome::silent, StepCode::denied_by_class, {}, index, each.name);
        return false;
    }
    return true;
}

/// RFC 2131 §4.3.1: what is configured for the client before anything else. On a shared network it may have one in each subnet: the one
/// it speaks of, else the first.
const Reservation* DhcpServer::State::reservation_of(const Packet& packet, std::optional<Ipv4Address> requested) const
{
    const Reservation* first = nullptr;
    for (const ServedSubnet* subnet : subnets.network_of(*packet.subnet)) {
        const Reservation* reservation = subnet->reservation_for(packet.client);
        if (reservation == nullptr) continue;
        if (reservation->address == requested) return reservation;
        if (first == nullptr) first = reservation;
    }
    return first;
}

std::uint32_t DhcpServer::State::lease_time(const Packet& packet, const ServedSubnet& subnet) const
{
    if (packet.request.type() == MessageType::none) return kInfiniteSeconds; // RFC 1534 §2: a BOOTP client never renews
    LeaseTimes times{subnet.config()};
    for (const std::uint16_t index : packet.classes)
        times.lay_over(subnets.classes().at(index));
    return times.granted(packet.request.options.u32(wire::option::lease_time));
}

} // namespace dorascope::server
