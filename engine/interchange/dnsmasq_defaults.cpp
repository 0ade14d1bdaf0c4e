// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/dnsmasq_defaults.h"

#include "engine/interchange/config_formats.h"
#include "engine/interchange/text.h"
#include "engine/wire/message.h"

#include <algorithm>

namespace dorascope::interchange {
namespace {

/// In the order of bits: router, DNS server.
constexpr std::string_view kUnsaid[] = {
    {},
    "dnsmasq names itself as router, or the relay behind one, and nothing here does: write router = …",
    "dnsmasq names itself as DNS server, and nothing here does: write dns = …",
    "dnsmasq names itself as router, or the relay behind one, and as DNS server, and nothing here does: write router = … and dns "
    "= …"};

/// What a client is told without anybody's asking for it in the configuration.
bool is_sent_anyway(std::uint8_t code)
{
    return server::is_filled_in_by_server(code) || code == wire::option::broadcast_address || code == wire::option::host_name;
}

} // namespace

void DnsmasqDefaults::range(const DnsmasqLine& line, const Ipv4Prefix& prefix)
{
    ranges_.push_back({line.number, shortened(line.text), prefix});
}

void DnsmasqDefaults::say(Target target, std::uint8_t code)
{
    if (code == wire::option::router || code == wire::option::dns_servers) told_.emplace(target, code);
}

void DnsmasqDefaults::silence(const DnsmasqLine& line, Target target, std::uint8_t code)
{
    say(target, code);
    silences_.push_back({line.number, shortened(line.text), target, code});
}

void DnsmasqDefaults::list(const server::Config& config, Notes& notes) const
{
    list_ranges(config, notes);
    list_silences(config, notes);
}

void DnsmasqDefaults::list_ranges(const server::Config& config, Notes& notes) const
{
    for (const auto& range : ranges_) {
        const auto subnet = std::ranges::find(config.subnets, range.prefix, &server::Subnet::prefix);
        if (subnet == config.subnets.end()) continue;
        const auto unsaid = [&](std::uint8_t code) {
            return !told_.contains({&config.options, code}) && !told_.contains({&subnet->options, code});
        };
        const std::size_t which =
            (unsaid(wire::option::router) ? 1U : 0U) + (dns_ && unsaid(wire::option::dns_servers) ? 2U : 0U);
        if (which != 0) notes.add(range.line, range.text, std::string{kUnsaid[which]});
    }
}

void DnsmasqDefaults::list_silences(const server::Config& config, Notes& notes) const
{
    const Said everybody = said(config.options);
    Said some; // of the subnets
    std::set<Target> subnets{&config.options};
    for (const auto& subnet : config.subnets) {
        some |= said(subnet.options);
        subnets.insert(&subnet.options);
    }
    std::size_t last = 0;
    for (const auto& silence : silences_) {
        const bool within = !subnets.contains(silence.target); // a class or a reservation, which may be of any subnet
        const bool sent = is_sent_anyway(silence.code) || everybody[silence.code] || (within && some[silence.code])
            || said(*silence.target)[silence.code];
        if (sent && silence.line != last)
            notes.add(silence.line, silence.text,
                      "orders that an option is not sent, which is sent here: another line or the server says it");
        if (sent) last = silence.line;
    }
}

} // namespace dorascope::interchange
