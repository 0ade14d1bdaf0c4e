// SPDX-License-Identifier: GPL-3.0-or-later
// Where a subnet's addresses are: its prefix, pools and exclusions.
#include "engine/server/validation.h"

#include <algorithm>
#include <fmt/format.h>

namespace dorascope::server {

namespace {

constexpr std::uint64_t kMaxPoolAddresses = 1U << 24;

bool check_range(Findings& found, const Subnet& subnet, const Ipv4Range& range, const std::string& where)
{
    if (range.last < range.first) {
        found.add(where, fmt::format("{} ends before it begins", range.to_string()),
                  fmt::format("\"{}\"", Ipv4Range{range.last, range.first}.to_string()));
        return false;
    }
    if (!subnet.prefix.contains(range.first) || !subnet.prefix.contains(range.last)) {
        found.add(
            where, fmt::format("{} is not inside {}", range.to_string(), subnet.prefix.to_string()),
            fmt::format("addresses from {} to {}", subnet.prefix.network.to_string(), subnet.prefix.broadcast().to_string()));
        return false;
    }
    return true;
}

void check_edges(Findings& found, const Subnet& subnet, const Ipv4Range& pool, const std::string& where)
{
    if (subnet.prefix.length > 30) return; // RFC 3021: no network and no broadcast address
    const Ipv4Address network = subnet.prefix.network, broadcast = subnet.prefix.broadcast();
    const Ipv4Range inner{std::max(pool.first, network + 1), std::min(pool.last, Ipv4Address{broadcast.value - 1})};
    const std::string better = inner.first <= inner.last ? fmt::format("\"{}\"", inner.to_string()) : std::string{};
    if (pool.contains(network)) {
        found.add(where, fmt::format("{} holds the network address {}", pool.to_string(), network.to_string()), better);
    }
    if (pool.contains(broadcast)) {
        found.add(where, fmt::format("{} holds the broadcast address {}", pool.to_string(), broadcast.to_string()), better);
    }
}

std::string pool_key(std::size_t subnet, std::size_t pool) { return fmt::format("subnet[{}].pool[{}]", subnet, pool); }

/// Those of the same subnet first: that is the likelier slip.
void check_overlaps(Findings& found, const Ipv4Range& pool, RangeOwners::Owner me)
{
    auto others = found.pool_of.claim(pool, me);
    if (found.full() && !others.empty()) return found.add({}, {});
    std::stable_partition(others.begin(), others.end(), [&](const auto& other) { return other.group == me.group; });
    for (const auto& [subnet, place] : others) {
        const Ipv4Range& other = found.config.subnets[subnet].pools[place];
        found.add(pool_key(me.group, me.place),
                  fmt::format("{} overlaps {}, {}", pool.to_string(), pool_key(subnet, place), other.to_string()));
    }
}

void check_pool_class(Findings& found, const Pool& pool, const std::string& where)
{
    if (pool.client_class.empty() || found.class_named.contains(pool.client_class)) return;
    if (found.full()) return found.add({}, {}); // what was meant takes time to find
    found.add(where + ".class", fmt::format("there is no class called '{}'", pool.client_class),
              class_suggestion(found.config, pool.client_class));
}

std::string suggested_pool(const Ipv4Prefix& prefix)
{
    if (prefix.length > 28 || prefix.length == 0) return {};
    return fmt::format("pool = \"{}\"", Ipv4Range{prefix.network + 10, {prefix.broadcast().value - 1}}.to_string());
}

} // namespace

void check_prefix(Findings& found, std::size_t i)
{
    const Subnet& subnet = found.config.subnets[i];
    const std::string key = fmt::format("subnet[{}]", i);
    const Ipv4Prefix& prefix = subnet.prefix;
    const Ipv4Prefix proper = Ipv4Prefix::of(prefix.network, prefix.length);
    if (prefix.length == 0 || prefix.length > 32) {
        found.add(key + ".prefix", fmt::format("a prefix length of {} is no subnet", prefix.length), "192.168.1.0/24 is usual");
        return;
    }
    if (proper != prefix) {
        found.add(key + ".prefix", fmt::format("{} has host bits set", prefix.to_string()),
                  fmt::format("\"{}\"", proper.to_string()));
    }
    if (!prefix.network.is_host()) {
        found.add(key + ".prefix", fmt::format("{} holds no addresses for hosts", prefix.to_string()));
    }
    for (const auto& other : found.subnet_of.claim({proper.network, proper.broadcast()}, {i, 0})) {
        found.add(key + ".prefix",
                  fmt::format("{} overlaps subnet[{}], {}", prefix.to_string(), other.group,
                              found.config.subnets[other.group].prefix.to_string()));
    }
}

void check_pools(Findings& found, const Subnet& subnet, std::size_t i)
{
    for (std::size_t p = 0; p < subnet.pools.size(); ++p) {
        const std::string where = pool_key(i, p);
        const Ipv4Range& pool = subnet.pools[p];
        check_pool_class(found, subnet.pools[p], where);
        // One mistake, one message: nobody's pool overlaps one that is not where it was meant to be.
        if (!check_range(found, subnet, pool, where)) continue;
        found.pool_addresses += pool.size();
        if (found.pool_addresses > kMaxPoolAddresses) {
            found.add(where, fmt::format("the pools hold more than {} addresses", kMaxPoolAddresses), "a smaller range");
        }
        check_edges(found, subnet, pool, where);
        check_overlaps(found, pool, {i, p});
    }
}

void check_exclusions(Findings& found, const Subnet& subnet, const std::string& key)
{
    for (std::size_t i = 0; i < subnet.exclusions.size(); ++i) {
        check_range(found, subnet, subnet.exclusions[i], fmt::format("{}.exclude[{}]", key, i));
    }
}

/// A subnet from which nobody can get an address is a mistake.
void check_room(Findings& found, const Subnet& subnet, const std::string& key)
{
    if (!subnet.reservations.empty()) return;
    if (subnet.pools.empty())
        return found.add(key + ".pool", "there is neither a pool nor a reservation", suggested_pool(subnet.prefix));
    const auto gaps = merged(subnet.exclusions);
    const auto covered = [&](const Ipv4Range& pool) {
        const auto after = std::ranges::upper_bound(gaps, pool.first, {}, &Ipv4Range::first);
        return after != gaps.begin() && std::prev(after)->last >= pool.last;
    };
    if (std::ranges::all_of(subnet.pools, covered)) found.add(key + ".exclude", "the exclusions leave nothing of the pools");
}

} // namespace dorascope::server
