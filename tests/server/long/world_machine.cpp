// SPDX-License-Identifier: GPL-3.0-or-later
// The machine that the server runs on: batches, a disk, probes, and a process that dies.
#include "tests/server/long/world.h"

#include <algorithm>

namespace dorascope::server::simulation {

void World::receive(const Event& event)
{
    const auto m = wire::parse(event.payload);
    if (event.who == kNobody) return hear_made_up(*m, event.card);
    const SimClient& client = clients_[event.who];
    Inbound inbound;
    inbound.payload = event.payload;
    inbound.local = kLocal;
    inbound.destination = event.unicast ? kLocal : kBroadcastAddress;
    inbound.source_mac = event.card;
    const bool holds = holds_lease(client);
    const std::size_t before = out_.decisions().size();
    server_.receive(now(), inbound, out_);
    if (out_.decisions().size() != before + 1) return fail("one packet, one decision");
    const Decision& decision = out_.decisions().back();
    if (decision.steps.empty()) return fail("a decision without a reason");
    check_heard(client, *m, holds, decision);
    note_exchange(*m, decision);
    // What an old message of its own takes from a client is no fault of the server.
    const bool given_up = decision.received == MessageType::decline || decision.received == MessageType::release;
    if (decision.outcome == Outcome::recorded && given_up) void_beliefs(decision.address);
}

void World::finish_batch()
{
    in_batch_ = 0;
    const auto due = server_.next_deadline();
    if (due && *due <= now()) server_.advance(now(), out_);
    note_decisions();
    if (once_in(400)) return restart(); // before anything is stored
    const bool stored = commit();
    if (stored && once_in(400)) return restart(); // stored, and nobody told
    transmit(stored);
    out_.clear();
    audit();
}

bool World::commit()
{
    if (!disk_works_ && !out_.writes().empty()) {
        server_.roll_back(out_);
        say("not stored, taken back");
        ++tally_[Count::rolled_back];
        disk_may_lag_ = true;
        return false;
    }
    for (const LeaseWrite& write : out_.writes()) {
        if (write.lease.state == LeaseState::offered) fail("an offer is stored");
        const bool goes_on = is_on_disk(write.lease);
        if (write.erase) {
            disk_.erase(write.lease.address);
        } else {
            disk_[write.lease.address] = write.lease;
        }
        if (write.erase || write.lease.state != LeaseState::bound) continue;
        check_proven(write.lease.address, write.lease.client, write.lease.hardware);
        promise(write.lease);
        note_made_up_lease(write.lease, goes_on);
    }
    forget_made_up_leases();
    return true;
}

/// The client has it already.
bool World::is_on_disk(const Lease& lease) const
{
    const auto row = disk_.find(lease.address);
    return row != disk_.end() && row->second.state == LeaseState::bound && row->second.client == lease.client
        && row->second.expires > now();
}

/// A client that asks for less time has it shortened, whether or not it hears so, and in whatever order the answers arrive.
void World::promise(const Lease& lease)
{
    promised_[lease.address] = lease.expires;
    for (SimClient& client : clients_) {
        if (client.belief && client.belief->address == lease.address)
            client.belief->expires = std::min(client.belief->expires, lease.expires);
    }
}

/// What promises nothing has left before it is known whether the rest is stored.
void World::transmit(bool stored)
{
    for (const ProbeRequest& probe : out_.probes())
        answer_probe(probe);
    for (const Transmit& t : out_.transmits()) {
        if (!stored && t.promises) continue;
        const auto reply = wire::parse(t.payload);
        if (!reply) return fail("the server's own reply is malformed");
        check_type(t, *reply);
        check_turn_of_others(*reply);
        if (is_made_up(reply->hardware())) {
            check_class(nullptr, *reply);
            go_on_made_up(*reply);
            continue;
        }
        for (std::uint32_t who = 0; who < clients_.size(); ++who) {
            const SimClient& client = clients_[who];
            const auto id = reply->options.find(wire::option::client_identifier).value_or(std::span<const std::byte>{});
            const bool its = std::ranges::equal(id, std::as_bytes(std::span{client.identifier}));
            if (reply->hardware() == client.hardware && client.bootp == (reply->type() == MessageType::none) && its)
                transmit_to(who, t, *reply, stored);
        }
    }
}

void World::transmit_to(std::uint32_t who, const Transmit& t, const wire::Message& reply, bool stored)
{
    const SimClient& client = clients_[who];
    check_class(&client, reply);
    Event event{.kind = Event::to_client, .who = who};
    event.payload.assign(t.payload.begin(), t.payload.end());
    const bool gives = reply.type() == MessageType::ack || reply.type() == MessageType::none;
    // Of one that was taken back nobody is the user.
    if (reply.type() == MessageType::offer && stored) check_proven(reply.yiaddr, client.key, client.hardware);
    if (gives && !reply.yiaddr.is_unspecified()) {
        // Nothing is acknowledged that is not stored.
        const auto row = disk_.find(reply.yiaddr);
        const bool on_disk = row != disk_.end() && row->second.client == client.key && row->second.state == LeaseState::bound;
        // Nor is one sent without its write; a later message of the same batch can have undone that, by another one.
        const auto writes = std::ranges::count(out_.writes(), reply.yiaddr, [](const auto& w) { return w.lease.address; });
        if (writes < (on_disk ? 1 : 2)) return fail("an ACK of " + reply.yiaddr.to_string() + " is not stored");
        if (!on_disk) return;
        event.belief = {reply.yiaddr, row->second.expires};
        event.epoch = epochs_[reply.yiaddr];
    }
    post(std::move(event), 0ms, 60ms);
}

/// Whoever uses the address answers: a machine that nobody gave it to, or a client.
void World::answer_probe(const ProbeRequest& probe)
{
    ++tally_[Count::probes];
    asked_.insert(probe.address);
    Event answer{.kind = Event::probe_answer, .address = probe.address};
    if (const auto squatter = squatters_.find(probe.address); squatter != squatters_.end()) {
        if (probe.method == ProbeRequest::Method::arp) answer.by = squatter->second;
        post(answer, 1ms, 300ms);
    }
    for (const SimClient& client : clients_) {
        if (client.belief && client.belief->address == probe.address)
            fail(probe.address.to_string() + " is probed while a client holds it");
    }
}

void World::restart()
{
    ++tally_[Count::restarts];
    say("killed, and started again");
    if (once_in(3)) config_ = some_config();
    LeaseTable leases;
    used_by_.clear(); // by what the disk knows
    for (const auto& [address, lease] : disk_) {
        leases.push_back(lease);
        used_by_[address] = lease.client;
    }
    std::shuffle(leases.begin(), leases.end(), random_);
    server_ = make(config_, std::move(leases), now());
    out_.clear();
    left_.clear();
    made_up_leases_.clear(); // whose they were is forgotten
    settled_at_ = real_ + kLongestHold;
    bound_before_.clear();
    accounted_.clear();
    disk_may_lag_ = disk_may_lag_ && stepped_back_;
    audit();
}

} // namespace dorascope::server::simulation
