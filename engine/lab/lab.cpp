// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/lab.h"

#include "engine/lab/client_station.h"
#include "engine/lab/event_queue.h"
#include "engine/lab/frame_pool.h"
#include "engine/lab/neighbours.h"
#include "engine/lab/server_station.h"
#include "engine/lab/timers.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace dorascope::lab {

namespace {

constexpr std::uint64_t kSwitchStream = 1;

std::uint64_t number_of(const MacAddress& mac)
{
    std::uint64_t number = 0;
    for (const auto octet : mac.octets)
        number = (number << 8) | octet;
    return number;
}

} // namespace

/// The stations by number: servers first, then hosts, then clients in order of arrival.
struct Lab::Impl final : Lan {
    Impl(Scenario described, std::uint64_t chosen_seed)
        : scenario(std::move(described)), seed(chosen_seed), now(scenario.start),
          lan(scenario.lan, derive_seed(chosen_seed, kSwitchStream), events, frames)
    {
        server = add_server(scenario.server);
        if (scenario.rogue) rogue = add_server(*scenario.rogue);
        for (const HostSpec& spec : scenario.hosts)
            add_host(spec);
        for (const ClientSpec& spec : scenario.clients)
            if (!add_client(spec))
                throw std::invalid_argument("scenario: MAC address " + spec.mac.to_string()
                                            + " cannot be used, or is used twice");
    }

    ServerStation* add_server(const ServerSpec& spec);
    void add_host(const HostSpec& spec);
    bool add_client(const ClientSpec& spec);
    ClientStation* find_client(const MacAddress& mac) const;

    void send(Instant at, std::uint32_t station, const wire::FrameSpec& spec, std::span<const std::byte> payload) override;
    void send_arp(Instant at, std::uint32_t station, const wire::ArpView& arp, MacAddress destination) override;
    void queue(Instant at, std::uint32_t station, std::optional<std::uint32_t> frame);
    std::optional<MacAddress> resolve(Ipv4Address address) override;

    Instant next_event() const { return events.empty() ? timers.earliest() : std::min(events.top().at, timers.earliest()); }
    void step();
    void carry_out(const Event& event);
    void refresh(std::uint32_t station);
    template <typename Action> void touch(const MacAddress& mac, Action action)
    {
        ClientStation* const client = find_client(mac);
        if (client == nullptr) return;
        action(*client);
        refresh(client->number());
    }

    Scenario scenario;
    std::uint64_t seed;
    Instant now;
    EventQueue events;
    Timers timers;
    FramePool frames;
    Switch lan;
    Neighbours neighbours;

    struct Plugged {
        std::unique_ptr<Station> station;
        Ipv4Address address; ///< as the neighbours know it
    };
    std::vector<Plugged> stations;
    ServerStation* server = nullptr;
    ServerStation* rogue = nullptr;
    std::vector<ClientStation*> clients;
    FrameTap frame_tap;
    HoldTap hold_tap;
};

ServerStation* Lab::Impl::add_server(const ServerSpec& spec)
{
    const auto index = static_cast<std::uint32_t>(stations.size());
    auto station = std::make_unique<ServerStation>(spec, index, *this, now);
    ServerStation* const added = station.get();
    if (!lan.plug_in(index, spec.mac, Role::server))
        throw std::invalid_argument("scenario: MAC address " + spec.mac.to_string() + " of server " + spec.name
                                    + " cannot be used");
    stations.push_back({std::move(station), {}});
    refresh(index);
    return added;
}

void Lab::Impl::add_host(const HostSpec& spec)
{
    const auto index = static_cast<std::uint32_t>(stations.size());
    if (!lan.plug_in(index, spec.mac, Role::host))
        throw std::invalid_argument("scenario: MAC address " + spec.mac.to_string() + " cannot be used");
    stations.push_back({std::make_unique<HostStation>(spec, index, *this), {}});
    refresh(index);
}

bool Lab::Impl::add_client(const ClientSpec& spec)
{
    const auto index = static_cast<std::uint32_t>(stations.size());
    if (!lan.plug_in(index, spec.mac, Role::client)) return false;
    auto station = std::make_unique<ClientStation>(spec, index, *this, derive_seed(seed, number_of(spec.mac)), now);
    clients.push_back(station.get());
    stations.push_back({std::move(station), {}});
    refresh(index);
    return true;
}

ClientStation* Lab::Impl::find_client(const MacAddress& mac) const
{
    const auto index = lan.station_of(mac);
    return index ? dynamic_cast<ClientStation*>(stations[*index].station.get()) : nullptr;
}

void Lab::Impl::send(Instant at, std::uint32_t station, const wire::FrameSpec& spec, std::span<const std::byte> payload)
{
    queue(at, station, frames.make(spec, payload));
}

void Lab::Impl::send_arp(Instant at, std::uint32_t station, const wire::ArpView& arp, MacAddress destination)
{
    queue(at, station, frames.make(arp, destination));
}

void Lab::Impl::queue(Instant at, std::uint32_t station, std::optional<std::uint32_t> frame)
{
    if (!frame) {
        ++lan.counters().refused;
        return;
    }
    frames.set_sender_life(*frame, stations[station].station->life());
    events.push({at, 0, Event::Kind::send, station, *frame});
}

