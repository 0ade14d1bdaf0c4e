// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/switch.h"

#include <algorithm>

namespace dorascope::lab {

namespace {

constexpr std::size_t kChaddrOffset = 28, kChaddrEnd = kChaddrOffset + 6;

MacAddress chaddr_of(std::span<const std::byte> payload)
{
    MacAddress mac;
    if (payload.size() < kChaddrEnd) return mac;
    for (std::size_t i = 0; i < mac.octets.size(); ++i)
        mac.octets[i] = std::to_integer<std::uint8_t>(payload[kChaddrOffset + i]);
    return mac;
}

} // namespace

Switch::Switch(SwitchSpec spec, std::uint64_t seed, EventQueue& events, FramePool& frames)
    : spec_(spec), random_(seed), events_(events), frames_(frames)
{ }

bool Switch::plug_in(std::uint32_t station, const MacAddress& mac, Role role)
{
    if (mac.is_zero() || mac.is_multicast() || !ports_.try_emplace(mac, Port{station, role}).second) return false;
    stations_.push_back(station);
    if (role == Role::server) servers_.push_back(station);
    return true;
}

std::optional<std::uint32_t> Switch::station_of(const MacAddress& mac) const
{
    const auto port = ports_.find(mac);
    return port == ports_.end() ? std::nullopt : std::optional{port->second.station};
}

void Switch::forward(Instant now, std::uint32_t frame, std::uint32_t sender)
{
    ++counters_.frames;
    const Frame& f = frames_[frame];
    if (f.arp) return forward_arp(now, frame, sender);
    const bool to_client = f.udp.destination_port == wire::kClientPort;
    if (!to_client && f.udp.destination_port != wire::kServerPort) return;
    if (f.destination.is_multicast()) {
        to_servers(now, frame, sender);
        if (!to_client) return;
    }
    const MacAddress chaddr = to_client ? chaddr_of(f.payload()) : f.destination;
    const auto port = ports_.find(chaddr);
    if (port == ports_.end() || port->second.station == sender) return;
    if (to_client != (port->second.role == Role::client) || (f.destination != chaddr && !f.destination.is_multicast())) return;
    deliver(now, frame, port->second.station);
}

void Switch::to_servers(Instant now, std::uint32_t frame, std::uint32_t sender)
{
    for (const std::uint32_t server : servers_)
        if (server != sender) deliver(now, frame, server);
}

void Switch::forward_arp(Instant now, std::uint32_t frame, std::uint32_t sender)
{
    const MacAddress& destination = frames_[frame].destination;
    if (!destination.is_multicast()) {
        if (const auto addressee = station_of(destination); addressee && *addressee != sender) deliver(now, frame, *addressee);
        return;
    }
    for (const std::uint32_t station : stations_)
        if (station != sender) deliver(now, frame, station);
}

void Switch::deliver(Instant now, std::uint32_t frame, std::uint32_t station)
{
    if (random_.chance(spec_.loss)) {
        ++counters_.lost;
    } else {
        schedule(now, frame, station);
    }
    if (random_.chance(spec_.duplication)) {
        ++counters_.duplicated;
        schedule(now, frame, station);
    }
}

void Switch::schedule(Instant now, std::uint32_t frame, std::uint32_t station)
{
    ++counters_.delivered;
    frames_.keep(frame);
    const Instant at = now + std::max(spec_.latency, Duration{}) + random_.below(spec_.jitter);
    events_.push({at, 0, Event::Kind::arrive, station, frame});
}

} // namespace dorascope::lab
