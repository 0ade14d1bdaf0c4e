// SPDX-License-Identifier: GPL-3.0-or-later
// A subnet as the server works with it: which of its addresses may be leased, to whom, which are free, and its options ready to send.
#pragma once

#include "engine/server/client_classes.h"
#include "engine/server/config.h"
#include "engine/server/deadline_heap.h"
#include "engine/server/free_map.h"
#include "engine/server/option_sheet.h"
#include "engine/server/reservation_index.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace dorascope::server {

/// How far configuration lets an address be leased, whoever holds it.
enum class Leasable : std::uint8_t { dynamic, reserved, excluded, outside_pool, outside_subnet };

/// A pool and which of its addresses are free.
struct ServedPool {
    Ipv4Range range;
    std::uint16_t client_class = ClientClasses::kNone; ///< kNone: everybody's
    std::uint16_t queue = 0; ///< of its former leases, in ServedSubnet::reclaim_queues()
    FreeMap free; ///< place i is range.first + i

    bool open() const { return client_class == ClientClasses::kNone; }
    bool is_for(ClassSet classes) const { return open() || std::ranges::binary_search(classes, client_class); }
};

/// Former leases of dynamic addresses, oldest first: one queue for the pools of everybody, one for the pools of each class.
struct ReclaimQueue {
    std::uint16_t client_class = ClientClasses::kNone;
    DeadlineHeap heap;
    bool is_for(ClassSet classes) const
    {
        return client_class == ClientClasses::kNone || std::ranges::binary_search(classes, client_class);
    }
};

/// How many conflicts were found lately.
class ConflictMeter {
public:
    std::uint32_t within_last_minute(Instant now) const { return is_over(now) ? 0 : count_; }
    void count(Instant now)
    {
        if (is_over(now)) begun_ = now, count_ = 0;
        ++count_;
    }

private:
    /// Or from a time that has yet to come: the clock was set back.
    bool is_over(Instant now) const { return now < begun_ || now - begun_ >= std::chrono::minutes{1}; }
    Instant begun_{};
    std::uint32_t count_ = 0;
};

class ServedSubnet {
public:
    /// Place of a subnet in the configuration, and of the link that it shares with others.
    struct Place {
        std::uint16_t index = 0, network = 0;
        bool operator==(const Place&) const = default;
    };
    ServedSubnet(const Subnet& subnet, Place place, const Config& config, const ClientClasses& classes);

    const Subnet& config() const { return *config_; }
    const Ipv4Prefix& prefix() const { return config_->prefix; }
    std::uint16_t index() const { return place_.index; }
    /// The same for all subnets of one shared network.
    std::uint16_t network() const { return place_.network; }

    Leasable leasable(Ipv4Address address) const;
    const Reservation* reservation_for(const Client& client) const { return reservations_.of(client); }
    const Reservation* reservation_at(Ipv4Address address) const { return reservations_.at(address); }
    /// The class that the address's pool is kept for; kNone when it is everybody's, or in no pool.
    std::uint16_t class_of(Ipv4Address address) const;
    std::string_view pool_class_name(Ipv4Address address) const;

    /// Calls `visit` for each pool that such a client may use, those of its classes first; stops when it returns true.
    template <class Visit> void for_each_pool(ClassSet classes, Visit&& visit) const
    {
        for (const bool open : {false, true}) {
            if (!open && classes.empty()) continue;
            for (const ServedPool& pool : pools_) {
                if (pool.open() == open && pool.is_for(classes) && visit(pool)) return;
            }
        }
    }
    /// The first address in nobody's hands and without history that such a client may have; never `except`. With `behind`, one that comes
    /// after that in the order of its pools.
    std::optional<Ipv4Address> first_free(ClassSet classes, Ipv4Address except = {}, Ipv4Address behind = {}) const;
    /// Does the address lie in a pool that such a client may use?
    bool has_pool_for(ClassSet classes, Ipv4Address address) const;
    struct Taken {
        bool was_free = false;
        bool counts = false; ///< is one of those that pool_size() and the counts below are about
    };
    /// The address is in somebody's hands from now on; says what it was.
    Taken take(Ipv4Address address);
    void give_back(Ipv4Address address);
    /// The pool's addresses in order, less exclusions: what is listed when a trace says why the lower ones were not taken.
    std::optional<Ipv4Address> next_in(const ServedPool& pool, Ipv4Address from) const;
    /// How many of a range are not excluded.
    std::uint64_t usable(Ipv4Range range) const;
    std::uint64_t pool_size() const { return pool_size_; }

    /// What every client of this subnet is told: the configuration's options with the subnet's own over them.
    const OptionSheet& options() const { return options_; }
    const OptionSheet* options_of(const Reservation& reservation) const { return reservations_.options(reservation); }

    /// The same addresses for the same classes as another, reservations apart; then the two differ in what they tell clients.
    bool leases_the_same(const ServedSubnet& other) const;
    /// Which addresses are free, queues and counts, of one that leases the same.
    void take_over(ServedSubnet& former);
    const ReservationIndex& reservations() const { return reservations_; }

    DeadlineHeap& reclaim_queue(Ipv4Address address);
    std::span<ReclaimQueue> reclaim_queues() { return queues_; }
    std::size_t inactive = 0, bound = 0, offered = 0, declined = 0; ///< pool addresses by what they are now
    std::size_t outside = 0; ///< leased, and none of those: reserved beside the pools, or leased before these were the pools
    ConflictMeter conflicts;
    std::size_t memory_used() const;

private:
    const ServedPool* pool_of(Ipv4Address address) const;
    ServedPool* pool_of(Ipv4Address address);
    bool excluded(Ipv4Address address) const;
    void prepare_options(const Config& config);
    void merge_exclusions(const ClientClasses& classes);
    void prepare_pools(const ClientClasses& classes);
    /// Calls `visit` with what lies in `range` of each exclusion.
    template <class Visit> void for_each_gap(Ipv4Range range, Visit&& visit) const
    {
        for (auto gap = std::ranges::lower_bound(exclusions_, range.first, {}, &Ipv4Range::last);
             gap != exclusions_.end() && gap->first <= range.last; ++gap)
            visit(Ipv4Range{std::max(gap->first, range.first), std::min(gap->last, range.last)});
    }
    std::uint16_t queue_for(std::uint16_t client_class);

    const Subnet* config_;
    Place place_;
    ReservationIndex reservations_;
    OptionSheet options_;
    std::vector<ServedPool> pools_; ///< in order of address
    std::vector<ReclaimQueue> queues_; ///< the first is everybody's
    std::vector<Ipv4Range> exclusions_; ///< configured ones, network, broadcast, routers, name servers: sorted and merged
    std::uint64_t pool_size_ = 0;
};

} // namespace dorascope::server