std::optional<MacAddress> Lab::Impl::resolve(Ipv4Address address)
{
    const auto station = neighbours.find(address);
    if (station) return stations[*station].station->mac();
    ++lan.counters().unresolved;
    return std::nullopt;
}

void Lab::Impl::step()
{
    if (!events.empty() && events.top().at <= timers.earliest()) {
        const Event event = events.pop();
        now = event.at;
        carry_out(event);
        frames.drop(event.frame);
        return;
    }
    const std::uint32_t station = timers.station();
    now = timers.earliest();
    stations[station].station->advance(now);
    refresh(station);
}

void Lab::Impl::carry_out(const Event& event)
{
    const Frame& frame = frames[event.frame];
    Station& station = *stations[event.station].station;
    if (event.kind == Event::Kind::arrive) {
        station.receive(now, frame);
        refresh(event.station);
    } else if (frame.sender_life == station.life()) {
        if (frame_tap) frame_tap(now, frame.bytes);
        lan.forward(now, event.frame, event.station);
    }
}

/// After whatever a station did: its deadline and its address may be others.
void Lab::Impl::refresh(std::uint32_t index)
{
    Plugged& plugged = stations[index];
    timers.set(index, plugged.station->next_deadline());
    const Ipv4Address address = plugged.station->address();
    if (address == plugged.address) return;
    const Ipv4Address before = std::exchange(plugged.address, address);
    const bool is_client = index >= stations.size() - clients.size();
    if (!before.is_unspecified()) {
        neighbours.remove(before, index);
        if (hold_tap && is_client) hold_tap(now, plugged.station->mac(), before, false);
    }
    if (!address.is_unspecified()) {
        neighbours.add(address, index);
        if (hold_tap && is_client) hold_tap(now, plugged.station->mac(), address, true);
    }
}

Lab::Lab(Scenario scenario, std::uint64_t seed) : impl_(std::make_unique<Impl>(std::move(scenario), seed)) { }
Lab::~Lab() = default;
Lab::Lab(Lab&&) noexcept = default;
Lab& Lab::operator=(Lab&&) noexcept = default;

void Lab::on_frame(FrameTap tap) { impl_->frame_tap = std::move(tap); }
void Lab::on_decision(DecisionTap tap) { impl_->server->on_decision(std::move(tap)); }
void Lab::on_hold(HoldTap tap) { impl_->hold_tap = std::move(tap); }

Instant Lab::now() const { return impl_->now; }

std::size_t Lab::run_until(Instant until)
{
    std::size_t count = 0;
    for (; impl_->next_event() <= until && impl_->next_event() != kNever; ++count)
        impl_->step();
    impl_->now = std::max(impl_->now, until);
    return count;
}

bool Lab::step()
{
    if (impl_->next_event() == kNever) return false;
    impl_->step();
    return true;
}

std::optional<Instant> Lab::next_event() const
{
    const Instant next = impl_->next_event();
    return next == kNever ? std::nullopt : std::optional{next};
}

const Scenario& Lab::scenario() const { return impl_->scenario; }

std::vector<ClientView> Lab::clients() const
{
    std::vector<ClientView> views;
    views.reserve(impl_->clients.size());
    for (const ClientStation* station : impl_->clients) {
        const Client& client = station->client();
        const Ipv4Address address = client.address();
        views.push_back({station->spec().name, station->spec().mac, client.state(), address,
                         address.is_unspecified() ? Instant{} : client.lease()->expires});
    }
    return views;
}

const Client* Lab::client(const MacAddress& mac) const
{
    const ClientStation* const station = impl_->find_client(mac);
    return station ? &station->client() : nullptr;
}

const server::DhcpServer& Lab::server() const { return impl_->server->server(); }
const server::DhcpServer* Lab::rogue() const { return impl_->rogue ? &impl_->rogue->server() : nullptr; }
const SwitchCounters& Lab::counters() const { return impl_->lan.counters(); }

bool Lab::add_client(ClientSpec spec)
{
    if (!impl_->add_client(spec)) return false;
    impl_->scenario.clients.push_back(std::move(spec));
    return true;
}

void Lab::release(const MacAddress& mac)
{
    impl_->touch(mac, [this](ClientStation& client) { client.leave(now(), Departure::release); });
}

void Lab::power_off(const MacAddress& mac)
{
    impl_->touch(mac, [this](ClientStation& client) { client.leave(now(), Departure::vanish); });
}

void Lab::power_on(const MacAddress& mac)
{
    impl_->touch(mac, [this](ClientStation& client) { client.power_on(now()); });
}

void Lab::set_loss(double loss) { impl_->lan.set_loss(loss); }

void Lab::restart_server()
{
    stop_server();
    start_server();
}

void Lab::stop_server()
{
    impl_->server->stop();
    impl_->refresh(impl_->server->number());
}

void Lab::start_server()
{
    impl_->server->start(now());
    impl_->refresh(impl_->server->number());
}

} // namespace dorascope::lab
