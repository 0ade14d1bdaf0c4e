// SPDX-License-Identifier: GPL-3.0-or-later
// What options are called in a file: their names in the table, and the short names that people use.
#include "engine/wire/option_words.h"

#include <algorithm>
#include <array>

namespace dorascope::wire {
namespace {

struct ShortName {
    std::string_view name;
    std::uint8_t code;
};
/// What people call them.
constexpr std::array kShortNames{
    ShortName{"classless_routes", 121},
    ShortName{"static_routes", 33},
    ShortName{"captive_portal", 114},
    ShortName{"v6only_wait", 108},
    ShortName{"mtu", 26},
    ShortName{"wpad", 252},
    ShortName{"microsoft_routes", 249},
    ShortName{"posix_timezone", 100},
    ShortName{"timezone", 101},
    ShortName{"tftp_servers", 150},
    ShortName{"vendor_options", 43},
    ShortName{"sip_servers", 120},
    ShortName{"netbios_servers", 44},
    ShortName{"netbios_node_type", 46},
    ShortName{"log_servers", 7},
    ShortName{"root_path", 17},
    ShortName{"time_offset", 2},
    ShortName{"dns_servers", 6},
    ShortName{"ntp_servers", 42},
    ShortName{"routers", 3},
    ShortName{"bootfile_name", 67},
};

/// "DHCP Captive-Portal" → "dhcp_captive_portal"; parentheses and what they hold are no part of the name.
std::string key_of(std::string_view name)
{
    std::string key;
    for (const char c : name.substr(0, name.find(" ("))) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (c >= 'A' && c <= 'Z') {
            key += static_cast<char>(c - 'A' + 'a');
        } else if (letter || !key.ends_with('_')) {
            key += letter ? c : '_';
        }
    }
    return key;
}

struct Keys {
    std::vector<std::string> names;
    std::vector<std::pair<std::string, std::uint8_t>> sorted;
};

const Keys& keys()
{
    static const Keys all = [] {
        Keys k;
        for (const auto& info : option_table()) {
            if (info.format == OptionFormat::none || info.name == "Unassigned" || info.name == "Site-specific") continue;
            auto key = key_of(info.name);
            const bool taken = std::ranges::any_of(k.sorted, [&](const auto& other) { return other.first == key; });
            if (taken) continue; // the PXE options without a name of their own
            k.sorted.emplace_back(std::move(key), info.code);
        }
        for (const auto& [name, code] : kShortNames) {
            if (std::ranges::none_of(k.sorted, [n = name](const auto& other) { return other.first == n; }))
                k.sorted.emplace_back(std::string{name}, code);
        }
        std::ranges::sort(k.sorted);
        for (const auto& entry : k.sorted)
            k.names.push_back(entry.first);
        return k;
    }();
    return all;
}

} // namespace

std::optional<std::uint8_t> option_keyed(std::string_view key)
{
    const auto& sorted = keys().sorted;
    const auto at = std::ranges::lower_bound(sorted, key, {}, [](const auto& entry) { return std::string_view{entry.first}; });
    if (at == sorted.end() || at->first != key) return std::nullopt;
    return at->second;
}

std::string_view key_of_option(std::uint8_t code)
{
    const auto* const short_name = std::ranges::find(kShortNames, code, &ShortName::code);
    if (short_name != kShortNames.end() && option_keyed(short_name->name) == code) return short_name->name;
    const auto& sorted = keys().sorted;
    const auto own = std::ranges::find(sorted, code, &std::pair<std::string, std::uint8_t>::second);
    return own == sorted.end() ? std::string_view{} : std::string_view{own->first};
}

std::span<const std::string> option_keys() { return keys().names; }

} // namespace dorascope::wire
