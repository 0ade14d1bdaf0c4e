// SPDX-License-Identifier: GPL-3.0-or-later
// What has to hold of each message and of each answer to it: holders come first, other servers have their turn, an address is asked for
// before it is given, and a class has its pool and its times.
#include "tests/server/long/world.h"

#include <algorithm>
#include <array>

namespace dorascope::server::simulation {

bool World::is_reserved_for(const HardwareAddress& hardware, Ipv4Address address) const
{
    return std::ranges::any_of(config_.subnets, [&](const Subnet& s) {
        return std::ranges::any_of(s.reservations,
                                   [&](const Reservation& r) { return r.hardware == hardware && r.address == address; });
    });
}

bool World::holds_lease(const SimClient& client) const
{
    if (!client.belief || client.belief->expires <= now()) return false;
    const auto lease = server_.lease(client.belief->address);
    return lease && lease->state == LeaseState::bound && lease->client == client.key && lease->expires > now();
}

/// All of them are of the first subnet.
bool World::has_reservation(const SimClient& client) const
{
    const auto& first = config_.subnets.front();
    const bool there = client.giaddr.is_unspecified() || (config_.subnets.size() == 2 && !first.shared_network.empty());
    return there && std::ranges::any_of(first.reservations, [&](const Reservation& r) { return r.hardware == client.hardware; });
}

/// Whoever holds a lease or has a reservation gets through, whatever others send: no limit that strangers can exhaust is its limit.
void World::check_heard(const SimClient& client, const wire::Message& m, bool holds, const Decision& decision)
{
    static constexpr std::array kOfStrangers{StepCode::total_rate_exceeded,
                                             StepCode::offers_exhausted,
                                             StepCode::sender_offers_exhausted,
                                             StepCode::sender_leases_exhausted,
                                             StepCode::circuit_leases_exhausted,
                                             StepCode::nak_leases_exhausted,
                                             StepCode::polite_full};
    if (!holds && !has_reservation(client)) return;
    const StepCode code = verdict(decision);
    const bool refused = std::ranges::find(kOfStrangers, code) != kOfStrangers.end();
    const bool unoffered = holds && (code == StepCode::sender_grants_exhausted || code == StepCode::nak_no_offer);
    if (refused || unoffered) return fail("a holder of a lease or a reservation is refused: " + summary(decision));
    tally_[Count::heard_in_a_flood] += real_ < flood_until_;
    // A renewal is answered, one way or the other, as long as its link is served.
    const bool renews = holds && m.type() == MessageType::request && client.belief && m.ciaddr == client.belief->address;
    const bool linked = is_served(m.ciaddr) && (client.giaddr.is_unspecified() || is_served(client.giaddr));
    if (renews && linked && decision.outcome != Outcome::replied && code != StepCode::client_rate_exceeded)
        fail("a renewal is not answered: " + summary(decision));
}

/// From when on another server's answer ends the exchange, as far as the server says what it waits for.
void World::note_exchange(const wire::Message& m, const Decision& decision)
{
    const auto key = exchange(m.hardware(), m.xid);
    const auto former = left_.find(key);
    // It has chosen, or asks once more what another has answered already.
    if (former != left_.end() && (m.type() == MessageType::request || former->second.answered)) left_.erase(former);
    if (m.type() != MessageType::discover && m.type() != MessageType::none) return;
    if (config_.authority != Authority::polite) return;
    for (const DecisionStep& step : decision.steps) {
        if (step.code == StepCode::polite_waiting) left_[key] = {now() + Duration{step.number}};
    }
    if (decision.outcome == Outcome::replied) fail("a polite server answers at once: " + summary(decision));
}

/// Polite: whoever was answered by another server in time is left to it.
void World::check_turn_of_others(const wire::Message& reply)
{
    if (reply.type() != MessageType::offer && reply.type() != MessageType::none) return;
    const auto at = left_.find(exchange(reply.hardware(), reply.xid));
    if (at == left_.end()) return;
    if (at->second.answered) return fail("a client is answered whom another server has answered");
    left_.erase(at);
}

void World::check_class(const SimClient* client, const wire::Message& reply)
{
    if (reply.yiaddr.is_unspecified()) return;
    const auto& pools = config_.subnets.front().pools;
    const bool guest = client != nullptr && client->guest;
    const bool of_class =
        std::ranges::any_of(pools, [&](const Pool& pool) { return !pool.client_class.empty() && pool.contains(reply.yiaddr); });
    if (of_class && !guest && !is_reserved_for(reply.hardware(), reply.yiaddr))
        return fail(reply.yiaddr.to_string() + " is kept for a class that the client is not of");
    tally_[Count::of_class] += of_class;
    const auto lease = reply.options.u32(wire::option::lease_time).value_or(0);
    if (guest && !config_.classes.empty() && lease > kMostOfGuests)
        fail("a guest gets a lease of " + std::to_string(lease) + " s");
}

/// RFC 2131 §2.2: an address that was another's, or nobody's, is asked for before it is given.
void World::check_proven(Ipv4Address address, const ClientKey& key, const HardwareAddress& hardware)
{
    const auto its = used_by_.find(address);
    const bool was_its = its != used_by_.end() && its->second == key;
    const bool due = config_.probe.enabled && real_ >= settled_at_;
    if (due && !was_its && !asked_.contains(address) && !is_reserved_for(hardware, address))
        return fail(address.to_string() + " is given to a client without having been asked for");
    if (was_its) return;
    used_by_[address] = key;
    asked_.erase(address);
}

} // namespace dorascope::server::simulation
