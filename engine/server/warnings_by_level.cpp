// SPDX-License-Identifier: GPL-3.0-or-later
// Routers and gateways that cannot be reached, hosts in the pools, and boot files that cannot be fetched, judged by what a client is told
// once all levels are laid over one another: what is outranked everywhere is nobody's trouble, and what is missing at one level may stand
// at another.
#include "engine/server/levels.h"
#include "engine/server/validation.h"

#include "engine/wire/message.h"

#include <algorithm>
#include <fmt/format.h>

namespace dorascope::server {

namespace {

namespace option = wire::option;

constexpr std::string_view kNoServer = "without next_server most firmware does not know where to fetch it";
constexpr std::string_view kNameServer = "next_server = the TFTP server's address";

/// "subnet[0] (10.0.0.0/24), subnet[2] (10.0.2.0/24) and 7 others"
std::string named(const Config& config, const std::vector<std::size_t>& subnets)
{
    constexpr std::size_t kMostNamed = 3;
    std::string text;
    for (std::size_t i = 0; i < std::min(subnets.size(), kMostNamed); ++i)
        text += fmt::format("{}subnet[{}] ({})", i == 0 ? "" : ", ", subnets[i], config.subnets[subnets[i]].prefix.to_string());
    if (subnets.size() > kMostNamed) text += fmt::format(" and {} others", subnets.size() - kMostNamed);
    return text;
}

void warn_about_file(Findings& found, const OptionSettings& options, const std::string& key,
                     const std::vector<std::size_t>& in = {})
{
    const std::string where = in.empty() ? "" : "for clients in " + named(found.config, in) + ": ";
    found.add(under(key, key_of(options, option::bootfile_name)), where + std::string{kNoServer}, std::string{kNameServer});
}

void warn_about_routes(Findings& found, const std::string& key)
{
    // RFC 3442: "if the DHCP server returns both a Classless Static Routes option and a Router option, the DHCP client MUST ignore the
    // Router option."
    found.add(key, "its classless routes (121) hold no default route, and clients that ask for them ignore the router",
              "add 0.0.0.0/0 via the router to option 121");
}

bool ignores_router(const Level& level) { return level.routes == Level::Routes::without_default && !level.routers().empty(); }
/// With `upper` over it a client ignores the router, and without it does not.
bool spoils_router(const Level& level, const Level& upper)
{
    const auto routes = upper.routes == Level::Routes::unsaid ? level.routes : upper.routes;
    const bool router = !upper.routers().empty() || !level.routers().empty();
    return routes == Level::Routes::without_default && router && !ignores_router(level);
}

/// "router 10.0.0.1", "gateway 10.0.0.1 of option 121"
std::string named(const HostOption& option, Ipv4Address host)
{
    return fmt::format("{} {}{}", option.who, host.to_string(), option.where);
}

/// One of a class, in the subnets where its clients are.
void warn_about_class_hop(Findings& found, const HostOption& option, Ipv4Address hop, const std::string& where,
                          const std::vector<std::size_t>& places)
{
    const auto& subnets = found.config.subnets;
    const auto lacks = [&](std::size_t s) { return !subnets[s].prefix.contains(hop); };
    if (std::ranges::none_of(places, lacks)) return;
    if (found.full()) return found.add({}, {});
    std::vector<std::size_t> elsewhere;
    std::ranges::copy_if(places, std::back_inserter(elsewhere), lacks);
    found.add(where,
              fmt::format("the {} is not in {}: clients of this class cannot reach it there", named(option, hop),
                          named(found.config, elsewhere)),
              places.size() == 1 ? fmt::format("an address from {}", subnets[places[0]].prefix.to_string())
                                 : fmt::format("a class for each subnet, or the {} in [[subnet]]", option.who));
}

/// What is wrong with the next hops that one option names; `key_of_hop` says what each is called by its place.
template <class KeyOf>
void warn_about_hops(Findings& found, const Subnet& subnet, const HostOption& option, const ToldHosts& told, KeyOf key_of_hop,
                     std::string_view who)
{
    for (std::size_t n = 0; n < told.next_hops.size(); ++n) {
        if (subnet.prefix.contains(told.next_hops[n])) continue;
        found.add(key_of_hop(n),
                  fmt::format("the {} is not in {}: {} cannot reach it", named(option, told.next_hops[n]),
                              subnet.prefix.to_string(), who),
                  fmt::format("an address from {}", subnet.prefix.to_string()));
    }
}

/// The next hops of the subnet's own level, or those of the top where it says nothing.
void warn_about_reach(Findings& found, const LevelMap& map, std::size_t s)
{
    const Subnet& subnet = found.config.subnets[s];
    const std::string key = fmt::format("subnet[{}]", s);
    for (std::size_t i = 0; i < kHostOptions.size(); ++i) {
        const HostOption& option = kHostOptions[i];
        const ToldHosts& told = map.of_subnet(s).told[i];
        const auto unreachable = [&](Ipv4Address hop) { return !subnet.prefix.contains(hop); };
        if (!option.next_hop || std::ranges::none_of(told.next_hops, unreachable)) continue;
        if (!map.reaches_clients(s, [i](const Level& level) { return level.told[i].said; })) continue;
        const bool own = Level{subnet.options}.told[i].said;
        const auto key_of_hop = [&](std::size_t n) { return own ? under(key, key_of(subnet.options, option.code, n)) : key; };
        warn_about_hops(found, subnet, option, told, key_of_hop, "clients");
    }
}

/// Those that options of some level name among the subnet's addresses, each once.
std::vector<LevelMap::Named> hosts_in(const Subnet& subnet, const LevelMap& map, std::size_t s)
{
    std::vector<LevelMap::Named> hosts;
    append_named(map.of_subnet(s), hosts);
    const auto& others = map.class_hosts();
    const auto address = &LevelMap::Named::first;
    hosts.insert(hosts.end(), std::ranges::lower_bound(others, subnet.prefix.network, {}, address),
                 std::ranges::upper_bound(others, subnet.prefix.broadcast(), {}, address));
    for (const Reservation& r : subnet.reservations)
        if (r.options != OptionSettings{}) append_named(Level{r.options}, hosts);
    std::ranges::sort(hosts);
    const auto same = [](const auto& a, const auto& b) { return a.first == b.first; }; // a router that is a name server too
    hosts.erase(std::unique(hosts.begin(), hosts.end(), same), hosts.end());
    return hosts;
}

/// Those that are not given out for it (ServedSubnet), whichever level names them. Whoever reserves or excludes the address knows.
void warn_about_hosts_in_pools(Findings& found, const LevelMap& map, std::size_t s)
{
    const Subnet& subnet = found.config.subnets[s];
    const auto hosts = hosts_in(subnet, map, s);
    if (hosts.empty()) return;
    const PoolFinder pools{subnet};
    std::vector<Ipv4Range> known = subnet.exclusions;
    for (const Reservation& r : subnet.reservations)
        known.push_back({r.address, r.address});
    known = merged(std::move(known));
    for (const auto& [host, option] : hosts) {
        const auto pool = pools.pool_of(host);
        const auto after = std::ranges::upper_bound(known, host, {}, &Ipv4Range::first);
        if (!pool || (after != known.begin() && std::prev(after)->contains(host))) continue;
        found.add(fmt::format("subnet[{}].pool[{}]", s, *pool),
                  fmt::format("the {} lies in it, and is not given out", named(kHostOptions[option], host)));
    }
}

void warn_about_reservation(Findings& found, const LevelMap& map, std::size_t s, std::size_t i)
{
    const Subnet& subnet = found.config.subnets[s];
    const Reservation& r = subnet.reservations[i];
    if (r.options == OptionSettings{}) return;
    const Level own{r.options};
    const Level& below = map.of_subnet(s);
    const std::string key = fmt::format("subnet[{}].reservation[{}]", s, i);
    for (std::size_t n = 0; n < kHostOptions.size(); ++n) {
        const HostOption& option = kHostOptions[n];
        const auto key_of_hop = [&](std::size_t hop) { return under(key, key_of(r.options, option.code, hop)); };
        if (option.next_hop) warn_about_hops(found, subnet, option, own.told[n], key_of_hop, "the client");
    }
    if (own.file == Level::File::from_server && !own.tells_server && !below.tells_server && !map.class_tells_server())
        warn_about_file(found, r.options, key);
    if (spoils_router(below, own)) warn_about_routes(found, key);
}

} // namespace

void warn_about_booting(Findings& found, const LevelMap& map)
{
    if (!map.top().boots_from_nowhere()) return;
    const auto& subnets = found.config.subnets;
    std::vector<std::size_t> where;
    for (std::size_t s = 0; s < subnets.size(); ++s) {
        const bool own_file = Level{subnets[s].options}.file != Level::File::unsaid;
        if (!own_file && map.of_subnet(s).boots_from_nowhere()
            && map.reaches_clients(s, [](const Level& level) { return level.tells_server; }))
            where.push_back(s);
    }
    if (where.empty()) return;
    if (where.size() == subnets.size()) where.clear(); // wherever they are
    warn_about_file(found, found.config.options, {}, where);
}

void warn_about_class_levels(Findings& found, const LevelMap& map, std::size_t i)
{
    const OptionSettings& options = found.config.classes[i].options;
    const Level& own = map.of_class(i);
    const auto places = options == OptionSettings{} ? std::vector<std::size_t>{} : map.places_of(i);
    if (places.empty()) return;
    const std::string key = fmt::format("class[{}]", i);
    for (std::size_t n = 0; n < kHostOptions.size(); ++n) {
        const HostOption& option = kHostOptions[n];
        const auto& hops = own.told[n].next_hops;
        for (std::size_t hop = 0; option.next_hop && hop < hops.size(); ++hop)
            warn_about_class_hop(found, option, hops[hop], under(key, key_of(options, option.code, hop)), places);
    }
    // A client belongs to as many classes as it likes: the server may stand in another one.
    if (own.file == Level::File::from_server && !map.class_tells_server()) {
        std::vector<std::size_t> where;
        std::ranges::copy_if(places, std::back_inserter(where), [&](std::size_t s) { return !map.of_subnet(s).tells_server; });
        if (!where.empty())
            warn_about_file(found, options, key, where.size() == places.size() ? std::vector<std::size_t>{} : where);
    }
    const bool spoils = std::ranges::any_of(
        places, [&](std::size_t s) { return ignores_router(map.of_subnet(s).under(own)) && !ignores_router(map.of_subnet(s)); });
    if (spoils) warn_about_routes(found, key);
}

void warn_about_subnet_levels(Findings& found, const LevelMap& map, std::size_t s)
{
    const Subnet& subnet = found.config.subnets[s];
    const std::string key = fmt::format("subnet[{}]", s);
    warn_about_reach(found, map, s);
    warn_about_hosts_in_pools(found, map, s);
    const bool own_file = Level{subnet.options}.file == Level::File::from_server;
    if (own_file && map.of_subnet(s).boots_from_nowhere()
        && map.reaches_clients(s, [](const Level& level) { return level.tells_server; }))
        warn_about_file(found, subnet.options, key);
    if (ignores_router(map.of_subnet(s))) warn_about_routes(found, key);
    for (std::size_t i = 0; i < subnet.reservations.size(); ++i)
        warn_about_reservation(found, map, s, i);
}

PoolFinder::PoolFinder(const Subnet& subnet)
{
    for (std::size_t p = 0; p < subnet.pools.size(); ++p)
        pools_.emplace_back(subnet.pools[p], p);
    std::ranges::sort(pools_);
}

std::optional<std::size_t> PoolFinder::pool_of(Ipv4Address address) const
{
    const auto first = [](const auto& pool) { return pool.first.first; };
    const auto after = std::ranges::upper_bound(pools_, address, {}, first);
    if (after == pools_.begin() || !std::prev(after)->first.contains(address)) return std::nullopt;
    return std::prev(after)->second;
}

} // namespace dorascope::server
