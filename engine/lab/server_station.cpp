// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/server_station.h"

#include <stdexcept>
#include <utility>

namespace dorascope::lab {

namespace {

constexpr std::uint32_t kInterface = 1;
constexpr std::uint16_t kArpRequest = 1;

server::DhcpServer create(const server::Config& config, server::LeaseTable leases, Instant now)
{
    auto made = server::DhcpServer::create(config, std::move(leases), now);
    if (made) return std::move(*made);
    std::string faults = "scenario:";
    for (const server::ConfigError& error : made.error())
        faults += " " + error.key + ": " + error.problem + ".";
    throw std::invalid_argument(faults);
}

} // namespace

ServerStation::ServerStation(ServerSpec spec, std::uint32_t number, Lan& lan, Instant now)
    : Station(number, spec.mac, lan), spec_(std::move(spec)), server_(create(spec_.config, {}, now))
{ }

void ServerStation::receive(Instant now, const Frame& frame)
{
    if (frame.arp) return receive_arp(now, *frame.arp);
    const Ipv4Address destination = frame.udp.destination;
    if (!running_ || (!destination.is_broadcast() && destination != spec_.address)) return;
    const server::Inbound inbound{.payload = frame.payload(),
                                  .interface = kInterface,
                                  .local = spec_.address,
                                  .source = frame.udp.source,
                                  .destination = destination,
                                  .source_port = frame.udp.source_port,
                                  .source_mac = frame.source};
    if (frame.udp.destination_port == wire::kClientPort) {
        server_.overheard(now, inbound, outbox_);
    } else {
        server_.receive(now, inbound, outbox_);
    }
    settle(now);
}

/// RFC 5227 §2.1.1: any ARP packet whose sender is the address asked about. The server knows what it asked.
void ServerStation::receive_arp(Instant now, const wire::ArpView& arp)
{
    answer_arp(now, arp);
    if (!running_ || arp.sender.is_unspecified()) return;
    server_.probe_answered(now, arp.sender, arp.sender_mac, outbox_);
    settle(now);
}

void ServerStation::advance(Instant now)
{
    if (!running_) return;
    server_.advance(now, outbox_);
    settle(now);
}

Instant ServerStation::next_deadline() const { return running_ ? server_.next_deadline().value_or(kNever) : kNever; }

void ServerStation::stop()
{
    if (!running_) return;
    running_ = false;
    end_life();
}

void ServerStation::start(Instant now)
{
    if (running_) return;
    server::LeaseTable leases;
    leases.reserve(disk_.size());
    for (const auto& [address, lease] : disk_)
        leases.push_back(lease);
    server_ = create(spec_.config, std::move(leases), now);
    running_ = true;
}

/// Commit, then speak: the disk has every lease before the first reply is on its way.
void ServerStation::settle(Instant now)
{
    for (const server::LeaseWrite& write : outbox_.writes()) {
        if (write.erase) {
            disk_.erase(write.lease.address);
        } else {
            disk_[write.lease.address] = write.lease;
        }
    }
    if (decision_tap_)
        for (const Decision& decision : outbox_.decisions())
            decision_tap_(decision);
    for (const server::ProbeRequest& probe : outbox_.probes()) // of this link: the lab has no relays
        lan().send_arp(now + spec_.think_time, number(), {kArpRequest, mac(), {}, {}, probe.address}, kBroadcastMac);
    for (const server::Transmit& transmit : outbox_.transmits())
        send(now + spec_.think_time, transmit);
    outbox_.clear();
}

void ServerStation::send(Instant at, const server::Transmit& transmit)
{
    // Ordinary unicast finds its neighbour by ARP; the other two ways to deliver know the link address (RFC 2131 §4.1).
    const bool routed = transmit.delivery == server::Delivery::routed;
    const auto destination = routed ? lan().resolve(transmit.destination) : std::optional{transmit.mac};
    if (!destination) return;
    lan().send(at, number(),
               {.source_mac = spec_.mac,
                .destination_mac = *destination,
                .source = transmit.source,
                .destination = transmit.destination,
                .source_port = wire::kServerPort,
                .destination_port = transmit.destination_port},
               transmit.payload);
}

} // namespace dorascope::lab
