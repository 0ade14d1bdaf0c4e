// SPDX-License-Identifier: GPL-3.0-or-later
// One reader and one writer for each format of leases; leases.cpp has the table of them.
#pragma once

#include "engine/interchange/leases.h"
#include "engine/interchange/notes.h"

namespace dorascope::interchange {

using Done = tl::expected<void, Problem>;

/// `renewed` of a lease whose file does not say it, from the reader until import_leases() puts a guess there.
inline constexpr Instant kUndated = Instant::min();

/// What a reader fills.
struct LeaseSink {
    Instant now;
    server::LeaseTable leases; ///< in order of the file; later rows of an address replace earlier ones afterwards
    Notes notes;
};
/// A later row takes the address from whoever had it and gives it to nobody: it was deleted, or says what cannot be carried.
void take_away(LeaseSink& sink, Ipv4Address address);
/// Declined or found in use: given to nobody until it is over, whoever the row names.
bool quarantined(const server::Lease& lease);
/// Who a lease belongs to: the identifier, else the hardware address. False where there is neither; a quarantined address, whose state is
/// set before, may be nobody's.
bool set_client(server::Lease& lease, std::vector<std::uint8_t> identifier);

Done read_csv(std::string_view text, LeaseSink& sink);
Done read_json(std::string_view text, LeaseSink& sink);
Done read_dnsmasq_leases(std::string_view text, LeaseSink& sink);
Done read_isc_leases(std::string_view text, LeaseSink& sink);
Done read_kea_leases(std::string_view text, LeaseSink& sink);

using LeaseSpan = std::span<const server::Lease>;
using Prefixes = std::span<const Ipv4Prefix>;
std::string write_csv(LeaseSpan leases, Prefixes, Notes& notes);
std::string write_json(LeaseSpan leases, Prefixes, Notes& notes);
std::string write_dnsmasq_leases(LeaseSpan leases, Prefixes, Notes& notes);
std::string write_isc_leases(LeaseSpan leases, Prefixes, Notes& notes);
std::string write_kea_leases(LeaseSpan leases, Prefixes subnets, Notes& notes);

/// A column of the CSV file, a key of the JSON objects.
struct LeaseField {
    std::string_view name;
    std::string (*text)(const server::Lease&);
    bool (*set)(server::Lease&, std::string_view); ///< false: not a value of this field
};
std::span<const LeaseField> lease_fields();
/// The identifier as hex, empty where the client is known by its hardware address.
std::string identifier_hex(const server::Lease& lease);

/// Values of one line; "" within quotes is a quote (RFC 4180). A line break within quotes is not taken.
std::vector<std::string> csv_values(std::string_view line);

} // namespace dorascope::interchange
