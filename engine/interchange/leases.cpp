// SPDX-License-Identifier: GPL-3.0-or-later
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

using server::ClientKey;
using server::Lease;
using server::LeaseState;

struct Format {
    std::string_view name;
    Done (*read)(std::string_view, LeaseSink&);
    std::string (*write)(LeaseSpan, Prefixes, Notes&);
};
// In the order of LeaseFormat.
constexpr std::array<Format, 5> kFormats{{{"csv", read_csv, write_csv},
                                          {"json", read_json, write_json},
                                          {"dnsmasq", read_dnsmasq_leases, write_dnsmasq_leases},
                                          {"isc", read_isc_leases, write_isc_leases},
                                          {"kea", read_kea_leases, write_kea_leases}}};

// ---- the fields of CSV and JSON -----------------------------------------------------------------------------------------------------

constexpr LeaseState kWritten[] = {LeaseState::bound, LeaseState::expired, LeaseState::released, LeaseState::declined,
                                   LeaseState::conflict};

bool set_state(Lease& lease, std::string_view text)
{
    const auto* const state = std::ranges::find(kWritten, text, [](LeaseState s) { return server::to_string(s); });
    if (state == std::end(kWritten)) return false;
    lease.state = *state;
    return true;
}

bool set_identifier(Lease& lease, std::string_view text)
{
    auto octets = wire::from_hex(text);
    if (!octets || octets->size() > 255) return false;
    lease.client = {ClientKey::Kind::identifier, std::move(*octets)};
    return true;
}

bool set_hardware_type(Lease& lease, std::string_view text)
{
    const auto type = decimal(text);
    if (!type || *type > 255) return false;
    lease.hardware.type = static_cast<std::uint8_t>(*type);
    return true;
}

bool set_hardware(Lease& lease, std::string_view text)
{
    const auto hardware = hardware_of(lease.hardware.type, text);
    if (hardware) lease.hardware = *hardware;
    return hardware.has_value();
}

template <auto Member> std::string time_text(const Lease& lease) { return iso_time(lease.*Member); }
template <auto Member> bool set_time(Lease& lease, std::string_view text)
{
    const auto at = parse_iso_time(text);
    if (at) lease.*Member = *at;
    return at.has_value();
}
template <auto Member> std::string label_text(const Lease& lease) { return lease.*Member; }
template <auto Member> bool set_label(Lease& lease, std::string_view text)
{
    lease.*Member = label(text);
    return true;
}

constexpr LeaseField kFields[] = {
    {"address", [](const Lease& lease) { return lease.address.to_string(); },
     [](Lease& lease, std::string_view text) {
         const auto address = Ipv4Address::parse(text);
         if (address) lease.address = *address;
         return address.has_value();
     }},
    {"state", [](const Lease& lease) { return std::string{server::to_string(lease.state)}; }, set_state},
    {"client_id", identifier_hex, set_identifier},
    {"hardware_type", [](const Lease& lease) { return std::to_string(lease.hardware.type); }, set_hardware_type},
    {"hardware", [](const Lease& lease) { return lease.hardware.to_string(); }, set_hardware},
    {"hostname", label_text<&Lease::hostname>, set_label<&Lease::hostname>},
    {"vendor_class", label_text<&Lease::vendor_class>, set_label<&Lease::vendor_class>},
    {"since", time_text<&Lease::since>, set_time<&Lease::since>},
    {"renewed", time_text<&Lease::renewed>, set_time<&Lease::renewed>},
    {"expires", time_text<&Lease::expires>, set_time<&Lease::expires>},
};

/// One an address: the last of the file; none where that one is marked as taken away, `offered`.
server::LeaseTable last_of_each(server::LeaseTable leases)
{
    std::ranges::stable_sort(leases, {}, &Lease::address);
    server::LeaseTable last;
    for (auto& lease : leases) {
        if (!last.empty() && last.back().address == lease.address) last.pop_back();
        last.push_back(std::move(lease));
    }
    std::erase_if(last, [](const Lease& lease) { return lease.state == LeaseState::offered; });
    return last;
}

