// SPDX-License-Identifier: GPL-3.0-or-later
// What strangers may have of the addresses, by where their messages come from: a chaddr or a giaddr costs its sender nothing to make up. The
// link address of the frame is what a switch can hold a machine to.
#include "engine/server/server_state.h"

#include <algorithm>
#include <array>

namespace dorascope::server {

namespace {

/// RFC 3046 §3.1: a circuit of one relay does not use up what the others have. But whoever plays the relay can write any circuit, so that
/// they share this many accounts.
constexpr std::uint32_t kCircuitGroups = 16;

} // namespace

/// Behind a relay. What claims to come from one, and yet for the very link that the server is on, is treated as from that link: its
/// addresses are in use there, and its frames are its sender's.
bool DhcpServer::State::is_far(const Packet& packet) const
{
    if (!packet.relayed()) return false;
    const auto is_here = [&](Ipv4Address own) {
        return !own.is_unspecified() && std::ranges::any_of(subnets.network_of(*packet.subnet), [own](const ServedSubnet* s) {
            return s->prefix().contains(own);
        });
    };
    return !is_here(packet.inbound.local) && std::ranges::none_of(packet.inbound.also_local, is_here);
}

Account DhcpServer::State::account_of(const Packet& packet) const
{
    if (packet.inbound.source_mac.is_zero()) return {};
    const std::uint32_t card = sender_tag(HardwareAddress::of(packet.inbound.source_mac));
    if (!is_far(packet)) return {card, config.limits.offers_per_mac};
    const std::uint32_t group =
        hash_key({ClientKey::Kind::identifier, packet.client.relay.circuit_id}, hash_seed) % kCircuitGroups;
    std::array<std::uint8_t, 7> key{static_cast<std::uint8_t>(group), static_cast<std::uint8_t>(packet.subnet->network()),
                                    static_cast<std::uint8_t>(packet.subnet->network() >> 8)};
    for (std::size_t i = 0; i < sizeof card; ++i)
        key[3 + i] = static_cast<std::uint8_t>(card >> (8 * i));
    const std::uint32_t tag = hash_key({ClientKey::Kind::identifier, key}, hash_seed);
    return {tag != 0 ? tag : 1, config.limits.offers_per_relay};
}

/// A flood of made-up clients must not hold every address, nor grow the table without end.
bool DhcpServer::State::offers_are_exhausted(Packet& packet, const Ask& ask)
{
    if (ask.known() || ask.held.offered != nullptr) return false;
    if (bindings.outstanding_offers() >= config.max_offers) {
        packet.trace.end(Outcome::silent, StepCode::offers_exhausted, {}, static_cast<std::int64_t>(config.max_offers));
        return true;
    }
    const Account account = account_of(packet);
    if (!account.counts() || ask.held.previous != nullptr || bindings.counts_of(account.tag).offers < account.most) return false;
    packet.trace.end(Outcome::silent, StepCode::sender_offers_exhausted, {}, account.most);
    packet.trace.decision().steps.back().who = HardwareAddress::of(packet.inbound.source_mac);
    return true;
}

/// Offered, so that the client may have heard of it: not merely held while a probe runs or other servers have their turn.
bool DhcpServer::State::was_offered(const Packet& packet, const Ask& ask, Ipv4Address address)
{
    const Binding* offered = ask.held.offered;
    if (offered == nullptr || offered->address != address) return false;
    return !offered->probing && packet.waited == nullptr && waiting.find(packet.client) == nullptr;
}

/// Nothing but the client's word speaks for it: no offer, no lease of this address, no reservation. Nor does a former lease that was got in
/// this way: else a sender could give back and take anew until all are its own.
bool DhcpServer::State::is_on_its_word(const Packet& packet, const Ask& ask, Ipv4Address address)
{
    const auto has = [address](const Binding* b) {
        return b != nullptr && b->address == address && b->standing != Standing::none && (b->bound() || b->source == 0);
    };
    if (has(ask.held.bound) || has(ask.held.offered) || has(ask.held.previous)) return false;
    if (ask.reservation != nullptr && ask.reservation->address == address) return false;
    return !was_offered(packet, ask, address);
}

/// Offers that nobody takes run out; leases that nobody was offered have to be counted for as long as they last.
bool DhcpServer::State::grants_are_exhausted(Packet& packet)
{
    const Account account = account_of(packet);
    if (!account.counts() || bindings.counts_of(account.tag).grants < account.most) return false;
    packet.trace.step(StepCode::sender_grants_exhausted, {}, account.most, HardwareAddress::of(packet.inbound.source_mac));
    return true;
}

} // namespace dorascope::server
