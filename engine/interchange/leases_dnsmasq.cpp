// SPDX-License-Identifier: GPL-3.0-or-later
// dnsmasq.leases: "EXPIRY HARDWARE ADDRESS NAME CLIENT-ID" a line, EXPIRY in seconds since 1970 and 0 for ever, "*" where there is none.
// Hardware that is not Ethernet has its type in front: "20-aa:bb". Only leases that are held stand in it.
#include "engine/interchange/civil_time.h"
#include "engine/interchange/lease_formats.h"
#include "engine/interchange/text.h"
#include "engine/wire/hex.h"
#include "engine/wire/option_words.h"

#include <fmt/format.h>

namespace dorascope::interchange {
namespace {

using server::Lease;
using server::LeaseState;

std::optional<HardwareAddress> hardware_in(std::string_view text)
{
    std::uint8_t type = 1;
    const auto dash = text.find('-');
    if (dash == 2) {
        const auto number = wire::from_hex(text.substr(0, 2));
        if (!number || number->size() != 1) return std::nullopt;
        type = (*number)[0];
        text.remove_prefix(3);
    }
    return hardware_of(type, text == "*" ? "" : text);
}

/// The reason why not.
std::string_view take_line(std::span<const std::string_view> words, LeaseSink& sink)
{
    const auto expiry = decimal(words[0]);
    const auto hardware = hardware_in(words[1]);
    const auto address = Ipv4Address::parse(words[2]);
    if (!address) return words[2].find(':') != std::string_view::npos ? "is a lease of an IPv6 address" : "has no IPv4 address";
    if (!expiry || *expiry > INT64_MAX) return "does not begin with a time";
    if (!hardware) return "has no hardware address";
    std::vector<std::uint8_t> identifier;
    if (words.size() > 4 && words[4] != "*") {
        auto octets = wire::from_hex(words[4]);
        if (!octets || octets->size() > 255) return "has no client identifier in hexadecimal";
        identifier = std::move(*octets);
    }
    Lease lease;
    lease.address = *address;
    lease.hardware = *hardware;
    if (!set_client(lease, std::move(identifier))) return "names no client";
    if (words[3] != "*") lease.hostname = label(words[3]);
    lease.expires = *expiry == 0 ? kNever : from_unix(static_cast<std::int64_t>(*expiry));
    lease.since = std::min(sink.now, lease.expires);
    lease.renewed = kUndated;
    lease.state = lease.expires > sink.now ? LeaseState::bound : LeaseState::expired;
    sink.leases.push_back(std::move(lease));
    return {};
}

std::string hardware_text(const HardwareAddress& hardware)
{
    if (hardware.length == 0) return "*";
    return hardware.type == 1 ? hardware.to_string() : fmt::format("{:02x}-{}", hardware.type, hardware.to_string());
}

} // namespace

Done read_dnsmasq_leases(std::string_view text, LeaseSink& sink)
{
    for (std::size_t line = 1; !text.empty(); ++line) {
        const auto row = next_line(text);
        const auto words = split(row, ' ');
        if (words.empty() || words[0].starts_with('#')) continue;
        if (words[0] == "duid") { // what follows are leases of IPv6
            sink.notes.add(line, row, "is about IPv6");
            continue;
        }
        if (words.size() < 4) {
            sink.notes.add(line, row, "has fewer than four words");
            continue;
        }
        if (const auto why = take_line(words, sink); !why.empty()) sink.notes.add(line, row, std::string{why});
    }
    return {};
}

std::string write_dnsmasq_leases(LeaseSpan leases, Prefixes, Notes& notes)
{
    std::string out;
    for (const auto& lease : leases) {
        if (lease.state != LeaseState::bound) {
            notes.add(0, lease.address.to_string(),
                      fmt::format("is {}: dnsmasq keeps only leases that are held", server::to_string(lease.state)));
            continue;
        }
        if (!lease.vendor_class.empty()) notes.add(0, lease.address.to_string(), "dnsmasq keeps no vendor class");
        std::string name = lease.hostname;
        if (name.find(' ') != std::string::npos || name == "*") {
            notes.add(0, lease.address.to_string(), fmt::format("dnsmasq cannot keep the name '{}'", name));
            name.clear();
        }
        const auto identifier = identifier_hex(lease);
        out +=
            fmt::format("{} {} {} {} {}\n", lease.expires == kNever ? 0 : std::max<std::int64_t>(1, unix_seconds(lease.expires)),
                        hardware_text(lease.hardware), lease.address.to_string(), name.empty() ? "*" : name,
                        identifier.empty() ? "*" : identifier);
    }
    return out;
}

} // namespace dorascope::interchange
