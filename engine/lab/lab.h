// SPDX-License-Identifier: GPL-3.0-or-later
// The virtual LAN: a switch with latency and loss, the real server attached to it, virtual clients, perhaps a second server. All of it
// in virtual time and from one seed: the same scenario and seed give the same frames to the last bit.
#pragma once

#include "engine/lab/client.h"
#include "engine/lab/scenario.h"
#include "engine/lab/switch.h"
#include "engine/server/dhcp_server.h"
#include "engine/wire/instant.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace dorascope::lab {

/// Who a MAC address is, for display beside captures of the lab.
struct ClientView {
    std::string_view name;
    MacAddress mac;
    ClientState state{};
    Ipv4Address address; ///< unspecified when it holds none
    Instant expires{}; ///< of the lease it holds
};

/// A frame as every port of the switch could see it, at the moment its sender puts it on the wire: complete Ethernet.
using FrameTap = std::function<void(Instant at, std::span<const std::byte> frame)>;
/// A decision of the first server (the embedded one), when it is made: after the frame it is about, before the reply's frame.
using DecisionTap = std::function<void(const Decision& decision)>;
/// A client begins (`holds`) or ceases to use an address. What is true, whatever the frames say.
using HoldTap = std::function<void(Instant at, const MacAddress& client, Ipv4Address address, bool holds)>;

class Lab {
public:
    /// Throws std::invalid_argument for a configuration that a server refuses, and for two stations with one MAC address.
    explicit Lab(Scenario scenario, std::uint64_t seed = 1);
    ~Lab();
    Lab(Lab&&) noexcept;
    Lab& operator=(Lab&&) noexcept;

    /// One tap of each kind; it must not call back into the lab.
    void on_frame(FrameTap tap);
    void on_decision(DecisionTap tap);
    void on_hold(HoldTap tap);

    Instant now() const;
    /// Carries out everything due up to `until`, in order; then it is `until`. Returns the number of events.
    std::size_t run_until(Instant until);
    /// The next event only; false when nothing will ever happen again.
    bool step();
    std::optional<Instant> next_event() const;

    const Scenario& scenario() const;
    std::vector<ClientView> clients() const;
    /// The state machine of one client; nullptr for a stranger.
    const Client* client(const MacAddress& mac) const;
    const server::DhcpServer& server() const;
    const server::DhcpServer* rogue() const;
    const SwitchCounters& counters() const;

    /// People at the controls: so far for tests, later for a page of the window. A client that was touched by hand no longer follows the comings and goings of its ClientSpec.
    /// False when the MAC address is in use already, or is none that a client can have. Its times count from now.
    bool add_client(ClientSpec spec);
    void release(const MacAddress& mac);
    void power_off(const MacAddress& mac);
    void power_on(const MacAddress& mac);
    void set_loss(double loss);
    /// The server process dies and starts again from its stored leases.
    void restart_server();
    /// The same with a time between. What it had decided but not sent is never sent.
    void stop_server();
    void start_server();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace dorascope::lab
