// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/serve_config.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dorascope::cli {
namespace {

std::string subnets_of(const host::Interface& interface)
{
    std::vector<std::string> texts;
    for (const auto& a : interface.addresses)
        texts.push_back(a.prefix.to_string());
    return fmt::format("{}", fmt::join(texts, ", "));
}

bool lies_in(const Ipv4Range& pool, const Ipv4Prefix& subnet)
{
    return subnet.contains(pool.first) && subnet.contains(pool.last);
}

/// --subnet, or the interface's subnet that holds the pool.
tl::expected<Ipv4Prefix, Failure> subnet_of(const Ipv4Range& pool, const ServeCommand& command, const host::Interface& interface)
{
    if (command.subnet) {
        if (lies_in(pool, *command.subnet)) return *command.subnet;
        return tl::unexpected{
            Failure{fmt::format("the pool {} does not lie in the subnet {}", pool.to_string(), command.subnet->to_string()),
                    fmt::format("give addresses from {} to {}", (command.subnet->network + 1).to_string(),
                                Ipv4Address{command.subnet->broadcast().value - 1}.to_string())}};
    }
    for (const auto& a : interface.addresses) {
        if (lies_in(pool, a.prefix)) return a.prefix;
    }
    return tl::unexpected{Failure{
        fmt::format("the pool {} does not lie in the subnet of {} ({})", pool.to_string(), interface.name, subnets_of(interface)),
        "give addresses of that subnet, or name a subnet behind a relay with --subnet"}};
}

/// The one subnet of all pools.
tl::expected<Ipv4Prefix, Failure> subnet_of(const ServeCommand& command, const host::Interface& interface)
{
    std::optional<Ipv4Prefix> common;
    for (const auto& pool : command.pools) {
        const auto prefix = subnet_of(pool, command, interface);
        if (!prefix) return prefix;
        if (common && *common != *prefix)
            return tl::unexpected{
                Failure{fmt::format("the pools lie in two subnets, {} and {}", common->to_string(), prefix->to_string()),
                        "describe both in a file, and give that with --config"}};
        common = *prefix;
    }
    return common.value_or(Ipv4Prefix{});
}

bool in_a_pool(const server::Subnet& subnet, Ipv4Address address)
{
    return std::ranges::any_of(subnet.pools, [=](const auto& pool) { return pool.contains(address); });
}
bool excluded(const server::Subnet& subnet, Ipv4Address address)
{
    return std::ranges::any_of(subnet.exclusions, [=](const auto& range) { return range.contains(address); });
}

/// Addresses that others have already: giving them to a client would break the LAN.
void exclude(server::Subnet& subnet, const std::vector<Ipv4Address>& addresses)
{
    for (const auto a : addresses)
        if (in_a_pool(subnet, a) && !excluded(subnet, a)) subnet.exclusions.push_back({a, a});
    std::ranges::sort(subnet.exclusions, {}, &Ipv4Range::first);
}

std::optional<Failure> first_error(const server::Config& config)
{
    const auto errors = server::validate(config);
    if (errors.empty()) return std::nullopt;
    return Failure{errors.front().problem, errors.front().suggestion};
}

} // namespace

tl::expected<server::Config, Failure> serve_config(const ServeCommand& command, const host::Interface& interface)
{
    const auto prefix = subnet_of(command, interface);
    if (!prefix) return tl::unexpected{prefix.error()};
    server::Subnet subnet;
    subnet.prefix = *prefix;
    for (const auto& pool : command.pools)
        subnet.pools.emplace_back(pool);
    for (const auto& a : interface.addresses)
        exclude(subnet, {a.address});
    exclude(subnet, command.routers);
    exclude(subnet, command.dns_servers);
    subnet.options.routers = command.routers;
    subnet.options.dns_servers = command.dns_servers;
    if (command.lease_seconds) subnet.lease_seconds = *command.lease_seconds;
    // What a client asks for (option 51) may be shorter or longer, but the time that was ordered here is always allowed.
    subnet.min_lease_seconds = std::min(subnet.min_lease_seconds, subnet.lease_seconds);
    subnet.max_lease_seconds = std::max(subnet.max_lease_seconds, subnet.lease_seconds);
    server::Config config;
    config.subnets.push_back(std::move(subnet));
    config.probe.enabled = true;
    apply_behaviour(command, config);
    if (auto failure = first_error(config)) return tl::unexpected{std::move(*failure)};
    return config;
}

void apply_behaviour(const ServeCommand& command, server::Config& config)
{
    if (command.authoritative) config.authority = server::Authority::authoritative;
    if (command.polite) {
        config.authority = server::Authority::polite;
        config.polite_delay = *command.polite;
    }
    if (command.probe) config.probe = *command.probe;
    if (command.rapid_commit) config.rapid_commit = true;
}

void exclude_own_addresses(server::Config& config, const host::Interface& interface)
{
    for (auto& subnet : config.subnets)
        for (const auto& a : interface.addresses)
            if (in_a_pool(subnet, a.address) && !excluded(subnet, a.address)) exclude(subnet, {a.address});
}

} // namespace dorascope::cli
