// SPDX-License-Identifier: GPL-3.0-or-later
// The real server on the virtual LAN, with a disk: frames in, "commit, then speak", frames out.
#pragma once

#include "engine/lab/scenario.h"
#include "engine/lab/station.h"
#include "engine/server/dhcp_server.h"

#include <functional>
#include <map>

namespace dorascope::lab {

class ServerStation : public Station {
public:
    using DecisionTap = std::function<void(const Decision&)>;

    /// Throws std::invalid_argument with every fault of the configuration.
    ServerStation(ServerSpec spec, std::uint32_t number, Lan& lan, Instant now);

    void receive(Instant now, const Frame& frame) override;
    void advance(Instant now) override;
    Instant next_deadline() const override;
    /// Also while the process is dead: the machine it ran on still answers ARP.
    Ipv4Address address() const override { return spec_.address; }

    /// Dies at once: what it has not sent is not sent, what is on the disk stays.
    void stop();
    /// Begins from the disk.
    void start(Instant now);
    bool running() const { return running_; }

    void on_decision(DecisionTap tap) { decision_tap_ = std::move(tap); }
    const server::DhcpServer& server() const { return server_; }
    const ServerSpec& spec() const { return spec_; }

private:
    void receive_arp(Instant now, const wire::ArpView& arp);
    void settle(Instant now);
    void send(Instant at, const server::Transmit& transmit);

    ServerSpec spec_;
    server::DhcpServer server_;
    server::Outbox outbox_;
    std::map<Ipv4Address, server::Lease> disk_; ///< at most one row an address of the pools
    DecisionTap decision_tap_;
    bool running_ = true;
};

} // namespace dorascope::lab
