// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/scenario_table.h"

#include <algorithm>

namespace dorascope::lab {

namespace {

using namespace std::chrono_literals;

// 2026-01-05 12:00:00 UTC. Fixed, so that pictures and tests are the same tomorrow.
constexpr Instant kNoon{std::chrono::seconds{1'767'614'400}};

constexpr ScenarioRow kScenarios[] = {
    {"three-clients", "Three clients ask at the same moment", &three_clients},
    {"office", "An office fills up", &office},
    {"rogue", "A second server races", &rogue},
    {"conflict", "An address is in use already", &conflict},
};

ClientSpec client(std::string name, MacAddress mac, std::string vendor_class, bool sends_id, Duration starts)
{
    ClientSpec spec;
    spec.name = std::move(name);
    spec.mac = mac;
    if (sends_id) spec.client_id = hardware_client_id(mac);
    spec.vendor_class = std::move(vendor_class);
    spec.starts = starts;
    return spec;
}

/// The three of the picture, a few tenths of a millisecond apart, so that the ladder can be read.
std::vector<ClientSpec> laptops_and_phone(Duration apart)
{
    return {
        client("Laptop A", {{0x3c, 0x22, 0xfb, 0x0a, 0x01, 0x02}}, "", true, {}),
        client("Smartphone B", {{0x8c, 0x79, 0xf5, 0x11, 0x02, 0x5e}}, "android-dhcp-14", false, apart),
        client("Laptop C", {{0xd4, 0xbe, 0xd9, 0x7e, 0x03, 0x41}}, "MSFT 5.0", true, 2 * apart),
    };
}

} // namespace

std::vector<std::uint8_t> hardware_client_id(const MacAddress& mac)
{
    std::vector<std::uint8_t> id(1 + mac.octets.size(), 1); // RFC 2132 §9.14: hardware type, then the address
    std::ranges::copy(mac.octets, id.begin() + 1);
    return id;
}

Scenario home_network(std::uint32_t lease_seconds)
{
    server::Subnet subnet;
    subnet.prefix = Ipv4Prefix::of(Ipv4Address::from_octets(192, 168, 1, 0), 24);
    subnet.pools = {{Ipv4Address::from_octets(192, 168, 1, 100), Ipv4Address::from_octets(192, 168, 1, 200)}};
    subnet.options.routers = {Ipv4Address::from_octets(192, 168, 1, 1)};
    subnet.options.dns_servers = {Ipv4Address::from_octets(192, 168, 1, 1), Ipv4Address::from_octets(9, 9, 9, 9)};
    subnet.lease_seconds = lease_seconds;

    Scenario scenario;
    scenario.server.name = "this server";
    scenario.server.address = Ipv4Address::from_octets(192, 168, 1, 1);
    scenario.server.mac = {{0x02, 0x00, 0x5e, 0x00, 0x01, 0x01}};
    scenario.server.config.subnets = {std::move(subnet)};
    scenario.start = kNoon;
    return scenario;
}

Scenario three_clients()
{
    Scenario scenario = home_network(3600);
    scenario.description =
        "Laptop A, Smartphone B and Laptop C ask within a third of a millisecond. Each DISCOVER is answered with another "
        "address, because an offered address is held for its client until the client takes it or the offer times out. "
        "All three set the broadcast flag, so every reply goes to 255.255.255.255 and the transaction ID tells whose it is.";
    scenario.clients = laptops_and_phone(150us);
    scenario.length = 10s;
    return scenario;
}

Scenario rogue()
{
    Scenario scenario = home_network(3600);
    scenario.description = "A home router was plugged into the LAN and answers too: 192.168.1.66 offers addresses of its own "
                           "with itself as gateway. "
                           "Clients take the first offer that arrives, so some of them end up behind the wrong gateway.";
    ServerSpec second = scenario.server;
    second.name = "unknown";
    second.address = Ipv4Address::from_octets(192, 168, 1, 66);
    second.mac = {{0x50, 0xc7, 0xbf, 0x42, 0x66, 0x01}};
    server::Subnet& subnet = second.config.subnets.front();
    subnet.pools = {{Ipv4Address::from_octets(192, 168, 1, 20), Ipv4Address::from_octets(192, 168, 1, 60)}};
    subnet.options.routers = subnet.options.dns_servers = {second.address};
    subnet.lease_seconds = 7200;
    scenario.rogue = std::move(second);
    // Both take as long to answer; the wire decides. More of it than elsewhere, so that either of them wins.
    scenario.lan.jitter = 150us;
    scenario.clients = laptops_and_phone(700ms);
    scenario.clients.push_back(client("printer-2", {{0x00, 0x1b, 0xa9, 0x02, 0x30, 0x11}}, "", false, 2s));
    scenario.clients.push_back(client("cam-lobby", {{0xac, 0xcc, 0x8e, 0x91, 0x04, 0x52}}, "AXIS,Network Camera", false, 2600ms));
    scenario.clients.push_back(client("Smartphone D", {{0x7a, 0x1c, 0x9e, 0x40, 0x05, 0x63}}, "android-dhcp-14", false, 3200ms));
    scenario.clients.push_back(client("Tablet E", {{0x8c, 0x79, 0xf5, 0x52, 0x06, 0x74}}, "android-dhcp-14", false, 4s));
    scenario.clients.push_back(client("Laptop F", {{0x3c, 0x22, 0xfb, 0x63, 0x07, 0x85}}, "", true, 5s));
    scenario.length = 30s;
    return scenario;
}

Scenario conflict()
{
    Scenario scenario = home_network(3600);
    scenario.description =
        "Somebody gave the printer the address 192.168.1.100 by hand; the server does not know. Before it offers an address for "
        "the "
        "first time it asks by ARP whether anybody uses it. The printer answers for the first of the pool: the server sets that "
        "address aside for ten minutes, asks about the next one, waits half a second for an answer that does not come, and "
        "offers "
        "it to Laptop A. The laptop asks by itself too before it takes it, as clients should.";
    scenario.server.config.probe.enabled = true;
    scenario.hosts = {{"printer", {{0x00, 0x1b, 0xa9, 0x02, 0x30, 0x11}}, Ipv4Address::from_octets(192, 168, 1, 100)}};
    scenario.clients = laptops_and_phone(2s);
    for (ClientSpec& spec : scenario.clients)
        spec.probes = true;
    scenario.length = 30s;
    return scenario;
}

std::span<const ScenarioRow> scenarios() { return kScenarios; }

std::optional<Scenario> scenario(std::string_view name)
{
    const auto row = std::ranges::find(kScenarios, name, &ScenarioRow::name);
    if (row == std::ranges::end(kScenarios)) return std::nullopt;
    Scenario made = row->make();
    made.name = row->name;
    made.title = row->title;
    return made;
}

} // namespace dorascope::lab
