// SPDX-License-Identifier: GPL-3.0-or-later
// The fold itself: a frame is decoded, read, and shown to each table in turn. What the tables know stands in their own files.
#include "capture/observe/lan_state.h"

#include "capture/observe/binding_table.h"
#include "capture/observe/client_table.h"
#include "capture/observe/decision_log.h"
#include "capture/observe/exchange_table.h"
#include "capture/observe/large_vector.h"
#include "capture/observe/reading.h"
#include "capture/observe/server_table.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dorascope::observe {

namespace {

/// From 1970 to 2255: what captures hold. With no instant outside it, differences between instants cannot overflow.
Instant bounded(Instant at) { return std::clamp(at, Instant{}, Instant{Duration{9'000'000'000'000'000'000}}); }

/// RFC 2131 table 5: what a client's message is about: option 50, else ciaddr.
Ipv4Address address_of(const Reading& reading)
{
    if (reading.op != 1) return reading.yiaddr;
    if (const auto requested = reading.address(Watched::requested_address)) return *requested;
    return reading.ciaddr;
}

bool is_unicast(Ipv4Address address) { return !address.is_unspecified() && !address.is_broadcast() && !address.is_multicast(); }

/// Without an address its type says nothing.
std::uint64_t asker_key(const HardwareAddress& hardware) { return hardware.length == 0 ? 0 : key_of(hardware); }

Message message_of(const decode::Frame& frame, const decode::DhcpPacket& packet, const Reading& reading)
{
    Message message;
    message.frame = frame.number;
    message.at = bounded(frame.at);
    message.xid = reading.xid;
    message.address = address_of(reading);
    message.type = reading.type;
    message.from_server = reading.op == 2;
    message.broadcast_flag = (reading.flags & wire::kBroadcastFlag) != 0;
    message.link_broadcast =
        packet.udp.destination.is_broadcast() || (packet.link.destination && packet.link.destination->is_broadcast());
    message.relayed = !reading.giaddr.is_unspecified();
    message.malformed = reading.malformed && !packet.udp.cut; // what the capture cut off is not the sender's fault
    return message;
}

} // namespace

struct LanState::Impl {
    explicit Impl(const Limits& l)
        : limits{l}, clients{l.clients}, servers{l.servers}, bindings{l.bindings}, exchanges{l.exchanges, l.exchange_time}
    { }

    void seed(Instant at, std::size_t salt);
    void pass(Instant at, Changes& changes);
    void let_lapse(Changes& changes);
    void observe(const decode::Frame& frame, const decode::DhcpPacket& packet, Changes& changes);
    void identify(Message& message, const Reading& reading, const decode::DhcpPacket& packet, bool& full);
    void bind(const Message& message, const Reading& reading, const Verdict& verdict, Changes& changes, bool& full);
    void explain(Message& message, const Reading& reading, Changes& changes);
    std::optional<ClientId> asker(std::uint32_t xid, const HardwareAddress& hardware) const;
    bool attach(DecisionId id, Changes& changes);
    void obey(const Decision& decision, Changes& changes);
    void carry_out(StepCode order, Ipv4Address address, Instant at, const BindingEffects& effects);
    bool is_anothers(Ipv4Address address) const;
    void take_up(const HeldLeases& held, Instant at, Changes& changes);

    Limits limits;
    bool seeded = false;
    Instant now{};
    Counts counts;
    Reader reader;
    LargeVector<Message> messages;
    ClientTable clients;
    ServerTable servers;
    BindingTable bindings;
    ExchangeTable exchanges;
    DecisionLog decisions;
    Series series;
    std::vector<LapsedOffer> lapsed; // empty between calls
};

/// What the tables hash with: the same on every fold of the same frames, and not known to whoever sends frames later.
/// By whatever comes first, before any table holds something.
void LanState::Impl::seed(Instant at, std::size_t salt)
{
    if (std::exchange(seeded, true)) return;
    const auto number = spread(static_cast<std::uint64_t>(at.time_since_epoch().count()) ^ salt);
    clients.seed(number);
    bindings.seed(number);
    exchanges.seed(number);
}

void LanState::Impl::pass(Instant at, Changes& changes)
{
    now = std::max(now, at);
    bindings.expire(now, {clients, series, changes});
    exchanges.settle(now, {changes, lapsed});
    if (!lapsed.empty()) let_lapse(changes);
}

