// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/observe/binding_table.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace dorascope::observe {

namespace {

/// after_seconds(), for times that bytes off a wire or a file may bear.
Instant end_of_lease(Instant at, std::uint32_t seconds)
{
    return seconds == kInfiniteSeconds ? kNever : saturating_add(at, std::chrono::seconds{seconds});
}

/// Option 51 of the ACK that made a lease what it is.
std::uint32_t seconds_of(const HeldLease& lease)
{
    if (lease.expires == kNever) return kInfiniteSeconds;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(lease.expires - lease.renewed).count();
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 0, kInfiniteSeconds - 1));
}

bool sets_aside(BindingState state) { return state == BindingState::declined || state == BindingState::conflict; }
bool has_ended(BindingState state) { return state == BindingState::expired || state == BindingState::released; }

} // namespace

std::uint32_t BindingTable::index_of(Ipv4Address address, std::uint32_t hash) const
{
    return by_address_.find(hash, [&](std::uint32_t i) { return entries_[i].binding.address == address; });
}

BindingTable::Entry* BindingTable::entry(Ipv4Address address)
{
    const auto i = index_of(address, by_address_.hash(address.value));
    return i == kNone ? nullptr : &entries_[i];
}

BindingTable::Entry* BindingTable::entry_or_new(Ipv4Address address)
{
    const auto hash = by_address_.hash(address.value);
    if (const auto i = index_of(address, hash); i != kNone) return &entries_[i];
    if (entries_.size() >= limit_) return nullptr;
    by_address_.insert(hash, static_cast<std::uint32_t>(entries_.size()));
    make_room(entries_);
    Entry& e = entries_.emplace_back();
    e.binding.address = address;
    e.binding.state = BindingState::expired; // nobody's, until the caller says whose
    return &e;
}

Instant BindingTable::due(const Entry& e) const
{
    const bool ends = e.binding.state == BindingState::bound && e.binding.expires != Instant{};
    return ends ? e.binding.expires : kNever;
}

void BindingTable::queue(Entry& e)
{
    const Instant when = due(e);
    if (when >= e.queued) return; // it comes up in time and is looked at again then
    e.queued = when;
    due_.push(when, static_cast<std::uint32_t>(&e - entries_.data()));
    if (due_.size() <= 2 * entries_.size() + 64) return;
    // Leases that became shorter left later entries behind: start afresh before they outgrow the bindings.
    due_.clear();
    for (auto& each : entries_) {
        each.queued = due(each);
        if (each.queued != kNever) due_.push(each.queued, static_cast<std::uint32_t>(&each - entries_.data()));
    }
}

/// The one place where a binding's state changes: the count of bound addresses and the client's address follow.
void BindingTable::change(Entry& e, BindingState state, Instant at, const BindingEffects& effects)
{
    // Whoever had it while it was in quarantine, it is in quarantine still.
    if (e.binding.quarantined && has_ended(state)) state = BindingState::conflict;
    const bool was = e.binding.state == BindingState::bound, is = state == BindingState::bound;
    e.binding.state = state;
    e.touched.note(effects.changes.bindings, e.binding.address);
    if (was != is) {
        is ? ++bound_ : --bound_;
        if (pool_.contains(e.binding.address)) is ? ++used_ : --used_;
        effects.series.bound(at, static_cast<std::uint32_t>(bound_), static_cast<std::uint32_t>(used_));
    }
    if (e.binding.client == kNone) return;
    Client& client = effects.clients[e.binding.client];
    if (is && client.address != e.binding.address) {
        client.address = e.binding.address;
        effects.clients.touch(e.binding.client, effects.changes);
    } else if (was && !is && client.address == e.binding.address) {
        client.address = kAnyAddress;
        effects.clients.touch(e.binding.client, effects.changes);
    }
}

