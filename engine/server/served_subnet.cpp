// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/served_subnet.h"

#include "engine/server/address_ranges.h"
#include "engine/server/told_hosts.h"

#include <algorithm>
#include <utility>

namespace dorascope::server {

namespace {

constexpr std::uint8_t kSmallestWithBroadcast = 30; ///< RFC 3021: a /31 has neither network nor broadcast address

} // namespace

ServedSubnet::ServedSubnet(const Subnet& subnet, Place place, const Config& config, const ClientClasses& classes)
    : config_{&subnet}, place_{place}, reservations_{subnet}, queues_(1)
{
    prepare_options(config);
    merge_exclusions(classes);
    prepare_pools(classes);
}

void ServedSubnet::prepare_options(const Config& config)
{
    if (prefix().length <= kSmallestWithBroadcast) {
        const Ipv4Address broadcast = prefix().broadcast();
        OptionSettings own;
        own.extra = {{wire::option::broadcast_address, {}}};
        for (int shift = 24; shift >= 0; shift -= 8)
            own.extra[0].data.push_back(static_cast<std::byte>(broadcast.value >> shift));
        options_.lay_over(own);
    }
    options_.lay_over(config.options);
    options_.lay_over(config_->options);
}

void ServedSubnet::merge_exclusions(const ClientClasses& classes)
{
    std::vector<Ipv4Range> all = config_->exclusions;
    if (prefix().length <= kSmallestWithBroadcast) {
        all.push_back({prefix().network, prefix().network});
        all.push_back({prefix().broadcast(), prefix().broadcast()});
    }
    // Routers and name servers have their addresses already, whichever level names them; one for which its address is reserved gets it.
    std::vector<Ipv4Address> told;
    append_told_hosts(options_, told);
    for (const auto& [reservation, sheet] : reservations_.sheets())
        append_told_hosts(sheet, told);
    const auto& of_classes = classes.told_hosts();
    told.insert(told.end(), std::ranges::lower_bound(of_classes, prefix().network),
                std::ranges::upper_bound(of_classes, prefix().broadcast()));
    for (const Ipv4Address host : told)
        if (prefix().contains(host)) all.push_back({host, host});
    exclusions_ = merged(std::move(all));
}

std::uint16_t ServedSubnet::queue_for(std::uint16_t client_class)
{
    const auto at = std::ranges::find(queues_, client_class, &ReclaimQueue::client_class);
    if (at != queues_.end()) return static_cast<std::uint16_t>(at - queues_.begin());
    queues_.push_back({client_class, {}});
    return static_cast<std::uint16_t>(queues_.size() - 1);
}

void ServedSubnet::prepare_pools(const ClientClasses& classes)
{
    for (const Pool& pool : config_->pools) {
        const std::uint16_t kept_for = pool.client_class.empty() ? ClientClasses::kNone : classes.index_of(pool.client_class);
        pools_.push_back({pool, kept_for, queue_for(kept_for), FreeMap{static_cast<std::size_t>(pool.size()), true}});
    }
    std::ranges::sort(pools_, {}, [](const ServedPool& pool) { return pool.range.first; });
    for (ServedPool& pool : pools_) {
        pool_size_ += pool.range.size();
        for_each_gap(pool.range, [&](const Ipv4Range& gap) {
            pool_size_ -= gap.size();
            for (std::uint64_t a = gap.first.value; a <= gap.last.value; ++a)
                pool.free.clear(static_cast<std::size_t>(a - pool.range.first.value));
        });
        const auto reserved = reservations_.by_address();
        for (auto r = std::ranges::lower_bound(reserved, pool.range.first, {}, &Reservation::address);
             r != reserved.end() && (*r)->address <= pool.range.last; ++r)
            pool.free.clear(static_cast<std::size_t>((*r)->address - pool.range.first));
    }
}

bool ServedSubnet::leases_the_same(const ServedSubnet& other) const
{
    const auto same_pool = [](const ServedPool& a, const ServedPool& b) {
        return a.range == b.range && a.client_class == b.client_class && a.queue == b.queue;
    };
    return prefix() == other.prefix() && place_ == other.place_ && exclusions_ == other.exclusions_
        && std::ranges::equal(pools_, other.pools_, same_pool);
}

void ServedSubnet::take_over(ServedSubnet& former)
{
    for (std::size_t i = 0; i < pools_.size(); ++i)
        pools_[i].free = std::move(former.pools_[i].free);
    queues_ = std::move(former.queues_);
    inactive = former.inactive;
    bound = former.bound;
    offered = former.offered;
    declined = former.declined;
    outside = former.outside;
}

const ServedPool* ServedSubnet::pool_of(Ipv4Address address) const
{
    const auto after = std::ranges::upper_bound(pools_, address, {}, [](const ServedPool& pool) { return pool.range.first; });
    if (after == pools_.begin()) return nullptr;
    const ServedPool& pool = *std::prev(after);
    return pool.range.contains(address) ? &pool : nullptr;
}

ServedPool* ServedSubnet::pool_of(Ipv4Address address) { return const_cast<ServedPool*>(std::as_const(*this).pool_of(address)); }

bool ServedSubnet::excluded(Ipv4Address address) const
{
    const auto after = std::ranges::upper_bound(exclusions_, address, {}, &Ipv4Range::first);
    return after != exclusions_.begin() && std::prev(after)->contains(address);
}

Leasable ServedSubnet::leasable(Ipv4Address address) const
{
    if (!prefix().contains(address)) return Leasable::outside_subnet;
    if (reservation_at(address) != nullptr) return Leasable::reserved;
    if (excluded(address)) return Leasable::excluded;
    return pool_of(address) != nullptr ? Leasable::dynamic : Leasable::outside_pool;
}

std::uint16_t ServedSubnet::class_of(Ipv4Address address) const
{
    const ServedPool* pool = pool_of(address);
    return pool == nullptr ? ClientClasses::kNone : pool->client_class;
}

std::string_view ServedSubnet::pool_class_name(Ipv4Address address) const
{
    const auto at = std::ranges::find_if(config_->pools, [address](const Pool& pool) { return pool.contains(address); });
    return at == config_->pools.end() ? std::string_view{} : std::string_view{at->client_class};
}

std::optional<Ipv4Address> ServedSubnet::first_free(ClassSet classes, Ipv4Address except, Ipv4Address behind) const
{
    const ServedPool* from = behind.is_unspecified() ? nullptr : pool_of(behind);
    std::optional<Ipv4Address> found;
    for_each_pool(classes, [&](const ServedPool& pool) {
        if (from != nullptr && from != &pool) return false;
        const std::size_t start = from == nullptr ? 0 : behind - pool.range.first + std::size_t{1};
        from = nullptr;
        auto place = pool.free.first_free(start);
        if (place && pool.range.first + static_cast<std::uint32_t>(*place) == except) place = pool.free.first_free(*place + 1);
        if (place) found = pool.range.first + static_cast<std::uint32_t>(*place);
        return found.has_value();
    });
    return found;
}

bool ServedSubnet::has_pool_for(ClassSet classes, Ipv4Address address) const
{
    const ServedPool* pool = address.is_unspecified() ? nullptr : pool_of(address);
    return pool != nullptr && pool->is_for(classes);
}

ServedSubnet::Taken ServedSubnet::take(Ipv4Address address)
{
    ServedPool* const pool = pool_of(address);
    if (pool == nullptr) return {};
    const auto place = static_cast<std::size_t>(address - pool->range.first);
    const bool was_free = pool->free.is_free(place);
    pool->free.clear(place);
    return {was_free, !excluded(address)};
}

void ServedSubnet::give_back(Ipv4Address address)
{
    if (ServedPool* pool = pool_of(address)) pool->free.set(static_cast<std::size_t>(address - pool->range.first));
}

DeadlineHeap& ServedSubnet::reclaim_queue(Ipv4Address address)
{
    const ServedPool* pool = pool_of(address);
    return queues_[pool == nullptr ? 0 : pool->queue].heap;
}

std::optional<Ipv4Address> ServedSubnet::next_in(const ServedPool& pool, Ipv4Address from) const
{
    const Ipv4Address first = std::max(from, pool.range.first);
    std::uint64_t candidate = first.value;
    // Exclusions are merged, so that behind one there is always an address outside them all.
    const auto after = std::ranges::upper_bound(exclusions_, first, {}, &Ipv4Range::first);
    if (after != exclusions_.begin() && std::prev(after)->contains(first))
        candidate = std::uint64_t{std::prev(after)->last.value} + 1;
    if (candidate > pool.range.last.value) return std::nullopt;
    return Ipv4Address{static_cast<std::uint32_t>(candidate)};
}

std::uint64_t ServedSubnet::usable(Ipv4Range range) const
{
    std::uint64_t count = range.size();
    for_each_gap(range, [&](const Ipv4Range& gap) { count -= gap.size(); });
    return count;
}

std::size_t ServedSubnet::memory_used() const
{
    std::size_t sum = options_.memory_used() + reservations_.memory_used();
    for (const ReclaimQueue& queue : queues_)
        sum += queue.heap.memory_used();
    for (const ServedPool& pool : pools_)
        sum += pool.free.memory_used();
    return sum;
}

} // namespace dorascope::server
