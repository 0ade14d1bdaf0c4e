// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/bindings.h"

#include <algorithm>
#include <cassert>

namespace dorascope::server {

namespace {

/// The rule everything else serves: an address in somebody's hands does not go to somebody else.
[[maybe_unused]] bool may_pass_to(const Binding& b, const Client& client)
{
    return b.is_of(client) || (!b.bound() && !b.offered() && !b.declined());
}

/// What malloc takes for a text.
std::size_t text_cost(const Binding& b)
{
    const std::size_t capacity = b.text_capacity();
    return capacity == 0 ? 0 : (capacity + sizeof(std::size_t) + 15) / 16 * 16;
}

} // namespace

std::uint32_t Bindings::slot_of(Ipv4Address address) const
{
    return by_address_.find(address.value, [](std::uint32_t) { return true; });
}

Binding* Bindings::find(Ipv4Address address)
{
    const std::uint32_t slot = slot_of(address);
    return slot == SlotIndex::kNone ? nullptr : &at(slot);
}

const Binding* Bindings::find(Ipv4Address address) const
{
    const std::uint32_t slot = slot_of(address);
    return slot == SlotIndex::kNone ? nullptr : &at(slot);
}

Holdings Bindings::holdings(const Client& client, std::uint16_t subnet)
{
    Holdings found;
    by_client_.find(hash_key(client.key(), seed_), [&](std::uint32_t slot) {
        Binding& b = at(slot);
        if (b.subnet != subnet || !b.is_of(client)) return false;
        if (b.bound()) {
            found.bound = &b;
        } else if (b.offered()) {
            found.offered = &b;
        } else if (found.previous == nullptr || b.expires > found.previous->expires) {
            found.previous = &b;
        }
        return false;
    });
    return found;
}

// ---- changes -------------------------------------------------------------------------------------------------------------------

Binding& Bindings::offer(const Client& client, ServedSubnet& subnet, Ipv4Address address, Instant now, Instant until,
                         Outbox& journal)
{
    std::uint32_t slot = slot_of(address);
    note(slot, address, journal);
    if (slot == SlotIndex::kNone) slot = create(subnet, address);
    Binding& b = at(slot);
    assert(may_pass_to(b, client));
    unfile(b);
    if (!b.is_of(client)) {
        // A former client's address: its history ends here.
        b.standing = Standing::none;
        b.since = now;
        b.renewed = b.expires = Instant{};
    }
    own(slot, client);
    b.offer_until = until;
    file(slot);
    return b;
}

Binding& Bindings::grant(const Client& client, ServedSubnet& subnet, Ipv4Address address, Instant now, Instant expires,
                         Outbox& journal)
{
    std::uint32_t slot = slot_of(address);
    note(slot, address, journal);
    if (slot == SlotIndex::kNone) slot = create(subnet, address);
    Binding& b = at(slot);
    assert(may_pass_to(b, client));
    unfile(b);
    if (!b.is_of(client) || b.standing == Standing::none) b.since = now;
    own(slot, client);
    b.standing = Standing::bound;
    b.offer_until = Binding::kNoOffer;
    b.renewed = now;
    b.expires = expires;
    file(slot);
    return b;
}

void Bindings::withdraw_offer(Binding& b, Outbox& journal)
{
    const std::uint32_t slot = slot_of(b.address);
    note(slot, b.address, journal);
    unfile(b);
    b.offer_until = Binding::kNoOffer;
    if (b.standing == Standing::none) return erase(slot);
    file(slot);
}

void Bindings::release(Binding& b, Instant now, Outbox& journal)
{
    const std::uint32_t slot = slot_of(b.address);
    note(slot, b.address, journal);
    unfile(b);
    b.standing = Standing::released;
    b.offer_until = Binding::kNoOffer;
    b.expires = std::min(b.expires, now);
    b.in_reclaim_queue = false;
    file(slot);
}

void Bindings::quarantine(ServedSubnet& subnet, Ipv4Address address, Instant now, Instant until, Outbox& journal)
{
    std::uint32_t slot = slot_of(address);
    note(slot, address, journal);
    if (slot == SlotIndex::kNone) slot = create(subnet, address);
    Binding& b = at(slot);
    unfile(b);
    // Who reported it stays on record for people; the address is nobody's.
    disown(slot);
    if (b.standing == Standing::none) b.since = now;
    b.standing = Standing::declined;
    b.offer_until = Binding::kNoOffer;
    b.expires = until;
    b.in_reclaim_queue = false;
    file(slot);
}

Binding* Bindings::oldest_inactive(ServedSubnet& subnet)
{
    while (!subnet.reclaim.empty()) {
        const auto item = subnet.reclaim.top();
        const bool present = stands_for(item, subnet);
        Binding& b = at(item.slot());
        if (present && b.inactive() && b.dynamic) return &b;
        if (present) b.in_reclaim_queue = false;
        subnet.reclaim.pop();
    }
    return nullptr;
}

void Bindings::reserve_for_server(Ipv4Address address)
{
    if (ServedSubnet* subnet = subnets_.containing(address)) subnet->take(address);
    if (Binding* b = find(address)) b->dynamic = false;
}

// ---- records and indices -------------------------------------------------------------------------------------------------------

std::uint32_t Bindings::create(ServedSubnet& subnet, Ipv4Address address)
{
    std::uint32_t slot = slots_;
    if (!free_slots_.empty()) {
        slot = free_slots_.back();
        free_slots_.pop_back();
    } else {
        if (slots_ == chunks_.size() * kChunk) chunks_.push_back(std::make_unique<Binding[]>(kChunk));
        ++slots_;
    }
    Binding& b = at(slot);
    b.address = address;
    b.subnet = subnet.index();
    b.in_use = true;
    b.dynamic = subnet.is_free(address);
    b.counted = subnet.counts(address);
    subnet.take(address);
    by_address_.insert(address.value, slot);
    return slot;
}

/// Expects an unfiled binding.
void Bindings::erase(std::uint32_t slot)
{
    Binding& b = at(slot);
    disown(slot);
    by_address_.erase(b.address.value, slot);
    if (b.dynamic) subnet_of(b).give_back(b.address);
    text_bytes_ -= text_cost(b);
    b = Binding{};
    free_slots_.push_back(slot);
}

void Bindings::own(std::uint32_t slot, const Client& client)
{
    Binding& b = at(slot);
    const bool same = b.is_of(client);
    if (!same) disown(slot);
    text_bytes_ -= text_cost(b);
    b.identify(client, same);
    text_bytes_ += text_cost(b);
    if (same) return;
    b.hash = hash_key(client.key(), seed_);
    b.indexed = true;
    by_client_.insert(b.hash, slot);
}

void Bindings::disown(std::uint32_t slot)
{
    Binding& b = at(slot);
    if (!b.indexed) return;
    by_client_.erase(b.hash, slot);
    b.indexed = false;
}

// ---- counts, queues, timers ----------------------------------------------------------------------------------------------------

std::size_t* Bindings::counter(const Binding& b)
{
    ServedSubnet& subnet = subnet_of(b);
    if (b.bound()) return &subnet.bound;
    if (b.declined()) return &subnet.declined;
    if (b.offered()) return &subnet.offered;
    return b.inactive() ? &subnet.inactive : nullptr;
}

void Bindings::unfile(Binding& b)
{
    if (b.only_offered()) --outstanding_offers_;
    if (!b.counted) return;
    if (std::size_t* count = counter(b)) --*count;
}

void Bindings::file(std::uint32_t slot)
{
    Binding& b = at(slot);
    ServedSubnet& subnet = subnet_of(b);
    if (b.only_offered()) ++outstanding_offers_;
    if (b.counted) {
        if (std::size_t* count = counter(b)) ++*count;
    }
    if (b.inactive() && b.dynamic && !b.in_reclaim_queue) {
        subnet.reclaim.push(b.expires, slot);
        b.in_reclaim_queue = true;
        trim_reclaim(subnet);
    }
    schedule(slot);
}

void Bindings::schedule(std::uint32_t slot)
{
    Binding& b = at(slot);
    const Instant due = b.deadline();
    // An item that comes up too early is put back then: renewing a lease moves nothing.
    if (due >= b.timer) return;
    b.timer = due;
    deadlines_.push(due, slot);
    trim_deadlines();
}

/// Stale items are left where they are until they outnumber the bindings; so a client that takes and releases for ever costs no memory.
void Bindings::trim_deadlines()
{
    if (deadlines_.size() <= 2 * by_address_.size() + 64) return;
    deadlines_.retain([this](const DeadlineHeap::Item& item) {
        Binding& b = at(item.slot());
        if (!b.in_use || b.timer != item.at()) return false;
        b.timer = Binding::kNoTimer; // so that a second item for the same instant goes
        return true;
    });
    deadlines_.for_each([this](const DeadlineHeap::Item& item) { at(item.slot()).timer = item.at(); });
}

bool Bindings::stands_for(const DeadlineHeap::Item& item, const ServedSubnet& subnet) const
{
    const Binding& b = at(item.slot());
    return b.in_use && b.subnet == subnet.index() && b.in_reclaim_queue && b.expires == item.at();
}

void Bindings::trim_reclaim(ServedSubnet& subnet)
{
    if (subnet.reclaim.size() <= 2 * by_address_.size() + 64) return;
    subnet.reclaim.retain([this, &subnet](const DeadlineHeap::Item& item) {
        if (!stands_for(item, subnet)) return false;
        at(item.slot()).in_reclaim_queue = false;
        return true;
    });
    subnet.reclaim.for_each([this](const DeadlineHeap::Item& item) { at(item.slot()).in_reclaim_queue = true; });
}

void Bindings::settle(Instant now)
{
    while (!deadlines_.empty() && deadlines_.top().at() <= now) {
        const auto item = deadlines_.top();
        deadlines_.pop();
        Binding& b = at(item.slot());
        if (!b.in_use || b.timer != item.at()) continue;
        b.timer = Binding::kNoTimer;
        if (b.deadline() <= now) {
            lapse(item.slot(), now);
        } else {
            schedule(item.slot());
        }
    }
}

std::optional<Instant> Bindings::next_deadline()
{
    if (!lapses_.empty()) return lapses_.front().at;
    while (!deadlines_.empty()) {
        const auto item = deadlines_.top();
        Binding& b = at(item.slot());
        const bool live = b.in_use && b.timer == item.at();
        if (live && b.deadline() == item.at()) return item.at();
        deadlines_.pop();
        if (!live) continue;
        b.timer = Binding::kNoTimer;
        schedule(item.slot());
    }
    return std::nullopt;
}

void Bindings::lapse(std::uint32_t slot, Instant now)
{
    Binding& b = at(slot);
    const Instant due = b.deadline();
    const StepCode code = b.bound() ? StepCode::lease_expired
        : b.declined()              ? StepCode::quarantine_over
                                    : StepCode::offer_expired;
    lapses_.push_back({code, b.address, b.hardware, due});
    unfile(b);
    if (b.offered() && b.offer_until <= now) b.offer_until = Binding::kNoOffer;
    if (b.bound()) {
        b.standing = Standing::expired;
        b.in_reclaim_queue = false;
    } else if (b.declined()) {
        b.standing = Standing::none;
    }
    if (b.standing == Standing::none && !b.offered()) return erase(slot);
    file(slot);
}

// ---- the journal ---------------------------------------------------------------------------------------------------------------

void Bindings::copy_stored(const Binding& b, Lease& lease) const
{
    const HardwareKey scratch{b.hardware};
    const ClientKeyView key = b.key(scratch);
    lease.address = b.address;
    lease.client.kind = key.kind;
    lease.client.bytes.assign(key.bytes.begin(), key.bytes.end());
    lease.hardware = b.hardware;
    lease.hostname.assign(b.hostname());
    lease.vendor_class.assign(b.vendor_class());
    lease.since = b.since;
    lease.renewed = b.renewed;
    lease.expires = b.expires;
    switch (b.standing) {
    case Standing::bound: lease.state = LeaseState::bound; break;
    case Standing::released: lease.state = LeaseState::released; break;
    case Standing::declined: lease.state = LeaseState::declined; break;
    case Standing::expired:
    case Standing::none: lease.state = LeaseState::expired; break;
    }
}

Lease Bindings::shown(const Binding& b) const
{
    Lease lease;
    copy_stored(b, lease);
    if (!b.only_offered()) return lease;
    lease.state = LeaseState::offered;
    lease.expires = b.offer_until;
    return lease;
}

void Bindings::note(std::uint32_t slot, Ipv4Address address, Outbox& journal) const
{
    BindingImage& image = OutboxAccess::storage(journal).journal.add();
    image.address = address;
    image.existed = slot != SlotIndex::kNone;
    if (!image.existed) return;
    const Binding& b = at(slot);
    image.standing = b.standing;
    image.offer_until = b.offer_until;
    image.indexed = b.indexed;
    copy_stored(b, image.lease);
}

void Bindings::roll_back(std::span<const BindingImage> journal)
{
    for (auto image = journal.rbegin(); image != journal.rend(); ++image)
        restore(*image);
}

void Bindings::restore(const BindingImage& image)
{
    std::uint32_t slot = slot_of(image.address);
    if (slot != SlotIndex::kNone) {
        unfile(at(slot));
        if (!image.existed) return erase(slot);
    } else {
        if (!image.existed) return;
        ServedSubnet* home = subnets_.containing(image.address);
        if (home == nullptr) return;
        slot = create(*home, image.address);
    }
    Binding& b = at(slot);
    own(slot, Client{image.lease});
    if (!image.indexed) disown(slot);
    b.standing = image.standing;
    b.offer_until = image.offer_until;
    b.since = image.lease.since;
    b.renewed = image.lease.renewed;
    b.expires = image.lease.expires;
    b.in_reclaim_queue = false;
    file(slot);
}

// ---- start ---------------------------------------------------------------------------------------------------------------------

void Bindings::load(LeaseTable leases, Instant now)
{
    by_address_.reserve(leases.size());
    by_client_.reserve(leases.size());
    // The last row of an address wins; the queue of former leases wants the oldest first, which the heap sees to.
    for (const Lease& lease : leases)
        load_one(lease, now);
}

void Bindings::load_one(const Lease& lease, Instant now)
{
    ServedSubnet* home = subnets_.containing(lease.address);
    if (home == nullptr) return aside_.push_back(lease);
    if (const std::uint32_t old = slot_of(lease.address); old != SlotIndex::kNone) {
        unfile(at(old));
        erase(old);
    }
    if (lease.state == LeaseState::offered) return;
    if (lease.state == LeaseState::declined && lease.expires <= now) return;
    const Client client{lease};
    if (!client.has_key() || client.identifier.size() > kMaxClientId) return;
    const std::uint32_t slot = create(*home, lease.address);
    Binding& b = at(slot);
    own(slot, client);
    b.since = lease.since;
    b.renewed = lease.renewed;
    b.expires = lease.expires;
    switch (lease.state) {
    case LeaseState::bound: b.standing = lease.expires <= now ? Standing::expired : Standing::bound; break;
    case LeaseState::declined:
        b.standing = Standing::declined;
        disown(slot);
        break;
    case LeaseState::released: b.standing = Standing::released; break;
    case LeaseState::expired:
    case LeaseState::offered: b.standing = Standing::expired; break;
    }
    file(slot);
    if (b.bound()) retire_other_claims(slot, now);
}

/// A client has one active address in a subnet. Where a store says otherwise, the lease renewed last is the one it uses.
void Bindings::retire_other_claims(std::uint32_t kept, Instant now)
{
    const HardwareKey scratch{at(kept).hardware};
    const ClientKeyView key = at(kept).key(scratch);
    const std::uint32_t other = by_client_.find(at(kept).hash, [&](std::uint32_t slot) {
        const Binding& b = at(slot);
        const HardwareKey its{b.hardware};
        return slot != kept && b.subnet == at(kept).subnet && b.bound() && b.key(its) == key;
    });
    if (other == SlotIndex::kNone) return;
    const std::uint32_t loser = at(other).renewed <= at(kept).renewed ? other : kept;
    Binding& b = at(loser);
    unfile(b);
    b.standing = Standing::expired;
    b.expires = std::min(b.expires, now);
    b.in_reclaim_queue = false;
    file(loser);
}

std::size_t Bindings::memory_used() const
{
    std::size_t sum = chunks_.size() * (kChunk * sizeof(Binding) + sizeof(chunks_[0])) + text_bytes_;
    sum += by_address_.memory_used() + by_client_.memory_used() + deadlines_.memory_used();
    sum += lapses_.capacity() * sizeof(Lapse) + free_slots_.capacity() * sizeof(std::uint32_t);
    for (const ServedSubnet& subnet : subnets_.all())
        sum += subnet.memory_used();
    return sum;
}

} // namespace dorascope::server
