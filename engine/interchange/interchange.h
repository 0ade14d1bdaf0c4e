// SPDX-License-Identifier: GPL-3.0-or-later
// Other servers' files: their configurations to ours, ours to Kea's, leases both ways. Pure functions from text to values and back, no I/O;
// whatever the text, they end, stay within bounds, and list what they left out.
#pragma once

#include "engine/server/config.h"
#include "engine/server/lease.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace dorascope::interchange {

/// Something that the other side has no word for, or that could not be understood.
struct NotCarried {
    std::size_t line = 0; ///< 1-based; 0 where there is no line to name
    std::string text; ///< what stands there, shortened and printable
    std::string why;
};
/// "LINE: TEXT: WHY"
std::string to_string(const NotCarried& item);

/// Why a whole file was refused.
struct Problem {
    std::size_t line = 0;
    std::string problem;
    std::string suggestion;
};

inline constexpr std::size_t kLargestConfig = 4 << 20; ///< octets of a configuration
inline constexpr std::size_t kLargestLeases = 256 << 20; ///< octets of a lease file: two million leases

// ---- configurations -----------------------------------------------------------------------------------------------------------------

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
/// Subnets are numbered from 1 in order; write_leases() numbers them in the same way.
KeaExport export_kea(const server::Config& config, std::string_view interface, std::string_view lease_file);

// ---- leases -------------------------------------------------------------------------------------------------------------------------

enum class LeaseFormat : std::uint8_t { csv, json, dnsmasq, isc, kea };
std::string_view to_string(LeaseFormat format);
std::optional<LeaseFormat> lease_format_named(std::string_view name);
std::optional<LeaseFormat> lease_format_of(std::string_view text);

struct LeaseImport {
    server::LeaseTable leases; ///< one an address, the last of the file; in order of address
    std::vector<Ipv4Address>
        undated; ///< those whose last renewal the file does not say, or puts into the future, in order; `renewed` is a guess there
    std::vector<NotCarried> not_carried;
};
/// `now` stands for times that the format does not keep, and tells leases that have ended.
tl::expected<LeaseImport, Problem> import_leases(std::string_view text, LeaseFormat format, Instant now);

struct LeaseExport {
    std::string text;
    std::vector<NotCarried> not_carried;
};
/// `subnets` numbers Kea's subnet_id from 1; a lease outside of them has 1.
LeaseExport export_leases(std::span<const server::Lease> leases, LeaseFormat format, std::span<const Ipv4Prefix> subnets = {});

/// Imported leases beside those that are there. What is there stays, and is said, where another client holds it, where it is in quarantine,
/// and where it is newer (renewed later): an old file must not give an address in use to somebody else.
struct LeaseMerge {
    std::vector<server::LeaseWrite> writes;
    std::size_t added = 0, replaced = 0, same = 0;
    std::size_t held = 0, quarantined = 0, newer = 0; ///< why they were kept
    std::vector<NotCarried> kept;
};
struct MergeRules {
    Instant now; ///< tells what is still held
    bool overwrite = false; ///< nothing that differs is kept
};
LeaseMerge merge_leases(std::span<const server::Lease> present, const LeaseImport& imported, const MergeRules& rules);

} // namespace dorascope::interchange
