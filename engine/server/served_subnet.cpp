// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/served_subnet.h"

#include <algorithm>
#include <cassert>

namespace dorascope::server {

namespace {

constexpr std::uint8_t kSmallestWithBroadcast = 30; ///< RFC 3021: a /31 has neither network nor broadcast address

std::span<const std::byte> as_bytes(const std::string& text) { return std::as_bytes(std::span{text.data(), text.size()}); }

} // namespace

ServedSubnet::ServedSubnet(const Subnet& subnet, std::uint16_t index) : config_{&subnet}, index_{index}
{
    merge_exclusions();
    index_reservations();
    prepare_pools();
    prepare_options();
}

void ServedSubnet::merge_exclusions()
{
    std::vector<Ipv4Range> all = config_->exclusions;
    if (prefix().length <= kSmallestWithBroadcast) {
        all.push_back({prefix().network, prefix().network});
        all.push_back({prefix().broadcast(), prefix().broadcast()});
    }
    for (const Ipv4Address router : config_->options.routers)
        all.push_back({router, router});
    std::ranges::sort(all);
    for (const Ipv4Range& range : all) {
        const bool touches = !exclusions_.empty() && range.first - exclusions_.back().last <= 1;
        if (touches) {
            exclusions_.back().last = std::max(exclusions_.back().last, range.last);
        } else {
            exclusions_.push_back(range);
        }
    }
}

void ServedSubnet::index_reservations()
{
    for (const Reservation& r : config_->reservations) {
        by_address_.push_back(&r);
        if (r.hardware) by_hardware_.push_back(&r);
        if (!r.client_id.empty()) by_client_id_.push_back(&r);
    }
    std::ranges::sort(by_address_, {}, [](const Reservation* r) { return r->address; });
    std::ranges::sort(by_hardware_, {}, [](const Reservation* r) { return *r->hardware; });
    std::ranges::sort(by_client_id_, [](const Reservation* a, const Reservation* b) { return a->client_id < b->client_id; });
}

void ServedSubnet::prepare_pools()
{
    for (const Ipv4Range& range : config_->pools)
        pools_.push_back({range, FreeMap{static_cast<std::size_t>(range.size()), true}});
    std::ranges::sort(pools_, {}, [](const Pool& pool) { return pool.range.first; });
    for (Pool& pool : pools_) {
        pool_size_ += pool.range.size();
        for (const Ipv4Range& gap : exclusions_) {
            if (!gap.overlaps(pool.range)) continue;
            const Ipv4Address first = std::max(gap.first, pool.range.first), last = std::min(gap.last, pool.range.last);
            pool_size_ -= Ipv4Range{first, last}.size();
            for (std::uint64_t a = first.value; a <= last.value; ++a)
                pool.free.clear(static_cast<std::size_t>(a - pool.range.first.value));
        }
        for (const Reservation* r : by_address_) {
            if (pool.range.contains(r->address)) pool.free.clear(static_cast<std::size_t>(r->address - pool.range.first));
        }
    }
}

const ServedSubnet::Pool* ServedSubnet::pool_of(Ipv4Address address) const
{
    const auto after = std::ranges::upper_bound(pools_, address, {}, [](const Pool& pool) { return pool.range.first; });
    if (after == pools_.begin()) return nullptr;
    const Pool& pool = *std::prev(after);
    return pool.range.contains(address) ? &pool : nullptr;
}

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

const Reservation* ServedSubnet::reservation_at(Ipv4Address address) const
{
    const auto at = std::ranges::lower_bound(by_address_, address, {}, [](const Reservation* r) { return r->address; });
    return at != by_address_.end() && (*at)->address == address ? *at : nullptr;
}

const Reservation* ServedSubnet::reservation_for(const Client& client) const
{
    if (!by_client_id_.empty() && !client.identifier.empty()) {
        const auto less = [](const Reservation* r, std::span<const std::uint8_t> id) {
            return std::ranges::lexicographical_compare(r->client_id, id);
        };
        const auto at = std::lower_bound(by_client_id_.begin(), by_client_id_.end(), client.identifier, less);
        if (at != by_client_id_.end() && std::ranges::equal((*at)->client_id, client.identifier)) return *at;
    }
    const auto at =
        std::ranges::lower_bound(by_hardware_, client.hardware, {}, [](const Reservation* r) { return *r->hardware; });
    return at != by_hardware_.end() && *(*at)->hardware == client.hardware ? *at : nullptr;
}

std::optional<Ipv4Address> ServedSubnet::first_free(Ipv4Address from) const
{
    for (const Pool& pool : pools_) {
        if (pool.range.last < from) continue;
        const auto start = from <= pool.range.first ? 0 : static_cast<std::size_t>(from - pool.range.first);
        if (const auto place = pool.free.first_free(start)) return pool.range.first + static_cast<std::uint32_t>(*place);
    }
    return std::nullopt;
}

bool ServedSubnet::is_free(Ipv4Address address) const
{
    const Pool* pool = pool_of(address);
    return pool != nullptr && pool->free.is_free(static_cast<std::size_t>(address - pool->range.first));
}

FreeMap* ServedSubnet::free_map_of(Ipv4Address address)
{
    const Pool* pool = pool_of(address);
    return pool == nullptr ? nullptr : &pools_[static_cast<std::size_t>(pool - pools_.data())].free;
}

void ServedSubnet::take(Ipv4Address address)
{
    if (FreeMap* free = free_map_of(address)) free->clear(static_cast<std::size_t>(address - pool_of(address)->range.first));
}

void ServedSubnet::give_back(Ipv4Address address)
{
    if (FreeMap* free = free_map_of(address)) free->set(static_cast<std::size_t>(address - pool_of(address)->range.first));
}

std::optional<Ipv4Address> ServedSubnet::next_in_pool(Ipv4Address from) const
{
    for (const Pool& pool : pools_) {
        const Ipv4Address first = std::max(from, pool.range.first);
        std::uint64_t candidate = first.value;
        // Exclusions are merged, so that behind one there is always an address outside them all.
        const auto after = std::ranges::upper_bound(exclusions_, first, {}, &Ipv4Range::first);
        if (after != exclusions_.begin() && std::prev(after)->contains(first))
            candidate = std::uint64_t{std::prev(after)->last.value} + 1;
        if (candidate <= pool.range.last.value) return Ipv4Address{static_cast<std::uint32_t>(candidate)};
    }
    return std::nullopt;
}

std::uint64_t ServedSubnet::pool_addresses_below(Ipv4Address address) const
{
    std::uint64_t count = 0;
    for (const Pool& pool : pools_) {
        if (pool.range.first >= address) break;
        const Ipv4Range below{pool.range.first, std::min(pool.range.last, Ipv4Address{address.value - 1})};
        count += below.size();
        for (const Ipv4Range& gap : exclusions_) {
            if (gap.overlaps(below)) count -= Ipv4Range{std::max(gap.first, below.first), std::min(gap.last, below.last)}.size();
        }
    }
    return count;
}

void ServedSubnet::prepare_options()
{
    using namespace wire;
    const OptionSettings& settings = config_->options;
    // RFC 2132 §3.5: the mask comes before the router; reply.cpp sends the mask whatever is asked for.
    prepare_addresses(option::router, settings.routers);
    prepare_addresses(option::dns_servers, settings.dns_servers);
    prepare_option(option::domain_name, as_bytes(settings.domain_name));
    if (prefix().length <= kSmallestWithBroadcast) prepare_addresses(option::broadcast_address, {prefix().broadcast()});
    prepare_addresses(option::ntp_servers, settings.ntp_servers);
    for (const auto code :
         {option::router, option::dns_servers, option::domain_name, option::broadcast_address, option::ntp_servers}) {
        if (!this->option(code).empty()) default_options_.push_back(code);
    }
    for (const auto& extra : settings.extra)
        prepare_option(extra.code, extra.data);
}

void ServedSubnet::prepare_addresses(std::uint8_t code, const std::vector<Ipv4Address>& addresses)
{
    std::vector<std::byte> data;
    for (const Ipv4Address address : addresses) {
        for (int shift = 24; shift >= 0; shift -= 8)
            data.push_back(static_cast<std::byte>(address.value >> shift));
    }
    prepare_option(code, data);
}

void ServedSubnet::prepare_option(std::uint8_t code, std::span<const std::byte> data)
{
    if (data.empty()) return;
    prepared_[code] = {static_cast<std::uint32_t>(option_bytes_.size()), static_cast<std::uint32_t>(data.size())};
    option_bytes_.insert(option_bytes_.end(), data.begin(), data.end());
}

std::span<const std::byte> ServedSubnet::option(std::uint8_t code) const
{
    const Prepared& at = prepared_[code];
    return {option_bytes_.data() + at.offset, at.length};
}

std::size_t ServedSubnet::memory_used() const
{
    std::size_t sum = reclaim.memory_used() + option_bytes_.capacity();
    for (const Pool& pool : pools_)
        sum += pool.free.memory_used();
    return sum;
}

} // namespace dorascope::server
