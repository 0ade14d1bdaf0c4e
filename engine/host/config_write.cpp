// SPDX-License-Identifier: GPL-3.0-or-later
// Config to TOML, with the keys of config_read.cpp. What stands at its default is written too: a file says what is so.
#include "engine/host/config_file.h"
#include "engine/host/hex.h"
#include "engine/wire/option_table.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <iterator>

namespace dorascope::host {
namespace {

using Out = std::back_insert_iterator<std::string>;

/// A TOML basic string.
std::string toml_text(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') out += '\\';
        if (octet < 0x20 || octet == 0x7f) {
            out += fmt::format("\\u{:04X}", octet);
        } else {
            out += c;
        }
    }
    return out + "\"";
}

template <typename T> std::string list(const std::vector<T>& values)
{
    std::string out;
    for (const T& value : values)
        out += (out.empty() ? "" : ", ") + toml_text(value.to_string());
    return "[" + out + "]";
}

std::string duration(Duration value)
{
    const std::int64_t count = value.count();
    constexpr std::int64_t kSecond = 1'000'000'000;
    return count % kSecond == 0 ? fmt::format("{}", count / kSecond) : fmt::format("{}.{:09}", count / kSecond, count % kSecond);
}
std::string seconds(std::uint32_t value) { return value == kInfiniteSeconds ? "\"infinite\"" : fmt::format("{}", value); }

void write_reservation(Out out, const server::Reservation& r)
{
    fmt::format_to(out, "\n[[subnet.reservation]]\naddress = {}\n", toml_text(r.address.to_string()));
    if (r.hardware) fmt::format_to(out, "hardware = \"{}\"\n", to_hex(r.hardware->bytes(), ':'));
    if (r.hardware && r.hardware->type != 1) fmt::format_to(out, "hardware_type = {}\n", r.hardware->type);
    if (!r.client_id.empty()) fmt::format_to(out, "client_id = \"{}\"\n", to_hex(r.client_id, ':'));
    if (!r.hostname.empty()) fmt::format_to(out, "hostname = {}\n", toml_text(r.hostname));
}

void write_option(Out out, const server::OptionSettings::Extra& extra)
{
    std::vector<std::uint8_t> octets(extra.data.size());
    std::memcpy(octets.data(), extra.data.data(), octets.size());
    std::string meaning = fmt::format("{}: {}", wire::option_info(extra.code).name, wire::option_text(extra.code, extra.data));
    std::ranges::replace_if(
        meaning, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    fmt::format_to(out, "\n[[subnet.option]] # {}\ncode = {}\nhex = \"{}\"\n", meaning, extra.code, to_hex(octets, ':'));
}

void write_subnet(Out out, const server::Subnet& subnet)
{
    fmt::format_to(out, "\n[[subnet]]\nprefix = {}\n", toml_text(subnet.prefix.to_string()));
    fmt::format_to(out, "pool = {}\nexclude = {}\n", list(subnet.pools), list(subnet.exclusions));
    const auto& options = subnet.options;
    fmt::format_to(out, "router = {}\ndns = {}\nntp = {}\n", list(options.routers), list(options.dns_servers),
                   list(options.ntp_servers));
    if (!options.domain_name.empty()) fmt::format_to(out, "domain = {}\n", toml_text(options.domain_name));
    fmt::format_to(out, "lease_time = {}\nmin_lease_time = {}\nmax_lease_time = {}\n", seconds(subnet.lease_seconds),
                   seconds(subnet.min_lease_seconds), seconds(subnet.max_lease_seconds));
    if (subnet.renewal_seconds) fmt::format_to(out, "renewal_time = {}\n", seconds(*subnet.renewal_seconds));
    if (subnet.rebinding_seconds) fmt::format_to(out, "rebinding_time = {}\n", seconds(*subnet.rebinding_seconds));
    for (const auto& reservation : subnet.reservations)
        write_reservation(out, reservation);
    for (const auto& extra : options.extra)
        write_option(out, extra);
}

} // namespace

std::string to_toml(const server::Config& config)
{
    std::string text = "# DoraScope's DHCP server. Times are in seconds.\n";
    const Out out{text};
    fmt::format_to(out, "authoritative = {}\noffer_hold = {}\ndecline_quarantine = {}\nmax_offers = {}\n",
                   config.authority == server::Authority::authoritative, duration(config.offer_hold),
                   duration(config.decline_quarantine), config.max_offers);
    for (const auto& subnet : config.subnets)
        write_subnet(out, subnet);
    return text;
}

} // namespace dorascope::host
