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
tl::expected<Ipv4Prefix, Failure> subnet_of(const ServeCommand& command, const host::Interface& interface)
{
    const auto& pool = *command.pool;
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

/// Addresses that others have already: giving them to a client would break the LAN.
std::vector<Ipv4Range> taken(const ServeCommand& command, const host::Interface& interface)
{
    std::vector<Ipv4Address> addresses = command.routers;
    for (const auto& a : interface.addresses)
        addresses.push_back(a.address);
    addresses.insert(addresses.end(), command.dns_servers.begin(), command.dns_servers.end());
    std::ranges::sort(addresses);
    std::vector<Ipv4Range> ranges;
    for (const auto a : addresses) {
        const bool again = !ranges.empty() && ranges.back().first == a;
        if (command.pool->contains(a) && !again) ranges.push_back({a, a});
    }
    return ranges;
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
    subnet.pools = {*command.pool};
    subnet.exclusions = taken(command, interface);
    subnet.options.routers = command.routers;
    subnet.options.dns_servers = command.dns_servers;
    if (command.lease_seconds) subnet.lease_seconds = *command.lease_seconds;
    // What a client asks for (option 51) may be shorter or longer, but the time that was ordered here is always allowed.
    subnet.min_lease_seconds = std::min(subnet.min_lease_seconds, subnet.lease_seconds);
    subnet.max_lease_seconds = std::max(subnet.max_lease_seconds, subnet.lease_seconds);
    server::Config config;
    config.subnets.push_back(std::move(subnet));
    if (command.authoritative) config.authority = server::Authority::authoritative;
    if (auto failure = first_error(config)) return tl::unexpected{std::move(*failure)};
    return config;
}

} // namespace dorascope::cli
