// SPDX-License-Identifier: GPL-3.0-or-later
// The table of the formats of configurations.
#include "engine/interchange/config_formats.h"
#include "engine/interchange/text.h"

#include <algorithm>
#include <array>

namespace dorascope::interchange {
namespace {

struct Format {
    std::string_view name;
    tl::expected<ConfigImport, Problem> (*import)(std::string_view);
};
// In the order of ConfigFormat.
constexpr std::array<Format, 3> kFormats{{{"dnsmasq", import_dnsmasq}, {"isc", import_isc}, {"kea", import_kea}}};

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
    return kFormats[static_cast<std::size_t>(format)].import(text);
}

} // namespace dorascope::interchange
