// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/told_hosts.h"

#include "engine/wire/option_table.h"

#include <algorithm>
#include <span>

namespace dorascope::server {

namespace {

/// One overload for each form in which hosts are named.
struct Teller {
    ToldHosts& told;

    void operator()(std::vector<Ipv4Address>& addresses) const { told.hosts = std::move(addresses); }
    void operator()(std::vector<std::pair<Ipv4Address, Ipv4Address>>& routes) const
    {
        for (const auto& [destination, router] : routes)
            told.hosts.push_back(router);
    }
    void operator()(std::vector<wire::Route>& routes) const
    {
        const auto is_local = [](const wire::Route& route) { return route.router.is_unspecified(); };
        const auto by_router = std::stable_partition(routes.begin(), routes.end(), is_local);
        const std::span on_link{routes.begin(), by_router};
        for (const wire::Route& route : std::span{by_router, routes.end()}) {
            const auto holds = [&](const wire::Route& local) { return local.destination.contains(route.router); };
            told.hosts.push_back(route.router);
            if (std::ranges::none_of(on_link, holds)) told.next_hops.push_back(route.router);
        }
    }
    template <class Other> void operator()(Other&) const { } // of no such option
};

} // namespace

ToldHosts told_hosts(const OptionSheet& sheet, std::uint8_t code)
{
    ToldHosts told;
    told.said = sheet.has(code);
    if (!told.said) return told;
    auto value = wire::decode_option(code, sheet.option(code));
    if (!value) return told;
    std::visit(Teller{told}, *value);
    if (!std::holds_alternative<std::vector<wire::Route>>(*value)) told.next_hops = told.hosts;
    return told;
}

void append_told_hosts(const OptionSheet& sheet, std::vector<Ipv4Address>& hosts)
{
    for (const HostOption& each : kHostOptions) {
        const auto told = told_hosts(sheet, each.code).hosts;
        hosts.insert(hosts.end(), told.begin(), told.end());
    }
}

} // namespace dorascope::server
