// SPDX-License-Identifier: GPL-3.0-or-later
// Bindings and the store: rows out and in, and the journal by which a change that could not be stored is taken back.
#include "engine/server/bindings.h"

#include <algorithm>

namespace dorascope::server {

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

} // namespace dorascope::server
