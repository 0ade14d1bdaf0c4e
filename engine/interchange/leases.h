// SPDX-License-Identifier: GPL-3.0-or-later
// Lease files: ours and other servers', both ways. Pure functions from text to values and back, no I/O; whatever
// the text, they end, stay within bounds, and list what they left out.
#pragma once

#include "engine/interchange/not_carried.h"
#include "engine/server/lease.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace dorascope::interchange {

inline constexpr std::size_t kLargestLeases = 256 << 20; ///< octets of a lease file: two million leases

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

} // namespace dorascope::interchange
