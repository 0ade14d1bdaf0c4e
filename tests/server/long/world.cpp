// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/long/world.h"

#include <algorithm>

namespace dorascope::server::simulation {

namespace {

constexpr Ipv4Address kLocal = Ipv4Address::from_octets(192, 168, 1, 2), kRelay = Ipv4Address::from_octets(10, 0, 0, 1),
                      kOtherServer = Ipv4Address::from_octets(192, 168, 1, 9);

MacAddress mac(std::uint8_t kind, std::uint8_t number) { return {{0x02, kind, 0, 0, 0, number}}; }

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

DhcpServer make(const Config& config, LeaseTable leases, Instant at)
{
    return std::move(DhcpServer::create(config, std::move(leases), at).value());
}

} // namespace

void Tally::add(const Tally& o)
{
    acks += o.acks, naks += o.naks, offers += o.offers, declines += o.declines, releases += o.releases, probes += o.probes;
    conflicts += o.conflicts, exhausted += o.exhausted, expiries += o.expiries, restarts += o.restarts,
        rolled_back += o.rolled_back;
    reconfigured += o.reconfigured, orders += o.orders, clock_steps += o.clock_steps, left_to_others += o.left_to_others;
    limited += o.limited, offers_expired += o.offers_expired, events += o.events;
}

World::World(std::uint64_t seed, bool story)
    : random_{seed}, story_{story}, config_{some_config()}, server_{make(config_, {}, now())}
{
    steady_clock_ = once_in(2);
    clients_.resize(4 + pick(7));
    for (std::size_t i = 0; i < clients_.size(); ++i) {
        SimClient& c = clients_[i];
        // Two to a card now and then, told apart by their identifiers.
        c.hardware = HardwareAddress::of(mac(1, static_cast<std::uint8_t>(i / (1 + pick(2)))));
        if (once_in(2)) c.identifier = {0xff, 0, static_cast<std::uint8_t>(i)};
        if (once_in(4)) c.giaddr = kRelay;
        c.key = *client_key(message(c, MessageType::discover));
        if (std::ranges::count(clients_, c.key, &SimClient::key) == 1) continue;
        c.identifier = {0xff, 1, static_cast<std::uint8_t>(i)};
        c.key = *client_key(message(c, MessageType::discover));
    }
    for (std::uint32_t i = pick(4); i > 0; --i)
        squatters_[some_address()] = mac(2, static_cast<std::uint8_t>(i));
}

Config World::some_config()
{
    Config config;
    config.subnets = {first_subnet()};
    if (!once_in(4)) config.subnets.push_back(second_subnet());
    Subnet& first = config.subnets[0];
    if (once_in(4)) first.pools[0].last = first.pools[0].last + 3;
    if (once_in(4)) first.reservations.push_back(reserved(50, mac(1, 0)));
    if (once_in(4)) first.reservations.push_back(reserved(4, mac(1, 1)));
    if (once_in(4)) first.lease_seconds = 30;
    if (config.subnets.size() == 2 && once_in(4)) config.subnets[0].shared_network = config.subnets[1].shared_network = "floor";
    config.rapid_commit = once_in(3);
    config.authority = static_cast<Authority>(pick(3));
    config.polite_delay = std::chrono::milliseconds{50 + pick(1000)};
    config.probe = {.enabled = !once_in(3), .count = 1 + pick(3), .timeout = std::chrono::milliseconds{20 + pick(500)}};
    if (once_in(3)) config.limits.client_per_second = 2 + pick(10);
    if (once_in(3)) config.limits.total_per_second = 5 + pick(20);
    config.limits.offers_per_mac = pick(3);
    config.limits.offers_per_relay = pick(3);
    config.max_offers = 2 + pick(6);
    config.offer_hold = std::chrono::seconds{2 + pick(20)};
    config.decline_quarantine = std::chrono::seconds{20 + pick(200)};
    return config;
}

Ipv4Address World::some_address()
{
    const bool far = once_in(4);
    return far ? Ipv4Address::from_octets(10, 0, 0, 3) + pick(5) : Ipv4Address::from_octets(192, 168, 1, 0) + pick(12);
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
    ++tally_.events;
    if (once_in(12)) return mishap();
    speak(clients_[pick(static_cast<std::uint32_t>(clients_.size()))]);
}

// ---- clients -------------------------------------------------------------------------------------------------------------------

wire::Message World::message(const SimClient& client, MessageType type) const
{
    wire::Message m;
    m.set_hardware(client.hardware);
    m.xid = client.xid;
    m.giaddr = client.giaddr;
    m.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(type));
    if (!client.identifier.empty()) m.options.set(wire::option::client_identifier, std::as_bytes(std::span{client.identifier}));
    return m;
}

