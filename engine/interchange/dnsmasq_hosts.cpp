// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/dnsmasq_hosts.h"

#include "engine/wire/message.h"

#include <algorithm>

namespace dorascope::interchange {

using server::ClassTest;
using server::Reservation;
using server::Subnet;
using Subject = ClassTest::Subject;

void DnsmasqHosts::take_host(const DnsmasqLine& line)
{
    auto fields = dnsmasq_fields(line.value);
    const auto tags = take_host_tags(fields);
    Host host;
    if (!read(line, fields, host)) return;
    if (!tags.asked.empty()) return outcome_.drop(line, "asks for a tag, and a reservation is for its client whatever it is");
    if (host.ignored) return ignore(line, std::move(host));
    reserve(line, std::move(host), tags.set);
}

bool DnsmasqHosts::read(const DnsmasqLine& line, std::span<const std::string_view> fields, Host& host)
{
    auto& reservation = host.reservation;
    for (const auto field : fields) {
        if (field.empty()) continue;
        if (const auto address = Ipv4Address::parse(field))
            host.address = *address;
        else if (field == "ignore")
            host.ignored = true;
        else if (field.starts_with("id:"))
            reservation.client_id = dnsmasq_identifier(unquoted(field.substr(3)));
        else if (const auto hardware = dnsmasq_hardware(field))
            take_hardware(line, reservation, *hardware);
        else if (dnsmasq_time(field) && field.data() != fields[0].data())
            outcome_.drop(line, "a lease time of its own has no equivalent here");
        else if (field.starts_with('['))
            return outcome_.drop(line, "names IPv6"), false;
        else if (field.find_first_of("*:") == std::string_view::npos)
            reservation.hostname = std::string{field};
        else if (field.find('*') == std::string_view::npos)
            return outcome_.drop(line, "is neither a MAC address nor a name"), false;
        else if (host.prefix = dnsmasq_mac_prefix(field); !host.prefix)
            return outcome_.drop(line, "is a pattern other than the first octets of MAC addresses"), false;
    }
    return true;
}

void DnsmasqHosts::take_hardware(const DnsmasqLine& line, Reservation& reservation, const HardwareAddress& hardware)
{
    if (reservation.hardware) return outcome_.drop(line, "has several MAC addresses: the first is taken");
    reservation.hardware = hardware;
}

void DnsmasqHosts::reserve(const DnsmasqLine& line, Host host, const std::vector<std::string>& tags)
{
    auto& reservation = host.reservation;
    if (host.prefix) return outcome_.drop(line, "is a pattern of MAC addresses, and an address is set aside for one");
    if (!host.address) return outcome_.drop(line, "sets no address aside");
    if (!reservation.hardware && reservation.client_id.empty()) {
        reservation.client_hostname = reservation.hostname;
        if (reservation.hostname.empty()) return outcome_.drop(line, "names no client");
    }
    if (reservation.hardware && !reservation.client_id.empty()) { // who sends an identifier is known by it
        reservation.hardware.reset();
        outcome_.drop(line, "has an identifier and a MAC address, of which dnsmasq takes either: the identifier is taken");
    }
    reservation.address = *host.address;
    auto& subnets = outcome_.config.subnets;
    const auto subnet = std::ranges::find_if(subnets, [&](const Subnet& s) { return s.prefix.contains(*host.address); });
    if (subnet == subnets.end()) return outcome_.drop(line, "no dhcp-range has its network");
    for (const auto& tag : tags)
        outcome_.tagged.emplace(
            tag, DnsmasqOutcome::Tagged{static_cast<std::size_t>(subnet - subnets.begin()), subnet->reservations.size()});
    subnet->reservations.push_back(std::move(reservation));
}

void DnsmasqHosts::ignore(const DnsmasqLine& line, Host host)
{
    std::vector<ClassTest> tests;
    const auto known_by = [&](Subject subject, std::uint8_t code, std::span<const std::uint8_t> octets) {
        const auto bytes = std::as_bytes(octets);
        if (!bytes.empty()) tests.push_back({subject, code, {bytes.begin(), bytes.end()}, false, {}});
    };
    if (host.reservation.hardware) known_by(Subject::hardware, 0, host.reservation.hardware->bytes());
    known_by(Subject::option, wire::option::client_identifier, host.reservation.client_id);
    if (host.prefix) tests.push_back(std::move(*host.prefix));
    if (tests.empty()) return outcome_.drop(line, "ignores a client that has neither MAC address nor identifier");
    for (auto& test : tests)
        if (!ignored_.add(outcome_.config, std::move(test))) outcome_.drop(line, "is to be ignored, and is one class too many");
}

} // namespace dorascope::interchange
