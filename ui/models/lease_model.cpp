// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/lease_model.h"

#include "engine/wire/message.h"
#include "engine/wire/option_table.h"
#include "ui/models/csv.h"
#include "ui/models/sort_keys.h"
#include "ui/models/time_text.h"
#include "ui/models/unit_words.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace dorascope::models {
namespace {

using observe::BindingState;

constexpr std::array<const char*, LeaseModel::kColumnCount> kTitles{
    QT_TRANSLATE_NOOP("LeaseModel", "Address"),   QT_TRANSLATE_NOOP("LeaseModel", "Client"),
    QT_TRANSLATE_NOOP("LeaseModel", "Client ID"), QT_TRANSLATE_NOOP("LeaseModel", "State"),
    QT_TRANSLATE_NOOP("LeaseModel", "Server"),    QT_TRANSLATE_NOOP("LeaseModel", "Since"),
    QT_TRANSLATE_NOOP("LeaseModel", "Time left"), QT_TRANSLATE_NOOP("LeaseModel", "Last seen")};

struct StateRow {
    const char* word;
    CellSeverity severity;
    const char* meaning; ///< where the word does not say enough
};
constexpr std::array<StateRow, 6> kStates{{
    {QT_TRANSLATE_NOOP("LeaseModel", "offered"), CellSeverity::note, ""},
    {QT_TRANSLATE_NOOP("LeaseModel", "bound"), CellSeverity::none, ""},
    {QT_TRANSLATE_NOOP("LeaseModel", "expired"), CellSeverity::note, ""},
    {QT_TRANSLATE_NOOP("LeaseModel", "released"), CellSeverity::note, ""},
    {QT_TRANSLATE_NOOP("LeaseModel", "declined"), CellSeverity::error,
     QT_TRANSLATE_NOOP("LeaseModel", "The client found it in use by somebody else; it is in quarantine.")},
    {QT_TRANSLATE_NOOP("LeaseModel", "conflict"), CellSeverity::error,
     QT_TRANSLATE_NOOP("LeaseModel", "Another machine answered when the server asked for it; it is in quarantine.")},
}};
const StateRow& stateRow(BindingState state) { return kStates[std::min(static_cast<std::size_t>(state), kStates.size() - 1)]; }

bool runs(const observe::Binding& binding) { return binding.state == BindingState::bound && binding.expires != Instant{}; }

std::optional<Duration> timeLeft(const observe::Binding& binding, Instant now)
{
    if (!runs(binding) || binding.expires == kNever) return std::nullopt;
    return std::max(binding.expires - now, Duration::zero());
}

double fraction(const observe::Binding& binding, Instant now)
{
    if (!runs(binding)) return -1;
    if (binding.expires == kNever) return 1;
    if (binding.lease_seconds == 0) return -1;
    const auto left = std::chrono::duration<double>(*timeLeft(binding, now)).count();
    return std::clamp(left / binding.lease_seconds, 0.0, 1.0);
}

QString stateWord(BindingState state) { return QCoreApplication::translate("LeaseModel", stateRow(state).word); }

/// In quarantine here, and yet somebody's: from another server.
bool isContested(const observe::Binding& binding)
{
    return binding.quarantined && (binding.state == BindingState::bound || binding.state == BindingState::offered);
}

int severityOf(const observe::Binding& binding, int column)
{
    if (column != LeaseModel::kState) return static_cast<int>(CellSeverity::none);
    return static_cast<int>(isContested(binding) ? CellSeverity::error : stateRow(binding.state).severity);
}

/// A row moves in these when its client says something, whether or not the binding is another then.
bool isOfClient(int column) { return column == LeaseModel::kClientId || column == LeaseModel::kLastSeen; }

QString timeOf(Instant at) { return at == Instant{} ? QStringLiteral("—") : clockTextSeconds(at); }

} // namespace

LeaseModel::LeaseModel(Scope& scope, QObject* parent) : OrderedTableModel{parent}, scope_{scope}, names_{scope}
{
    connect(&scope, &Scope::reset, this, &LeaseModel::onReset);
    connect(&scope, &Scope::advanced, this, &LeaseModel::onAdvanced);
    connect(&scope, &Scope::filterChanged, this, [this] { rebuild(); });
    connect(&scope, &Scope::selectionChanged, this, &LeaseModel::onSelection);
    connect(&scope, &Scope::reservationsChanged, this, &LeaseModel::onReservations);
    onReset();
}

void LeaseModel::onReset()
{
    items_ = scope_.state().bindings();
    byAddress_.clear();
    byAddress_.reserve(items_.size());
    for (Id id = 0; id < items_.size(); ++id)
        byAddress_.emplace(items_[id].address, id);
    addReserved();
    rebuild();
}

void LeaseModel::addReserved()
{
    reserved_ = scope_.reservations();
    if (!reserved_) return;
    for (const ReservedAddress& one : *reserved_) {
        if (!byAddress_.try_emplace(one.address, static_cast<Id>(items_.size())).second) continue;
        observe::Binding& free = items_.emplace_back();
        free.address = one.address;
        free.state = BindingState::released; // nobody's: see Binding::is_nobodys()
    }
}

