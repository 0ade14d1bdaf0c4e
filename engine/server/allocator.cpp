// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/allocator.h"

#include <algorithm>
#include <iterator>

namespace dorascope::server {

void Allocator::add_server_address(Ipv4Address address)
{
    if (is_server_address(address)) return;
    server_addresses_.push_back(address);
    bindings_.reserve_for_server(address);
}

void Allocator::own_addresses(std::span<const Ipv4Address> all)
{
    std::vector<Ipv4Address> former;
    std::ranges::copy_if(server_addresses_, std::back_inserter(former),
                         [all](Ipv4Address a) { return std::ranges::find(all, a) == all.end(); });
    std::erase_if(server_addresses_, [&](Ipv4Address a) { return std::ranges::find(former, a) != former.end(); });
    for (const Ipv4Address address : former)
        bindings_.configured_anew(address);
    for (const Ipv4Address address : all)
        add_server_address(address);
}

void Allocator::reconfigure(Duration offer_hold)
{
    offer_hold_ = offer_hold;
    for (const Ipv4Address address : server_addresses_)
        bindings_.reserve_for_server(address);
}

bool Allocator::is_server_address(Ipv4Address address) const
{
    return std::ranges::find(server_addresses_, address) != server_addresses_.end();
}

Verdict Allocator::verdict(const Ask& ask, Ipv4Address address) const
{
    const Verdict configured = by_configuration(ask, address);
    return configured.available() ? held_by(ask, address) : configured;
}

Verdict Allocator::by_configuration(const Ask& ask, Ipv4Address address) const
{
    const auto home = std::ranges::find_if(ask.network, [&](const ServedSubnet* s) { return s->prefix().contains(address); });
    if (home == ask.network.end()) return {StepCode::candidate_outside_subnet, 0, {}};
    if (is_server_address(address)) return {StepCode::candidate_is_server, 0, {}};
    if (address == ask.relay) return {StepCode::candidate_excluded, 0, {}};
    const ServedSubnet& subnet = **home;
    switch (subnet.leasable(address)) {
    case Leasable::outside_subnet: return {StepCode::candidate_outside_subnet, 0, {}};
    case Leasable::excluded: return {StepCode::candidate_excluded, 0, {}};
    case Leasable::outside_pool: return {StepCode::candidate_outside_pool, 0, {}};
    case Leasable::reserved: return by_reservation(ask, subnet, *subnet.reservation_at(address));
    case Leasable::dynamic: break;
    }
    const std::uint16_t kept_for = subnet.class_of(address);
    if (kept_for == ClientClasses::kNone || std::ranges::binary_search(ask.classes, kept_for)) return {};
    return {StepCode::candidate_of_class, kept_for, {}, subnet.pool_class_name(address)};
}

Verdict Allocator::by_reservation(const Ask& ask, const ServedSubnet& subnet, const Reservation& reservation) const
{
    if (&reservation == ask.reservation || &reservation == subnet.reservation_for(ask.client)) return {};
    return {StepCode::candidate_reserved_for_other, 0, reservation.hardware.value_or(HardwareAddress{})};
}

/// As verdict(), of an address that next_in() found in a pool which the client may use.
Verdict Allocator::in_pool(const Ask& ask, const ServedSubnet& subnet, Ipv4Address address) const
{
    if (is_server_address(address)) return {StepCode::candidate_is_server, 0, {}};
    if (address == ask.relay) return {StepCode::candidate_excluded, 0, {}};
    const Reservation* const reservation = subnet.reservation_at(address);
    const Verdict configured = reservation == nullptr ? Verdict{} : by_reservation(ask, subnet, *reservation);
    return configured.available() ? held_by(ask, address) : configured;
}

Verdict Allocator::held_by(const Ask& ask, Ipv4Address address) const
{
    const Binding* b = bindings_.find(address);
    if (b == nullptr) return {};
    if (b->quarantined()) return {StepCode::candidate_quarantined, 0, {}};
    if (b->is_of(ask.client)) return {};
    if ((b->bound() || b->offered()) && is_reserved_for_card_of(ask, *b))
        return {StepCode::candidate_of_same_card, 0, b->hardware};
    if (b->bound()) return {StepCode::candidate_leased, 0, b->hardware};
    if (b->offered()) {
        const Duration ago = std::max(Duration::zero(), ask.now - (b->offer_until - offer_hold_));
        return {StepCode::candidate_held_by_offer, ago.count(), b->hardware};
    }
    return {StepCode::candidate_reclaimed_expired, 0, b->hardware};
}

/// RFC 2131 §4.3.1: what is reserved by chaddr is the card's, under whatever identifier it asks. Firmware that boots from the network and the
/// system that it boots are two clients (§4.2), the second of which would have to wait for the lease of the first to end. Whoever forges
/// the chaddr gets what it would get without an identifier.
bool Allocator::is_reserved_for_card_of(const Ask& ask, const Binding& b) const
{
    if (ask.reservation == nullptr || b.hardware != ask.client.hardware) return false;
    const auto home = std::ranges::find_if(ask.network, [&](const ServedSubnet* s) { return s->prefix().contains(b.address); });
    const Reservation* const reservation = home == ask.network.end() ? nullptr : (*home)->reservation_at(b.address);
    return reservation != nullptr && reservation->hardware == ask.client.hardware;
}

/// As verdict(), of an address that the client is yet to be offered.
Verdict Allocator::offerable(const Ask& ask, Ipv4Address address) const
{
    if (ask.shunned.has(address)) return {StepCode::candidate_found_in_use, 0, {}};
    return verdict(ask, address);
}

bool Allocator::try_address(const Ask& ask, Ipv4Address address, Trace& trace) const
{
    const Verdict v = offerable(ask, address);
    trace.step(v.code, address, v.number, v.who, v.name);
    return v.available();
}

std::optional<Ipv4Address> Allocator::choose(const Ask& ask, Trace& trace) const
{
    if (const auto known = choose_known(ask, trace)) return known;
    if (const auto free = choose_free(ask, trace)) return free;
    if (const auto expired = choose_oldest_expired(ask, trace)) return expired;
    trace.step(StepCode::pool_exhausted);
    return std::nullopt;
}

/// Reservation, current binding, previous binding, requested address: each is considered, the first that is available wins.
std::optional<Ipv4Address> Allocator::choose_known(const Ask& ask, Trace& trace) const
{
    if (ask.reservation == nullptr) {
        trace.step(StepCode::reservation_none, {}, 0, ask.client.hardware);
    } else {
        trace.step(StepCode::reservation_found, ask.reservation->address, 0, ask.client.hardware);
        if (try_address(ask, ask.reservation->address, trace)) return ask.reservation->address;
    }
    if (!ask.held.bound && !ask.held.offered && !ask.held.previous) trace.step(StepCode::binding_none);
    for (const Binding* current : {ask.held.bound, ask.held.offered}) {
        if (current == nullptr) continue;
        trace.step(StepCode::binding_current, current->address);
        if (try_address(ask, current->address, trace)) return current->address;
    }
    if (const Binding* previous = ask.held.previous) {
        trace.step(StepCode::binding_previous, previous->address);
        if (try_address(ask, previous->address, trace)) return previous->address;
    }
    if (!ask.requested) {
        trace.step(StepCode::requested_none);
        return std::nullopt;
    }
    trace.step(StepCode::requested_address, *ask.requested);
    // Asking for it does not make a former client's address free: like any other it goes when nothing else is left.
    Verdict v = offerable(ask, *ask.requested);
    if (v.code == StepCode::candidate_reclaimed_expired) v.code = StepCode::candidate_kept;
    trace.step(v.code, *ask.requested, v.number, v.who, v.name);
    return v.available() ? ask.requested : std::nullopt;
}

std::optional<Ipv4Address> Allocator::choose_free(const Ask& ask, Trace& trace) const
{
    // Of a client that has gone through the pools and found one address after the other in use, the search goes on behind the last.
    auto from =
        std::ranges::find_if(ask.network, [&](const ServedSubnet* s) { return s->has_pool_for(ask.classes, ask.shunned.last); });
    const Ipv4Address behind = from == ask.network.end() ? Ipv4Address{} : ask.shunned.last;
    if (from == ask.network.end()) from = ask.network.begin();
    for (auto at = from; at != ask.network.end(); ++at) {
        const ServedSubnet* const subnet = *at;
        const auto address = subnet->first_free(ask.classes, ask.relay, subnet == *from ? behind : Ipv4Address{});
        name_refused(ask, *subnet, address, trace);
        if (!address) {
            if (ask.network.size() > 1) trace.step(StepCode::subnet_full, subnet->prefix().network, subnet->prefix().length);
            continue;
        }
        trace.step(StepCode::candidate_chosen, *address);
        return address;
    }
    return std::nullopt;
}

std::optional<Ipv4Address> Allocator::choose_oldest_expired(const Ask& ask, Trace& trace) const
{
    // A relay's address can have been leased before the relay was seen, and what this client found in use can have been another's since. They
    // are the only former leases that anybody but this client may have: the next oldest goes.
    const FewAddresses except{ask.relay, ask.shunned.last, ask.shunned.reserved};
    const Binding* oldest = nullptr;
    for (ServedSubnet* subnet : ask.network) {
        const Binding* its = bindings_.oldest_inactive(*subnet, ask.classes, except);
        if (its != nullptr && (oldest == nullptr || its->expires < oldest->expires)) oldest = its;
    }
    if (oldest == nullptr || !try_address(ask, oldest->address, trace)) return std::nullopt;
    return oldest->address;
}

/// The addresses before the one chosen are the candidates that came first: name some, count the rest. More where the pools are full, and
/// who has them is the question.
void Allocator::name_refused(const Ask& ask, const ServedSubnet& subnet, std::optional<Ipv4Address> chosen, Trace& trace) const
{
    const std::uint64_t most = chosen ? kNamedBeforeChosen : kNamedOfFullPool;
    std::uint64_t named = 0, total = 0;
    subnet.for_each_pool(ask.classes, [&](const ServedPool& pool) {
        const bool here = chosen && pool.range.contains(*chosen);
        if (!here) {
            total += subnet.usable(pool.range);
        } else if (*chosen != pool.range.first) {
            total += subnet.usable({pool.range.first, {chosen->value - 1}});
        }
        auto candidate = subnet.next_in(pool, pool.range.first);
        while (named < most && candidate && !(here && *candidate >= *chosen)) {
            Verdict v = in_pool(ask, subnet, *candidate);
            if (v.available()) {
                const bool kept = v.code == StepCode::candidate_reclaimed_expired;
                v.code = kept ? StepCode::candidate_kept : StepCode::candidate_found_in_use;
            }
            trace.step(v.code, *candidate, v.number, v.who, v.name);
            ++named;
            candidate = subnet.next_in(pool, *candidate + 1);
        }
        return here;
    });
    if (total > named) trace.step(StepCode::candidates_skipped, {}, static_cast<std::int64_t>(total - named));
}

} // namespace dorascope::server
