// SPDX-License-Identifier: GPL-3.0-or-later
// dhcpd.leases(5): a log of blocks, the last of an address counts.
#include "engine/interchange/civil_time.h"
#include "engine/interchange/isc_syntax.h"
#include "engine/interchange/lease_formats.h"
#include "engine/interchange/text.h"
#include "engine/wire/hex.h"
#include "engine/wire/option_words.h"

#include <algorithm>
#include <fmt/format.h>

namespace dorascope::interchange {
namespace {

using server::Lease;
using server::LeaseState;

struct State {
    std::string_view name;
    LeaseState state;
};
/// How dhcpd's binding states read here; the first of ours is what we write. `backup` and `reset` are failover's.
constexpr State kStates[] = {{"active", LeaseState::bound},       {"expired", LeaseState::expired},
                             {"free", LeaseState::expired},       {"released", LeaseState::released},
                             {"abandoned", LeaseState::declined}, {"bootp", LeaseState::bound},
                             {"abandoned", LeaseState::conflict}};

struct HardwareType {
    std::string_view name;
    std::uint8_t type;
};
constexpr HardwareType kHardwareTypes[] = {{"ethernet", 1}, {"token-ring", 6}, {"fddi", 8}, {"infiniband", 32}};

/// "4 2026/11/26 18:00:00", "never", "epoch 1700000000".
std::optional<Instant> time_in(const IscStatement& statement)
{
    if (statement.word(1) == "never") return kNever;
    if (statement.word(1) == "epoch") {
        const auto seconds = decimal(statement.word(2));
        return seconds && *seconds <= INT64_MAX ? std::optional{from_unix(static_cast<std::int64_t>(*seconds))} : std::nullopt;
    }
    return parse_isc_time(statement.word(2), statement.word(3));
}

struct Reading {
    Lease lease;
    std::vector<std::uint8_t> identifier;
    std::optional<Instant> started, touched;
    std::string fault;
};

void read_hardware(const IscStatement& s, Reading& r)
{
    const auto name = s.word(1);
    std::optional<std::uint64_t> type;
    const auto* const known = std::ranges::find(kHardwareTypes, name, &HardwareType::name);
    if (known != std::end(kHardwareTypes))
        type = known->type;
    else if (name.starts_with("unknown-"))
        type = decimal(name.substr(8));
    // dhcpd leaves out leading zeros of an octet: 0:16:3e:…
    std::string hex;
    for (const auto octet : split(s.word(2), ':'))
        hex += (octet.size() == 1 ? "0" : "") + std::string{octet};
    const auto hardware = type && *type <= 255 ? hardware_of(static_cast<std::uint8_t>(*type), hex) : std::nullopt;
    if (hardware)
        r.lease.hardware = *hardware;
    else
        r.fault = "has hardware that we do not know";
}

void read_state(const IscStatement& s, Reading& r)
{
    const auto* const known = std::ranges::find(kStates, s.word(2), &State::name);
    if (known != std::end(kStates))
        r.lease.state = known->state;
    else
        r.fault = "is in a state of failover's";
}

void read_identifier(const IscStatement& s, Reading& r)
{
    if (s.tokens.size() < 2) return;
    if (s.tokens[1].kind == IscToken::Kind::string)
        r.identifier.assign(s.tokens[1].text.begin(), s.tokens[1].text.end());
    else if (auto octets = wire::from_hex(s.tokens[1].text))
        r.identifier = std::move(*octets);
    if (r.identifier.size() > 255) r.fault = "has a client identifier of more than 255 octets";
}

template <auto Member> void read_time(const IscStatement& s, Reading& r)
{
    if (const auto at = time_in(s))
        r.lease.*Member = *at;
    else
        r.fault = "has a time that is none";
}

struct Statement {
    std::string_view name;
    void (*read)(const IscStatement&, Reading&);
};
constexpr Statement kStatements[] = {
    {"starts",
     [](const IscStatement& s, Reading& r) {
         read_time<&Lease::since>(s, r);
         r.started = r.lease.since;
     }},
    {"ends", read_time<&Lease::expires>},
    {"cltt", [](const IscStatement& s, Reading& r) { r.touched = time_in(s); }},
    {"hardware", read_hardware},
    {"binding", read_state},
    {"uid", read_identifier},
    {"client-hostname", [](const IscStatement& s, Reading& r) { r.lease.hostname = label(s.word(1)); }},
    {"abandoned", [](const IscStatement&, Reading& r) { r.lease.state = LeaseState::declined; }},
    {"set",
     [](const IscStatement& s, Reading& r) {
         if (s.word(1) == "vendor-class-identifier") r.lease.vendor_class = label(s.word(3));
     }},
};

void take_lease(const IscStatement& block, LeaseSink& sink)
{
    Reading r;
    r.lease.since = sink.now;
    r.lease.expires = kNever;
    const auto address = Ipv4Address::parse(block.word(1));
    if (!address) return sink.notes.add(block.line, block.text(), "has no IPv4 address");
    r.lease.address = *address;
    for (const auto& statement : block.block) {
        const auto* const known =
            std::ranges::find_if(kStatements, [&](const Statement& row) { return statement.begins(row.name); });
        if (known != std::end(kStatements)) known->read(statement, r);
    }
    if (!set_client(r.lease, std::move(r.identifier)) && r.fault.empty()) r.fault = "names no client";
    if (!r.fault.empty()) {
        take_away(sink, *address);
        return sink.notes.add(block.line, block.text(), std::move(r.fault));
    }
    r.lease.renewed = r.touched.value_or(r.started.value_or(kUndated));
    if (r.lease.state == LeaseState::bound && r.lease.expires <= sink.now) r.lease.state = LeaseState::expired;
    sink.leases.push_back(std::move(r.lease));
}

/// Every state has a row but `offered`, which is not written (export_leases()).
std::string_view state_name(LeaseState state)
{
    const auto* const row = std::ranges::find(kStates, state, &State::state);
    return row == std::end(kStates) ? "free" : row->name;
}

std::string hardware_statement(const HardwareAddress& hardware)
{
    const auto* const known = std::ranges::find(kHardwareTypes, hardware.type, &HardwareType::type);
    const auto name = known != std::end(kHardwareTypes) ? std::string{known->name} : fmt::format("unknown-{}", hardware.type);
    return hardware.length == 0 ? "" : fmt::format("  hardware {} {};\n", name, hardware.to_string());
}

} // namespace

Done read_isc_leases(std::string_view text, LeaseSink& sink)
{
    const auto statements = parse_isc(text);
    if (!statements) return tl::unexpected{statements.error()};
    for (const auto& statement : *statements) {
        if (statement.begins("lease") && statement.has_block)
            take_lease(statement, sink);
        else if (!statement.begins("authoring-byte-order") && !statement.begins("server-duid"))
            sink.notes.add(statement.line, statement.text(), "is not a lease");
    }
    return {};
}

std::string write_isc_leases(LeaseSpan leases, Prefixes, Notes&)
{
    std::string out = "authoring-byte-order little-endian;\n";
    for (const auto& lease : leases) {
        out +=
            fmt::format("\nlease {} {{\n  starts {};\n  ends {};\n  cltt {};\n  binding state {};\n", lease.address.to_string(),
                        isc_time(lease.since), isc_time(lease.expires), isc_time(lease.renewed), state_name(lease.state));
        // dhcpd would take whoever has the address for its client.
        if (lease.state != LeaseState::conflict) out += hardware_statement(lease.hardware);
        if (lease.client.kind == server::ClientKey::Kind::identifier) {
            const std::string_view id{reinterpret_cast<const char*>(lease.client.bytes.data()), lease.client.bytes.size()};
            out += fmt::format("  uid {};\n", isc_string(id));
        }
        if (!lease.vendor_class.empty())
            out += fmt::format("  set vendor-class-identifier = {};\n", isc_string(lease.vendor_class));
        if (!lease.hostname.empty()) out += fmt::format("  client-hostname {};\n", isc_string(lease.hostname));
        out += "}\n";
    }
    return out;
}

} // namespace dorascope::interchange