bool BindingTable::offered(Ipv4Address address, const BindingParty& party, Instant at, const BindingEffects& effects)
{
    Entry* const e = entry_or_new(address);
    if (e == nullptr) return false;
    // An address in use stays its holder's: the server may offer it to the same client again, or a second server may not know.
    if (e->binding.state == BindingState::bound) return true;
    reassign(*e, party, at);
    change(*e, BindingState::offered, at, effects);
    return true;
}

bool BindingTable::granted(Ipv4Address address, const BindingParty& party, std::optional<std::uint32_t> lease, Instant at,
                           const BindingEffects& effects)
{
    Entry* const e = entry_or_new(address);
    if (e == nullptr) return false;
    const bool extended = e->binding.state == BindingState::bound && e->binding.client == party.client;
    // Bound to another client: then two hold it, or the first one's RELEASE was not seen. The newest ACK is what the server believes.
    if (!extended && e->binding.state == BindingState::bound) change(*e, BindingState::expired, at, effects);
    e->binding.client = party.client;
    e->binding.server = party.server;
    e->binding.exchange = party.exchange;
    if (!extended) e->binding.since = at;
    e->binding.renewed = at;
    e->binding.lease_seconds = lease.value_or(0);
    e->binding.expires = lease ? end_of_lease(at, *lease) : Instant{};
    change(*e, BindingState::bound, at, effects);
    queue(*e);
    return true;
}

bool BindingTable::declined(Ipv4Address address, const BindingParty& party, Instant at, const BindingEffects& effects)
{
    Entry* const e = entry_or_new(address);
    if (e == nullptr) return false;
    if (e->binding.state == BindingState::bound && e->binding.client != party.client) return true; // not its to decline
    if (e->binding.client != party.client) reassign(*e, party, at);
    e->binding.exchange = party.exchange;
    change(*e, BindingState::declined, at, effects);
    return true;
}

/// Only who holds an address can lose it.
void BindingTable::leave(Entry& e, BindingState state, ClientId client, Instant at, const BindingEffects& effects)
{
    if (e.binding.client == client) change(e, state, at, effects);
}

void BindingTable::released(Ipv4Address address, ClientId client, Instant at, const BindingEffects& effects)
{
    Entry* const e = entry(address);
    if (e != nullptr && e->binding.state == BindingState::bound) leave(*e, BindingState::released, client, at, effects);
}

void BindingTable::refused(Ipv4Address address, ClientId client, Instant at, const BindingEffects& effects)
{
    Entry* const e = entry(address);
    const bool held = e != nullptr && (e->binding.state == BindingState::bound || e->binding.state == BindingState::offered);
    if (held) leave(*e, BindingState::expired, client, at, effects);
}

/// Another's, from now on: what stands there of the one before goes, but not that the address is in quarantine.
void BindingTable::reassign(Entry& e, const BindingParty& party, Instant at)
{
    Binding fresh;
    fresh.address = e.binding.address;
    fresh.client = party.client;
    fresh.server = party.server;
    fresh.state = e.binding.state;
    fresh.since = at;
    fresh.exchange = party.exchange;
    fresh.quarantined = e.binding.quarantined;
    e.binding = fresh;
}

bool BindingTable::held(const HeldLease& lease, const BindingParty& party, Instant at, const BindingEffects& effects)
{
    const bool set_aside = sets_aside(lease.state);
    if (entry(lease.address) != nullptr) {
        if (set_aside) quarantined(lease.address, effects);
        return true;
    }
    Entry* const e = entry_or_new(lease.address);
    if (e == nullptr) return false;
    Binding& binding = e->binding;
    binding.client = party.client;
    binding.server = set_aside ? kNone : party.server;
    binding.since = lease.since;
    binding.quarantined = set_aside;
    if (!set_aside) {
        binding.renewed = lease.renewed;
        binding.expires = lease.expires;
        binding.lease_seconds = seconds_of(lease);
    }
    change(*e, lease.state, at, effects);
    queue(*e);
    return true;
}

