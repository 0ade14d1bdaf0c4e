// SPDX-License-Identifier: GPL-3.0-or-later
// What else happens to a server: clocks, people, other configurations.
#include "tests/server/long/world.h"

#include <algorithm>

namespace dorascope::server::simulation {

void World::mishap()
{
    switch (pick(10)) {
    case 0: finish_batch(); return restart();
    case 1: disk_works_ = !disk_works_; return;
    case 2: return steady_clock_ ? order() : step_clock();
    case 3: return reconfigure();
    case 4:
        if (squatters_.erase(some_address()) == 0)
            squatters_[some_address()] = mac(Card::squatter, static_cast<std::uint8_t>(pick(9)));
        return;
    case 8:
    case 9: return flood();
    default: return order();
    }
}

void World::step_clock()
{
    finish_batch();
    ++tally_[Count::clock_steps];
    const std::chrono::seconds step{static_cast<int>(pick(200)) - 100};
    say("the clock is set by " + std::to_string(step.count()) + " s");
    offset_ += step;
    left_.clear();
    // What was over is not, by this clock; the disk may say what the table has forgotten.
    stepped_back_ = stepped_back_ || step < 0s;
    // Nor is a wait: by this clock it has yet to begin.
    if (step < 0s) held_until_ = std::max(held_until_, real_ + kLongestHold) - step;
    if (step < 0s && real_ < settled_at_) settled_at_ = held_until_;
    disk_may_lag_ = disk_may_lag_ || stepped_back_;
    finish_batch();
}

void World::reconfigure()
{
    finish_batch();
    ++tally_[Count::reconfigured];
    const Config next = some_config();
    Config wrong = next;
    wrong.subnets[0].pools[0].last = Ipv4Address::from_octets(10, 9, 9, 9);
    if (server_.reconfigure(now(), wrong, out_)) return fail("a wrong configuration is taken");
    if (!server_.reconfigure(now(), next, out_)) return fail("a right configuration is refused");
    config_ = next;
    left_.clear();
    settled_at_ = std::max(real_ + kLongestHold, held_until_);
    // What is aside comes back as from the store.
    std::erase_if(made_up_leases_, [&](const auto& entry) { return !is_served(entry.first); });
    note_decisions();
    bound_before_.clear(); // those that are aside are not watched
    finish_batch();
}

void World::order()
{
    finish_batch();
    const auto leases = server_.leases();
    const Ipv4Address where =
        leases.empty() || once_in(8) ? some_address() : leases[pick(static_cast<std::uint32_t>(leases.size()))].address;
    tl::expected<void, OrderError> done;
    switch (pick(3)) {
    case 0: done = server_.release(now(), where, out_); break;
    case 1: done = server_.erase(now(), where, out_); break;
    default: done = server_.clear_quarantine(now(), where, out_); break;
    }
    if (!done && !(out_.writes().empty() && out_.transmits().empty())) return fail("an order that was refused has an effect");
    if (done) void_beliefs(where);
    say("an order about " + where.to_string());
    tally_[Count::orders] += done.has_value();
    bound_before_.erase(where);
    finish_batch();
}

void World::void_beliefs(Ipv4Address address)
{
    ++epochs_[address];
    for (SimClient& client : clients_) {
        if (client.belief && client.belief->address == address) client.belief.reset();
    }
}

} // namespace dorascope::server::simulation
