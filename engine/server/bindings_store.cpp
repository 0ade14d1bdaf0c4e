// SPDX-License-Identifier: GPL-3.0-or-later
// Bindings and the store: rows out and in, and the journal by which a change that could not be stored is taken back.
#include "engine/server/bindings.h"

#include <algorithm>
#include <utility>

namespace dorascope::server {

namespace {

Standing standing_of(LeaseState state)
{
    switch (state) {
    case LeaseState::bound: return Standing::bound;
    case LeaseState::released: return Standing::released;
    case LeaseState::declined: return Standing::declined;
    case LeaseState::conflict: return Standing::conflict;
    case LeaseState::expired:
    case LeaseState::offered: break;
    }
    return Standing::expired;
}

/// Most clients send none, most rows have had none.
void copy_label(std::string_view from, std::string& to)
{
    if (from.empty()) return to.clear();
    to.assign(from);
}

} // namespace

void Bindings::copy_stored(const Binding& b, Lease& lease) const
{
    const HardwareKey scratch{b.hardware};
    const ClientKeyView key = b.key(scratch);
    lease.address = b.address;
    lease.client.kind = key.kind;
    lease.client.bytes.assign(key.bytes.begin(), key.bytes.end());
    lease.hardware = b.hardware;
    copy_label(b.hostname(), lease.hostname);
    copy_label(b.vendor_class(), lease.vendor_class);
    lease.since = b.since;
    lease.renewed = b.renewed;
    lease.expires = b.expires;
    switch (b.standing) {
    case Standing::bound: lease.state = LeaseState::bound; break;
    case Standing::released: lease.state = LeaseState::released; break;
    case Standing::declined: lease.state = LeaseState::declined; break;
    case Standing::conflict: lease.state = LeaseState::conflict; break;
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
    image.source = b.source;
    image.on_its_word = b.on_its_word;
    image.probing = b.probing;
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
        if (home == nullptr) return restore_aside(image);
        slot = create(*home, image.address);
    }
    Binding& b = at(slot);
    tally_lease(b, false);
    disown(slot); // else a name that the image lacks would be kept, as for a message that leaves it out
    own(slot, Client{image.lease});
    b.standing = image.standing;
    b.offer_until = image.offer_until;
    b.source = image.source;
    b.on_its_word = image.on_its_word;
    b.probing = image.probing;
    b.since = image.lease.since;
    b.renewed = image.lease.renewed;
    b.expires = image.lease.expires;
    b.in_reclaim_queue = false;
    if (b.quarantined()) disown(slot);
    file(slot);
}

/// A lease whose subnet is not served, or no longer served.
void Bindings::restore_aside(const BindingImage& image)
{
    std::erase_if(aside_, [&image](const Lease& lease) { return lease.address == image.address; });
    if (image.standing != Standing::none) aside_.push_back(image.lease);
}

bool Bindings::forget(Ipv4Address address, Outbox& journal)
{
    if (const std::uint32_t slot = slot_of(address); slot != SlotIndex::kNone) {
        note(slot, address, journal);
        unfile(at(slot));
        erase(slot);
        return true;
    }
    const auto lease = std::ranges::find(aside_, address, &Lease::address);
    if (lease == aside_.end()) return false;
    OutboxAccess::storage(journal).journal.add() = {
        .address = address, .existed = true, .standing = standing_of(lease->state), .lease = *lease};
    aside_.erase(lease);
    return true;
}

// ---- start and another configuration ---------------------------------------------------------------------------------------------------------------------

void Bindings::expect(std::size_t leases)
{
    // And for those who come next: to grow an index of half a million takes longer than to answer a thousand clients.
    const std::size_t room = leases + leases / 8;
    by_address_.reserve(room);
    by_client_.reserve(room);
    deadlines_.reserve(room);
    chunks_.reserve(room / kChunk + 1);
}

void Bindings::load(std::span<const Lease> leases, Instant now)
{
    constexpr std::size_t kAhead = 32; // lookups under way at once, so that one does not wait for the other's memory
    for (; !leases.empty(); leases = leases.subspan(std::min(kAhead, leases.size()))) {
        const auto next = leases.first(std::min(kAhead, leases.size()));
        for (const Lease& lease : next) {
            by_address_.prefetch(lease.address.value);
            by_client_.prefetch(hash_key(ClientKeyView{lease.client}, seed_));
        }
        // The last row of an address wins; the queue of former leases wants the oldest first, which the heap sees to.
        for (const Lease& lease : next)
            load_one(lease, now);
    }
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
    const bool quarantined = lease.state == LeaseState::declined || lease.state == LeaseState::conflict;
    if (quarantined && lease.expires <= now) return;
    const Client client{lease};
    // Who answered a probe is not always known; every other row is somebody's.
    if (!quarantined && !client.has_key()) return;
    if (client.identifier.size() > kMaxClientId) return;
    const std::uint32_t slot = create(*home, lease.address);
    Binding& b = at(slot);
    own(slot, client);
    b.since = lease.since;
    b.renewed = lease.renewed;
    b.expires = lease.expires;
    b.standing = standing_of(lease.state);
    if (b.bound() && lease.expires <= now) b.standing = Standing::expired;
    if (quarantined) disown(slot);
    file(slot);
    if (b.bound()) retire_other_claims(slot, client.hash(seed_), now);
}

/// A client has one active address on a link. Where a store says otherwise, the lease renewed last is the one it uses.
void Bindings::retire_other_claims(std::uint32_t kept, std::uint32_t hash, Instant now)
{
    const HardwareKey scratch{at(kept).hardware};
    const ClientKeyView key = at(kept).key(scratch);
    const std::uint32_t other = by_client_.find(hash, [&](std::uint32_t slot) {
        Binding& b = at(slot);
        const HardwareKey its{b.hardware};
        return slot != kept && subnet_of(b).network() == subnet_of(at(kept)).network() && b.bound() && b.key(its) == key;
    });
    if (other == SlotIndex::kNone) return;
    const std::uint32_t loser = at(other).renewed <= at(kept).renewed ? other : kept;
    Binding& b = at(loser);
    unfile(b);
    b.standing = Standing::expired;
    b.expires = std::min(b.expires, now);
    b.in_reclaim_queue = false;
    file(loser);
    // advance() tells it, and has it stored.
    note_lapse(StepCode::lease_superseded, b, now);
}

std::size_t Bindings::rehome(Instant now)
{
    // Those that were aside come back where they can; a row says more than nothing, so that none is lost on the way.
    LeaseTable before = std::exchange(aside_, {});
    outstanding_offers_ = 0;
    offers_by_source_ = leases_by_source_ = unoffered_by_source_ = {};
    for (std::uint32_t slot = 0; slot < slots_; ++slot) {
        if (at(slot).in_use) rehome_one(slot);
    }
    for (const Lease& lease : before)
        load_one(lease, now);
    // Two subnets can have become one.
    for (std::uint32_t slot = 0; slot < slots_; ++slot) {
        if (const Binding& b = at(slot); b.in_use && b.bound()) retire_other_claims(slot, hash_of(b), now);
    }
    return aside_.size();
}

/// The counts and queues are new and empty: nothing is unfiled.
void Bindings::rehome_one(std::uint32_t slot)
{
    Binding& b = at(slot);
    b.in_reclaim_queue = b.tallied = false;
    if (ServedSubnet* home = subnets_.containing(b.address)) {
        settle_in(b, *home);
        return file(slot);
    }
    if (b.standing != Standing::none) copy_stored(b, aside_.emplace_back());
    b.dynamic = false; // its free map is gone
    erase(slot);
}

} // namespace dorascope::server
