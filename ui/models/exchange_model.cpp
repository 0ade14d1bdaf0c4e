// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/exchange_model.h"

#include "ui/models/server_model.h"
#include "ui/models/sort_keys.h"
#include "ui/models/time_text.h"

#include <QCoreApplication>

#include <algorithm>

namespace dorascope::models {
namespace {

using observe::ExchangeOutcome;

struct ColumnRow {
    const char* title;
    const char* tip;
};
constexpr std::array<ColumnRow, ExchangeModel::kColumnCount> kColumns{{
    {QT_TRANSLATE_NOOP("ExchangeModel", "Time"),
     QT_TRANSLATE_NOOP("ExchangeModel", "When the first message was seen, local time")},
    {QT_TRANSLATE_NOOP("ExchangeModel", "Client"), QT_TRANSLATE_NOOP("ExchangeModel", "Name, maker and hardware address")},
    {QT_TRANSLATE_NOOP("ExchangeModel", "Exchange"), QT_TRANSLATE_NOOP("ExchangeModel", "The messages in order, a letter each")},
    {QT_TRANSLATE_NOOP("ExchangeModel", "Address"), QT_TRANSLATE_NOOP("ExchangeModel", "Given, else offered or asked for")},
    {QT_TRANSLATE_NOOP("ExchangeModel", "Server"), QT_TRANSLATE_NOOP("ExchangeModel", "Who gave or refused it")},
    {QT_TRANSLATE_NOOP("ExchangeModel", "DORA"),
     QT_TRANSLATE_NOOP("ExchangeModel", "From the first DISCOVER (else REQUEST) to the answer")},
}};

QString word(const char* text) { return QCoreApplication::translate("ExchangeModel", text); }

/// How each outcome is told and how loudly, in the order of ExchangeOutcome.
struct OutcomeRow {
    const char* words;
    CellSeverity severity;
};
constexpr std::array<OutcomeRow, 12> kOutcomes{{
    {QT_TRANSLATE_NOOP("ExchangeModel", "under way"), CellSeverity::none},
    {QT_TRANSLATE_NOOP("ExchangeModel", "bound"), CellSeverity::none},
    {QT_TRANSLATE_NOOP("ExchangeModel", "lease renewed"), CellSeverity::none},
    {QT_TRANSLATE_NOOP("ExchangeModel", "refused (NAK)"), CellSeverity::warning},
    {QT_TRANSLATE_NOOP("ExchangeModel", "no server offered"), CellSeverity::warning},
    {QT_TRANSLATE_NOOP("ExchangeModel", "request not answered"), CellSeverity::warning},
    {QT_TRANSLATE_NOOP("ExchangeModel", "offer not taken"), CellSeverity::note},
    {QT_TRANSLATE_NOOP("ExchangeModel", "declined by the client: address in use"), CellSeverity::error},
    {QT_TRANSLATE_NOOP("ExchangeModel", "released"), CellSeverity::none},
    {QT_TRANSLATE_NOOP("ExchangeModel", "informed"), CellSeverity::none},
    {QT_TRANSLATE_NOOP("ExchangeModel", "INFORM not answered"), CellSeverity::note},
    {QT_TRANSLATE_NOOP("ExchangeModel", "replies without a request seen"), CellSeverity::note},
}};

const OutcomeRow& outcomeRow(ExchangeOutcome outcome)
{
    return kOutcomes[std::min<std::size_t>(static_cast<std::size_t>(outcome), kOutcomes.size() - 1)];
}

bool isDecided(const observe::Exchange& exchange)
{
    return exchange.ack_time || exchange.dora_time || exchange.outcome == ExchangeOutcome::nak;
}

} // namespace

QString MessageBadges::text() const
{
    QString result;
    for (const auto& badge : shown) {
        if (!result.isEmpty()) result += QLatin1Char(' ');
        result += QLatin1Char(letter(badge.type));
    }
    if (more > 0) result += QStringLiteral(" +%1").arg(more);
    return result;
}

int offeringServers(const observe::Exchange& exchange)
{
    int count = 0;
    for (std::size_t i = 0; i < exchange.offers.size(); ++i) {
        const auto earlier = std::span{exchange.offers}.first(i);
        if (std::ranges::none_of(earlier, [&](const auto& o) { return o.server == exchange.offers[i].server; })) ++count;
    }
    return count;
}

std::optional<Duration> exchangeTime(const Scope& scope, const observe::Exchange& exchange)
{
    if (exchange.dora_time) return exchange.dora_time;
    if (exchange.ack_time) return exchange.ack_time;
    if (exchange.outcome != ExchangeOutcome::nak) return std::nullopt;
    const auto messages = scope.state().messages();
    std::optional<Instant> asked;
    for (const auto id : exchange.messages) {
        if (id >= messages.size()) break;
        if (messages[id].type == MessageType::request) asked = messages[id].at;
        if (messages[id].type == MessageType::nak && asked) return messages[id].at - *asked;
    }
    return std::nullopt;
}

ExchangeModel::ExchangeModel(Scope& scope, QObject* parent) : OrderedTableModel{parent}, scope_{scope}, names_{scope}
{
    connect(&scope, &Scope::reset, this, &ExchangeModel::onReset);
    connect(&scope, &Scope::advanced, this, &ExchangeModel::onAdvanced);
    connect(&scope, &Scope::filterChanged, this, [this] { rebuild(); });
    connect(&scope, &Scope::selectionChanged, this, &ExchangeModel::onSelection);
    onReset();
}

int ExchangeModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumnCount; }
std::size_t ExchangeModel::itemCount() const { return scope_.state().exchanges().size(); }
bool ExchangeModel::accepts(Id id) const { return scope_.matches(id); }

