// SPDX-License-Identifier: GPL-3.0-or-later
// What strangers may have of the addresses, by where their messages come from: a chaddr or a giaddr costs its sender nothing to make up. The
// link address of the frame is what a switch can hold a machine to.
#include "engine/server/server_state.h"

#include <algorithm>
#include <array>
#include <bit>

namespace dorascope::server {

namespace {

/// RFC 3046 §3.1: a circuit of one relay does not use up what the others have. But whoever plays the relay can write any circuit, so that
/// they share this many accounts.
constexpr std::uint32_t kCircuitGroups = 16;

} // namespace

bool DhcpServer::State::is_on_link(const Packet& packet) const
{
    if (!packet.on_link) packet.on_link = find_on_link(packet);
    return *packet.on_link;
}

Account DhcpServer::State::account_of(const Packet& packet) const
{
    if (!packet.account) packet.account = find_account(packet);
    return *packet.account;
}

Account DhcpServer::State::lease_account_of(const Packet& packet) const
{
    if (!packet.lease_account) packet.lease_account = find_lease_account(packet);
    return *packet.lease_account;
}

bool DhcpServer::State::find_on_link(const Packet& packet) const
{
    const auto is_here = [&](Ipv4Address own) {
        return !own.is_unspecified() && std::ranges::any_of(subnets.network_of(*packet.subnet), [own](const ServedSubnet* s) {
            return s->prefix().contains(own);
        });
    };
    return is_here(packet.inbound.local) || std::ranges::any_of(packet.inbound.also_local, is_here);
}

/// Behind a relay. What claims to come from one, and yet for the very link that the server is on, is treated as from that link: its
/// addresses are in use there, and its frames are its sender's.
bool DhcpServer::State::is_far(const Packet& packet) const { return packet.relayed() && !is_on_link(packet); }

Account DhcpServer::State::find_account(const Packet& packet) const
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
    if (!account.counts() || ask.held.previous != nullptr || bindings.offers_of(account.tag) < account.most) return false;
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
        return b != nullptr && b->address == address && b->standing != Standing::none && (b->bound() || !b->on_its_word);
    };
    if (has(ask.held.bound) || has(ask.held.offered) || has(ask.held.previous)) return false;
    if (ask.reservation != nullptr && ask.reservation->address == address) return false;
    return !was_offered(packet, ask, address);
}

/// Offers that nobody takes run out; leases that nobody was offered have to be counted for as long as they last.
bool DhcpServer::State::grants_are_exhausted(Packet& packet)
{
    const Account account = account_of(packet);
    if (!account.counts() || bindings.unoffered_leases_of(unoffered_source(packet)) < account.most) return false;
    packet.trace.step(StepCode::sender_grants_exhausted, {}, account.most, HardwareAddress::of(packet.inbound.source_mac));
    return true;
}

// ---- leases --------------------------------------------------------------------------------------------------------------------

namespace {

/// A card has one lease in its own name on each link, or two (RFC 2132 §9.14: many repeat htype and chaddr as their identifier). There is
/// nothing in these to count, and most clients have no others.
bool speaks_for_itself(const Packet& packet)
{
    return packet.client.hardware == HardwareAddress::of(packet.inbound.source_mac)
        && std::ranges::equal(packet.client.key().bytes, packet.client.hardware_key.bytes());
}

} // namespace

/// Who carries the client's messages, and how many leases there may be of that. On the link it is the card that its frames come from. Behind a
/// relay it is the circuit, where the relay names one and that is limited (RFC 3046 §3.1, §3.2), else the last router, which has no limit.
Account DhcpServer::State::find_lease_account(const Packet& packet) const
{
    const Limits& limits = config.limits;
    if (speaks_for_itself(packet)) return {};
    const MacAddress& card = packet.inbound.source_mac;
    const std::uint32_t carrier = card.is_zero() ? 0 : sender_tag(HardwareAddress::of(card));
    if (is_on_link(packet)) return {carrier, limits.leases_per_mac};
    const RelayInformation& relay = packet.client.relay;
    if (limits.leases_per_circuit != 0 && packet.relayed() && !relay.circuit_id.empty())
        return {circuit_tag(carrier, packet.request.giaddr, relay), limits.leases_per_circuit};
    return {carrier != 0 ? std::rotl(carrier, 16) : 0, 0};
}

std::uint32_t DhcpServer::State::circuit_tag(std::uint32_t carrier, Ipv4Address giaddr, const RelayInformation& relay) const
{
    constexpr std::size_t kMostSuboption = 255;
    std::array<std::uint8_t, 9 + 2 * kMostSuboption> key{};
    std::size_t size = 0;
    for (const std::uint32_t word : {carrier, giaddr.value}) {
        for (int shift = 24; shift >= 0; shift -= 8)
            key[size++] = static_cast<std::uint8_t>(word >> shift);
    }
    key[size++] = static_cast<std::uint8_t>(relay.circuit_id.size());
    for (const auto id : {relay.circuit_id, relay.remote_id}) {
        const auto part = id.first(std::min(id.size(), kMostSuboption));
        std::ranges::copy(part, key.begin() + static_cast<std::ptrdiff_t>(size));
        size += part.size();
    }
    const std::uint32_t tag = hash_key({ClientKey::Kind::identifier, std::span{key}.first(size)}, hash_seed);
    return tag != 0 ? tag : 1;
}

/// As a lease: else as an offer, which behind a relay that names no circuit is all there is.
std::uint32_t DhcpServer::State::unoffered_source(const Packet& packet) const
{
    const Account leases = lease_account_of(packet), offers = account_of(packet);
    return leases.counts() ? leases.tag : offers.counts() ? offers.tag : 0;
}

/// What the lease that is about to be granted counts for. One that goes on counts as before, unless it comes from the store, where nothing
/// tells who carried its messages.
LeaseSource DhcpServer::State::lease_source(const Packet& packet, const Ask& ask, Ipv4Address address, bool on_its_word) const
{
    if (on_its_word) return {unoffered_source(packet), true};
    if (ask.reservation != nullptr && ask.reservation->address == address) return {};
    const Binding* const bound = ask.held.bound;
    if (bound != nullptr && bound->address == address && bound->source != 0) return {};
    return {lease_account_of(packet).tag, false};
}

/// Whole handshakes under made-up names take one address after the other, however few offers are open at a time. Who has a lease or a
/// reservation here is not asked how many others have one. Says so where it is true.
bool DhcpServer::State::leases_are_exhausted(Packet& packet, const Ask& ask)
{
    if (ask.known()) return false;
    const Account account = lease_account_of(packet);
    if (!account.counts() || bindings.leases_of(account.tag) < account.most) return false;
    const bool circuit = !is_on_link(packet);
    packet.trace.step(circuit ? StepCode::circuit_leases_exhausted : StepCode::sender_leases_exhausted, {}, account.most,
                      circuit ? HardwareAddress{} : HardwareAddress::of(packet.inbound.source_mac));
    // What was held for it while its answer waited, or was offered before the others took theirs.
    if (ask.held.offered != nullptr) bindings.withdraw_offer(*ask.held.offered, packet.out);
    packet.trace.decision().outcome = Outcome::silent;
    return true;
}

} // namespace dorascope::server