void LanState::Impl::let_lapse(Changes& changes)
{
    for (const auto& offer : lapsed)
        bindings.lapsed(offer.address, offer.exchange, now, {clients, series, changes});
    lapsed.clear();
}

void LanState::Impl::observe(const decode::Frame& frame, const decode::DhcpPacket& packet, Changes& changes)
{
    const Reading reading = reader.read(packet.payload);
    Message message = message_of(frame, packet, reading);
    bool full = messages.size() >= limits.messages;
    const auto id = full ? kNone : static_cast<MessageId>(messages.size());
    if (message.malformed) ++counts.malformed;
    series.count(message.at, message.type);

    bindings.prefetch(message.address); // by the time it is looked for, it is there
    if (reading.identified) identify(message, reading, packet, full);
    if (message.client != kNone) {
        clients.seen(message.client, message.at, changes);
        if (!message.from_server) clients.learn(message.client, reading);
    }
    if (message.from_server && message.server != kNone) servers.learn(message.server, reading, message.at, changes);

    Verdict verdict;
    if (message.client != kNone) {
        const bool bootp = message.type == MessageType::none && !reading.malformed && !packet.udp.cut;
        const bool to_relay = message.relayed && packet.udp.destination == reading.giaddr;
        Arrival arrival{message, reading, servers, now, bootp, to_relay, {}, id};
        if (clients.is_ambiguous(message.client)) arrival.asker = asker_key(reading.hardware);
        verdict = exchanges.apply(arrival, {changes, lapsed});
        full = full || verdict.full;
        bind(message, reading, verdict, changes, full);
        if (!lapsed.empty()) let_lapse(changes);
        if (verdict.response && message.server != kNone) servers.answered(message.server, *verdict.response);
    }
    if (decisions.waiting() && reading.identified) explain(message, reading, changes);
    if (full) ++counts.over_limit;
    if (id == kNone) return;
    make_room(messages);
    messages.push_back(message);
    changes.messages.push_back(id);
}

void LanState::Impl::identify(Message& message, const Reading& reading, const decode::DhcpPacket& packet, bool& full)
{
    bool guessed = false;
    message.client = clients.identify(reading, message.at, full, guessed);
    if (guessed && (message.client == kNone || clients.is_ambiguous(message.client)))
        message.client = asker(message.xid, reading.hardware).value_or(message.client);
    if (message.from_server) {
        message.server = servers.identify(reading, packet, message.at, full);
    } else if (const auto identifier = reading.address(Watched::server_identifier)) {
        message.server = servers.named(*identifier);
    } else if (is_unicast(packet.udp.destination)) {
        message.server = servers.named(packet.udp.destination);
    }
}

/// The client that asks under this xid, where its hardware address alone does not tell which one it is.
std::optional<ClientId> LanState::Impl::asker(std::uint32_t xid, const HardwareAddress& hardware) const
{
    const auto id = exchanges.asker(xid, asker_key(hardware));
    if (id == kNone) return std::nullopt;
    const auto& its = clients.list()[id].hardware;
    const bool same = hardware.length > 0 ? its == hardware : its.length == 0;
    return same ? std::optional{id} : std::nullopt;
}

void LanState::Impl::bind(const Message& message, const Reading& reading, const Verdict& verdict, Changes& changes, bool& full)
{
    const BindingEffects effects{clients, series, changes};
    const BindingParty party{message.client, message.server, message.exchange};
    const auto client = message.client;
    bool recorded = true;
    if (message.from_server) {
        const bool assigns = is_unicast(message.address) && !verdict.informs;
        if (message.type == MessageType::offer && assigns)
            recorded = bindings.offered(message.address, party, message.at, effects);
        if (message.type == MessageType::nak) bindings.refused(verdict.concerned, client, message.at, effects);
        if (message.type == MessageType::ack && assigns) {
            recorded = bindings.granted(message.address, party, reading.u32(Watched::lease_time), message.at, effects);
        }
        // RFC 951: what BOOTP assigns has no end.
        if (verdict.bootp && assigns) recorded = bindings.granted(message.address, party, kInfiniteSeconds, message.at, effects);
    } else {
        if (message.type == MessageType::release) bindings.released(reading.ciaddr, client, message.at, effects);
        if (message.type == MessageType::decline && is_unicast(message.address)) {
            recorded = bindings.declined(message.address, party, message.at, effects);
        }
    }
    full = full || !recorded;
}

