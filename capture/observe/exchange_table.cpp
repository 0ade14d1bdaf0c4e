// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/observe/exchange_table.h"

#include <algorithm>

namespace dorascope::observe {

namespace {

constexpr std::uint16_t bit(MessageType type)
{
    const auto i = static_cast<unsigned>(type);
    return i < 16 ? static_cast<std::uint16_t>(1U << i) : std::uint16_t{0};
}

/// Clocks of several capturing machines differ: an answer is never earlier than its question.
Duration since(Instant earlier, Instant later) { return std::max(later - earlier, Duration::zero()); }

bool is_lease_query_answer(MessageType type)
{
    return type == MessageType::lease_active || type == MessageType::lease_unassigned || type == MessageType::lease_unknown;
}

} // namespace

RequestState request_state(const Reading& reading)
{
    if (reading.type != MessageType::request) return RequestState::none;
    if (!reading.ciaddr.is_unspecified()) return RequestState::renewing;
    return reading.address(Watched::server_identifier) ? RequestState::selecting : RequestState::init_reboot;
}

Verdict ExchangeTable::apply(Arrival arrival, const ServerTable& servers, Changes& changes)
{
    Verdict verdict;
    const Slot slot = join(arrival, servers, verdict.full);
    if (slot == kNone) return verdict;
    Active& active = active_[slot];
    Exchange& exchange = exchanges_[active.exchange];
    Message& message = arrival.message;

    message.exchange = active.exchange;
    message.retransmission = repeated(active, message);
    if (message.retransmission) ++exchange.retransmissions;
    ++exchange.message_count;
    if (arrival.id != kNone && exchange.messages.size() < Exchange::kMaxMessages) exchange.messages.push_back(arrival.id);
    exchange.end = std::max(exchange.end, message.at);
    active.active = arrival.now;

    if (message.from_server) {
        from_server(active, arrival, verdict);
    } else {
        from_client(active, arrival, servers, verdict);
    }
    active.touched.note(changes.exchanges, active.exchange);
    return verdict;
}

/// The exchange a message belongs to, opened if need be.
ExchangeTable::Slot ExchangeTable::join(const Arrival& arrival, const ServerTable& servers, bool& full)
{
    const Message& message = arrival.message;
    const Slot slot = by_key_.find(key(message.xid, message.client));
    if (slot != kNone && !begins_anew(active_[slot], arrival)) return slot;
    if (slot != kNone) {
        retire(slot, nullptr);
    } else if (request_state(arrival.reading) == RequestState::selecting) {
        const Slot offered = find_offered(arrival, servers);
        if (offered != kNone) {
            Active& active = active_[offered];
            if (active.other_xid != active.xid) by_key_.erase(key(active.other_xid, message.client));
            active.other_xid = message.xid;
            by_key_.set(key(message.xid, message.client), offered);
            return offered;
        }
    }
    return open(arrival, full);
}

/// RFC 2131 §4.4.1 wants the REQUEST to bear the xid of the OFFER, but some clients choose a new one. It belongs to the DISCOVER all the
/// same when this client was just offered what it asks for, by the server it names.
ExchangeTable::Slot ExchangeTable::find_offered(const Arrival& arrival, const ServerTable& servers) const
{
    const Message& message = arrival.message;
    const Slot slot = message.client < newest_.size() ? newest_[message.client] : kNone;
    if (slot == kNone || !active_[slot].live) return kNone;
    const Exchange& exchange = exchanges_[active_[slot].exchange];
    if (exchange.client != message.client || exchange.outcome != ExchangeOutcome::pending) return kNone;
    const auto identifier = arrival.reading.address(Watched::server_identifier);
    const bool offered = std::any_of(exchange.offers.begin(), exchange.offers.end(), [&](const Offer& offer) {
        return offer.server != kNone && offer.address == message.address && servers.list()[offer.server].identifier == identifier;
    });
    return offered ? slot : kNone;
}

/// Whether a message under the xid of an exchange still going on starts the next one. Replies never do.
bool ExchangeTable::begins_anew(const Active& active, const Arrival& arrival) const
{
    const Message& message = arrival.message;
    if (message.from_server) return false;
    const ExchangeOutcome outcome = exchanges_[active.exchange].outcome;
    const bool over = outcome != ExchangeOutcome::pending && outcome != ExchangeOutcome::orphan;
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

ExchangeTable::Slot ExchangeTable::open(const Arrival& arrival, bool& full)
{
    if (exchanges_.size() >= limit_) {
        full = true;
        return kNone;
    }
    const Message& message = arrival.message;
    Slot slot = static_cast<Slot>(active_.size());
    if (free_.empty()) {
        active_.emplace_back();
    } else {
        slot = free_.back();
        free_.pop_back();
        active_[slot] = {};
    }
    Active& active = active_[slot];
    active.exchange = static_cast<ExchangeId>(exchanges_.size());
    active.live = true;
    active.nameless = arrival.reading.hardware.length == 0;
    active.xid = active.other_xid = message.xid;
    active.active = arrival.now;
    active.due = saturating_add(arrival.now, exchange_time_);
    due_.push(active.due, slot);
    by_key_.set(key(message.xid, message.client), slot);
    if (active.nameless) by_xid_.set(message.xid, slot);
    if (newest_.size() <= message.client) newest_.resize(message.client + std::size_t{1}, kNone);
    newest_[message.client] = slot;

    Exchange& exchange = exchanges_.emplace_back();
    exchange.xid = message.xid;
    exchange.client = message.client;
    exchange.start = exchange.end = message.at;
    exchange.outcome = message.from_server ? ExchangeOutcome::orphan : ExchangeOutcome::pending;
    exchange.messages.reserve(4);
    return slot;
}

/// No message can join any more. `changes` is null when the exchange is touched anyway.
void ExchangeTable::retire(Slot slot, Changes* changes)
{
    Active& active = active_[slot];
    Exchange& exchange = exchanges_[active.exchange];
    if (exchange.outcome == ExchangeOutcome::pending) {
        exchange.outcome = silence(active);
        if (changes != nullptr) active.touched.note(changes->exchanges, active.exchange);
    }
    by_key_.erase(key(active.xid, exchange.client));
    if (active.other_xid != active.xid) by_key_.erase(key(active.other_xid, exchange.client));
    if (active.nameless && by_xid_.find(active.xid) == slot) by_xid_.erase(active.xid);
    active.live = false; // free again once its entry in due_ comes up
}

ExchangeOutcome ExchangeTable::silence(const Active& active) const
{
    const auto types = static_cast<std::uint16_t>(active.own_types | active.relayed_types);
    if ((types & bit(MessageType::request)) != 0) return ExchangeOutcome::no_ack;
    if (!exchanges_[active.exchange].offers.empty()) return ExchangeOutcome::not_taken;
    if ((types & bit(MessageType::discover)) != 0) return ExchangeOutcome::no_offer;
    return ExchangeOutcome::unanswered;
}

void ExchangeTable::settle(Instant now, Changes& changes)
{
    while (const auto next = due_.pop_due(now)) {
        const Slot slot = next->second;
        Active& active = active_[slot];
        if (active.live) {
            active.due = saturating_add(active.active, exchange_time_);
            if (active.due > now) {
                due_.push(active.due, slot);
                continue;
            }
            retire(slot, &changes);
        }
        free_.push_back(slot);
    }
}

void ExchangeTable::settle_all(Changes& changes)
{
    for (Slot slot = 0; slot < active_.size(); ++slot) {
        if (active_[slot].live) retire(slot, &changes);
    }
}

ExchangeId ExchangeTable::current(std::uint32_t xid, ClientId client) const
{
    const Slot slot = by_key_.find(key(xid, client));
    return slot == kNone ? kNone : active_[slot].exchange;
}

ClientId ExchangeTable::nameless_client(std::uint32_t xid) const
{
    const Slot slot = by_xid_.find(xid);
    return slot == kNone ? kNone : exchanges_[active_[slot].exchange].client;
}

void ExchangeTable::touch(std::uint32_t xid, ClientId client, Changes& changes)
{
    const Slot slot = by_key_.find(key(xid, client));
    if (slot != kNone) active_[slot].touched.note(changes.exchanges, active_[slot].exchange);
}

/// Notes the type under its sender. The copy that a relay passes on is another sender's, not a retransmission.
bool ExchangeTable::repeated(Active& active, const Message& message)
{
    std::uint16_t* types = message.relayed ? &active.relayed_types : &active.own_types;
    if (message.from_server) {
        const auto sender = std::find_if(active.senders.begin(), active.senders.end(),
                                         [&](const Sender& s) { return s.server == message.server || s.server == kNone; });
        if (sender == active.senders.end() || message.server == kNone) return false;
        sender->server = message.server;
        types = &sender->types;
    }
    const auto mark = bit(message.type);
    const bool seen = (*types & mark) != 0;
    *types = static_cast<std::uint16_t>(*types | mark);
    return seen;
}

void ExchangeTable::from_client(Active& active, const Arrival& arrival, const ServerTable& servers, Verdict& verdict)
{
    const Message& message = arrival.message;
    Exchange& exchange = exchanges_[active.exchange];
    // The question arrived behind its answer (a capture merged from several machines).
    if (exchange.outcome == ExchangeOutcome::orphan && !active.decided) exchange.outcome = ExchangeOutcome::pending;
    switch (message.type) {
    case MessageType::discover:
        if (active.first_discover == kNever) active.first_discover = message.at;
        active.last_discover = message.at;
        if (exchange.address.is_unspecified()) exchange.address = message.address;
        break;
    case MessageType::request: on_request(active, arrival, servers, verdict); break;
    case MessageType::decline:
        exchange.outcome = ExchangeOutcome::declined;
        exchange.address = message.address;
        break;
    case MessageType::release:
        exchange.outcome = ExchangeOutcome::released;
        exchange.address = message.address;
        break;
    default:
        active.last_request = message.at;
        exchange.address = message.address;
        break;
    }
    if (exchange.server == kNone) exchange.server = message.server;
}

void ExchangeTable::on_request(Active& active, const Arrival& arrival, const ServerTable& servers, Verdict& verdict)
{
    Exchange& exchange = exchanges_[active.exchange];
    active.state = request_state(arrival.reading);
    active.requested = true;
    active.last_request = arrival.message.at;
    if (!active.decided) exchange.address = arrival.message.address;
    if (active.state != RequestState::selecting) return;
    // RFC 2131 §3.1, 3: the servers not named take the REQUEST as a refusal of their offers.
    const auto chosen = arrival.reading.address(Watched::server_identifier);
    for (const Offer& offer : exchange.offers) {
        if (offer.server != kNone && servers.list()[offer.server].identifier != chosen
            && offer.address != arrival.message.address) {
            verdict.turned_down.push_back(offer);
        }
    }
}

void ExchangeTable::from_server(Active& active, const Arrival& arrival, Verdict& verdict)
{
    Exchange& exchange = exchanges_[active.exchange];
    const MessageType type = arrival.message.type;
    if (type == MessageType::offer) return on_offer(active, arrival, verdict);
    if (type == MessageType::nak) return on_nak(active, arrival, verdict);
    if (type == MessageType::ack || arrival.bootp) return on_ack(active, arrival, verdict);
    if (is_lease_query_answer(type) && exchange.outcome == ExchangeOutcome::pending) {
        exchange.outcome = ExchangeOutcome::informed;
        exchange.server = arrival.message.server;
        if (active.last_request != kNever) verdict.response = since(active.last_request, arrival.message.at);
    }
}

void ExchangeTable::on_offer(Active& active, const Arrival& arrival, Verdict& verdict)
{
    const Message& message = arrival.message;
    Exchange& exchange = exchanges_[active.exchange];
    const bool asked = active.last_discover != kNever;
    const Duration after = asked ? since(active.last_discover, message.at) : Duration::zero();
    const bool known = std::any_of(exchange.offers.begin(), exchange.offers.end(), [&](const Offer& offer) {
        return offer.server == message.server && offer.address == message.address;
    });
    if (!known && exchange.offers.size() < kMaxOffers)
        exchange.offers.push_back({message.server, message.address, arrival.id, after});
    if (!known && asked) verdict.response = after;
    if (asked && !exchange.offer_time) exchange.offer_time = after;
    if (!active.decided && !active.requested) exchange.address = message.address;
    if (exchange.server == kNone) exchange.server = message.server;
}

void ExchangeTable::on_ack(Active& active, const Arrival& arrival, Verdict& verdict)
{
    const Message& message = arrival.message;
    Exchange& exchange = exchanges_[active.exchange];
    const auto types = static_cast<std::uint16_t>(active.own_types | active.relayed_types);
    verdict.informs = (types & bit(MessageType::inform)) != 0;
    verdict.bootp = arrival.bootp;
    // The first verdict counts, as it does for the client; a second server's later one changes nothing.
    if (active.decided && !active.requested) return;
    const bool asked = active.requested || verdict.informs || active.last_discover != kNever;
    // RFC 4039: with rapid commit, the ACK answers the DISCOVER.
    const Instant question = active.last_request != kNever ? active.last_request : active.last_discover;
    if (asked) {
        verdict.response = exchange.ack_time = since(question, message.at);
        if (active.first_discover != kNever) exchange.dora_time = since(active.first_discover, message.at);
    }
    if (verdict.informs) {
        exchange.outcome = ExchangeOutcome::informed;
    } else if (active.requested && active.state != RequestState::selecting) {
        exchange.outcome = ExchangeOutcome::renewed;
    } else if (types != 0) {
        exchange.outcome = ExchangeOutcome::bound;
    }
    if (!message.address.is_unspecified()) exchange.address = message.address;
    exchange.server = message.server;
    active.decided = true;
    active.requested = false;
}

void ExchangeTable::on_nak(Active& active, const Arrival& arrival, Verdict& verdict)
{
    Exchange& exchange = exchanges_[active.exchange];
    if (active.decided && !active.requested) return;
    if (active.requested) verdict.response = since(active.last_request, arrival.message.at);
    verdict.concerned = exchange.address;
    exchange.outcome = ExchangeOutcome::nak;
    exchange.server = arrival.message.server;
    active.decided = true;
    active.requested = false;
}

std::size_t ExchangeTable::memory_used() const
{
    constexpr std::size_t kLists = 96; // messages and offers, with what malloc adds
    return exchanges_.capacity() * sizeof(Exchange) + exchanges_.size() * kLists + active_.capacity() * sizeof(Active)
        + newest_.capacity() * sizeof(Slot) + by_key_.memory_used() + by_xid_.memory_used() + due_.memory_used();
}

} // namespace dorascope::observe
