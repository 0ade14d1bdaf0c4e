// SPDX-License-Identifier: GPL-3.0-or-later
// Other servers' configurations: theirs to ours, ours to Kea's. Pure functions from text to values and back, no I/O; whatever
// the text, they end, stay within bounds, and list what they left out.
#pragma once

#include "engine/interchange/not_carried.h"
#include "engine/server/config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace dorascope::interchange {

inline constexpr std::size_t kLargestConfig = 4 << 20; ///< octets of a configuration

enum class ConfigFormat : std::uint8_t { dnsmasq, isc, kea };
std::string_view to_string(ConfigFormat format);
std::optional<ConfigFormat> config_format_named(std::string_view name);
/// What the text looks like.
std::optional<ConfigFormat> config_format_of(std::string_view text);

struct ConfigImport {
    server::Config config; ///< as the file means it; validate() may still find fault with it
    std::vector<NotCarried> not_carried; ///< in order of the file
};
tl::expected<ConfigImport, Problem> import_config(std::string_view text, ConfigFormat format);

struct KeaExport {
    std::string json; ///< a configuration that kea-dhcp4 takes
    std::vector<NotCarried> not_carried; ///< of ours, in order; `text` is its key in the TOML file
};
/// Subnets are numbered from 1 in order; export_leases() numbers them in the same way.
KeaExport export_kea(const server::Config& config, std::string_view interface, std::string_view lease_file);

} // namespace dorascope::interchange
