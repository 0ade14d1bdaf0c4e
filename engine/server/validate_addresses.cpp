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
                  Ipv4Range{range.last, range.first}.to_string());
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
    const std::string better = inner.first <= inner.last ? inner.to_string() : std::string{};
    if (pool.contains(network)) {
        found.add(where, fmt::format("{} holds the network address {}", pool.to_string(), network.to_string()), better);
    }
    if (pool.contains(broadcast)) {
        found.add(where, fmt::format("{} holds the broadcast address {}", pool.to_string(), broadcast.to_string()), better);
    }
}

void check_overlap(Findings& found, const Ipv4Range& a, const Ipv4Range& b, const std::string& where, const std::string& other)
{
    if (a.overlaps(b)) found.add(where, fmt::format("{} overlaps {}, {}", a.to_string(), other, b.to_string()));
}

void check_pool_class(Findings& found, const Pool& pool, const std::string& where)
{
    const auto& classes = found.config.classes;
    if (pool.client_class.empty() || std::ranges::find(classes, pool.client_class, &ClientClass::name) != classes.end()) return;
    found.add(where + ".class", fmt::format("there is no class called '{}'", pool.client_class),
              class_suggestion(found.config, pool.client_class));
}

std::string suggested_pool(const Ipv4Prefix& prefix)
{
    if (prefix.length > 28 || prefix.length == 0) return {};
    return Ipv4Range{prefix.network + 10, {prefix.broadcast().value - 1}}.to_string();
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
        found.add(key + ".prefix", fmt::format("{} has host bits set", prefix.to_string()), proper.to_string());
    }
    if (!prefix.network.is_host()) {
        found.add(key + ".prefix", fmt::format("{} holds no addresses for hosts", prefix.to_string()));
    }
    for (std::size_t j = 0; j < i; ++j) {
        const Ipv4Prefix& other = found.config.subnets[j].prefix;
        if (other.contains(prefix.network) || prefix.contains(other.network)) {
            found.add(key + ".prefix", fmt::format("{} overlaps subnet[{}], {}", prefix.to_string(), j, other.to_string()));
        }
    }
}

void check_pools(Findings& found, const Subnet& subnet, std::size_t i)
{
    const std::string key = fmt::format("subnet[{}]", i);
    for (std::size_t p = 0; p < subnet.pools.size(); ++p) {
        const std::string where = fmt::format("{}.pool[{}]", key, p);
        const Ipv4Range& pool = subnet.pools[p];
        if (!check_range(found, subnet, pool, where)) continue;
        found.pool_addresses += pool.size();
        if (found.pool_addresses > kMaxPoolAddresses) {
            found.add(where, fmt::format("the pools hold more than {} addresses", kMaxPoolAddresses), "a smaller range");
        }
        check_edges(found, subnet, pool, where);
        check_pool_class(found, subnet.pools[p], where);
        for (std::size_t j = 0; j < p; ++j)
            check_overlap(found, pool, subnet.pools[j], where, fmt::format("{}.pool[{}]", key, j));
        for (std::size_t s = 0; s < i; ++s) {
            const auto& others = found.config.subnets[s].pools;
            for (std::size_t j = 0; j < others.size(); ++j) {
                check_overlap(found, pool, others[j], where, fmt::format("subnet[{}].pool[{}]", s, j));
            }
        }
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
    const auto covered = [&](const Ipv4Range& pool) {
        return std::ranges::any_of(subnet.exclusions,
                                   [&](const Ipv4Range& gap) { return gap.first <= pool.first && pool.last <= gap.last; });
    };
    if (std::ranges::all_of(subnet.pools, covered)) found.add(key + ".exclude", "the exclusions leave nothing of the pools");
}

} // namespace dorascope::server
