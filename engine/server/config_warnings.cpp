// SPDX-License-Identifier: GPL-3.0-or-later
// What a configuration may hold and its author hardly means. The server takes it, and this says what comes of it.
#include "engine/server/validation.h"

#include "engine/server/option_sheet.h"
#include "engine/wire/message.h"
#include "engine/wire/option_table.h"

#include <algorithm>
#include <fmt/format.h>

namespace dorascope::server {

namespace {

namespace option = wire::option;

constexpr Ipv4Prefix kEverywhere{};

std::string at(const std::string& key, std::size_t i, std::string_view list) { return fmt::format("{}.{}[{}]", key, list, i); }

/// The routers that clients of the subnet are told, unless a class or a reservation knows better.
const std::vector<Ipv4Address>& routers_of(const Config& config, const Subnet& subnet)
{
    return subnet.options.routers.empty() ? config.options.routers : subnet.options.routers;
}

void warn_about_routers(Findings& found, const Subnet& subnet, const std::string& key)
{
    const auto& routers = routers_of(found.config, subnet);
    for (std::size_t r = 0; r < routers.size(); ++r) {
        const std::string where = subnet.options.routers.empty() ? key : at(key, r, "router");
        if (!subnet.prefix.contains(routers[r])) {
            found.add(where,
                      fmt::format("the router {} is not in {}: clients cannot reach it", routers[r].to_string(),
                                  subnet.prefix.to_string()),
                      fmt::format("an address from {}", subnet.prefix.to_string()));
        }
        for (std::size_t p = 0; p < subnet.pools.size(); ++p) {
            if (!subnet.pools[p].contains(routers[r])) continue;
            found.add(at(key, p, "pool"), fmt::format("the router {} lies in it, and is not given out", routers[r].to_string()));
        }
    }
}

void warn_about_own_addresses(Findings& found, const Subnet& subnet, const std::string& key, std::span<const Ipv4Address> own)
{
    for (const Ipv4Address address : own) {
        for (std::size_t p = 0; p < subnet.pools.size(); ++p) {
            if (!subnet.pools[p].contains(address)) continue;
            found.add(at(key, p, "pool"),
                      fmt::format("this server's own address {} lies in it, and is not given out", address.to_string()));
        }
        for (std::size_t r = 0; r < subnet.reservations.size(); ++r) {
            if (subnet.reservations[r].address != address) continue;
            found.add(at(key, r, "reservation") + ".address",
                      fmt::format("{} is this server's own address: the client gets another one", address.to_string()));
        }
    }
}

/// RFC 3442: "if the DHCP server returns both a Classless Static Routes option and a Router option, the DHCP client MUST ignore the Router
/// option."
void warn_about_routes(Findings& found, const Subnet& subnet, const std::string& key)
{
    OptionSheet sheet{found.config.options};
    sheet.lay_over(subnet.options);
    const auto value = wire::decode_option(option::classless_routes, sheet.option(option::classless_routes));
    if (!sheet.has(option::classless_routes) || !sheet.has(option::router) || !value) return;
    const auto* routes = std::get_if<std::vector<wire::Route>>(&*value);
    const auto is_default = [](const wire::Route& route) { return route.destination == kEverywhere; };
    if (routes == nullptr || std::ranges::any_of(*routes, is_default)) return;
    found.add(key, "its classless routes (121) hold no default route, and clients that ask for them ignore the router",
              "add 0.0.0.0/0 via the router to option 121");
}

void warn_about_options(Findings& found, const OptionSettings& options, const std::string& key)
{
    if (!options.boot_file.empty() && !options.next_server) {
        found.add(under(key, "boot_file"), "without next_server most firmware does not know where to fetch it",
                  "next_server = the TFTP server's address");
    }
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

void warn_about_classes(Findings& found)
{
    const Config& config = found.config;
    for (std::size_t i = 0; i < config.classes.size(); ++i) {
        const ClientClass& each = config.classes[i];
        const std::string key = fmt::format("class[{}]", i);
        warn_about_options(found, each.options, key);
        if (!each.deny) continue;
        if (each.options != OptionSettings{} || each.lease_seconds) {
            found.add(key, fmt::format("\"{}\" is denied: its options and lease time are never sent", each.name));
        }
        for (std::size_t s = 0; s < config.subnets.size(); ++s) {
            const auto& pools = config.subnets[s].pools;
            const auto pool = std::ranges::find(pools, each.name, &Pool::client_class);
            if (pool == pools.end() || each.name.empty()) continue;
            found.add(fmt::format("subnet[{}].pool[{}].class", s, pool - pools.begin()),
                      fmt::format("\"{}\" is denied: nobody gets an address of this pool", each.name));
        }
    }
}

void warn_about_sharing(Findings& found, std::size_t index, const std::string& key)
{
    const auto& subnets = found.config.subnets;
    const std::string& name = subnets[index].shared_network;
    if (name.empty() || std::ranges::count(subnets, name, &Subnet::shared_network) > 1) return;
    found.add(key + ".shared_network", fmt::format("no other subnet is on '{}'", name));
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
    Findings found{config, {}};
    warn_about_server(found, own_addresses);
    warn_about_options(found, config.options, {});
    warn_about_classes(found);
    for (std::size_t i = 0; i < config.subnets.size(); ++i) {
        const Subnet& subnet = config.subnets[i];
        const std::string key = fmt::format("subnet[{}]", i);
        warn_about_sharing(found, i, key);
        warn_about_routers(found, subnet, key);
        warn_about_own_addresses(found, subnet, key, own_addresses);
        warn_about_options(found, subnet.options, key);
        warn_about_routes(found, subnet, key);
        for (std::size_t r = 0; r < subnet.reservations.size(); ++r)
            warn_about_options(found, subnet.reservations[r].options, at(key, r, "reservation"));
    }
    return std::move(found.errors);
}

} // namespace dorascope::server