/// The decision about a message that came before it.
void LanState::Impl::explain(Message& message, const Reading& reading, Changes& changes)
{
    const auto server = message.server == kNone ? kAnyAddress : servers[message.server].identifier;
    message.decision = decisions.take({message.xid, reading.hardware, message.type, message.from_server}, server, message.at);
    if (message.decision == kNone || !message.from_server || message.server == kNone) return;
    servers[message.server].embedded = true;
    servers.touch(message.server, changes);
}

/// The message that came before a decision about it: among the newest of its exchange.
bool LanState::Impl::attach(DecisionId id, Changes& changes)
{
    constexpr std::size_t kLookBack = 64;
    const Decision& decision = *decisions.find(id);
    const auto subject = subject_of(decision);
    if (!subject) return true; // about no message
    auto client = subject->chaddr.length > 0 ? clients.find(subject->chaddr) : kNone;
    if (client == kNone || clients.is_ambiguous(client)) client = asker(subject->xid, subject->chaddr).value_or(client);
    const auto exchange = client == kNone ? kNone : exchanges.current(subject->xid, client);
    if (exchange == kNone) return false;

    const auto& ids = exchanges[exchange].messages;
    const auto last = ids.size() > kLookBack ? ids.rend() - static_cast<std::ptrdiff_t>(ids.size() - kLookBack) : ids.rend();
    // The oldest without a decision: decisions come in the order of their messages.
    Message* found = nullptr;
    for (auto it = ids.rbegin(); it != last; ++it) {
        Message& message = messages[*it];
        const auto apart = message.at < decision.at ? decision.at - message.at : message.at - decision.at;
        if (message.type != subject->type || message.from_server != subject->from_server || message.decision != kNone
            || message.xid != subject->xid || apart > DecisionLog::kWindow) {
            continue;
        }
        if (subject->from_server && !decision.server.is_unspecified()
            && (message.server == kNone || servers[message.server].identifier != decision.server)) {
            continue;
        }
        found = &message;
    }
    if (found == nullptr) return false;
    found->decision = id;
    exchanges.touch(subject->xid, client, changes);
    if (found->from_server && found->server != kNone) {
        servers[found->server].embedded = true;
        servers.touch(found->server, changes);
    }
    return true;
}

/// What crosses no wire, and only the embedded server's decision tells of: a person's orders, what its probes found, and the end of a
/// quarantine.
void LanState::Impl::obey(const Decision& decision, Changes& changes)
{
    const BindingEffects effects{clients, series, changes};
    for (const DecisionStep& step : decision.steps) {
        if (step.code == StepCode::declined) bindings.quarantined(step.address, effects);
        if (step.code != StepCode::probe_answered) continue;
        const auto by = step.who.length > 0 ? clients.find(step.who) : kNone;
        if (!bindings.in_conflict(step.address, by, decision.at, effects)) ++counts.over_limit;
    }
    if (decision.received != MessageType::none || decision.steps.empty()) return;
    carry_out(decision.steps.front().code, decision.address, decision.at, effects);
}

void LanState::Impl::carry_out(StepCode order, Ipv4Address address, Instant at, const BindingEffects& effects)
{
    switch (order) {
    case StepCode::order_released:
        if (!is_anothers(address)) bindings.freed(address, at, effects);
        return;
    case StepCode::order_erased:
        if (!is_anothers(address)) return bindings.forgotten(address, at, effects);
        return bindings.quarantine_over(address, at, effects);
    case StepCode::order_quarantine_cleared: return bindings.forgotten(address, at, effects);
    case StepCode::quarantine_over: return bindings.quarantine_over(address, at, effects);
    default: return;
    }
}

/// Bound by a server beside the embedded one, which can order nothing about it.
bool LanState::Impl::is_anothers(Ipv4Address address) const
{
    const auto binding = bindings.find(address);
    if (!binding || binding->server == kNone) return false;
    const auto all = servers.list();
    return !all[binding->server].embedded && std::ranges::any_of(all, &Server::embedded);
}

