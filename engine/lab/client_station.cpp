// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/client_station.h"

#include <algorithm>
#include <utility>

namespace dorascope::lab {

namespace {

// Whoever goes stays away for a moment, so that no scenario can come and go for ever within one instant.
constexpr Duration kShortestChange = std::chrono::seconds{1};

/// A host name has no spaces (RFC 1123 §2.1).
std::string host_name(std::string name)
{
    std::ranges::replace(name, ' ', '-');
    return name;
}

ClientIdentity identity_of(const ClientSpec& spec)
{
    return {spec.mac, spec.client_id, host_name(spec.name), spec.vendor_class, spec.parameters, spec.broadcast_flag, spec.probes};
}

} // namespace

ClientStation::ClientStation(ClientSpec spec, std::uint32_t number, Lan& lan, std::uint64_t seed, Instant start)
    : Station(number, spec.mac, lan), spec_(std::move(spec)), client_(identity_of(spec_), derive_seed(seed, 1)),
      random_(derive_seed(seed, 2)), start_(start), next_change_(start + spec_.starts)
{ }

void ClientStation::receive(Instant now, const Frame& frame)
{
    if (frame.arp) return receive_arp(now, *frame.arp);
    const auto answer = client_.receive(now, {frame.payload(), frame.udp.destination});
    send(now + spec_.think_time, answer);
}

void ClientStation::receive_arp(Instant now, const wire::ArpView& arp)
{
    answer_arp(now, arp);
    send(now + spec_.think_time, client_.address_in_use(now, arp.sender));
}

void ClientStation::advance(Instant now)
{
    if (next_change_ > now) return send(now, client_.advance(now));
    if (client_.state() == ClientState::off) return switch_on(now);
    switch_off(now, spec_.departure);
}

Instant ClientStation::next_deadline() const { return std::min(next_change_, client_.next_deadline()); }

void ClientStation::power_on(Instant now)
{
    next_change_ = kNever;
    send(now, client_.start(now));
}

void ClientStation::leave(Instant now, Departure departure)
{
    switch_off(now, departure);
    next_change_ = kNever;
}

void ClientStation::switch_on(Instant now)
{
    next_change_ = kNever;
    if (first_visit_ && spec_.leaves) {
        next_change_ = std::max(start_ + *spec_.leaves, now);
    } else if (spec_.stay) {
        // Those who are there already when it begins came at different times: of the first visit more or less is left.
        const Duration stay =
            first_visit_ ? *spec_.stay / 3 + random_.below(*spec_.stay * 2 / 3) : random_.around(*spec_.stay, *spec_.stay / 4);
        next_change_ = now + std::max(stay, kShortestChange);
    }
    send(now, client_.start(now));
}

void ClientStation::switch_off(Instant now, Departure departure)
{
    next_change_ = kNever;
    if (first_visit_ && spec_.returns) {
        next_change_ = std::max(start_ + *spec_.returns, now + kShortestChange);
    } else if (spec_.away) {
        next_change_ = now + std::max(random_.around(*spec_.away, *spec_.away / 4), kShortestChange);
    }
    first_visit_ = false;
    // The answer it was still thinking about is never sent; the DHCPRELEASE belongs to the last moment of the old life.
    if (departure == Departure::vanish) client_.power_off();
    const auto last_word = client_.release(now);
    end_life();
    send(now, last_word);
}

void ClientStation::send(Instant at, const std::optional<ClientTransmit>& transmit)
{
    if (!transmit) return;
    if (transmit->kind == ClientTransmit::Kind::arp_probe)
        return lan().send_arp(at, number(), {1, mac(), {}, {}, transmit->destination}, kBroadcastMac);
    const bool broadcast = transmit->destination.is_broadcast();
    const auto destination = broadcast ? std::optional{kBroadcastMac} : lan().resolve(transmit->destination);
    if (!destination) return;
    lan().send(at, number(),
               {.source_mac = spec_.mac,
                .destination_mac = *destination,
                .source = transmit->source,
                .destination = transmit->destination,
                .source_port = wire::kClientPort,
                .destination_port = wire::kServerPort},
               transmit->payload);
}

} // namespace dorascope::lab
