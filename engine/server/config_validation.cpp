// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that can be wrong with a configuration, found in one go and in the order of the file.
#include "engine/server/levels.h"
#include "engine/server/validation.h"

#include <algorithm>
#include <fmt/format.h>

namespace dorascope::server {

namespace {

constexpr std::size_t kMaxSubnets = 4096;

void check_server(Findings& found)
{
    const Config& config = found.config;
    if (config.subnets.empty()) found.add("subnet", "there is no subnet to serve", "add one, with its prefix and a pool");
    if (config.subnets.size() > kMaxSubnets) {
        found.add("subnet", fmt::format("{} subnets are more than {}", config.subnets.size(), kMaxSubnets));
    }
    if (config.offer_hold <= Duration::zero()) {
        found.add("offer_hold", "an offer has to be held for some time", "30 seconds is usual");
    }
    if (config.decline_quarantine < Duration::zero()) found.add("decline_quarantine", "a time cannot be negative");
    if (config.max_offers == 0) found.add("max_offers", "with no offers at a time nobody gets an address", "65536 is usual");
    if (config.polite_delay < Duration::zero() || config.polite_delay > std::chrono::seconds{60}) {
        found.add("polite_delay", "a client does not wait that long for its offer", "1 second is usual, 60 the most");
    }
}

void check_probe(Findings& found)
{
    const ProbeSettings& probe = found.config.probe;
    if (probe.count < 1 || probe.count > 5)
        found.add("probe.count", fmt::format("{} is not from 1 to 5", probe.count), "1 is usual");
    if (probe.timeout < std::chrono::milliseconds{1} || probe.timeout > std::chrono::seconds{10}) {
        found.add("probe.timeout", "is not from 1 ms to 10 s", "\"500 ms\" is usual");
    }
}

void check_subnet(Findings& found, std::size_t i)
{
    Subnet subnet = found.config.subnets[i];
    const std::string key = fmt::format("subnet[{}]", i);
    check_prefix(found, i);
    // One mistake, one message: the rest is judged by the network that was meant.
    subnet.prefix = Ipv4Prefix::of(subnet.prefix.network, subnet.prefix.length);
    check_pools(found, subnet, i);
    check_exclusions(found, subnet, key);
    check_room(found, subnet, key);
    check_reservations(found, subnet, key);
    check_options(found, subnet.options, key);
    check_times(found, subnet, key);
}

} // namespace

ConfigError more_than_listed() { return {{}, "there are more errors than are listed here", "put these right, and look again"}; }

Findings::Findings(const Config& judged) : config{judged}, top_routers{Level{judged.options}.routers()}
{
    std::ranges::sort(top_routers);
    class_named.reserve(judged.classes.size());
    for (std::size_t i = 0; i < judged.classes.size(); ++i)
        class_named.try_emplace(judged.classes[i].name, i);
}

void Findings::add(std::string key, std::string problem, std::string suggestion)
{
    if (full()) {
        more = true;
    } else {
        errors.push_back({std::move(key), std::move(problem), std::move(suggestion)});
    }
}

ConfigErrors Findings::take()
{
    if (more) errors.push_back(more_than_listed());
    return std::move(errors);
}

ConfigErrors validate(const Config& config)
{
    Findings found{config};
    check_server(found);
    check_options(found, config.options, {});
    check_probe(found);
    check_classes(found);
    for (std::size_t i = 0; i < config.subnets.size() && i < kMaxSubnets; ++i)
        check_subnet(found, i);
    return found.take();
}

} // namespace dorascope::server
