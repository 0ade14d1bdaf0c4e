// SPDX-License-Identifier: GPL-3.0-or-later
// What one sender, and all together, can have of the server (Limits). Clients with a lease or a reservation come before strangers, so that a
// flood of made-up ones cannot lock them out. Each refusal is a decision like any other, and made before anything costly.
#include "engine/server/server_state.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace dorascope::server {

namespace {

/// A client that finds one address after the other in use is mistaken, or wants the pool empty.
constexpr std::uint32_t kMostDeclines = 3;
/// Of all the clients that one relay passes on for a subnet: it can make them up.
constexpr std::uint32_t kMostDeclinesOfRelay = 32;

} // namespace

bool DhcpServer::State::is_within_limits(Packet& packet)
{
    // What waited has been counted already.
    if (packet.waited != nullptr) return true;
    const Limits& limits = config.limits;
    if (limits.client_per_second != 0 && !may_speak(packet)) {
        packet.trace.end(Outcome::dropped, StepCode::client_rate_exceeded, {}, limits.client_per_second);
        return false;
    }
    if (limits.total_per_second == 0 || limiter.anybody_may_speak(is_known(packet), packet.now, limits.total_per_second))
        return true;
    packet.trace.end(Outcome::dropped, StepCode::total_rate_exceeded, {}, limits.total_per_second);
    return false;
}

/// Whoever writes another's chaddr into its messages must not silence it. So each sender of that chaddr has its own measure, and all but the
/// client's own card on the link share another one, lest a flood escape by making up senders as well. Behind a relay or a repeater the one that
/// carried the client's messages when it got its lease does not share with those others.
bool DhcpServer::State::may_speak(const Packet& packet)
{
    constexpr std::uint32_t kMostSenders = 4;
    const std::uint32_t most = config.limits.client_per_second, client = sender_tag(packet.client.hardware);
    const MacAddress& card = packet.inbound.source_mac;
    const bool itself = !packet.relayed() && (card.is_zero() || HardwareAddress::of(card) == packet.client.hardware);
    if (itself) return limiter.client_may_speak(client, packet.now, most);
    const std::uint32_t sender = sender_tag(HardwareAddress::of(card)) ^ packet.request.giaddr.value;
    const std::uint32_t carrier = lease_account_of(packet).tag;
    const bool carried = carrier != 0 && bindings.is_bound_by(packet.client, carrier);
    const std::uint32_t group = carried ? std::rotl(client, 24) ^ carrier : std::rotl(client, 16);
    const std::uint32_t all = std::min(most, std::numeric_limits<std::uint32_t>::max() / kMostSenders) * kMostSenders;
    return limiter.client_may_speak(std::rotl(client, 8) ^ sender, packet.now, most)
        && limiter.client_may_speak(group, packet.now, all);
}

bool DhcpServer::State::is_known(Packet& packet)
{
    if (bindings.is_bound(packet.client) || reservation_of(packet, std::nullopt) != nullptr) return true;
    // Who was let in this far may finish. Its DISCOVERs still count: repeated, they are a flood like any other.
    return packet.request.type() == MessageType::request && bindings.is_offered(packet.client);
}

/// RFC 2131 §4.3.3 takes the client's word for it. Three times; after that, and until the first of its addresses is out of quarantine,
/// what it declines is not available to itself alone.
bool DhcpServer::State::may_decline(Packet& packet, Ipv4Address address)
{
    const std::uint32_t sender = decliner(packet), relay = is_far(packet) ? account_of(packet).tag : 0;
    const std::uint32_t already = limiter.quarantines(sender, packet.now);
    const bool relay_is_done = relay != 0 && limiter.quarantines(relay, packet.now) >= kMostDeclinesOfRelay;
    if (already >= kMostDeclines || relay_is_done) {
        // On a shared network the address may lie in another subnet than the message came by.
        const ServedSubnet* const home = subnets.containing(address);
        limiter.shun(sender, packet.now, address, home != nullptr && home->reservation_at(address) != nullptr);
        packet.trace.end(Outcome::recorded, StepCode::declines_exceeded, address, relay_is_done ? kMostDeclinesOfRelay : already);
        packet.trace.decision().steps.back().who = packet.client.hardware;
        return false;
    }
    limiter.count_quarantine(sender, packet.now, config.decline_quarantine);
    if (relay != 0) limiter.count_quarantine(relay, packet.now, config.decline_quarantine);
    return true;
}

Shunned DhcpServer::State::shunned_by(const Packet& packet)
{
    return limiter.shuns(packet.now) ? limiter.shunned(decliner(packet), packet.now) : Shunned{};
}

/// A flood can make up chaddr more easily than the link address its frames come from.
std::uint32_t DhcpServer::State::decliner(const Packet& packet) const
{
    const MacAddress& card = packet.inbound.source_mac;
    return sender_tag(is_far(packet) || card.is_zero() ? packet.client.hardware : HardwareAddress::of(card));
}

std::uint32_t DhcpServer::State::sender_tag(const HardwareAddress& hardware) const
{
    const HardwareKey key{hardware};
    const std::uint32_t tag = hash_key({ClientKey::Kind::hardware, key.bytes()}, hash_seed);
    return tag != 0 ? tag : 1;
}

} // namespace dorascope::server
