// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/scope.h"

#include "ui/models/filter.h"
#include "ui/models/vendors.h"

#include <algorithm>

namespace dorascope::models {
namespace {

const observe::LanState& emptyState()
{
    static const observe::LanState state;
    return state;
}
const observe::Recording& emptyRecording()
{
    static const observe::Recording recording;
    return recording;
}

template <typename T> bool holds(std::span<const T> items, std::uint32_t id) { return id < items.size(); }

QString joined(const QString& first, const QString& second)
{
    if (first.isEmpty() || second.isEmpty()) return first + second;
    return QStringLiteral("%1 · %2").arg(first, second);
}

} // namespace

Scope::Scope(QObject* parent)
    : QObject{parent}, state_{&emptyState()}, recording_{&emptyRecording()}, parsed_{std::make_unique<Filter>()}
{ }

Scope::~Scope() = default;

void Scope::setState(const observe::LanState* state, const observe::Recording* recording)
{
    // Ids mean the same in every fold over one recording, so a selection outlives a journey in time; not a change of source.
    const bool sameSource = recording == recording_;
    state_ = state != nullptr ? state : &emptyState();
    recording_ = recording != nullptr ? recording : &emptyRecording();
    parsed_->forgetAll();
    const bool rangeLost = !sameSource && range_.has_value();
    if (rangeLost) range_.reset();
    Selection kept = sameSource ? selection_ : Selection{};
    if (!holds(state_->messages(), kept.message)) kept.message = observe::kNone;
    if (!holds(state_->exchanges(), kept.exchange)) kept.exchange = observe::kNone;
    if (!holds(state_->clients(), kept.client)) kept.client = observe::kNone;
    const bool selectionLost = kept != selection_;
    selection_ = kept;
    Q_EMIT reset();
    Q_EMIT poolChanged();
    if (rangeLost) Q_EMIT filterChanged();
    if (selectionLost) Q_EMIT selectionChanged();
}

void Scope::publish(const observe::Changes& changes)
{
    parsed_->forget(changes.clients);
    Q_EMIT advanced(changes);
    if (changes.pool) Q_EMIT poolChanged();
}

void Scope::select(Selection selection)
{
    const auto messages = state_->messages();
    const auto exchanges = state_->exchanges();
    if (!holds(messages, selection.message)) selection.message = observe::kNone;
    if (selection.message != observe::kNone) selection.exchange = messages[selection.message].exchange;
    if (!holds(exchanges, selection.exchange)) selection.exchange = observe::kNone;
    if (selection.exchange != observe::kNone)
        selection.client = exchanges[selection.exchange].client;
    else if (selection.message != observe::kNone)
        selection.client = messages[selection.message].client;
    if (!holds(state_->clients(), selection.client)) selection.client = observe::kNone;
    if (selection == selection_) return;
    selection_ = selection;
    Q_EMIT selectionChanged();
}

void Scope::selectMessage(observe::MessageId id) { select({.message = id}); }

void Scope::selectExchange(observe::ExchangeId id)
{
    if (!holds(state_->exchanges(), id)) return select({});
    const auto messages = state_->messages();
    const auto& members = state_->exchanges()[id].messages;
    const auto reply = std::ranges::find_if(members, [&](auto m) { return holds(messages, m) && messages[m].from_server; });
    const auto message = reply != members.end() ? *reply : members.empty() ? observe::kNone : members.front();
    select({.message = message, .exchange = id});
}

void Scope::selectClient(observe::ClientId id) { select({.client = id}); }

void Scope::setFilter(const QString& text)
{
    if (text == filter_) return;
    filter_ = text;
    *parsed_ = Filter::parse(text);
    Q_EMIT filterChanged();
}

bool Scope::matches(observe::ExchangeId id) const
{
    const auto exchanges = state_->exchanges();
    if (!holds(exchanges, id)) return false;
    const auto& exchange = exchanges[id];
    if (range_ && (exchange.end < range_->from || exchange.start > range_->to)) return false;
    return parsed_->matches(*this, exchange);
}

bool Scope::matchesBinding(const observe::Binding& binding) const
{
    if (range_) {
        const Instant end = std::max({binding.since, binding.renewed, binding.expires});
        if (end < range_->from || binding.since > range_->to) return false;
    }
    return parsed_->matches(*this, binding);
}

void Scope::setRange(std::optional<TimeRange> range)
{
    if (range && range->to < range->from) std::swap(range->from, range->to);
    if (range == range_) return;
    range_ = range;
    Q_EMIT filterChanged();
}

Instant Scope::playhead() const { return live_ ? state_->now() : playhead_; }

void Scope::setNamer(Namer namer)
{
    namer_ = std::move(namer);
    parsed_->forgetAll();
}

void Scope::setReservations(Reservations reservations)
{
    if (reservations == reservations_) return;
    reservations_ = std::move(reservations);
    Q_EMIT reservationsChanged();
}

const ReservedAddress* Scope::reservation(Ipv4Address address) const
{
    if (!live_ || !reservations_) return nullptr;
    const auto found = std::ranges::lower_bound(*reservations_, address, {}, &ReservedAddress::address);
    return found != reservations_->end() && found->address == address ? &*found : nullptr;
}

QString Scope::clientName(observe::ClientId id) const
{
    if (!holds(state_->clients(), id)) return {};
    const auto& client = state_->clients()[id];
    if (namer_) {
        if (auto name = namer_(client.hardware); !name.isEmpty()) return name;
    }
    if (!client.hostname.empty()) return QString::fromStdString(client.hostname);
    const auto mac = client.hardware.mac();
    const QString whole = QString::fromStdString(client.hardware.to_string());
    if (whole.isEmpty()) return tr("unknown client");
    const QString vendor = vendorName(client.hardware);
    if (!mac || vendor.isEmpty() || mac->is_local()) return whole;
    return QStringLiteral("%1 %2").arg(vendor, whole.right(8)); // the last three octets tell one maker's devices apart
}

QString Scope::clientDetail(observe::ClientId id) const
{
    if (!holds(state_->clients(), id)) return {};
    const auto& hardware = state_->clients()[id].hardware;
    return joined(vendorName(hardware), QString::fromStdString(hardware.to_string()));
}

QString Scope::serverName(observe::ServerId id) const
{
    if (!holds(state_->servers(), id)) return {};
    return QString::fromStdString(state_->servers()[id].identifier.to_string());
}

QString Scope::serverDetail(observe::ServerId id) const
{
    const auto servers = state_->servers();
    if (!holds(servers, id)) return {};
    if (servers[id].embedded) return tr("this server");
    const QString vendor = servers[id].mac ? vendorName(*servers[id].mac) : QString{};
    const bool ours = std::ranges::any_of(servers, &observe::Server::embedded);
    if (ours) return joined(tr("unknown"), vendor);
    return joined(id == 0 ? tr("first seen") : tr("another server"), vendor);
}

void Scope::goLive()
{
    if (live_) return;
    live_ = true;
    Q_EMIT liveChanged(true);
}

void Scope::setPlayhead(Instant at)
{
    if (!live_ && at == playhead_) return;
    const bool wasLive = live_;
    live_ = false;
    playhead_ = at;
    if (wasLive) Q_EMIT liveChanged(false);
    Q_EMIT playheadRequested(at);
}

} // namespace dorascope::models
