// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/bindings.h"

#include <algorithm>
#include <cassert>

namespace dorascope::server {

namespace {

/// The rule everything else serves: an address in somebody's hands does not go to somebody else.
[[maybe_unused]] bool may_pass_to(const Binding& b, const Client& client)
{
    return b.is_of(client) || (!b.bound() && !b.offered() && !b.quarantined());
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
    const std::uint16_t network = subnets_.at(subnet).network();
    by_client_.find(client.hash(seed_), [&](std::uint32_t slot) {
        Binding& b = at(slot);
        if (subnet_of(b).network() != network || !b.is_of(client)) return false;
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

bool Bindings::is_bound(const Client& client) const
{
    const auto bound = [&](std::uint32_t slot) { return at(slot).bound() && at(slot).is_of(client); };
    return by_client_.find(client.hash(seed_), bound) != SlotIndex::kNone;
}

bool Bindings::is_bound_by(const Client& client, std::uint32_t source) const
{
    const auto bound = [&](std::uint32_t slot) {
        return at(slot).bound() && at(slot).source == source && at(slot).is_of(client);
    };
    return by_client_.find(client.hash(seed_), bound) != SlotIndex::kNone;
}

bool Bindings::is_offered(const Client& client) const
{
    const auto offered = [&](std::uint32_t slot) { return at(slot).offered() && !at(slot).probing && at(slot).is_of(client); };
    return by_client_.find(client.hash(seed_), offered) != SlotIndex::kNone;
}

Binding* Bindings::active_besides(const Client& client, const ServedSubnet& subnet, Ipv4Address kept)
{
    Binding* found = nullptr;
    by_client_.find(client.hash(seed_), [&](std::uint32_t slot) {
        Binding& b = at(slot);
        const bool active = b.address != kept && (b.bound() || b.offered());
        if (!active || subnet_of(b).network() != subnet.network() || !b.is_of(client)) return false;
        found = &b;
        return true;
    });
    return found;
}

// ---- changes -------------------------------------------------------------------------------------------------------------------

/// The slot of an address that passes to `client` now: found or made, noted for the way back, and in no file until its caller puts it
/// there.
std::uint32_t Bindings::take_up(const Client& client, ServedSubnet& subnet, Ipv4Address address, Outbox& journal)
{
    std::uint32_t slot = slot_of(address);
    note(slot, address, journal);
    if (slot == SlotIndex::kNone) slot = create(subnet, address);
    assert(may_pass_to(at(slot), client));
    unfile(at(slot));
    return slot;
}

Binding& Bindings::offer(const Client& client, ServedSubnet& subnet, Ipv4Address address, Instant now, const Hold& hold,
                         Outbox& journal)
{
    const std::uint32_t slot = take_up(client, subnet, address, journal);
    Binding& b = at(slot);
    if (!b.is_of(client)) {
        // A former client's address: its history ends here.
        b.standing = Standing::none;
        b.since = now;
        b.renewed = b.expires = Instant{};
    }
    own(slot, client);
    b.offer_until = hold.until;
    if (b.standing == Standing::none) {
        b.source = hold.source;
        b.on_its_word = false;
    }
    b.probing = hold.probing;
    file(slot);
    return b;
}

Binding& Bindings::grant(const Client& client, ServedSubnet& subnet, Ipv4Address address, Instant now, Instant expires,
                         Outbox& journal, const LeaseSource& source)
{
    const std::uint32_t slot = take_up(client, subnet, address, journal);
    Binding& b = at(slot);
    const bool goes_on = b.is_of(client) && b.standing != Standing::none;
    if (!goes_on) b.since = now;
    // Given back and taken again it still counts: else a sender could take one address after the other.
    if (source.tag != 0 || !goes_on) {
        tally_lease(b, false);
        b.source = source.tag;
        b.on_its_word = source.on_its_word || (goes_on && b.on_its_word);
    }
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

void Bindings::quarantine_for(ServedSubnet& subnet, Ipv4Address address, const MacAddress& by, Instant now, Instant until,
                              Outbox& journal)
{
    quarantine(subnet, address, now, until, journal);
    // Not its client, but whoever has it: the row names that machine.
    const std::uint32_t slot = slot_of(address);
    Lease found;
    if (!by.is_zero()) found.hardware = HardwareAddress::of(by);
    const HardwareKey key{found.hardware};
    found.client.bytes.assign(key.bytes().begin(), key.bytes().end());
    own(slot, Client{found});
    disown(slot);
    at(slot).standing = Standing::conflict; // counts as `declined` does
}

Binding* Bindings::oldest_inactive(ServedSubnet& subnet, ClassSet classes, const FewAddresses& except)
{
    Binding* oldest = nullptr;
    for (ReclaimQueue& queue : subnet.reclaim_queues()) {
        if (!queue.is_for(classes)) continue;
        Binding* first = oldest_in(subnet, queue.heap, except);
        if (first != nullptr && (oldest == nullptr || first->expires < oldest->expires)) oldest = first;
    }
    return oldest;
}

Binding* Bindings::oldest_in(ServedSubnet& subnet, DeadlineHeap& queue, const FewAddresses& except)
{
    std::array<std::optional<DeadlineHeap::Item>, std::tuple_size_v<FewAddresses>> passed_over;
    Binding* oldest = nullptr;
    while (!queue.empty()) {
        const auto item = queue.top();
        const bool present = stands_for(item, subnet, queue);
        Binding& b = at(item.slot());
        const auto excepted = std::ranges::find(except, b.address);
        if (!present || !b.inactive() || !b.dynamic) {
            if (present) b.in_reclaim_queue = false;
        } else if (excepted == except.end()) {
            oldest = &b;
            break;
        } else {
            passed_over[static_cast<std::size_t>(excepted - except.begin())] = item; // a second item of an address goes
        }
        queue.pop();
    }
    for (const auto& item : passed_over) {
        if (item) queue.push(item->at(), item->slot());
    }
    return oldest;
}

void Bindings::reserve_for_server(Ipv4Address address)
{
    if (ServedSubnet* subnet = subnets_.containing(address)) subnet->take(address);
    if (Binding* b = find(address)) b->dynamic = false;
}

void Bindings::configured_anew(Ipv4Address address)
{
    ServedSubnet* subnet = subnets_.containing(address);
    if (subnet == nullptr) return;
    const bool dynamic = subnet->leasable(address) == Leasable::dynamic;
    const std::uint32_t slot = slot_of(address);
    if (slot == SlotIndex::kNone) {
        if (dynamic) return subnet->give_back(address);
        subnet->take(address);
        return;
    }
    Binding& b = at(slot);
    unfile(b);
    b.dynamic = dynamic;
    file(slot); // a former lease queues for whoever comes next
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
    b.in_use = true;
    settle_in(b, subnet);
    by_address_.insert(address.value, slot);
    return slot;
}

void Bindings::settle_in(Binding& b, ServedSubnet& subnet)
{
    b.subnet = subnet.index();
    const ServedSubnet::Taken taken = subnet.take(b.address);
    b.dynamic = taken.was_free;
    b.counted = taken.counts;
}

/// Expects an unfiled binding.
void Bindings::erase(std::uint32_t slot)
{
    Binding& b = at(slot);
    disown(slot);
    tally_lease(b, false);
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
    b.indexed = true;
    by_client_.insert(client.hash(seed_), slot);
}

void Bindings::disown(std::uint32_t slot)
{
    Binding& b = at(slot);
    if (!b.indexed) return;
    by_client_.erase(hash_of(b), slot);
    b.indexed = false;
}

std::uint32_t Bindings::hash_of(const Binding& b) const
{
    const HardwareKey scratch{b.hardware};
    return hash_key(b.key(scratch), seed_);
}

std::size_t Bindings::memory_used() const
{
    std::size_t sum = chunks_.size() * (kChunk * sizeof(Binding) + sizeof(chunks_[0])) + text_bytes_;
    sum += by_address_.memory_used() + by_client_.memory_used() + deadlines_.memory_used();
    sum += offers_by_source_.memory_used() + leases_by_source_.memory_used() + unoffered_by_source_.memory_used();
    sum += lapses_.capacity() * sizeof(Lapse) + free_slots_.capacity() * sizeof(std::uint32_t);
    for (const ServedSubnet& subnet : subnets_.all())
        sum += subnet.memory_used();
    return sum;
}

} // namespace dorascope::server