void World::speak(SimClient& client)
{
    if (!once_in(3)) client.xid = static_cast<std::uint32_t>(random_()); // else it repeats itself
    if (client.belief && !once_in(8)) return speak_with_lease(client);
    speak_without_lease(client);
}

void World::speak_without_lease(SimClient& client)
{
    // Who begins anew has given up what it had, without a word.
    client.belief.reset();
    if (!client.last.is_unspecified() && once_in(4)) {
        wire::Message m = message(client, MessageType::request); // INIT-REBOOT
        m.options.set_address(wire::option::requested_address, once_in(4) ? some_address() : client.last);
        return send(client, m, false);
    }
    wire::Message m = message(client, MessageType::discover);
    if (once_in(4)) m.options.set_address(wire::option::requested_address, some_address());
    if (once_in(4)) m.options.set(wire::option::rapid_commit, {});
    send(client, m, false);
    if (!once_in(4)) return;
    // Another server is quicker.
    wire::Message offer = m;
    offer.op = 2;
    offer.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(MessageType::offer));
    offer.options.set_address(wire::option::server_identifier, kOtherServer);
    Event seen{.kind = Event::overheard};
    wire::emit(offer, {}, seen.payload);
    post(std::move(seen), 1ms, 100ms);
}

void World::speak_with_lease(SimClient& client)
{
    const Ipv4Address mine = client.belief->address;
    switch (pick(8)) {
    case 0: {
        wire::Message m = message(client, MessageType::release);
        m.ciaddr = mine;
        client.belief.reset();
        return send(client, m, true);
    }
    case 1: {
        wire::Message m = message(client, MessageType::decline);
        m.options.set_address(wire::option::requested_address, mine);
        m.options.set_address(wire::option::server_identifier, kLocal);
        client.belief.reset();
        return send(client, m, false);
    }
    case 2: {
        wire::Message m = message(client, MessageType::inform);
        m.ciaddr = mine;
        return send(client, m, false);
    }
    default: {
        wire::Message m = message(client, MessageType::request); // RENEWING, REBINDING
        m.ciaddr = mine;
        if (once_in(4)) m.options.set_u32(wire::option::lease_time, 20 + pick(100));
        return send(client, m, once_in(2) && client.giaddr.is_unspecified());
    }
    }
}

void World::send(SimClient& client, const wire::Message& m, bool unicast)
{
    client.sent = m.type();
    Event event{.kind = Event::to_server, .who = static_cast<std::uint32_t>(&client - clients_.data()), .unicast = unicast};
    wire::emit(m, {}, event.payload);
    post(std::move(event), 0ms, 60ms);
}

void World::hear(SimClient& client, const Event& event)
{
    const auto reply = wire::parse(event.payload);
    if (!reply || reply->xid != client.xid) return;
    if (reply->type() == MessageType::offer && client.sent == MessageType::discover) {
        client.last = reply->yiaddr;
        wire::Message m = message(client, MessageType::request); // SELECTING
        m.options.set_address(wire::option::requested_address, reply->yiaddr);
        m.options.set_address(wire::option::server_identifier, once_in(10) ? kOtherServer : kLocal);
        return send(client, m, false);
    }
    if (client.sent != MessageType::request && client.sent != MessageType::discover)
        return; // RFC 4039: an ACK may be the first word
    if (reply->type() == MessageType::nak) {
        client.belief.reset();
        client.sent = MessageType::none;
    }
    if (reply->type() == MessageType::ack) hear_ack(client, event, *reply);
}

void World::hear_ack(SimClient& client, const Event& event, const wire::Message& reply)
{
    // Between this ACK and now a person, or an old message of the client, took the address away; or it is over.
    if (epochs_[reply.yiaddr] != event.epoch || event.belief.expires <= now()) return;
    client.sent = MessageType::none;
    client.last = reply.yiaddr;
    client.belief = event.belief;
    client.belief->expires = std::min(event.belief.expires, promised_[reply.yiaddr]);
}

// ---- the network ---------------------------------------------------------------------------------------------------------------

/// Some are lost, some come twice, and none waits for another.
void World::post(Event event, Duration least, Duration most)
{
    if (once_in(12)) return;
    const auto delay = [&] {
        return least + Duration{static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>((most - least).count() + 1))};
    };
    event.order = ++posted_;
    if (once_in(12)) {
        Event again = event;
        again.at = real_ + delay() * 2;
        again.order = ++posted_;
        events_.push(std::move(again));
    }
    event.at = real_ + delay();
    events_.push(std::move(event));
}

