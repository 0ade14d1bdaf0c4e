// SPDX-License-Identifier: GPL-3.0-or-later
// What a DhcpServer is made of. Each message type has a handler, in a file beside this one that reads along with the RFC.
#pragma once

#include "engine/server/allocator.h"
#include "engine/server/bindings.h"
#include "engine/server/deadline.h"
#include "engine/server/destination.h"
#include "engine/server/dhcp_server.h"
#include "engine/server/reply.h"
#include "engine/server/request_state.h"
#include "engine/server/subnet_table.h"
#include "engine/server/trace.h"

#include <array>

namespace dorascope::server {

/// One packet on its way through the server.
struct Packet {
    Instant now{};
    const Inbound& inbound;
    const wire::Message& request;
    Client client;
    Trace& trace;
    Outbox& out;
    ServedSubnet* subnet = nullptr; ///< set once it is known
    bool relayed() const { return !request.giaddr.is_unspecified(); }
    bool broadcast() const { return relayed() || inbound.destination.is_broadcast(); }
};

struct DhcpServer::State {
    State(Config configuration, std::uint64_t seed)
        : config{std::move(configuration)}, subnets{config}, bindings{subnets, seed}, allocator{bindings, config.offer_hold}
    { }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    // dhcp_server.cpp
    void receive(Instant now, const Inbound& inbound, Outbox& out);
    void handle(Packet& packet);
    bool select_subnet(Packet& packet);
    bool is_ours(const Packet& packet, Ipv4Address server_identifier) const;
    Ask ask_for(const Packet& packet, std::optional<Ipv4Address> requested);
    void write(const Binding& binding, Outbox& out);

    /// A verdict is reached: every decision comes by here once it is complete.
    void count(const Decision& decision) { ++verdicts[static_cast<std::size_t>(verdict(decision))]; }

    // on_discover.cpp
    void on_discover(Packet& packet);

    // on_request.cpp
    void on_request(Packet& packet);
    void on_selecting(Packet& packet, Ipv4Address address);
    void on_init_reboot(Packet& packet, Ipv4Address address);
    void on_renewal(Packet& packet, Ipv4Address address);
    void on_other_server(Packet& packet, Ipv4Address chosen);
    void on_unknown_client(Packet& packet, Ipv4Address address);
    void grant_or_refuse(Packet& packet, const Ask& ask, Ipv4Address address, StepCode success);
    void acknowledge(Packet& packet, const Ask& ask, Ipv4Address address, StepCode success);

    // on_other_messages.cpp
    void on_decline(Packet& packet);
    void on_release(Packet& packet);
    void on_inform(Packet& packet);

    // orders.cpp
    Decision& record(Instant now, StepCode code, Ipv4Address address, const HardwareAddress& who, Outbox& out);
    void write_erasure(Ipv4Address address, Outbox& out);

    // reconfigure.cpp
    void reconfigure(Instant now, Config next, Outbox& out);

    // send_reply.cpp
    void refuse(Packet& packet, StepCode why, Ipv4Address address);
    void send(Packet& packet, const ReplyTerms& terms);

    Config config;
    SubnetTable subnets;
    Bindings bindings;
    Allocator allocator;
    std::array<std::uint64_t, static_cast<std::size_t>(StepCode::count_)> verdicts{};
    wire::Message request, reply; ///< reused: parsing and building allocate nothing once warm
};

} // namespace dorascope::server
