// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/dnsmasq_outcome.h"

#include "engine/interchange/config_formats.h"
#include "engine/interchange/text.h"

#include <fmt/format.h>

namespace dorascope::interchange {

using server::ClassTest;
using server::OptionSettings;

DnsmasqOutcome::DnsmasqOutcome() : budget{kRepeatedOctets}
{
    config.classes.reserve(kMostClasses); // what is told at which level is remembered by its place
}

std::vector<OptionSettings*> DnsmasqOutcome::places(const std::vector<std::string>& asked)
{
    if (asked.empty()) return {&config.options};
    if (asked.size() > 1) return {};
    std::vector<OptionSettings*> all; // who has the tag by what it sends, and who by where it is
    if (auto* c = class_named(config, asked[0])) all.push_back(&c->options);
    for (auto [at, end] = tagged.equal_range(asked[0]); at != end; ++at) {
        auto& subnet = config.subnets[at->second.subnet];
        const auto& reservation = at->second.reservation;
        all.push_back(reservation ? &subnet.reservations[*reservation].options : &subnet.options);
    }
    return all;
}

std::string DnsmasqOutcome::no_place(const std::vector<std::string>& asked)
{
    if (asked.size() > 1) return "asks for several tags at once";
    return fmt::format("asks for the tag {}, which nothing sets that we know", shortened(asked[0], 40));
}

std::optional<ClassTest> dnsmasq_mac_prefix(std::string_view pattern)
{
    while (pattern.ends_with(":*"))
        pattern.remove_suffix(2);
    const auto octets = pattern.find('-') == std::string_view::npos ? octets_of(pattern) : std::nullopt; // "06-": other hardware
    if (!octets || octets->empty() || octets->size() > HardwareAddress::kMaxLength) return std::nullopt;
    const auto bytes = std::as_bytes(std::span{*octets});
    return ClassTest{ClassTest::Subject::hardware, 0, {bytes.begin(), bytes.end()}, true, {}};
}

} // namespace dorascope::interchange
