// SPDX-License-Identifier: GPL-3.0-or-later
// The virtual LAN: a switch with latency and loss, the real server attached to it, virtual clients, perhaps a second server. All of it
// in virtual time and from one seed: the same scenario and seed give the same frames to the last bit.
#pragma once

#include "engine/server/dhcp_server.h"
#include "engine/wire/instant.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dorascope::lab {

/// RFC 2131 figure 5.
enum class ClientState : std::uint8_t { init, selecting, requesting, init_reboot, rebooting, bound, renewing, rebinding, off };
std::string_view to_string(ClientState state);

/// One virtual client as the scenario describes it.
struct ClientSpec {
    std::string name; ///< "Laptop A": what people read in the window; sent as option 12 with spaces as '-'
    MacAddress mac;
    std::vector<std::uint8_t> client_id; ///< option 61; empty: not sent
    std::string vendor_class; ///< option 60; empty: not sent
    bool broadcast_flag = true; ///< cannot take unicast before it has an address
    Duration starts{}; ///< after the start of the scenario
    std::optional<Duration> leaves; ///< RELEASE at this time after the start …
    std::optional<Duration> returns; ///< … and comes back with INIT-REBOOT then
    std::optional<Duration> stay; ///< leaves repeat: how long it stays each time (office: people come and go); with `away`
    std::optional<Duration> away;
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
    Duration think_time = std::chrono::microseconds{400};
};

struct Scenario {
    std::string name; ///< "three-clients"
    std::string title; ///< "Three clients ask at the same moment"
    std::string description; ///< what to look for, for students
    ServerSpec server;
    std::optional<ServerSpec> rogue;
    SwitchSpec lan;
    std::vector<ClientSpec> clients;
    Instant start{}; ///< virtual time of the beginning
    Duration length{}; ///< when a demo of it is over; the lab itself goes on for ever
};

/// The built-in scenarios: three-clients, office, rogue. To add one is to add a row.
struct ScenarioRow {
    std::string_view name, title;
    Scenario (*make)();
};
std::span<const ScenarioRow> scenarios();
std::optional<Scenario> scenario(std::string_view name);

/// Who a MAC address is, for display beside captures of the lab.
struct ClientView {
    std::string_view name;
    MacAddress mac;
    ClientState state{};
    Ipv4Address address; ///< unspecified when it holds none
    Instant expires{};
};

/// A frame as every port of the switch could see it: complete Ethernet.
using FrameTap = std::function<void(Instant at, std::span<const std::byte> frame)>;
/// A decision of the first server (the embedded one), right after the frame it is about.
using DecisionTap = std::function<void(const Decision& decision)>;

class Lab {
public:
    explicit Lab(Scenario scenario, std::uint64_t seed = 1);
    ~Lab();
    Lab(Lab&&) noexcept;
    Lab& operator=(Lab&&) noexcept;

    void on_frame(FrameTap tap);
    void on_decision(DecisionTap tap);

    Instant now() const;
    /// Carries out everything due up to `until`, in order. Returns the number of events.
    std::size_t run_until(Instant until);
    /// The next event only; false when nothing will ever happen again.
    bool step();
    std::optional<Instant> next_event() const;

    const Scenario& scenario() const;
    std::vector<ClientView> clients() const;
    const server::DhcpServer& server() const;
    const server::DhcpServer* rogue() const;

    /// People at the controls: a new client now, a release, power off without a release.
    void add_client(ClientSpec spec);
    void release(const MacAddress& mac);
    void power_off(const MacAddress& mac);
    void set_loss(double loss);
    /// The server process dies and starts again from its stored leases.
    void restart_server();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace dorascope::lab
