// SPDX-License-Identifier: GPL-3.0-or-later
// What has to hold after every event, whatever happened: seen from the clients, from the server's table, and from the disk.
#include "tests/server/long/world.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace dorascope::server::simulation {

namespace {

constexpr std::array kVerdicts{
    std::pair{Count::declines, StepCode::declined},
    std::pair{Count::releases, StepCode::released},
    std::pair{Count::expiries, StepCode::lease_expired},
    std::pair{Count::offers_expired, StepCode::offer_expired},
    std::pair{Count::left_to_others, StepCode::polite_other_answered},
};

bool quarantined(const Lease& lease) { return lease.state == LeaseState::declined || lease.state == LeaseState::conflict; }

} // namespace

bool in_pool(const Subnet& subnet, Ipv4Address address)
{
    const auto contains = [&](const Ipv4Range& range) { return range.contains(address); };
    return std::ranges::any_of(subnet.pools, contains) && std::ranges::none_of(subnet.exclusions, contains)
        && std::ranges::find(subnet.options.routers, address) == subnet.options.routers.end();
}

void World::fail(std::string what)
{
    if (complaint_.empty()) complaint_ = "event " + std::to_string(tally_[Count::events]) + ": " + std::move(what);
}

void World::say(const std::string& what) const
{
    if (!story_) return;
    const auto since = std::chrono::duration<double>{now() - Instant{1'700'000'000s}};
    std::printf("%5llu %9.3f s  %s\n", static_cast<unsigned long long>(tally_[Count::events]), since.count(), what.c_str());
}

void World::note_decisions()
{
    for (const Decision& decision : out_.decisions()) {
        for (const DecisionStep& step : decision.steps) {
            tally_[Count::conflicts] += step.code == StepCode::probe_answered;
            tally_[Count::exhausted] += step.code == StepCode::pool_exhausted;
            // To another client of the card that it is reserved for.
            if (step.code == StepCode::claim_passed_on) {
                if (!is_reserved_for(decision.chaddr, step.address)) fail(step.address.to_string() + " passes to another card");
                void_beliefs(step.address);
                accounted_.insert(step.address);
                ++tally_[Count::passed_on];
            }
            // What a client had besides the address it gets.
            if (step.code == StepCode::released && decision.outcome == Outcome::replied) void_beliefs(step.address);
        }
        if (story_) say(summary(decision));
        const StepCode code = verdict(decision);
        // Said to have ended, or spoken of with its client while the batch lasted.
        if (code == StepCode::lease_superseded) void_beliefs(decision.address);
        if (code == StepCode::lease_expired || code == StepCode::lease_superseded || decision.outcome == Outcome::replied
            || decision.received == MessageType::release)
            accounted_.insert(decision.address);
        tally_[Count::offers] += decision.reply == MessageType::offer;
        tally_[Count::acks] += decision.reply == MessageType::ack;
        tally_[Count::naks] += decision.reply == MessageType::nak;
        const bool of_bootp = decision.received == MessageType::none;
        tally_[Count::bootp_replies] += of_bootp && decision.outcome == Outcome::replied;
        tally_[Count::bootp_left_to_others] += of_bootp && code == StepCode::polite_other_answered;
        for (const auto& [what, which] : kVerdicts)
            tally_[what] += code == which;
        tally_[Count::limited] += code >= StepCode::client_rate_exceeded && code <= StepCode::declines_exceeded;
        tally_[Count::leases_limited] += code >= StepCode::sender_leases_exhausted && code <= StepCode::nak_leases_exhausted;
    }
}

/// RFC 3203: FORCERENEW wants a key that the client shares, so it is never sent; and of the rest an OFFER alone promises nothing.
void World::check_type(const Transmit& t, const wire::Message& reply)
{
    constexpr std::array kSent{MessageType::offer, MessageType::ack, MessageType::nak, MessageType::none};
    if (std::ranges::find(kSent, reply.type()) == kSent.end())
        return fail("a server sends " + std::string{rfc_name(reply.type())});
    if (t.promises != (reply.type() != MessageType::offer)) return fail("a promise is not told from what is none");
}

bool World::is_served(Ipv4Address address) const
{
    return std::ranges::any_of(config_.subnets, [&](const Subnet& s) { return s.prefix.contains(address); });
}

void World::audit()
{
    if (const auto due = server_.next_deadline(); due && *due <= now()) {
        // Only what came in since can be due at once; whoever calls advance() gets past it.
        server_.advance(now(), out_);
        note_decisions();
        const bool stuck = server_.next_deadline() && *server_.next_deadline() <= now();
        if (stuck) return fail("advance() makes no progress");
        transmit(commit());
        out_.clear();
    }
    const auto leases = server_.leases();
    audit_beliefs();
    audit_table(leases);
    audit_disk(leases);
    audit_counts(leases);
    audit_expiries(leases);
}

/// One holder an address; and what a client was promised is in the table and on the disk.
void World::audit_beliefs()
{
    std::map<Ipv4Address, const SimClient*> holders;
    for (SimClient& client : clients_) {
        if (client.belief && client.belief->expires <= now()) client.belief.reset();
        if (!client.belief) continue;
        const Belief& belief = *client.belief;
        const std::string where = belief.address.to_string();
        if (!holders.emplace(belief.address, &client).second) return fail("two clients hold " + where);
        const auto holds = [&](const Lease& lease) {
            return lease.state == LeaseState::bound && lease.client == client.key && lease.expires >= belief.expires;
        };
        const auto row = disk_.find(belief.address);
        if (row == disk_.end() || !holds(row->second)) return fail("the disk does not know the lease of " + where);
        if (!is_served(belief.address)) continue;
        const auto lease = server_.lease(belief.address);
        if (!lease || !holds(*lease)) return fail("the server forgot the lease of " + where);
    }
}

/// One address a client and subnet; nothing that is over still stands.
void World::audit_table(const std::vector<Lease>& leases)
{
    for (const Lease& lease : leases) {
        const std::string where = lease.address.to_string();
        const bool stands = lease.state == LeaseState::bound || lease.state == LeaseState::offered || quarantined(lease);
        if (stands && lease.expires <= now())
            return fail(where + " is " + std::string{to_string(lease.state)} + " after its time");
        if (!is_served(lease.address)) return fail(where + " is served by no subnet");
        for (const Lease& other : leases) {
            if (other.address <= lease.address || other.client != lease.client || other.state != lease.state) continue;
            const bool exclusive = lease.state == LeaseState::bound || lease.state == LeaseState::offered;
            const bool one_subnet = std::ranges::any_of(config_.subnets, [&](const Subnet& s) {
                return s.prefix.contains(lease.address) && s.prefix.contains(other.address);
            });
            if (exclusive && one_subnet) return fail("one client has " + where + " and " + other.address.to_string());
        }
    }
}

/// A restart would find what the server knows: the rows, less what time has ended, are the table, less the offers.
void World::audit_disk(const std::vector<Lease>& leases)
{
    // A row that could not be written stays as it was until there is a newer one; time makes it right, a clock set back may not.
    if (disk_may_lag_) return;
    std::map<Ipv4Address, Lease> expected;
    for (auto [address, lease] : disk_) {
        if (!is_served(address) || (quarantined(lease) && lease.expires <= now())) continue;
        if (lease.state == LeaseState::bound && lease.expires <= now()) lease.state = LeaseState::expired;
        expected.emplace(address, std::move(lease));
    }
    for (const Lease& lease : leases) {
        const auto row = expected.find(lease.address);
        if (lease.state == LeaseState::offered) {
            if (row != expected.end()) expected.erase(row); // an offer over a former lease
            continue;
        }
        if (row == expected.end()) return fail("the disk does not know " + lease.address.to_string());
        const Lease& stored = row->second;
        if (stored.state != lease.state || stored.client != lease.client || stored.expires != lease.expires)
            return fail("the disk has " + lease.address.to_string() + " as " + std::string{to_string(stored.state)}
                        + ", the table as " + std::string{to_string(lease.state)});
        expected.erase(row);
    }
    // Its former client's row stays until the address is somebody else's.
    for (const auto& [address, lease] : expected) {
        if (lease.state == LeaseState::bound || quarantined(lease)) return fail("the table does not know " + address.to_string());
    }
}

void World::audit_counts(const std::vector<Lease>& leases)
{
    const auto all_use = server_.pool_use();
    for (std::size_t i = 0; i < all_use.size(); ++i) {
        PoolUse counted{config_.subnets[i].prefix, all_use[i].size};
        for (const Lease& lease : leases) {
            if (!counted.subnet.contains(lease.address)) continue;
            if (!in_pool(config_.subnets[i], lease.address)) {
                counted.outside += lease.state == LeaseState::bound;
                continue;
            }
            counted.bound += lease.state == LeaseState::bound;
            counted.offered += lease.state == LeaseState::offered;
            counted.declined += quarantined(lease);
        }
        const PoolUse& use = all_use[i];
        if (use.bound != counted.bound || use.offered != counted.offered || use.declined != counted.declined
            || use.outside != counted.outside)
            return fail("the counts of " + use.subnet.to_string() + " do not add up");
        if (use.bound + use.offered + use.declined > use.size) return fail("more is in use than there is");
    }
}

/// No lease outlives its end unseen: somebody is told.
void World::audit_expiries(const std::vector<Lease>& leases)
{
    for (const auto& [address, expires] : bound_before_) {
        if (expires <= now() && !accounted_.contains(address))
            return fail("nobody was told that the lease of " + address.to_string() + " ended");
    }
    bound_before_.clear();
    for (const Lease& lease : leases) {
        if (lease.state == LeaseState::bound) bound_before_[lease.address] = lease.expires;
    }
    accounted_.clear();
}

} // namespace dorascope::server::simulation
