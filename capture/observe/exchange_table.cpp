// SPDX-License-Identifier: GPL-3.0-or-later
// Which exchange a message belongs to, and when an exchange ends.
#include "capture/observe/exchange_table.h"

#include "capture/observe/message_bits.h"

#include <algorithm>

namespace dorascope::observe {

RequestState request_state(const Reading& reading)
{
    if (reading.type != MessageType::request) return RequestState::none;
    if (!reading.ciaddr.is_unspecified()) return RequestState::renewing;
    return reading.address(Watched::server_identifier) ? RequestState::selecting : RequestState::init_reboot;
}

void ExchangeTable::seed(std::uint64_t seed)
{
    by_key_.seed(seed);
    by_asker_.seed(seed);
}

ExchangeTable::Slot ExchangeTable::find(std::uint32_t xid, ClientId client) const
{
    return by_key_.find(hash(xid, client), [&](Slot slot) {
        const Active& active = active_[slot];
        return active.client == client && (active.xid == xid || active.other_xid == xid);
    });
}

Verdict ExchangeTable::apply(Arrival arrival, const ExchangeEffects& effects)
{
    Verdict verdict;
    const Slot slot = join(arrival, verdict, effects);
    if (slot == kNone) return verdict;
    Active& active = active_[slot];
    Exchange& exchange = exchanges_[active.exchange];
    Message& message = arrival.message;

    message.exchange = active.exchange;
    message.retransmission = repeated(active, arrival);
    if (message.retransmission) ++exchange.retransmissions;
    ++exchange.message_count;
    if (arrival.id != kNone && exchange.messages.size() < Exchange::kMaxMessages) exchange.messages.push_back(arrival.id);
    exchange.end = std::max(exchange.end, message.at);
    active.active = arrival.now;
    if (slot != latest_) {
        unlink(slot);
        append(slot);
    }

    if (message.from_server) {
        from_server(active, arrival, verdict);
    } else {
        from_client(active, arrival, effects);
    }
    active.touched.note(effects.changes.exchanges, active.exchange);
    return verdict;
}

/// The exchange a message belongs to, opened if need be.
ExchangeTable::Slot ExchangeTable::join(const Arrival& arrival, Verdict& verdict, const ExchangeEffects& effects)
{
    const Message& message = arrival.message;
    const Slot slot = find(message.xid, message.client);
    if (slot != kNone && !begins_anew(active_[slot], arrival)) return slot;
    if (slot != kNone) {
        retire(slot, effects);
    } else if (request_state(arrival.reading) == RequestState::selecting) {
        if (const Slot offered = find_offered(arrival); offered != kNone) {
            join_under(offered, arrival);
            return offered;
        }
    }
    return open(arrival, verdict.full);
}

/// RFC 2131 §4.4.1 wants the REQUEST to bear the xid of the OFFER, but some clients choose a new one. It belongs to the DISCOVER all the
/// same when this client was just offered what it asks for, by the server it names.
ExchangeTable::Slot ExchangeTable::find_offered(const Arrival& arrival) const
{
    const Message& message = arrival.message;
    const Slot slot = message.client < newest_.size() ? newest_[message.client] : kNone;
    if (slot == kNone) return kNone;
    const Active& active = active_[slot];
    if (active.exchange == kNone || active.client != message.client || !active.pending) return kNone;
    const auto& offers = exchanges_[active.exchange].offers;
    const auto identifier = arrival.reading.address(Watched::server_identifier);
    const bool offered = std::any_of(offers.begin(), offers.end(), [&](const Offer& offer) {
        return offer.server != kNone && offer.address == message.address
            && arrival.servers.list()[offer.server].identifier == identifier;
    });
    return offered ? slot : kNone;
}

/// Answers will bear the new xid; a client that chooses yet another for each retransmission is followed to the last.
void ExchangeTable::join_under(Slot slot, const Arrival& arrival)
{
    Active& active = active_[slot];
    const std::uint32_t xid = arrival.message.xid;
    if (active.other_xid != active.xid) by_key_.erase(hash(active.other_xid, active.client), slot);
    active.other_xid = xid;
    by_key_.insert(hash(xid, active.client), slot);
    await_replies(slot, arrival);
}

/// One entry for each asker and xid, however many identifiers somebody sends under one xid from one hardware address.
void ExchangeTable::await_replies(Slot slot, const Arrival& arrival)
{
    if (!arrival.asker || asker(arrival.message.xid, *arrival.asker) != kNone) return;
    Active& active = active_[slot];
    if (active.ambiguous) by_asker_.erase(active.asker_hash, slot);
    active.ambiguous = true;
    active.asker_hash = asker_hash(arrival.message.xid, *arrival.asker);
    by_asker_.insert(active.asker_hash, slot);
}

/// Whether a message under the xid of an exchange still going on starts the next one. Replies never do.
bool ExchangeTable::begins_anew(const Active& active, const Arrival& arrival) const
{
    const Message& message = arrival.message;
    if (message.from_server) return false;
    const bool over = !active.pending && exchanges_[active.exchange].outcome != ExchangeOutcome::orphan;
    const auto types = static_cast<std::uint16_t>(active.own_types | active.relayed_types);
    const RequestState state = request_state(arrival.reading);
    switch (message.type) {
    case MessageType::discover: // also after a reboot or a renewal that nobody answered (§4.4.2: back to INIT)
        return over || active.state == RequestState::init_reboot || active.state == RequestState::renewing;
    case MessageType::
        request: // after the ACK, the same REQUEST again means that the ACK was lost; a renewal is the next exchange
        return over && (state == RequestState::renewing || state != active.state);
    case MessageType::release:
    case MessageType::inform:
    case MessageType::lease_query: return types != 0 && (types & bit(message.type)) == 0;
    default: return false;
    }
}

ExchangeTable::Slot ExchangeTable::take_slot()
{
    if (free_.empty()) {
        make_room(active_);
        active_.emplace_back();
        return static_cast<Slot>(active_.size() - 1);
    }
    const Slot slot = free_.back();
    free_.pop_back();
    active_[slot] = {};
    return slot;
}

ExchangeTable::Slot ExchangeTable::open(const Arrival& arrival, bool& full)
{
    if (exchanges_.size() >= limit_) {
        full = true;
        return kNone;
    }
    const Message& message = arrival.message;
    const Slot slot = take_slot();
    Active& active = active_[slot];
    active.exchange = static_cast<ExchangeId>(exchanges_.size());
    active.client = message.client;
    active.xid = active.other_xid = message.xid;
    append(slot);
    by_key_.insert(hash(message.xid, message.client), slot);
    await_replies(slot, arrival);
    if (newest_.size() <= message.client) newest_.resize(message.client + std::size_t{1}, kNone);
    newest_[message.client] = slot;

    make_room(exchanges_);
    Exchange& exchange = exchanges_.emplace_back();
    exchange.xid = message.xid;
    exchange.client = message.client;
    exchange.start = exchange.end = message.at;
    set_outcome(active, message.from_server ? ExchangeOutcome::orphan : ExchangeOutcome::pending);
    return slot;
}

/// No message can join any more.
void ExchangeTable::retire(Slot slot, const ExchangeEffects& effects)
{
    Active& active = active_[slot];
    if (active.pending) {
        set_outcome(active, silence(active));
        active.touched.note(effects.changes.exchanges, active.exchange);
    }
    if (active.loose_offers) {
        for (const Offer& offer : exchanges_[active.exchange].offers)
            effects.lapsed.push_back({offer.address, active.exchange});
    }
    by_key_.erase(hash(active.xid, active.client), slot);
    if (active.other_xid != active.xid) by_key_.erase(hash(active.other_xid, active.client), slot);
    if (active.ambiguous) by_asker_.erase(active.asker_hash, slot);
    unlink(slot);
    active.exchange = kNone;
    free_.push_back(slot);
}

void ExchangeTable::append(Slot slot)
{
    active_[slot].older = latest_;
    active_[slot].newer = kNone;
    (latest_ == kNone ? quietest_ : active_[latest_].newer) = slot;
    latest_ = slot;
}

void ExchangeTable::unlink(Slot slot)
{
    const Slot older = active_[slot].older, newer = active_[slot].newer;
    (older == kNone ? quietest_ : active_[older].newer) = newer;
    (newer == kNone ? latest_ : active_[newer].older) = older;
}

void ExchangeTable::settle(Instant now, const ExchangeEffects& effects)
{
    while (quietest_ != kNone && now - active_[quietest_].active >= exchange_time_)
        retire(quietest_, effects);
}

void ExchangeTable::settle_all(const ExchangeEffects& effects)
{
    while (quietest_ != kNone)
        retire(quietest_, effects);
}

ExchangeId ExchangeTable::current(std::uint32_t xid, ClientId client) const
{
    const Slot slot = find(xid, client);
    return slot == kNone ? kNone : active_[slot].exchange;
}

ClientId ExchangeTable::asker(std::uint32_t xid, std::uint64_t asker) const
{
    const Slot slot =
        by_asker_.find(asker_hash(xid, asker), [&](Slot s) { return active_[s].xid == xid || active_[s].other_xid == xid; });
    return slot == kNone ? kNone : active_[slot].client;
}

void ExchangeTable::touch(std::uint32_t xid, ClientId client, Changes& changes)
{
    const Slot slot = find(xid, client);
    if (slot != kNone) active_[slot].touched.note(changes.exchanges, active_[slot].exchange);
}

std::size_t ExchangeTable::memory_used() const
{
    return exchanges_.size() * sizeof(Exchange) + active_.size() * sizeof(Active) + newest_.size() * sizeof(Slot)
        + by_key_.memory_used() + by_asker_.memory_used();
}

} // namespace dorascope::observe