void ExchangeModel::onReset()
{
    tallied_.clear();
    outcomes_ = {};
    retrying_ = 0;
    for (Id id = 0; id < itemCount(); ++id)
        tally(id);
    selected_ = scope_.selection().exchange;
    rebuild();
}

void ExchangeModel::onAdvanced(const observe::Changes& changes)
{
    for (const Id id : changes.exchanges)
        tally(id);
    if (sortColumn() == kClient && names_.isOutdated(changes)) rebuildOrder();
    applyBatch(changes.exchanges);
}

void ExchangeModel::onSelection()
{
    const Id before = std::exchange(selected_, scope_.selection().exchange);
    if (before == selected_) return;
    rowsTouched(std::array{before, selected_}, {kSelectedRole});
}

void ExchangeModel::tally(Id id)
{
    constexpr std::uint8_t kRetrying = 0x80;
    const auto exchanges = scope_.state().exchanges();
    if (id >= exchanges.size()) return;
    if (tallied_.size() <= id) tallied_.resize(id + std::size_t{1});
    auto& remembered = tallied_[id];
    if (remembered != 0) {
        --outcomes_[(remembered & ~kRetrying & 0xff) - 1U];
        if ((remembered & kRetrying) != 0) --retrying_;
    }
    const auto& exchange = exchanges[id];
    const bool retrying = exchange.outcome == ExchangeOutcome::pending && exchange.retransmissions > 0;
    const auto outcome = std::min<std::size_t>(static_cast<std::size_t>(exchange.outcome), outcomes_.size() - 1);
    ++outcomes_[outcome];
    if (retrying) ++retrying_;
    remembered = static_cast<std::uint8_t>((outcome + 1) | (retrying ? kRetrying : 0));
}

QString ExchangeModel::summary() const
{
    QStringList parts;
    const auto clients = scope_.state().clients().size();
    parts << (clients == 1 ? tr("1 client") : tr("%1 clients").arg(clients));
    parts << tr("%1 bound").arg(scope_.state().bound_count());
    if (const auto naks = outcomeCount(ExchangeOutcome::nak); naks > 0) parts << tr("%1 NAK").arg(naks);
    if (retrying_ > 0) parts << tr("%1 retrying").arg(retrying_);
    return parts.join(QStringLiteral(" · "));
}

void ExchangeModel::prepareKeys(int column)
{
    names_.clear();
    if (column == kClient) names_.build();
}

std::uint64_t ExchangeModel::sortKey(int column, Id id) const
{
    const auto& exchange = scope_.state().exchanges()[id];
    const auto servers = scope_.state().servers();
    switch (column) {
    case kClient: return names_.rank(exchange.client);
    case kExchange: return static_cast<std::uint64_t>(exchange.outcome) << 32 | exchange.message_count;
    case kAddress: return exchange.address.is_unspecified() ? kLastKey : exchange.address.value;
    case kServer: return exchange.server < servers.size() ? servers[exchange.server].identifier.value : kLastKey;
    case kDora: return sortable(exchangeTime(scope_, exchange));
    default: return id; // exchanges stand in the order of their first message
    }
}

MessageBadges ExchangeModel::badges(const observe::Exchange& exchange) const
{
    MessageBadges result;
    const auto messages = scope_.state().messages();
    for (const auto id : exchange.messages) {
        if (id >= messages.size() || static_cast<std::size_t>(result.shown.size()) == MessageBadges::kMost) break;
        const auto& m = messages[id];
        const bool competing = m.from_server && exchange.server != observe::kNone && m.server != exchange.server;
        result.shown.push_back({id, m.type, m.retransmission, competing});
    }
    result.more = exchange.message_count - std::min(exchange.message_count, static_cast<std::uint32_t>(result.shown.size()));
    return result;
}