/// An item that is not reserved any more keeps its place, unseen, for whoever gets the address.
void LeaseModel::onReservations()
{
    std::vector<Id> changed;
    const auto touch = [&](const Reservations& some) {
        if (!some) return;
        for (const ReservedAddress& one : *some)
            if (const auto place = byAddress_.find(one.address); place != byAddress_.end()) changed.push_back(place->second);
    };
    touch(reserved_);
    touch(scope_.reservations());
    addReserved();
    applyBatch(changed);
}

void LeaseModel::onAdvanced(const observe::Changes& changes)
{
    std::vector<Id> changed;
    for (const auto address : changes.bindings) {
        const auto binding = scope_.state().binding(address);
        if (!binding) continue; // an address never leaves the list while a state lives; one that is not there yet will come
        const auto [place, fresh] = byAddress_.try_emplace(address, static_cast<Id>(items_.size()));
        const Id id = place->second;
        if (fresh) items_.emplace_back();
        if (isOfClient(sortColumn())) {
            ofClient_.erase({items_[id].client, id});
            ofClient_.emplace(binding->client, id);
        }
        items_[id] = *binding;
        changed.push_back(id);
    }
    for (const auto client : changes.clients)
        for (auto at = ofClient_.lower_bound({client, 0}); at != ofClient_.end() && at->first == client; ++at)
            changed.push_back(at->second);
    if (sortColumn() == kClient && names_.isOutdated(changes)) rebuildOrder();
    applyBatch(changed);
    const auto second = std::chrono::floor<std::chrono::seconds>(scope_.state().now().time_since_epoch()).count();
    if (second == std::exchange(shownSecond_, second) || rowCount() == 0) return;
    Q_EMIT dataChanged(index(0, kTimeLeft), index(rowCount() - 1, kLastSeen), {Qt::DisplayRole, kFractionRole});
}

void LeaseModel::onSelection()
{
    if (rowCount() > 0) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumnCount - 1), {kSelectedRole});
}

int LeaseModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumnCount; }
bool LeaseModel::accepts(Id id) const
{
    const auto& binding = items_[id];
    return (!binding.is_nobodys() || scope_.reservation(binding.address) != nullptr) && scope_.matchesBinding(binding);
}

int LeaseModel::rowOfAddress(Ipv4Address address) const
{
    const auto place = byAddress_.find(address);
    return place == byAddress_.end() ? -1 : rowOf(place->second);
}

void LeaseModel::prepareKeys(int column)
{
    names_.clear();
    if (column == kClient) names_.build();
    ofClient_.clear();
    if (!isOfClient(column)) return;
    for (Id id = 0; id < items_.size(); ++id)
        ofClient_.emplace(items_[id].client, id);
}

std::uint64_t LeaseModel::sortKey(int column, Id id) const
{
    const auto& binding = items_[id];
    const auto clients = scope_.state().clients();
    const auto servers = scope_.state().servers();
    const bool client = binding.client < clients.size();
    switch (column) {
    case kClient: return names_.rank(binding.client);
    case kClientId: {
        if (!client || clients[binding.client].client_id.empty()) return kLastKey;
        std::uint64_t key = 0; // its first seven octets
        for (std::size_t i = 0; i < 7; ++i)
            key = key << 8 | (i < clients[binding.client].client_id.size() ? clients[binding.client].client_id[i] : 0U);
        return key;
    }
    case kState: return binding.is_nobodys() ? kStates.size() : static_cast<std::uint64_t>(binding.state);
    case kServer: return binding.server < servers.size() ? servers[binding.server].identifier.value : kLastKey;
    case kSince: return sortable(binding.since);
    case kTimeLeft: return runs(binding) ? sortable(binding.expires) : kLastKey;
    case kLastSeen: return client ? sortable(clients[binding.client].last_seen) : kLastKey;
    default: return binding.address.value;
    }
}

/// A machine that answers a probe need not speak DHCP.
QString LeaseModel::nameOf(const observe::Binding& binding) const
{
    if (binding.state == BindingState::conflict && binding.client == observe::kNone) return tr("another machine");
    const auto* const kept = binding.is_nobodys() ? scope_.reservation(binding.address) : nullptr;
    if (kept != nullptr) return kept->name.isEmpty() ? kept->client : kept->name;
    return scope_.clientName(binding.client);
}

QString LeaseModel::detailOf(const observe::Binding& binding) const
{
    const auto* const kept = binding.is_nobodys() ? scope_.reservation(binding.address) : nullptr;
    if (kept != nullptr) return kept->name.isEmpty() ? QString() : kept->client;
    return scope_.clientDetail(binding.client);
}

QString LeaseModel::stateNote(const observe::Binding& binding) const
{
    if (isContested(binding)) return tr("in quarantine");
    return !binding.is_nobodys() && scope_.reservation(binding.address) != nullptr ? tr("reserved") : QString();
}

