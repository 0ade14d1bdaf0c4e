// SPDX-License-Identifier: GPL-3.0-or-later
// How a world is made, and how it runs.
#include "tests/server/long/world.h"

#include <algorithm>

namespace dorascope::server::simulation {

namespace {

Subnet first_subnet()
{
    Subnet s;
    s.prefix = {Ipv4Address::from_octets(192, 168, 1, 0), 24};
    s.pools = {{Ipv4Address::from_octets(192, 168, 1, 1), Ipv4Address::from_octets(192, 168, 1, 7)}}; // .1 router, .2 the server
    s.exclusions = {{Ipv4Address::from_octets(192, 168, 1, 5), Ipv4Address::from_octets(192, 168, 1, 5)}};
    s.options.routers = {Ipv4Address::from_octets(192, 168, 1, 1)};
    s.lease_seconds = 300;
    s.min_lease_seconds = 20;
    return s;
}

Subnet second_subnet()
{
    Subnet s;
    s.prefix = {Ipv4Address::from_octets(10, 0, 0, 0), 28};
    s.pools = {{Ipv4Address::from_octets(10, 0, 0, 4), Ipv4Address::from_octets(10, 0, 0, 6)}};
    s.lease_seconds = 120;
    return s;
}

Reservation reserved(std::uint8_t last, const MacAddress& card)
{
    return {Ipv4Address::from_octets(192, 168, 1, last), HardwareAddress::of(card)};
}

/// Who sends "guest" as its vendor class.
ClientClass guests()
{
    ClientClass c;
    c.name = "guests";
    const auto octets = std::as_bytes(std::span{kGuest});
    c.tests = {{ClassTest::Subject::option, wire::option::vendor_class_identifier, {octets.begin(), octets.end()}, false, {}}};
    c.lease_seconds = 40;
    c.max_lease_seconds = kMostOfGuests;
    return c;
}

} // namespace

DhcpServer make(const Config& config, LeaseTable leases, Instant at)
{
    return std::move(DhcpServer::create(config, std::move(leases), at).value());
}

World::World(std::uint64_t seed, bool story)
    : random_{seed}, story_{story}, config_{some_config()}, server_{make(config_, {}, now())}
{
    steady_clock_ = once_in(2);
    clients_.resize(4 + pick(7));
    for (std::size_t i = 0; i < clients_.size(); ++i)
        introduce(i);
    for (std::uint32_t i = pick(4); i > 0; --i)
        squatters_[some_address()] = mac(Card::squatter, static_cast<std::uint8_t>(i));
}

void World::introduce(std::size_t i)
{
    SimClient& c = clients_[i];
    const auto number = static_cast<std::uint8_t>(i);
    // Two to a card now and then, told apart by their identifiers.
    c.hardware = HardwareAddress::of(mac(Card::client, static_cast<std::uint8_t>(i / (1 + pick(2)))));
    c.xid = static_cast<std::uint32_t>(random_());
    c.bootp = once_in(6);
    c.guest = once_in(4);
    if (once_in(2)) c.identifier = {0xff, 0, number};
    std::copy_n(c.hardware.octets.begin(), c.card.octets.size(), c.card.octets.begin());
    if (once_in(4)) {
        c.giaddr = kRelay;
        c.card = mac(Card::relay, 0);
        c.circuit = static_cast<std::uint8_t>(pick(3));
    } else if (once_in(4)) {
        c.card = mac(Card::repeater, 0);
    }
    c.key = *client_key(message(c, MessageType::discover));
    if (std::ranges::count(clients_, c.key, &SimClient::key) == 1) return;
    c.identifier = {0xff, 1, number};
    c.key = *client_key(message(c, MessageType::discover));
}

Config World::some_config()
{
    Config config;
    config.subnets = {first_subnet()};
    if (!once_in(4)) config.subnets.push_back(second_subnet());
    Subnet& first = config.subnets[0];
    if (once_in(4)) first.pools[0].last = first.pools[0].last + 3;
    if (once_in(4)) first.reservations.push_back(reserved(50, mac(Card::client, 0)));
    if (once_in(4)) first.reservations.push_back(reserved(4, mac(Card::client, 1)));
    if (once_in(4)) first.lease_seconds = 30;
    if (config.subnets.size() == 2 && once_in(4)) config.subnets[0].shared_network = config.subnets[1].shared_network = "floor";
    if (!once_in(3)) {
        config.classes = {guests()};
        if (!once_in(4)) first.pools.push_back({kGuests, "guests"});
    }
    config.bootp = !once_in(4);
    config.rapid_commit = once_in(3);
    config.authority = static_cast<Authority>(pick(3));
    config.polite_delay = std::chrono::milliseconds{50 + pick(1000)};
    config.probe = {.enabled = !once_in(3), .count = 1 + pick(3), .timeout = std::chrono::milliseconds{20 + pick(500)}};
    if (once_in(3)) config.limits.client_per_second = 2 + pick(10);
    if (once_in(3)) config.limits.total_per_second = 5 + pick(20);
    config.limits.offers_per_mac = pick(3);
    config.limits.offers_per_relay = pick(3);
    config.limits.leases_per_mac = pick(4);
    config.limits.leases_per_circuit = pick(3);
    config.max_offers = once_in(2) ? 64 : 2 + pick(6);
    config.offer_hold = std::chrono::seconds{2 + pick(20)};
    config.decline_quarantine = std::chrono::seconds{20 + pick(200)};
    return config;
}

Ipv4Address World::some_address()
{
    const bool far = once_in(4);
    return far ? Ipv4Address::from_octets(10, 0, 0, 3) + pick(5) : Ipv4Address::from_octets(192, 168, 1, 0) + pick(15);
}

void World::run(int turns)
{
    for (int i = 0; i < turns && complaint_.empty(); ++i) {
        turn();
        pass(once_in(20) ? Duration{std::chrono::seconds{pick(400)}} : Duration{std::chrono::milliseconds{pick(400)}});
    }
    // Silence: everything that waits comes to its end.
    disk_works_ = true;
    pass(2h);
    for (const Lease& lease : server_.leases()) {
        if (lease.state == LeaseState::offered) fail("an offer of " + lease.address.to_string() + " has no end");
    }
    if (server_.next_deadline() && *server_.next_deadline() < now()) fail("a deadline stays due");
}

void World::turn()
{
    ++tally_[Count::events];
    if (once_in(12)) return mishap();
    speak(clients_[pick(static_cast<std::uint32_t>(clients_.size()))]);
}

} // namespace dorascope::server::simulation
