// SPDX-License-Identifier: GPL-3.0-or-later
// Kea's memfile, format 2.1: a log of rows, the last of an address counts, a lifetime of 0 takes it away. `expire` is the last
// transaction plus the lifetime, also where that is 0xffffffff for ever.
#include "engine/interchange/civil_time.h"
#include "engine/interchange/lease_formats.h"
#include "engine/interchange/text.h"
#include "engine/wire/hex.h"
#include "engine/wire/option_words.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace dorascope::interchange {
namespace {

using server::Lease;
using server::LeaseState;

enum Column : std::size_t {
    kAddress,
    kHardware,
    kClient,
    kLifetime,
    kExpire,
    kSubnet,
    kFqdnForward,
    kFqdnReverse,
    kHostname,
    kState
};
constexpr std::array<std::string_view, 10> kColumns{"address",   "hwaddr",   "client_id", "valid_lifetime", "expire",
                                                    "subnet_id", "fqdn_fwd", "fqdn_rev",  "hostname",       "state"};
constexpr std::string_view kHeader =
    "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context";

/// Kea writes what would part values as a character reference: "&#x2c" for a comma.
std::string unescaped(std::string_view text)
{
    std::string out;
    while (!text.empty()) {
        const auto octet = text.starts_with("&#x") && text.size() >= 5 ? wire::from_hex(text.substr(3, 2)) : std::nullopt;
        out += octet ? static_cast<char>((*octet)[0]) : text[0];
        text.remove_prefix(octet ? 5 : 1);
    }
    return out;
}
std::string escaped(std::string_view text)
{
    std::string out;
    for (const char c : text)
        out += c == ',' ? "&#x2c" : c == '&' ? "&#x26" : std::string(1, c);
    return out;
}

/// Between commas; a quote is a character like any other.
std::vector<std::string_view> values_of(std::string_view row)
{
    std::vector<std::string_view> values;
    for (std::size_t end = 0; end != std::string_view::npos; row.remove_prefix(end == std::string_view::npos ? 0 : end + 1)) {
        end = row.find(',');
        values.push_back(row.substr(0, end));
    }
    return values;
}

using Row = std::array<std::string, kColumns.size()>;

/// The reason why not.
std::string_view read_row(const Row& row, Instant now, Lease& lease)
{
    const auto hardware = hardware_of(1, row[kHardware]);
    auto identifier = wire::from_hex(row[kClient]);
    const auto lifetime = decimal(row[kLifetime]), expire = decimal(row[kExpire]), state = decimal(row[kState]);
    if (!hardware || !identifier || identifier->size() > 255) return "has no client in hexadecimal";
    if (!lifetime || *lifetime > kInfiniteSeconds || !expire || *expire > INT64_MAX || *expire < *lifetime)
        return "has times that are none";
    if (!state || *state > 2) return "is in a state that we do not know";
    lease.hardware = *hardware;
    lease.hostname = label(unescaped(row[kHostname]));
    lease.since = lease.renewed = from_unix(static_cast<std::int64_t>(*expire - *lifetime));
    lease.expires = *lifetime == kInfiniteSeconds ? kNever : from_unix(static_cast<std::int64_t>(*expire));
    lease.state = *state == 1                 ? LeaseState::declined
        : *state == 2 || lease.expires <= now ? LeaseState::expired
                                              : LeaseState::bound;
    // Kea takes the client off an address that was declined.
    return set_client(lease, std::move(*identifier)) ? "" : "names no client";
}

/// The reason why not.
std::string_view take_row(const Row& row, LeaseSink& sink)
{
    Lease lease;
    const auto address = Ipv4Address::parse(row[kAddress]);
    if (!address) return "has no IPv4 address";
    lease.address = *address;
    const bool deleted = decimal(row[kLifetime]) == 0;
    const auto why = deleted ? "" : read_row(row, sink.now, lease);
    if (deleted || !why.empty())
        take_away(sink, *address);
    else
        sink.leases.push_back(std::move(lease));
    return why;
}

std::size_t subnet_id(Prefixes subnets, Ipv4Address address)
{
    const auto at = std::ranges::find_if(subnets, [&](const Ipv4Prefix& prefix) { return prefix.contains(address); });
    return at == subnets.end() ? 1 : static_cast<std::size_t>(at - subnets.begin()) + 1;
}

std::string lower(std::string_view text)
{
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

std::string row_of(const Lease& lease, std::size_t subnet)
{
    const bool in_quarantine = quarantined(lease);
    // What a probe found in use may never have been leased: its quarantine began when the row did.
    std::int64_t start =
        std::max<std::int64_t>(0, unix_seconds(in_quarantine ? std::max(lease.since, lease.renewed) : lease.renewed));
    if (in_quarantine && start == 0) start = std::max<std::int64_t>(0, unix_seconds(lease.expires) - 1);
    // A lifetime of 0 would take the lease away.
    const std::int64_t end = lease.expires == kNever
        ? start + kInfiniteSeconds
        : std::clamp<std::int64_t>(unix_seconds(lease.expires), start + 1, start + kInfiniteSeconds - 1);
    const int state = in_quarantine ? 1 : lease.state == LeaseState::bound ? 0 : 2;
    return fmt::format("{},{},{},{},{},{},0,0,{},{},\n", lease.address.to_string(),
                       in_quarantine ? "" : lease.hardware.to_string(), in_quarantine ? "" : identifier_hex(lease), end - start,
                       end, subnet, escaped(lower(lease.hostname)), state);
}

} // namespace

Done read_kea_leases(std::string_view text, LeaseSink& sink)
{
    const auto header = values_of(trimmed(next_line(text)));
    std::array<std::size_t, kColumns.size()> where{};
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
        const auto at = std::ranges::find(header, kColumns[i]);
        if (at == header.end() && (i == kAddress || i == kHardware || i == kLifetime || i == kExpire))
            return tl::unexpected{
                Problem{1, fmt::format("there is no column {}", kColumns[i]), "is it a lease file of kea-dhcp4?"}};
        where[i] = static_cast<std::size_t>(at - header.begin());
    }
    for (std::size_t line = 2; !text.empty(); ++line) {
        const auto given = next_line(text);
        if (trimmed(given).empty()) continue;
        const auto values = values_of(trimmed(given));
        Row row;
        for (std::size_t i = 0; i < row.size(); ++i)
            row[i] = where[i] < values.size() ? values[where[i]] : i == kState && where[i] >= header.size() ? "0" : "";
        if (const auto why = take_row(row, sink); !why.empty()) sink.notes.add(line, given, std::string{why});
    }
    return {};
}

std::string write_kea_leases(LeaseSpan leases, Prefixes subnets, Notes& notes)
{
    std::string out{kHeader};
    out += '\n';
    for (const auto& lease : leases) {
        if (lease.hardware.length > 0 && lease.hardware.type != 1 && !quarantined(lease))
            notes.add(0, lease.address.to_string(),
                      fmt::format("Kea keeps no hardware type ({}): it will read Ethernet", lease.hardware.type));
        if (!lease.vendor_class.empty()) notes.add(0, lease.address.to_string(), "Kea keeps no vendor class");
        out += row_of(lease, subnet_id(subnets, lease.address));
    }
    return out;
}

} // namespace dorascope::interchange
