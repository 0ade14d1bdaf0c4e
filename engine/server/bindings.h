// SPDX-License-Identifier: GPL-3.0-or-later
// Every address with a history: found by address and by client, in order of what falls due. The one place where bindings change, so that
// "two clients never hold one address" is kept in one file.
#pragma once

#include "engine/server/binding.h"
#include "engine/server/deadline_heap.h"
#include "engine/server/outbox.h"
#include "engine/server/served_subnet.h"
#include "engine/server/slot_index.h"
#include "engine/server/source_tally.h"
#include "engine/server/subnet_table.h"
#include "engine/wire/decision.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace dorascope::server {

/// What a client has in one subnet, or in those of one shared network. Pointers last until the next change.
struct Holdings {
    Binding* bound = nullptr;
    Binding* offered = nullptr; ///< an offer and nothing stronger
    Binding* previous = nullptr; ///< the latest of its former leases
};

/// How an address is held for a client.
struct Hold {
    Instant until{};
    std::uint32_t source = 0; ///< the sender it counts for, see offers_of()
    bool probing = false; ///< nothing is offered yet
};

/// What a lease counts for.
struct LeaseSource {
    std::uint32_t tag = 0; ///< 0: of no account
    bool on_its_word = false; ///< no offer went before
};

/// Addresses that one client is not to be offered, whoever else is: its relay's, and what it found in use. Zero where there is none.
using FewAddresses = std::array<Ipv4Address, 3>;

/// Something that time did, still to be reported by advance().
struct Lapse {
    StepCode code{};
    Ipv4Address address;
    HardwareAddress who;
    Instant at{};
};

class Bindings {
public:
    /// `subnets` outlives this. `seed` keys the hash of clients.
    Bindings(SubnetTable& subnets, std::uint64_t seed) : subnets_{subnets}, seed_{seed} { }

    /// Makes room for `leases` at once.
    void expect(std::size_t leases);
    /// Takes stored leases in, as they stand at `now`. Those outside every subnet are kept aside.
    void load(std::span<const Lease> leases, Instant now);

    Binding* find(Ipv4Address address);
    const Binding* find(Ipv4Address address) const;
    /// In the subnet with this index and those that share its link.
    Holdings holdings(const Client& client, std::uint16_t subnet);
    /// Another active address of the client on the same link than `kept`; nothing when that is all it has.
    Binding* active_besides(const Client& client, const ServedSubnet& subnet, Ipv4Address kept);

    // Changes. Each notes in the journal what was before; a reference returned lasts until the binding is erased.
    Binding& offer(const Client& client, ServedSubnet& subnet, Ipv4Address address, Instant now, const Hold& hold,
                   Outbox& journal);
    /// A lease that goes on, `source` being of no account, counts as it did.
    Binding& grant(const Client& client, ServedSubnet& subnet, Ipv4Address address, Instant now, Instant expires, Outbox& journal,
                   const LeaseSource& source = {});
    void withdraw_offer(Binding& binding, Outbox& journal);
    void release(Binding& binding, Instant now, Outbox& journal);
    void quarantine(ServedSubnet& subnet, Ipv4Address address, Instant now, Instant until, Outbox& journal);
    /// As quarantine(), for an address that `by` was found to use; zero where that is not known.
    void quarantine_for(ServedSubnet& subnet, Ipv4Address address, const MacAddress& by, Instant now, Instant until,
                        Outbox& journal);
    /// The address loses its history, also one that is kept aside. False: it had none.
    bool forget(Ipv4Address address, Outbox& journal);
    void roll_back(std::span<const BindingImage> journal);
    /// The subnets are other ones. What lies outside them all is kept aside; what lay outside comes back. Returns how many are aside.
    std::size_t rehome(Instant now);

    /// The former lease that ended first, of those whose address may go to a client of these classes and is none of `except`.
    Binding* oldest_inactive(ServedSubnet& subnet, ClassSet classes, const FewAddresses& except);
    /// An address kept from being leased, because the server itself has it; until configured_anew().
    void reserve_for_server(Ipv4Address address);
    /// What the configuration says of the address has changed, or the server has it no more.
    void configured_anew(Ipv4Address address);

    /// Everything whose time has come by `now` takes effect; what happened is queued in lapses().
    void settle(Instant now);
    std::span<const Lapse> lapses() const { return lapses_; }
    void forget_lapses();
    std::optional<Instant> next_deadline();