void World::pass(Duration span)
{
    const Instant until = real_ + span;
    for (int guard = 0; complaint_.empty(); ++guard) {
        if (guard > 100'000) return fail("time stands still");
        const auto due = server_.next_deadline();
        const Instant wake = due && *due != kNever ? std::max(*due - offset_, real_) : kNever;
        const Instant arrives = events_.empty() ? kNever : std::max(events_.top().at, real_);
        const Instant next = std::min(wake, arrives);
        // A batch is what came at once; it does not wait for more.
        if (in_batch_ > 0 && next > real_ + 1ms) {
            finish_batch();
            continue;
        }
        if (next > until) break;
        real_ = next;
        if (arrives <= wake) {
            const Event event = events_.top();
            events_.pop();
            deliver(event);
        } else {
            finish_batch();
        }
    }
    real_ = until;
    finish_batch();
}

void World::deliver(const Event& event)
{
    ++tally_.events;
    switch (event.kind) {
    case Event::to_client: return hear(clients_[event.who], event);
    case Event::to_server: receive(event); break;
    case Event::probe_answer: server_.probe_answered(now(), event.address, event.by, out_); break;
    case Event::overheard: {
        Inbound inbound;
        inbound.payload = event.payload;
        inbound.local = kLocal;
        server_.overheard(now(), inbound, out_);
        break;
    }
    }
    // Now and then several packets share a batch: one transaction, one sync.
    if (++in_batch_ >= 4 || !once_in(3)) finish_batch();
}

// ---- the server's machine ------------------------------------------------------------------------------------------------------

void World::receive(const Event& event)
{
    const SimClient& client = clients_[event.who];
    Inbound inbound;
    inbound.payload = event.payload;
    inbound.local = kLocal;
    inbound.destination = event.unicast ? kLocal : kBroadcastAddress;
    std::copy_n(client.hardware.octets.begin(), 6, inbound.source_mac.octets.begin());
    const std::size_t before = out_.decisions().size();
    server_.receive(now(), inbound, out_);
    if (out_.decisions().size() != before + 1) return fail("one packet, one decision");
    const Decision& decision = out_.decisions().back();
    if (decision.steps.empty()) return fail("a decision without a reason");
    // What an old message of its own takes from a client is no fault of the server.
    const bool given_up = decision.received == MessageType::decline || decision.received == MessageType::release;
    if (decision.outcome == Outcome::recorded && given_up) void_beliefs(decision.address);
}

void World::finish_batch()
{
    in_batch_ = 0;
    const auto due = server_.next_deadline();
    if (due && *due <= now()) server_.advance(now(), out_);
    note_decisions();
    if (once_in(400)) return restart(); // before anything is stored
    if (commit()) {
        if (once_in(400)) return restart(); // stored, and nobody told
        transmit();
    }
    out_.clear();
    audit();
}

bool World::commit()
{
    if (!disk_works_ && !out_.writes().empty()) {
        server_.roll_back(out_);
        say("not stored, taken back");
        ++tally_.rolled_back;
        disk_may_lag_ = true;
        return false;
    }
    for (const LeaseWrite& write : out_.writes()) {
        if (write.lease.state == LeaseState::offered) fail("an offer is stored");
        if (write.erase) {
            disk_.erase(write.lease.address);
        } else {
            disk_[write.lease.address] = write.lease;
        }
        if (write.lease.state == LeaseState::bound) promise(write.lease);
    }
    return true;
}

/// A client that asks for less time has it shortened, whether or not it hears so, and in whatever order the answers arrive.
void World::promise(const Lease& lease)
{
    promised_[lease.address] = lease.expires;
    for (SimClient& client : clients_) {
        if (client.belief && client.belief->address == lease.address)
            client.belief->expires = std::min(client.belief->expires, lease.expires);
    }
}

void World::transmit()
{
    for (const ProbeRequest& probe : out_.probes())
        answer_probe(probe);
    for (const Transmit& t : out_.transmits()) {
        const auto reply = wire::parse(t.payload);
        if (!reply) return fail("the server's own reply is malformed");
        for (std::uint32_t who = 0; who < clients_.size(); ++who) {
            SimClient& client = clients_[who];
            if (reply->hardware() != client.hardware) continue;
            const auto id = reply->options.find(wire::option::client_identifier);
            if (!std::ranges::equal(id.value_or(std::span<const std::byte>{}), std::as_bytes(std::span{client.identifier})))
                continue;
            Event event{.kind = Event::to_client, .who = who};
            event.payload.assign(t.payload.begin(), t.payload.end());
            if (reply->type() == MessageType::ack && !reply->yiaddr.is_unspecified()) {
                // Nothing is acknowledged that is not stored.
                const auto row = disk_.find(reply->yiaddr);
                const bool stored =
                    row != disk_.end() && row->second.client == client.key && row->second.state == LeaseState::bound;
                // Nor is one sent without its write; a later message of the same batch can have undone that, by another one.
                const auto writes =
                    std::ranges::count(out_.writes(), reply->yiaddr, [](const auto& w) { return w.lease.address; });
                if (writes < (stored ? 1 : 2)) return fail("an ACK of " + reply->yiaddr.to_string() + " is not stored");
                if (!stored) continue;
                event.belief = {reply->yiaddr, row->second.expires};
                event.epoch = epochs_[reply->yiaddr];
            }
            post(std::move(event), 0ms, 60ms);
        }
    }
}

/// Whoever uses the address answers: a machine that nobody gave it to, or a client.
void World::answer_probe(const ProbeRequest& probe)
{
    ++tally_.probes;
    Event answer{.kind = Event::probe_answer, .address = probe.address};
    if (const auto squatter = squatters_.find(probe.address); squatter != squatters_.end()) {
        if (probe.method == ProbeRequest::Method::arp) answer.by = squatter->second;
        post(answer, 1ms, 300ms);
    }
    for (const SimClient& client : clients_) {
        if (client.belief && client.belief->address == probe.address)
            fail(probe.address.to_string() + " is probed while a client holds it");
    }
}

void World::restart()
{
    ++tally_.restarts;
    say("killed, and started again");
    if (once_in(3)) config_ = some_config();
    LeaseTable leases;
    for (const auto& [address, lease] : disk_)
        leases.push_back(lease);
    std::shuffle(leases.begin(), leases.end(), random_);
    server_ = make(config_, std::move(leases), now());
    out_.clear();
    bound_before_.clear();
    accounted_.clear();
    disk_may_lag_ = disk_may_lag_ && stepped_back_;
    audit();
}

void World::mishap()
{
    switch (pick(8)) {
    case 0: finish_batch(); return restart();
    case 1: disk_works_ = !disk_works_; return;
    case 2: return steady_clock_ ? order() : step_clock();
    case 3: return reconfigure();
    case 4:
        if (squatters_.erase(some_address()) == 0) squatters_[some_address()] = mac(2, static_cast<std::uint8_t>(pick(9)));
        return;
    default: return order();
    }
}

void World::step_clock()
{
    finish_batch();
    ++tally_.clock_steps;
    const std::chrono::seconds step{static_cast<int>(pick(200)) - 100};
    say("the clock is set by " + std::to_string(step.count()) + " s");
    offset_ += step;
    // What was over is not, by this clock; the disk may say what the table has forgotten.
    stepped_back_ = stepped_back_ || step < 0s;
    disk_may_lag_ = disk_may_lag_ || stepped_back_;
    finish_batch();
}

void World::reconfigure()
{
    finish_batch();
    ++tally_.reconfigured;
    const Config next = some_config();
    Config wrong = next;
    wrong.subnets[0].pools[0].last = Ipv4Address::from_octets(10, 9, 9, 9);
    if (server_.reconfigure(now(), wrong, out_)) return fail("a wrong configuration is taken");
    if (!server_.reconfigure(now(), next, out_)) return fail("a right configuration is refused");
    config_ = next;
    note_decisions();
    bound_before_.clear(); // those that are aside are not watched
    finish_batch();
}

void World::order()
{
    finish_batch();
    const auto leases = server_.leases();
    const Ipv4Address where =
        leases.empty() || once_in(8) ? some_address() : leases[pick(static_cast<std::uint32_t>(leases.size()))].address;
    tl::expected<void, OrderError> done;
    switch (pick(3)) {
    case 0: done = server_.release(now(), where, out_); break;
    case 1: done = server_.erase(now(), where, out_); break;
    default: done = server_.clear_quarantine(now(), where, out_); break;
    }
    if (!done && !(out_.writes().empty() && out_.transmits().empty())) return fail("an order that was refused has an effect");
    if (done) void_beliefs(where);
    say("an order about " + where.to_string());
    tally_.orders += done.has_value();
    bound_before_.erase(where);
    finish_batch();
}

void World::void_beliefs(Ipv4Address address)
{
    ++epochs_[address];
    for (SimClient& client : clients_) {
        if (client.belief && client.belief->address == address) client.belief.reset();
    }
}

} // namespace dorascope::server::simulation
