// SPDX-License-Identifier: GPL-3.0-or-later
// A virtual LAN on paper: who is plugged in, when they come and go, how good the cable is. Plain values; Lab brings them to life.
#pragma once

#include "engine/server/config.h"
#include "engine/wire/address.h"
#include "engine/wire/instant.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dorascope::lab {

/// How a client goes when its time has come.
enum class Departure : std::uint8_t {
    release, ///< DHCPRELEASE first; on return it begins in INIT and wishes for the same address
    vanish, ///< without a word (battery, cable); on return INIT-REBOOT while its lease lasts
};

/// One virtual client as the scenario describes it.
struct ClientSpec {
    std::string name; ///< "Laptop A": what people read in the window; sent as option 12 with spaces as '-'
    MacAddress mac;
    std::vector<std::uint8_t> client_id; ///< option 61; empty: not sent
    std::string vendor_class; ///< option 60; empty: not sent
    bool broadcast_flag = true; ///< cannot take unicast before it has an address
    Duration starts{}; ///< after the start of the scenario
    std::optional<Duration> leaves; ///< goes at this time after the start …
    std::optional<Duration> returns; ///< … and comes back then
    std::optional<Duration>
        stay; ///< comings and goings repeat: how long it stays each time, give or take a quarter (at first less) …
    std::optional<Duration> away; ///< … and how long it is away
    Departure departure = Departure::release;
    std::vector<std::uint8_t> parameters{1, 3, 6, 15, 28, 42, 51, 54, 58, 59}; ///< option 55; empty: not sent
    bool probes = false; ///< asks by ARP before it takes a new address, and declines one that is in use
    Duration think_time = std::chrono::microseconds{550}; ///< from a message received to the answer sent
};

struct SwitchSpec {
    Duration latency = std::chrono::microseconds{200};
    Duration jitter = std::chrono::microseconds{50}; ///< uniform on top
    double loss = 0; ///< 0 … 1, each frame and each receiver by itself
    double duplication = 0;
};

struct ServerSpec {
    std::string name; ///< "this server"
    Ipv4Address address;
    MacAddress mac;
    server::Config config;
    Duration think_time =
        std::chrono::microseconds{400}; ///< from a message received to its answer sent; the lease is stored before
};

/// A machine whose address was set by hand, unknown to every server.
struct HostSpec {
    std::string name;
    MacAddress mac;
    Ipv4Address address;
};

struct Scenario {
    std::string name; ///< "three-clients"
    std::string title; ///< "Three clients ask at the same moment"
    std::string description; ///< what to look for, for students
    ServerSpec server;
    std::optional<ServerSpec> rogue;
    SwitchSpec lan;
    std::vector<ClientSpec> clients;
    std::vector<HostSpec> hosts;
    Instant start{}; ///< virtual time of the beginning
    Duration length{}; ///< when a demo of it is over; the lab itself goes on for ever
};

/// The built-in scenarios: three-clients, office, rogue, conflict. To add one is to add a row.
struct ScenarioRow {
    std::string_view name, title;
    Scenario (*make)();
};
std::span<const ScenarioRow> scenarios();
std::optional<Scenario> scenario(std::string_view name);

} // namespace dorascope::lab
