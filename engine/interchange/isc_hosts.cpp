// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/isc_hosts.h"

#include "engine/interchange/config_formats.h"
#include "engine/interchange/isc_condition.h"
#include "engine/interchange/text.h"
#include "engine/wire/hex.h"
#include "engine/wire/message.h"

#include <algorithm>
#include <fmt/format.h>

namespace dorascope::interchange {

using server::ClassTest;
using server::Reservation;
using server::Subnet;

void IscHosts::add(const IscStatement& s, const IscScope& scope)
{
    auto host = std::move(*scope.host);
    if (scope.refused) return refuse(s, host);
    if (host.address == kAnyAddress) return outcome_.drop(s, "sets no address aside");
    if (!known_by_one(s, host)) return outcome_.drop(s, "names no client");
    if (scope.times_of_group) outcome_.drop(s, "the lease times of its group have no equivalent: those of its subnet hold");
    hosts_.push_back({std::move(host), s.line, s.text()});
}

void IscHosts::place_all()
{
    for (auto& host : hosts_)
        place(host);
}

bool IscHosts::known_by_one(const IscStatement& s, Reservation& host)
{
    const bool relay = !host.circuit_id.empty() || !host.remote_id.empty();
    const bool has[] = {!host.client_id.empty(), host.hardware.has_value(), relay, !host.client_hostname.empty()};
    static constexpr std::string_view kNames[] = {"client identifier", "MAC address", "relay's word", "name"};
    const auto* const first = std::ranges::find(has, true);
    if (first == std::end(has)) return false;
    if (std::count(std::begin(has), std::end(has), true) > 1)
        outcome_.drop(s, fmt::format("is known by its {} alone here, not by the rest too", kNames[first - std::begin(has)]));
    if (has[0]) host.hardware.reset();
    if (has[0] || has[1]) host.circuit_id.clear(), host.remote_id.clear();
    if (has[0] || has[1] || relay) host.client_hostname.clear();
    return true;
}

void IscHosts::refuse(const IscStatement& s, const Reservation& host)
{
    using Subject = ClassTest::Subject;
    struct Sign {
        Subject subject;
        std::uint8_t code;
        std::span<const std::byte> data;
    };
    const Sign signs[] = {
        {Subject::hardware, 0, host.hardware ? std::as_bytes(host.hardware->bytes()) : std::span<const std::byte>{}},
        {Subject::option, wire::option::client_identifier, std::as_bytes(std::span{host.client_id})},
        {Subject::option, wire::option::host_name, std::as_bytes(std::span{host.client_hostname})},
        {Subject::circuit_id, 0, std::as_bytes(std::span{host.circuit_id})},
        {Subject::remote_id, 0, std::as_bytes(std::span{host.remote_id})}};
    bool any = false;
    for (const auto& sign : signs) {
        if (sign.data.empty()) continue;
        any = true;
        if (!denied_.add(outcome_.config, {sign.subject, sign.code, {sign.data.begin(), sign.data.end()}, false, {}}))
            outcome_.drop(s, "is to be refused, and is one class too many");
    }
    if (!any) outcome_.drop(s, "names no client");
}

void IscHosts::place(Pending& host)
{
    const auto subnet = std::ranges::find_if(
        outcome_.config.subnets, [&](const Subnet& candidate) { return candidate.prefix.contains(host.reservation.address); });
    if (subnet == outcome_.config.subnets.end())
        return outcome_.notes.add(host.line, host.text, "its address lies in no subnet of the file");
    subnet->reservations.push_back(std::move(host.reservation));
}

void IscHosts::take_hardware(const IscStatement& s, IscScope& scope)
{
    if (scope.host == nullptr) return outcome_.drop(s, "stands in no host");
    const auto type = s.word(1) == "ethernet" ? 1 : s.word(1) == "token-ring" ? 6 : s.word(1) == "infiniband" ? 32 : 0;
    const auto octets = octets_of(s.word(2));
    const auto hardware = octets ? hardware_of(static_cast<std::uint8_t>(type), wire::to_hex(*octets)) : std::nullopt;
    if (type == 0 || !hardware) return outcome_.drop(s, "is hardware that we do not know");
    scope.host->hardware = *hardware;
}

void IscHosts::take_fixed_address(const IscStatement& s, IscScope& scope)
{
    const auto words = words_of(IscTokens{s.tokens}.subspan(1));
    const auto address = words.empty() ? std::nullopt : Ipv4Address::parse(words[0]);
    if (scope.host == nullptr || !address) return outcome_.drop(s, "is no address of a host; a name has no equivalent here");
    scope.host->address = *address;
    if (words.size() > 1) outcome_.drop(s, "has several addresses: the first is taken");
}

void IscHosts::take_identifier(const IscStatement& s, IscScope& scope)
{
    const auto name = s.word(2);
    const auto data = s.tokens.size() == 4 ? isc_literal(s.tokens[3], {}) : std::nullopt;
    if (scope.host == nullptr || !data) return outcome_.drop(s, "identifies no host in a way that we know");
    const auto* const octets = reinterpret_cast<const std::uint8_t*>(data->data());
    const std::vector<std::uint8_t> value(octets, octets + data->size());
    if (name == "agent.circuit-id")
        scope.host->circuit_id = value;
    else if (name == "agent.remote-id")
        scope.host->remote_id = value;
    else if (name == "dhcp-client-identifier")
        scope.host->client_id = value;
    else if (name == "host-name")
        scope.host->client_hostname = std::string(value.begin(), value.end());
    else
        outcome_.drop(s, "identifies a host by an option that has no equivalent here");
}

} // namespace dorascope::interchange