/// As some editors and spreadsheets begin a file of UTF-8.
std::string_view without_mark(std::string_view text)
{
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    return text;
}

} // namespace

std::span<const LeaseField> lease_fields() { return kFields; }

std::string identifier_hex(const Lease& lease)
{
    if (lease.client.kind != ClientKey::Kind::identifier) return {};
    return wire::to_hex(std::as_bytes(std::span{lease.client.bytes}), ':');
}

void take_away(LeaseSink& sink, Ipv4Address address)
{
    Lease nobodys;
    nobodys.address = address;
    nobodys.state = LeaseState::offered; // which last_of_each() leaves out
    sink.leases.push_back(std::move(nobodys));
}

bool quarantined(const Lease& lease) { return lease.state == LeaseState::declined || lease.state == LeaseState::conflict; }

bool set_client(Lease& lease, std::vector<std::uint8_t> identifier)
{
    if (!identifier.empty()) {
        lease.client = {ClientKey::Kind::identifier, std::move(identifier)};
        return true;
    }
    lease.client = {ClientKey::Kind::hardware, {lease.hardware.type}};
    const auto octets = lease.hardware.bytes();
    lease.client.bytes.insert(lease.client.bytes.end(), octets.begin(), octets.end());
    return !octets.empty() || quarantined(lease);
}

std::string_view to_string(LeaseFormat format) { return kFormats[static_cast<std::size_t>(format)].name; }

std::optional<LeaseFormat> lease_format_named(std::string_view name)
{
    const auto row = std::ranges::find(kFormats, name, &Format::name);
    if (row == kFormats.end()) return std::nullopt;
    return static_cast<LeaseFormat>(row - kFormats.begin());
}

std::optional<LeaseFormat> lease_format_of(std::string_view text)
{
    text = without_mark(text);
    if (text.starts_with("address,hwaddr,")) return LeaseFormat::kea;
    const auto body = trimmed(text);
    if (body.starts_with('[') || body.starts_with('{')) return LeaseFormat::json;
    while (!text.empty()) {
        const auto line = trimmed(next_line(text));
        if (line.empty() || line.starts_with('#')) continue;
        const auto words = split(line, ' ');
        if (words.size() >= 4 && decimal(words[0]) && Ipv4Address::parse(words[2])) return LeaseFormat::dnsmasq;
        if (line.starts_with("lease ") || line.ends_with(';') || line.ends_with('{')) return LeaseFormat::isc;
        if (line.find(',') != std::string_view::npos) return LeaseFormat::csv;
        const auto first = line.substr(0, line.find(' '));
        if (first == "duid" || decimal(first)) return LeaseFormat::dnsmasq;
        return std::nullopt;
    }
    return std::nullopt;
}

tl::expected<LeaseImport, Problem> import_leases(std::string_view text, LeaseFormat format, Instant now)
{
    if (text.size() > kLargestLeases) return tl::unexpected{Problem{0, "the file is larger than 256 MiB", "split it"}};
    text = without_mark(text);
    LeaseSink sink{now, {}, {}};
    if (auto done = kFormats[static_cast<std::size_t>(format)].read(text, sink); !done)
        return tl::unexpected{std::move(done.error())};
    LeaseImport imported{last_of_each(std::move(sink.leases)), {}, sink.notes.take()};
    for (auto& lease : imported.leases) {
        lease.since = std::min(lease.since, now);
        if (lease.renewed != kUndated && lease.renewed <= now) continue; // the future ("starts never") says as little as nothing
        lease.renewed = std::min(now, lease.expires);
        imported.undated.push_back(lease.address);
    }
    return imported;
}

LeaseExport export_leases(LeaseSpan leases, LeaseFormat format, Prefixes subnets)
{
    Notes notes;
    // An offer is no lease yet, and no file has a word for it.
    server::LeaseTable kept;
    for (const auto& lease : leases) {
        if (lease.state == LeaseState::offered)
            notes.add(0, lease.address.to_string(), "is only offered");
        else
            kept.push_back(lease);
    }
    auto text = kFormats[static_cast<std::size_t>(format)].write(kept, subnets, notes);
    return {std::move(text), notes.take()};
}

} // namespace dorascope::interchange
