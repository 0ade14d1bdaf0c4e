// SPDX-License-Identifier: GPL-3.0-or-later
// The table of the formats of configurations.
#include "engine/interchange/config_formats.h"
#include "engine/interchange/text.h"
#include "engine/wire/message.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <span>

namespace dorascope::interchange {
namespace {

struct Format {
    std::string_view name;
    tl::expected<ConfigImport, Problem> (*import)(std::string_view);
};
// In the order of ConfigFormat.
constexpr std::array<Format, 3> kFormats{{{"dnsmasq", import_dnsmasq}, {"isc", import_isc}, {"kea", import_kea}}};

using server::OptionSettings;

/// T1 and T2 are a subnet's here; every other option of the server's own follows from something else.
void take_out_own(OptionSettings& options, std::span<server::Subnet> subnets, const std::string& where,
                  std::vector<NotCarried>& notes)
{
    std::erase_if(options.extra, [&](const OptionSettings::Extra& extra) {
        if (!server::is_filled_in_by_server(extra.code)) return false;
        const bool first = extra.code == wire::option::renewal_time, second = extra.code == wire::option::rebinding_time;
        if ((first || second) && extra.data.size() == 4 && !subnets.empty()) {
            std::uint32_t seconds = 0;
            for (const std::byte octet : extra.data)
                seconds = seconds << 8 | std::to_integer<std::uint32_t>(octet);
            for (server::Subnet& subnet : subnets) {
                auto& time = first ? subnet.renewal_seconds : subnet.rebinding_seconds;
                if (!time) time = seconds;
            }
            return true;
        }
        notes.push_back({0, fmt::format("{}option {}", where, extra.code), "the server fills it in itself"});
        return true;
    });
}

void take_out_own_options(ConfigImport& imported)
{
    auto& config = imported.config;
    auto& notes = imported.not_carried;
    for (auto& each : config.classes)
        take_out_own(each.options, {}, fmt::format("class {}: ", each.name), notes);
    for (auto& subnet : config.subnets) {
        const auto where = subnet.prefix.to_string() + ": ";
        take_out_own(subnet.options, {&subnet, 1}, where, notes);
        for (auto& reservation : subnet.reservations)
            take_out_own(reservation.options, {}, reservation.address.to_string() + ": ", notes);
    }
    take_out_own(config.options, config.subnets, "", notes);
}

/// Other servers take a lower bound of nothing for none, and T1 and T2 of nothing for the usual ones. The shortest lease has one second.
void take_out_times_of_nothing(server::Config& config)
{
    for (auto& subnet : config.subnets) {
        subnet.min_lease_seconds = std::max(subnet.min_lease_seconds, 1U);
        for (auto* time : {&subnet.renewal_seconds, &subnet.rebinding_seconds})
            if (*time == 0U) time->reset();
    }
    for (auto& each : config.classes)
        if (each.min_lease_seconds == 0U) each.min_lease_seconds = 1;
}

/// Other servers know of subnets from which nobody gets an address; here one is a mistake.
void take_out_empty_subnets(ConfigImport& imported)
{
    std::erase_if(imported.config.subnets, [&](const server::Subnet& subnet) {
        if (!subnet.pools.empty() || !subnet.reservations.empty()) return false;
        imported.not_carried.push_back({0, "subnet " + subnet.prefix.to_string(), "has neither a pool nor a reservation"});
        return true;
    });
}

} // namespace

std::string_view to_string(ConfigFormat format) { return kFormats[static_cast<std::size_t>(format)].name; }

std::optional<ConfigFormat> config_format_named(std::string_view name)
{
    const auto row = std::ranges::find(kFormats, name, &Format::name);
    if (row == kFormats.end()) return std::nullopt;
    return static_cast<ConfigFormat>(row - kFormats.begin());
}

std::optional<ConfigFormat> config_format_of(std::string_view text)
{
    while (!text.empty()) {
        auto line = trimmed(next_line(text));
        if (line.empty() || line.starts_with('#') || line.starts_with("//") || line.starts_with("/*") || line.starts_with('*'))
            continue;
        if (line.starts_with('{')) return ConfigFormat::kea;
        line = trimmed(line.substr(0, line.find(" #")));
        if (line.ends_with(';') || line.ends_with('{')) return ConfigFormat::isc;
        const auto key = line.substr(0, line.find('='));
        const bool is_key =
            !key.empty() && key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
        if (is_key) return ConfigFormat::dnsmasq;
        if (line.find('=') == std::string_view::npos) return ConfigFormat::isc; // a statement over several lines
        return std::nullopt;
    }
    return std::nullopt;
}

tl::expected<ConfigImport, Problem> import_config(std::string_view text, ConfigFormat format)
{
    if (text.size() > kLargestConfig)
        return tl::unexpected{Problem{0, "the file is larger than 4 MiB", "is it a configuration?"}};
    auto imported = kFormats[static_cast<std::size_t>(format)].import(text);
    if (!imported) return imported;
    take_out_own_options(*imported);
    take_out_times_of_nothing(imported->config);
    take_out_empty_subnets(*imported);
    return imported;
}

} // namespace dorascope::interchange
