// SPDX-License-Identifier: GPL-3.0-or-later
// What the messages of an exchange mean for it: its outcome, address, server and times.
#include "capture/observe/exchange_table.h"
#include "capture/observe/message_bits.h"

#include <algorithm>

namespace dorascope::observe {

namespace {

/// Clocks of several capturing machines differ: an answer is never earlier than its question.
Duration since(Instant earlier, Instant later) { return std::max(later - earlier, Duration::zero()); }

bool is_lease_query_answer(MessageType type)
{
    return type == MessageType::lease_active || type == MessageType::lease_unassigned || type == MessageType::lease_unknown;
}

} // namespace

/// Notes the type under its sender. The copy that a relay passes on is another sender's, not a retransmission.
bool ExchangeTable::repeated(Active& active, const Arrival& arrival)
{
    const Message& message = arrival.message;
    std::uint16_t* types = message.relayed ? &active.relayed_types : &active.own_types;
    if (message.from_server) {
        const auto sender = std::find_if(active.senders.begin(), active.senders.end(),
                                         [&](const Sender& s) { return s.server == message.server || s.server == kNone; });
        if (sender == active.senders.end() || message.server == kNone) return false;
        sender->server = message.server;
        types = arrival.to_relay ? &sender->types_to_relay : &sender->types;
    }
    const auto mark = bit(message.type);
    const bool seen = (*types & mark) != 0;
    *types = static_cast<std::uint16_t>(*types | mark);
    return seen;
}

void ExchangeTable::set_outcome(Active& active, ExchangeOutcome outcome)
{
    exchanges_[active.exchange].outcome = outcome;
    active.pending = outcome == ExchangeOutcome::pending;
}

/// What it means that no answer came.
ExchangeOutcome ExchangeTable::silence(const Active& active) const
{
    const auto types = static_cast<std::uint16_t>(active.own_types | active.relayed_types);
    if ((types & bit(MessageType::request)) != 0) return ExchangeOutcome::no_ack;
    if (!exchanges_[active.exchange].offers.empty()) return ExchangeOutcome::not_taken;
    if ((types & bit(MessageType::discover)) != 0) return ExchangeOutcome::no_offer;
    return ExchangeOutcome::unanswered;
}

void ExchangeTable::from_client(Active& active, const Arrival& arrival, const ExchangeEffects& effects)
{
    const Message& message = arrival.message;
    Exchange& exchange = exchanges_[active.exchange];
    // The question arrived behind its answer (a capture merged from several machines).
    if (exchange.outcome == ExchangeOutcome::orphan && !active.decided) set_outcome(active, ExchangeOutcome::pending);
    if (exchange.server == kNone) exchange.server = message.server;
    if (message.type == MessageType::discover) return on_discover(active, arrival);
    if (message.type == MessageType::request) return on_request(active, arrival, effects);
    exchange.address = message.address;
    if (message.type == MessageType::decline) return set_outcome(active, ExchangeOutcome::declined);
    if (message.type == MessageType::release) return set_outcome(active, ExchangeOutcome::released);
    active.last_request = message.at; // INFORM, LEASEQUERY, BOOTP and what is to come
}

void ExchangeTable::on_discover(Active& active, const Arrival& arrival)
{
    Exchange& exchange = exchanges_[active.exchange];
    if (active.first_discover == kNever) active.first_discover = arrival.message.at;
    active.last_discover = arrival.message.at;
    if (exchange.offers.empty()) exchange.address = arrival.message.address;
}

void ExchangeTable::on_request(Active& active, const Arrival& arrival, const ExchangeEffects& effects)
{
    Exchange& exchange = exchanges_[active.exchange];
    active.state = request_state(arrival.reading);
    active.requested = true;
    active.last_request = arrival.message.at;
    if (!active.decided) exchange.address = arrival.message.address;
    if (active.state != RequestState::selecting) return;
    if (const auto chosen = arrival.message.server; chosen != kNone) exchange.server = chosen;
    // RFC 2131 §3.1, 3: the servers not named take the REQUEST as a refusal of their offers.
    const auto identifier = arrival.reading.address(Watched::server_identifier);
    for (const Offer& offer : exchange.offers) {
        const bool other = offer.server != kNone && arrival.servers.list()[offer.server].identifier != identifier;
        if (other && offer.address != arrival.message.address) effects.lapsed.push_back({offer.address, active.exchange});
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
        set_outcome(active, ExchangeOutcome::informed);
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
    active.loose_offers = true;
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
        set_outcome(active, ExchangeOutcome::informed);
    } else if (active.requested && active.state != RequestState::selecting) {
        set_outcome(active, ExchangeOutcome::renewed);
    } else if (types != 0) {
        set_outcome(active, ExchangeOutcome::bound);
    }
    if (!message.address.is_unspecified()) exchange.address = message.address;
    exchange.server = message.server;
    active.loose_offers = exchange.offers.size() > 1; // the one it took is a binding now
    active.decided = true;
    active.requested = false;
}

void ExchangeTable::on_nak(Active& active, const Arrival& arrival, Verdict& verdict)
{
    Exchange& exchange = exchanges_[active.exchange];
    if (active.decided && !active.requested) return;
    if (active.requested) verdict.response = since(active.last_request, arrival.message.at);
    verdict.concerned = exchange.address;
    set_outcome(active, ExchangeOutcome::nak);
    exchange.server = arrival.message.server;
    active.decided = true;
    active.requested = false;
}

} // namespace dorascope::observe