QString LeaseModel::stateMeaning(const observe::Binding& binding) const
{
    if (isContested(binding))
        return tr("This server found it in use and has it in quarantine; a client has it from another server.");
    if (const auto* const kept = binding.is_nobodys() ? scope_.reservation(binding.address) : nullptr; kept != nullptr)
        return kept->ordered ? tr("Reserved by hand, and nobody's lease. The reservation can be given up (Ctrl+Shift+K).")
                             : tr("Reserved by the configuration, and nobody's lease.");
    const char* const meaning = stateRow(binding.state).meaning;
    return *meaning == '\0' ? QString() : QCoreApplication::translate("LeaseModel", meaning);
}

QString LeaseModel::display(const observe::Binding& binding, int column) const
{
    const auto clients = scope_.state().clients();
    const bool client = binding.client < clients.size();
    switch (column) {
    case kAddress: return QString::fromStdString(binding.address.to_string());
    case kClient: return nameOf(binding);
    case kClientId: {
        if (!client || clients[binding.client].client_id.empty()) return QStringLiteral("—");
        const auto& id = clients[binding.client].client_id;
        return QString::fromStdString(wire::option_text(wire::option::client_identifier, std::as_bytes(std::span{id})));
    }
    case kState:
        if (binding.is_nobodys()) return tr("reserved");
        if (const QString note = stateNote(binding); !note.isEmpty())
            return stateWord(binding.state) + QStringLiteral(", ") + note;
        return stateWord(binding.state);
    case kServer: return scope_.serverName(binding.server);
    case kSince: return timeOf(binding.since);
    case kTimeLeft: {
        if (!runs(binding)) return QStringLiteral("—");
        const auto left = timeLeft(binding, scope_.state().now());
        return left ? durationText(std::chrono::floor<std::chrono::seconds>(*left)) : infiniteWord();
    }
    case kLastSeen: return client ? timeOf(clients[binding.client].last_seen) : QString{};
    default: return {};
    }
}

QVariant LeaseModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const auto& binding = bindingAt(index.row());
    switch (role) {
    case Qt::DisplayRole: return display(binding, index.column());
    case Qt::ToolTipRole:
        if (index.column() == kClient) return detailOf(binding);
        if (index.column() == kServer) return scope_.serverDetail(binding.server);
        if (index.column() == kState) return stateMeaning(binding);
        if (index.column() == kTimeLeft && runs(binding) && binding.expires != kNever)
            return tr("until %1, of %2").arg(dateTimeText(binding.expires), secondsText(binding.lease_seconds));
        return {};
    case kAddressRole: return binding.address.value;
    case kClientNameRole: return nameOf(binding);
    case kClientDetailRole: return detailOf(binding);
    case kStateRole: return binding.is_nobodys() ? -1 : static_cast<int>(binding.state);
    case kStateNoteRole: return stateNote(binding);
    case kContestedRole: return isContested(binding);
    case kFractionRole: return fraction(binding, scope_.state().now());
    case kExchangeRole: return binding.exchange;
    case kClientRole: return binding.client;
    case kSeverityRole: return severityOf(binding, index.column());
    case kSelectedRole: return binding.client != observe::kNone && binding.client == scope_.selection().client;
    default: return {};
    }
}

QVariant LeaseModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= kColumnCount || role != Qt::DisplayRole) return {};
    return QCoreApplication::translate("LeaseModel", kTitles[static_cast<std::size_t>(section)]);
}

QHash<int, QByteArray> LeaseModel::roleNames() const
{
    auto names = OrderedTableModel::roleNames();
    names.insert({{kAddressRole, "address"},
                  {kClientNameRole, "clientName"},
                  {kClientDetailRole, "clientDetail"},
                  {kStateRole, "state"},
                  {kStateNoteRole, "stateNote"},
                  {kContestedRole, "contested"},
                  {kFractionRole, "fraction"},
                  {kExchangeRole, "exchange"},
                  {kClientRole, "client"},
                  {kSeverityRole, "severity"},
                  {kSelectedRole, "selected"}});
    return names;
}

QString LeaseModel::toCsv() const
{
    QStringList fields;
    for (int column = 0; column < kColumnCount; ++column)
        fields << headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    fields.insert(kClient + 1, tr("Hardware address"));
    QString text = csvLine(fields);
    for (int row = 0; row < rowCount(); ++row) {
        const auto& binding = bindingAt(row);
        fields.clear();
        for (int column = 0; column < kColumnCount; ++column)
            fields << display(binding, column);
        fields[kSince] = dateTimeText(binding.since);
        const auto clients = scope_.state().clients();
        fields.insert(kClient + 1,
                      binding.client < clients.size() ? QString::fromStdString(clients[binding.client].hardware.to_string())
                                                      : QString{});
        text += csvLine(fields);
    }
    return text;
}

} // namespace dorascope::models
