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
/// client's own card on the link share another one, lest a flood escape by making up senders as well.
bool DhcpServer::State::may_speak(const Packet& packet)
{
    constexpr std::uint32_t kMostSenders = 4;
    const std::uint32_t most = config.limits.client_per_second, client = sender_tag(packet.client.hardware);
    const MacAddress& card = packet.inbound.source_mac;
    const bool itself = !packet.relayed() && (card.is_zero() || HardwareAddress::of(card) == packet.client.hardware);
    if (itself) return limiter.client_may_speak(client, packet.now, most);
    const std::uint32_t sender = sender_tag(HardwareAddress::of(card)) ^ packet.request.giaddr.value;
    const std::uint32_t all = std::min(most, std::numeric_limits<std::uint32_t>::max() / kMostSenders) * kMostSenders;
    return limiter.client_may_speak(std::rotl(client, 8) ^ sender, packet.now, most)
        && limiter.client_may_speak(std::rotl(client, 16), packet.now, all);
}

bool DhcpServer::State::is_known(Packet& packet)
{
    return bindings.is_bound(packet.client) || reservation_of(packet, std::nullopt) != nullptr;
}

/// A flood of made-up clients must not hold every address, nor grow the table without end.
bool DhcpServer::State::offers_are_exhausted(Packet& packet, const Ask& ask)
{
    const Holdings& held = ask.held;
    const bool known = held.bound != nullptr || held.offered != nullptr || ask.reservation != nullptr;
    if (known) return false;
    if (bindings.outstanding_offers() >= config.max_offers) {
        packet.trace.end(Outcome::silent, StepCode::offers_exhausted, {}, static_cast<std::int64_t>(config.max_offers));
        return true;
    }
    const std::uint32_t source = source_of(packet), most = config.limits.offers_per_mac;
    if (source == 0 || most == 0 || held.previous != nullptr || bindings.offers_to(source) < most) return false;
    packet.trace.end(Outcome::silent, StepCode::sender_offers_exhausted, {}, most);
    packet.trace.decision().steps.back().who = HardwareAddress::of(packet.inbound.source_mac);
    return true;
}

/// RFC 2131 §4.3.3 takes the client's word for it. Three times; after that, and until the first of its addresses is out of quarantine,
/// what it declines is not available to itself alone.
bool DhcpServer::State::may_decline(Packet& packet, Ipv4Address address)
{
    const std::uint32_t sender = decliner(packet);
    const std::uint32_t already = limiter.quarantines(sender, packet.now);
    if (already >= kMostDeclines) {
        limiter.shun(sender, packet.now, address, packet.subnet->reservation_at(address) != nullptr);
        packet.trace.end(Outcome::recorded, StepCode::declines_exceeded, address, already);
        packet.trace.decision().steps.back().who = packet.client.hardware;
        return false;
    }
    limiter.count_quarantine(sender, packet.now, config.decline_quarantine);
    return true;
}

Shunned DhcpServer::State::shunned_by(const Packet& packet)
{
    return limiter.shuns(packet.now) ? limiter.shunned(decliner(packet), packet.now) : Shunned{};
}

/// A flood can make up chaddr more easily than the link address its frames come from.
std::uint32_t DhcpServer::State::decliner(const Packet& packet) const
{
    const std::uint32_t source = source_of(packet);
    return source != 0 ? source : sender_tag(packet.client.hardware);
}

/// The link address of a client that speaks for itself; 0: a relay's, or not known.
std::uint32_t DhcpServer::State::source_of(const Packet& packet) const
{
    if (packet.relayed() || packet.inbound.source_mac.is_zero()) return 0;
    return sender_tag(HardwareAddress::of(packet.inbound.source_mac));
}

std::uint32_t DhcpServer::State::sender_tag(const HardwareAddress& hardware) const
{
    const HardwareKey key{hardware};
    const std::uint32_t tag = hash_key({ClientKey::Kind::hardware, key.bytes()}, hash_seed);
    return tag != 0 ? tag : 1;
}

} // namespace dorascope::server