    std::size_t size() const { return by_address_.size(); }
    /// Leases outside every subnet.
    std::size_t aside() const { return aside_.size(); }
    bool is_aside(Ipv4Address address) const { return std::ranges::find(aside_, address, &Lease::address) != aside_.end(); }
    /// Offers that hold an address nobody is bound to.
    std::size_t outstanding_offers() const { return outstanding_offers_; }
    /// Of one sender: offers of addresses that nobody known has a claim to; leases, those of reserved addresses apart; and of these the ones
    /// that no offer went before.
    std::uint32_t offers_of(std::uint32_t source) const { return offers_by_source_.of(source); }
    std::uint32_t leases_of(std::uint32_t source) const { return leases_by_source_.of(source); }
    std::uint32_t unoffered_leases_of(std::uint32_t source) const { return unoffered_by_source_.of(source); }
    /// Does the client hold a lease anywhere?
    bool is_bound(const Client& client) const;
    /// … that counts for this sender?
    bool is_bound_by(const Client& client, std::uint32_t source) const;
    /// Has it an offer anywhere that it may have heard of?
    bool is_offered(const Client& client) const;
    std::size_t memory_used() const;

    /// As a row to be stored: without the offer.
    void copy_stored(const Binding& binding, Lease& lease) const;
    /// As it is to be shown: an offer over anything but a bound lease makes it `offered`.
    Lease shown(const Binding& binding) const;
    /// Those in `most` slots from `first` on; gives the slot after them. A slot is where a binding lies as long as there is one.
    template <class Visit> std::size_t for_some(std::size_t first, std::size_t most, Visit&& visit) const
    {
        const std::size_t end = first + std::min<std::size_t>(most, slots_ - std::min<std::size_t>(first, slots_));
        for (std::size_t slot = first; slot < end; ++slot) {
            if (const Binding& b = at(static_cast<std::uint32_t>(slot)); b.in_use) visit(b);
        }
        return end;
    }
    std::size_t slots() const { return slots_; }
    template <class Visit> void for_each(Visit&& visit) const
    {
        for (std::uint32_t slot = 0; slot < slots_; ++slot) {
            if (const Binding& b = at(slot); b.in_use) visit(b);
        }
    }

private:
    static constexpr std::size_t kChunk = 256;
    Binding& at(std::uint32_t slot) { return chunks_[slot / kChunk][slot % kChunk]; }
    const Binding& at(std::uint32_t slot) const { return chunks_[slot / kChunk][slot % kChunk]; }
    ServedSubnet& subnet_of(const Binding& b) { return subnets_.at(b.subnet); }

    std::uint32_t slot_of(Ipv4Address address) const;
    std::uint32_t create(ServedSubnet& subnet, Ipv4Address address);
    std::uint32_t take_up(const Client& client, ServedSubnet& subnet, Ipv4Address address, Outbox& journal);
    void settle_in(Binding& b, ServedSubnet& subnet);
    void erase(std::uint32_t slot);
    void own(std::uint32_t slot, const Client& client);
    void disown(std::uint32_t slot);
    /// Every change of standing, offer or time lies between unfile() and file(): counts, queues and timers follow from it.
    void unfile(Binding& b);
    void file(std::uint32_t slot);
    std::size_t* counter(const Binding& b);
    void tally_lease(Binding& b, bool counts);
    std::uint32_t hash_of(const Binding& b) const;
    void schedule(std::uint32_t slot);
    bool stands_for(const DeadlineHeap::Item& item, ServedSubnet& subnet, const DeadlineHeap& queue) const;
    void trim_deadlines();
    void trim_reclaim(ServedSubnet& subnet, DeadlineHeap& queue);
    Binding* oldest_in(ServedSubnet& subnet, DeadlineHeap& queue, const FewAddresses& except);
    void lapse(std::uint32_t slot, Instant now);
    void note_lapse(StepCode code, const Binding& b, Instant at);
    /// `hash`: its client's.
    void retire_other_claims(std::uint32_t kept, std::uint32_t hash, Instant now);
    void load_one(const Lease& lease, Instant now);
    void note(std::uint32_t slot, Ipv4Address address, Outbox& journal) const;
    void restore(const BindingImage& image);
    void restore_aside(const BindingImage& image);
    void rehome_one(std::uint32_t slot);

    SubnetTable& subnets_;
    std::uint64_t seed_;
    std::vector<std::unique_ptr<Binding[]>> chunks_;
    std::uint32_t slots_ = 0;
    std::vector<std::uint32_t> free_slots_;
    SlotIndex by_address_, by_client_;
    SourceTally offers_by_source_, leases_by_source_, unoffered_by_source_;
    DeadlineHeap deadlines_;
    std::vector<Lapse> lapses_;
    Instant lapses_due_ = kNever; ///< the earliest of them; not the first where the clock was set back
    std::size_t outstanding_offers_ = 0;
    std::size_t text_bytes_ = 0;
    LeaseTable aside_;
};

} // namespace dorascope::server
