// SPDX-License-Identifier: GPL-3.0-or-later
// What a configuration may hold and its author hardly means. The server takes it, and this says what comes of it.
#include "engine/server/levels.h"
#include "engine/server/validation.h"
#include "engine/wire/option_table.h"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>
#include <utility>

namespace dorascope::server {

namespace {

std::string at(const std::string& key, std::size_t i, std::string_view list) { return fmt::format("{}.{}[{}]", key, list, i); }

void warn_about_own_addresses(Findings& found, const Subnet& subnet, const std::string& key, std::span<const Ipv4Address> own)
{
    if (own.empty()) return;
    const PoolFinder pools{subnet};
    for (const Ipv4Address address : own) {
        if (const auto pool = pools.pool_of(address))
            found.add(at(key, *pool, "pool"),
                      fmt::format("this server's own address {} lies in it, and is not given out", address.to_string()));
        for (std::size_t r = 0; r < subnet.reservations.size(); ++r) {
            if (subnet.reservations[r].address != address) continue;
            found.add(at(key, r, "reservation") + ".address",
                      fmt::format("{} is this server's own address: the client gets another one", address.to_string()));
        }
    }
}

void warn_about_options(Findings& found, const OptionSettings& options, const std::string& key)
{
    for (std::size_t i = 0; i < options.extra.size(); ++i) {
        const auto& extra = options.extra[i];
        const auto value = wire::decode_option(extra.code, extra.data);
        if (value) continue;
        const auto& info = wire::option_info(extra.code);
        found.add(under(key, fmt::format("option[{}]", i)),
                  fmt::format("clients may not understand option {} ({}): {} is expected", extra.code, info.name,
                              value.error().expected));
    }
}

void warn_about_classes(Findings& found, const LevelMap& levels)
{
    const Config& config = found.config;
    std::vector<std::vector<std::string>> pools(config.classes.size()); // of the denied ones: the first in each subnet
    std::vector<std::size_t> last(config.classes.size(), config.subnets.size());
    for (std::size_t s = 0; s < config.subnets.size(); ++s) {
        for (std::size_t p = 0; p < config.subnets[s].pools.size(); ++p) {
            const auto named = found.class_named.find(config.subnets[s].pools[p].client_class);
            if (named == found.class_named.end() || !config.classes[named->second].deny) continue;
            if (std::exchange(last[named->second], s) != s)
                pools[named->second].push_back(fmt::format("subnet[{}].pool[{}].class", s, p));
        }
    }
    for (std::size_t i = 0; i < config.classes.size(); ++i) {
        const ClientClass& each = config.classes[i];
        const std::string key = fmt::format("class[{}]", i);
        warn_about_options(found, each.options, key);
        warn_about_class_levels(found, levels, i);
        if (each.deny && (each.options != OptionSettings{} || each.lease_seconds))
            found.add(key, fmt::format("\"{}\" is denied: its options and lease time are never sent", each.name));
        for (std::string& pool : pools[i])
            found.add(std::move(pool), fmt::format("\"{}\" is denied: nobody gets an address of this pool", each.name));
    }
}

void warn_about_sharing(Findings& found, const std::unordered_map<std::string_view, std::size_t>& sharers, std::size_t index)
{
    const std::string& name = found.config.subnets[index].shared_network;
    if (name.empty() || sharers.at(name) > 1) return;
    found.add(fmt::format("subnet[{}].shared_network", index), fmt::format("no other subnet is on '{}'", name));
}

/// Bounds that the lease time itself is beyond. Those that are the usual ones nobody need have written.
void warn_about_bounds(Findings& found, const Subnet& subnet, const std::string& key)
{
    static const Subnet kUsual;
    const auto lease = subnet.lease_seconds, least = subnet.min_lease_seconds, most = subnet.max_lease_seconds;
    if (least > lease && least != kUsual.min_lease_seconds)
        found.add(key + ".min_lease_time",
                  fmt::format("{} is more than lease_time, {}, which clients are given all the same", least, lease));
    if (most < lease && most != kUsual.max_lease_seconds)
        found.add(key + ".max_lease_time",
                  fmt::format("{} is less than lease_time, {}, which clients are given all the same", most, lease));
}

/// Who is on the link gets an address of the network that the server's own lies in: the first that it has in one.
void warn_about_other_links(Findings& found, std::span<const Ipv4Address> own)
{
    const auto& subnets = found.config.subnets;
    std::optional<std::size_t> served;
    for (const Ipv4Address address : own) {
        const auto home = std::ranges::find_if(subnets, [&](const Subnet& s) { return s.prefix.contains(address); });
        if (home == subnets.end()) continue;
        const auto index = static_cast<std::size_t>(home - subnets.begin());
        if (!served) served = index;
        const std::string& network = subnets[*served].shared_network;
        if (index == *served || (!network.empty() && home->shared_network == network)) continue;
        found.add(fmt::format("subnet[{}]", index),
                  fmt::format("{} is an address of this interface too, but clients on its link get addresses of subnet[{}] alone",
                              address.to_string(), *served),
                  "give both the same shared_network");
    }
}

void warn_about_server(Findings& found, std::span<const Ipv4Address> own)
{
    const Config& config = found.config;
    if (config.rapid_commit && config.authority == Authority::polite) {
        // RFC 4039 §4: with several servers each commits an address, and all but one are wasted.
        found.add("rapid_commit", "a polite server leaves room for others, and each of them may commit an address for one client",
                  "one of the two");
    }
    const auto served = [&](Ipv4Address address) {
        return std::ranges::any_of(config.subnets, [&](const Subnet& s) { return s.prefix.contains(address); });
    };
    if (!own.empty() && std::ranges::none_of(own, served)) {
        found.add(
            "subnet",
            fmt::format("none holds {}, the interface's address: only clients behind relays are served", own[0].to_string()));
    }
}

} // namespace

ConfigErrors warnings(const Config& config, std::span<const Ipv4Address> own_addresses)
{
    Findings found{config};
    const LevelMap levels{config};
    std::unordered_map<std::string_view, std::size_t> sharers;
    for (const Subnet& subnet : config.subnets)
        ++sharers[subnet.shared_network];
    warn_about_server(found, own_addresses);
    warn_about_other_links(found, own_addresses);
    warn_about_options(found, config.options, {});
    warn_about_booting(found, levels);
    warn_about_classes(found, levels);
    for (std::size_t i = 0; i < config.subnets.size(); ++i) {
        const Subnet& subnet = config.subnets[i];
        const std::string key = fmt::format("subnet[{}]", i);
        warn_about_sharing(found, sharers, i);
        warn_about_bounds(found, subnet, key);
        warn_about_own_addresses(found, subnet, key, own_addresses);
        warn_about_options(found, subnet.options, key);
        warn_about_subnet_levels(found, levels, i);
        for (std::size_t r = 0; r < subnet.reservations.size(); ++r)
            warn_about_options(found, subnet.reservations[r].options, at(key, r, "reservation"));
    }
    return found.take();
}

} // namespace dorascope::server