void BindingTable::freed(Ipv4Address address, Instant at, const BindingEffects& effects)
{
    Entry* const e = entry(address);
    const bool taken = e != nullptr && e->binding.state != BindingState::expired && e->binding.state != BindingState::released;
    if (taken) change(*e, BindingState::released, at, effects);
}

void BindingTable::forgotten(Ipv4Address address, Instant at, const BindingEffects& effects)
{
    Entry* const e = entry(address);
    if (e == nullptr) return;
    const bool anothers = std::exchange(e->binding.quarantined, false) && !sets_aside(e->binding.state);
    e->touched.note(effects.changes.bindings, address);
    if (anothers) return;
    change(*e, BindingState::released, at, effects);
    reassign(*e, {}, {});
}

void BindingTable::quarantined(Ipv4Address address, const BindingEffects& effects)
{
    Entry* const e = entry(address);
    if (e == nullptr) return;
    e->binding.quarantined = true;
    e->touched.note(effects.changes.bindings, address);
}

bool BindingTable::in_conflict(Ipv4Address address, ClientId client, Instant at, const BindingEffects& effects)
{
    Entry* const e = entry_or_new(address);
    if (e == nullptr) return false;
    e->binding.quarantined = true;
    e->touched.note(effects.changes.bindings, address);
    if (e->binding.state == BindingState::bound) return true; // another server's lease: its holder is who answered
    reassign(*e, {client, kNone, kNone}, at);
    change(*e, BindingState::conflict, at, effects);
    return true;
}

void BindingTable::quarantine_over(Ipv4Address address, Instant at, const BindingEffects& effects)
{
    Entry* const e = entry(address);
    if (e == nullptr) return;
    if (std::exchange(e->binding.quarantined, false)) e->touched.note(effects.changes.bindings, address);
    if (sets_aside(e->binding.state)) change(*e, BindingState::expired, at, effects);
}

void BindingTable::lapsed(Ipv4Address address, ExchangeId exchange, Instant at, const BindingEffects& effects)
{
    Entry* const e = entry(address);
    const bool held = e != nullptr && e->binding.state == BindingState::offered && e->binding.exchange == exchange;
    if (held) change(*e, BindingState::expired, at, effects);
}

void BindingTable::serve(const Pool& pool, Series& series)
{
    pool_ = pool;
    used_ = 0;
    for (const auto& e : entries_)
        if (e.binding.state == BindingState::bound && pool_.contains(e.binding.address)) ++used_;
    const auto size = std::min<std::uint64_t>(pool_.size(), std::numeric_limits<std::uint32_t>::max());
    series.pool(static_cast<std::uint32_t>(size), static_cast<std::uint32_t>(used_));
}

void BindingTable::expire(Instant now, const BindingEffects& effects)
{
    while (const auto next = due_.pop_due(now)) {
        Entry& e = entries_[next->second];
        if (e.queued != next->first) continue; // an earlier deadline took its place
        e.queued = kNever;
        if (const Instant when = due(e); when <= now) {
            change(e, BindingState::expired, when, effects);
        } else if (when != kNever) {
            queue(e);
        }
    }
}

std::vector<Binding> BindingTable::list() const
{
    std::vector<Binding> all;
    all.reserve(entries_.size());
    for (const auto& e : entries_)
        all.push_back(e.binding);
    std::sort(all.begin(), all.end(), [](const Binding& a, const Binding& b) { return a.address < b.address; });
    return all;
}

std::optional<Binding> BindingTable::find(Ipv4Address address) const
{
    const auto i = index_of(address, by_address_.hash(address.value));
    if (i == kNone) return std::nullopt;
    return entries_[i].binding;
}

std::size_t BindingTable::memory_used() const
{
    return entries_.size() * sizeof(Entry) + by_address_.memory_used() + due_.memory_used() + pool_.memory_used();
}

} // namespace dorascope::observe