QVariant ExchangeModel::display(const observe::Exchange& exchange, int column) const
{
    switch (column) {
    case kTime: return clockText(exchange.start);
    case kClient: return scope_.clientName(exchange.client);
    case kExchange: return badges(exchange).text();
    case kAddress:
        return exchange.address.is_unspecified() ? QStringLiteral("—") : QString::fromStdString(exchange.address.to_string());
    case kServer: {
        const int offers = offeringServers(exchange);
        if (offers > 1 && !isDecided(exchange)) return tr("%1 offers").arg(offers);
        const auto name = scope_.serverName(exchange.server);
        return name.isEmpty() ? QStringLiteral("—") : name;
    }
    case kDora: {
        const auto time = exchangeTime(scope_, exchange);
        return time ? durationText(*time) : QStringLiteral("—");
    }
    default: return {};
    }
}

QString ExchangeModel::toolTip(const observe::Exchange& exchange, int column) const
{
    switch (column) {
    case kTime: return dateTimeText(exchange.start);
    case kClient: return scope_.clientDetail(exchange.client);
    case kServer: {
        QStringList offers;
        for (const auto& offer : exchange.offers)
            offers << tr("%1 offered %2 after %3")
                          .arg(scope_.serverName(offer.server), QString::fromStdString(offer.address.to_string()),
                               durationText(offer.after));
        return offers.isEmpty() ? scope_.serverDetail(exchange.server) : offers.join(QLatin1Char('\n'));
    }
    default: return tr("%1 · xid 0x%2").arg(word(outcomeRow(exchange.outcome).words)).arg(exchange.xid, 8, 16, QLatin1Char('0'));
    }
}

CellSeverity ExchangeModel::severity(const observe::Exchange& exchange, int column) const
{
    switch (column) {
    case kAddress:
    case kExchange: return outcomeRow(exchange.outcome).severity;
    case kServer: {
        // A stranger answered where ours serves, or nobody knows yet whose offer is taken. That others offered, and lost, is a note.
        const auto servers = scope_.state().servers();
        const auto reference = referenceServer(scope_.state());
        const bool stranger = exchange.server != reference && exchange.server < servers.size() && servers[reference].embedded;
        const bool several = offeringServers(exchange) > 1;
        if (stranger || (several && !isDecided(exchange))) return CellSeverity::warning;
        return several ? CellSeverity::note : CellSeverity::none;
    }
    case kDora: return exchange.retransmissions > 0 ? CellSeverity::note : CellSeverity::none;
    default: return CellSeverity::none;
    }
}

QVariant ExchangeModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const Id id = idAt(index.row());
    if (id >= itemCount()) return {}; // the scope went to another state; the reset is on its way
    const auto& exchange = scope_.state().exchanges()[id];
    switch (role) {
    case Qt::DisplayRole: return display(exchange, index.column());
    case Qt::ToolTipRole: return toolTip(exchange, index.column());
    case Qt::AccessibleTextRole:
        return index.column() == kExchange ? tr("%1, %2").arg(badges(exchange).text(), word(outcomeRow(exchange.outcome).words))
                                           : display(exchange, index.column());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment{Qt::AlignVCenter | (index.column() == kDora ? Qt::AlignRight : Qt::AlignLeft)});
    case kIdRole: return id;
    case kClientNameRole: return scope_.clientName(exchange.client);
    case kClientDetailRole: return scope_.clientDetail(exchange.client);
    case kBadgesRole: return QVariant::fromValue(badges(exchange));
    case kOutcomeRole: return static_cast<int>(exchange.outcome);
    case kOffersRole: return offeringServers(exchange);
    case kSelectedRole: return id == scope_.selection().exchange;
    case kSeverityRole: return static_cast<int>(severity(exchange, index.column()));
    case kStartRole: return static_cast<qint64>(exchange.start.time_since_epoch().count());
    default: return {};
    }
}

QVariant ExchangeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= kColumnCount) return {};
    const auto& row = kColumns[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole) return word(row.title);
    if (role == Qt::ToolTipRole) return word(row.tip);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment{Qt::AlignVCenter | (section == kDora ? Qt::AlignRight : Qt::AlignLeft)});
    return {};
}

QHash<int, QByteArray> ExchangeModel::roleNames() const
{
    auto names = OrderedTableModel::roleNames();
    names.insert({{kIdRole, "exchange"},
                  {kClientNameRole, "clientName"},
                  {kClientDetailRole, "clientDetail"},
                  {kBadgesRole, "badges"},
                  {kOutcomeRole, "outcome"},
                  {kOffersRole, "offers"},
                  {kSelectedRole, "selected"},
                  {kSeverityRole, "severity"},
                  {kStartRole, "start"}});
    return names;
}

} // namespace dorascope::models