/// A person who reserves or deletes wants to see what the server has: what is told here is shown as if its ACK had been seen.
void LanState::Impl::take_up(const HeldLeases& held, Instant at, Changes& changes)
{
    const BindingEffects effects{clients, series, changes};
    bool full = false;
    const auto server = servers.own(held.server, held.mac, at, full);
    if (server != kNone) servers.touch(server, changes);
    counts.held_left_out += held.left_out;
    for (HeldLease lease : held.leases) {
        lease.since = bounded(lease.since);
        lease.renewed = bounded(lease.renewed);
        // Instant{} would be "unknown", which its file never says.
        if (lease.expires != kNever) lease.expires = std::max(bounded(lease.expires), Instant{Duration{1}});
        full = false;
        const bool somebody_else = lease.state == BindingState::conflict; // who answered a probe need not speak DHCP
        const auto client = somebody_else ? clients.find(lease.hardware) : clients.held(lease, full);
        if (client != kNone) clients.touch(client, changes);
        if (!bindings.held(lease, {client, server, kNone}, at, effects) || full) ++counts.held_left_out;
    }
}

void Counts::add(const decode::Packet& packet)
{
    ++frames;
    if (std::holds_alternative<decode::DhcpPacket>(packet)) {
        ++dhcp;
    } else if (std::holds_alternative<decode::ArpPacket>(packet)) {
        ++arp;
    } else {
        ++ignored;
        ++ignored_as[static_cast<std::size_t>(std::get<decode::Ignored>(packet).reason)];
    }
}

LanState::LanState(Limits limits) : impl_{std::make_unique<Impl>(limits)} { }
LanState::LanState(const LanState& other) : impl_{std::make_unique<Impl>(*other.impl_)} { }
LanState::LanState(LanState&&) noexcept = default;
LanState& LanState::operator=(LanState other)
{
    impl_ = std::move(other.impl_);
    return *this;
}
LanState::~LanState() = default;

void LanState::apply(const decode::Frame& frame, Changes& changes)
{
    impl_->seed(frame.at, frame.bytes.size());
    impl_->pass(bounded(frame.at), changes);
    const auto packet = decode::decode(frame);
    impl_->counts.add(packet);
    if (const auto* dhcp = std::get_if<decode::DhcpPacket>(&packet)) impl_->observe(frame, *dhcp, changes);
}

void LanState::apply(const Decision& decision, Changes& changes)
{
    Decision copy = decision;
    copy.at = bounded(copy.at);
    impl_->seed(copy.at, copy.xid); // it may bring an address with it: see obey()
    impl_->pass(copy.at, changes);
    const auto id = impl_->decisions.add(copy);
    if (!impl_->attach(id, changes)) impl_->decisions.wait(id);
    impl_->obey(copy, changes);
}

void LanState::apply(const PoolChange& change, Changes& changes)
{
    impl_->bindings.serve(change.pool, impl_->series);
    changes.pool = true;
}

void LanState::apply(const HeldLeases& held, Changes& changes)
{
    const Instant at = bounded(held.at);
    impl_->seed(at, held.leases.size());
    impl_->pass(at, changes);
    impl_->take_up(held, at, changes);
    impl_->pass(at, changes); // some may have ended while nobody served
}

void LanState::advance(Instant now, Changes& changes) { impl_->pass(bounded(now), changes); }
void LanState::settle(Changes& changes)
{
    impl_->exchanges.settle_all({changes, impl_->lapsed});
    impl_->let_lapse(changes);
}

Instant LanState::now() const { return impl_->now; }
std::span<const Message> LanState::messages() const { return impl_->messages; }
std::span<const Exchange> LanState::exchanges() const { return impl_->exchanges.list(); }
std::span<const Client> LanState::clients() const { return impl_->clients.list(); }
std::span<const Server> LanState::servers() const { return impl_->servers.list(); }
std::vector<Binding> LanState::bindings() const { return impl_->bindings.list(); }
std::optional<Binding> LanState::binding(Ipv4Address address) const { return impl_->bindings.find(address); }
const Decision* LanState::decision(DecisionId id) const { return impl_->decisions.find(id); }
const Series& LanState::series() const { return impl_->series; }
Counts LanState::counts() const { return impl_->counts; }
std::size_t LanState::bound_count() const { return impl_->bindings.bound_count(); }

std::size_t LanState::used_count() const { return impl_->bindings.used_count(); }
const Pool& LanState::pool() const { return impl_->bindings.pool(); }

std::size_t LanState::memory_used() const
{
    const Impl& i = *impl_;
    return sizeof(Impl) + i.messages.size() * sizeof(Message) + i.clients.memory_used() + i.servers.memory_used()
        + i.bindings.memory_used() + i.exchanges.memory_used() + i.decisions.memory_used()
        + i.series.buckets().size() * sizeof(Bucket);
}

} // namespace dorascope::observe
