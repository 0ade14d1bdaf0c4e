// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/server_model.h"

#include "ui/models/sort_keys.h"
#include "ui/models/time_text.h"
#include "ui/models/vendors.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <array>

namespace dorascope::models {
namespace {

using observe::Server;

constexpr std::array<const char*, ServerModel::kColumnCount> kTitles{
    QT_TRANSLATE_NOOP("ServerModel", "Server"),     QT_TRANSLATE_NOOP("ServerModel", "MAC"),
    QT_TRANSLATE_NOOP("ServerModel", "Trust"),      QT_TRANSLATE_NOOP("ServerModel", "Mask"),
    QT_TRANSLATE_NOOP("ServerModel", "Router"),     QT_TRANSLATE_NOOP("ServerModel", "DNS"),
    QT_TRANSLATE_NOOP("ServerModel", "Domain"),     QT_TRANSLATE_NOOP("ServerModel", "Lease time"),
    QT_TRANSLATE_NOOP("ServerModel", "Addresses"),  QT_TRANSLATE_NOOP("ServerModel", "Offers"),
    QT_TRANSLATE_NOOP("ServerModel", "ACKs"),       QT_TRANSLATE_NOOP("ServerModel", "NAKs"),
    QT_TRANSLATE_NOOP("ServerModel", "Answers in"), QT_TRANSLATE_NOOP("ServerModel", "First seen"),
    QT_TRANSLATE_NOOP("ServerModel", "Last seen")};

/// What a wrong server would break, the worst first. To compare another parameter is to add a row.
struct DifferenceRow {
    int column;
    const char* word;
    bool (*known)(const Server&); ///< it said so: silence is no difference
    bool (*differs)(const Server&, const Server&);
};
constexpr std::array<DifferenceRow, 5> kDifferences{{
    {ServerModel::kRouters, QT_TRANSLATE_NOOP("ServerModel", "gateway"), [](const Server& s) { return !s.routers.empty(); },
     [](const Server& a, const Server& b) { return a.routers != b.routers; }},
    {ServerModel::kDns, QT_TRANSLATE_NOOP("ServerModel", "DNS"), [](const Server& s) { return !s.dns_servers.empty(); },
     [](const Server& a, const Server& b) { return a.dns_servers != b.dns_servers; }},
    {ServerModel::kMask, QT_TRANSLATE_NOOP("ServerModel", "mask"),
     [](const Server& s) { return !s.subnet_mask.is_unspecified(); },
     [](const Server& a, const Server& b) { return a.subnet_mask != b.subnet_mask; }},
    {ServerModel::kDomain, QT_TRANSLATE_NOOP("ServerModel", "domain"), [](const Server& s) { return !s.domain_name.empty(); },
     [](const Server& a, const Server& b) { return a.domain_name != b.domain_name; }},
    {ServerModel::kLeaseTime, QT_TRANSLATE_NOOP("ServerModel", "lease time"),
     [](const Server& s) { return s.lease_seconds != 0; },
     [](const Server& a, const Server& b) { return a.lease_seconds != b.lease_seconds; }},
}};

bool handsOutAnything(const Server& s) { return s.offers + s.acks > 0; }

bool rowDiffers(const DifferenceRow& row, const Server& server, const Server& reference)
{
    if (!handsOutAnything(server) || !handsOutAnything(reference)) return false;
    return (row.known(server) || row.known(reference)) && row.differs(server, reference);
}

QString text(Ipv4Address address)
{
    return address.is_unspecified() ? QStringLiteral("—") : QString::fromStdString(address.to_string());
}

QString text(const std::vector<Ipv4Address>& addresses)
{
    QStringList parts;
    for (const auto a : addresses)
        parts << QString::fromStdString(a.to_string());
    return parts.isEmpty() ? QStringLiteral("—") : parts.join(QStringLiteral(", "));
}

std::optional<Duration> median(std::vector<float> sample)
{
    if (sample.empty()) return std::nullopt;
    const auto middle = sample.begin() + static_cast<std::ptrdiff_t>(sample.size() / 2);
    std::ranges::nth_element(sample, middle);
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>{*middle});
}

} // namespace

observe::ServerId referenceServer(const observe::LanState& state)
{
    const auto servers = state.servers();
    const auto ours = std::ranges::find_if(servers, &Server::embedded);
    if (ours != servers.end()) return static_cast<observe::ServerId>(ours - servers.begin());
    return servers.empty() ? observe::kNone : 0;
}

QStringList serverDifferences(const Server& server, const Server& reference)
{
    QStringList words;
    for (const auto& row : kDifferences)
        if (rowDiffers(row, server, reference)) words << QCoreApplication::translate("ServerModel", row.word);
    return words;
}

ServerModel::ServerModel(Scope& scope, QObject* parent) : OrderedTableModel{parent}, scope_{scope}
{
    connect(&scope, &Scope::reset, this, &ServerModel::onReset);
    connect(&scope, &Scope::advanced, this, &ServerModel::onAdvanced);
    onReset();
}

void ServerModel::onReset()
{
    reference_ = referenceServer(scope_.state());
    rebuild();
}

void ServerModel::onAdvanced(const observe::Changes& changes)
{
    if (changes.servers.empty()) return;
    const auto before = std::exchange(reference_, referenceServer(scope_.state()));
    applyBatch(changes.servers);
    const bool referenceTouched = reference_ != before || std::ranges::find(changes.servers, reference_) != changes.servers.end();
    if (referenceTouched && rowCount() > 0) // every comparison may have changed
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumnCount - 1));
}

int ServerModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumnCount; }
std::size_t ServerModel::itemCount() const { return scope_.state().servers().size(); }
bool ServerModel::accepts(Id) const { return true; } // a rogue server must not hide behind a filter

std::uint64_t ServerModel::sortKey(int column, Id id) const
{
    const auto& server = scope_.state().servers()[id];
    switch (column) {
    case kIdentifier: return server.identifier.value;
    case kTrust: return server.embedded ? 0 : 1;
    case kMask: return server.subnet_mask.value;
    case kRouters: return server.routers.empty() ? kLastKey : server.routers.front().value;
    case kDns: return server.dns_servers.empty() ? kLastKey : server.dns_servers.front().value;
    case kLeaseTime: return server.lease_seconds;
    case kAddresses: return server.lowest.value;
    case kOffers: return server.offers;
    case kAcks: return server.acks;
    case kNaks: return server.naks;
    case kResponse: return sortable(median(server.response_ms));
    case kLastSeen: return sortable(server.last_seen);
    case kMac: {
        std::uint64_t key = 0;
        if (!server.mac) return kLastKey;
        for (const auto octet : server.mac->octets)
            key = key << 8 | octet;
        return key;
    }
    default: return sortable(server.first_seen);
    }
}

QString ServerModel::display(Id id, int column) const
{
    const auto& server = scope_.state().servers()[id];
    switch (column) {
    case kIdentifier: return text(server.identifier);
    case kMac: return server.mac ? QString::fromStdString(server.mac->to_string()) : QStringLiteral("—");
    case kTrust:
        if (server.embedded) return tr("this server");
        if (scope_.state().servers()[reference_].embedded) return tr("unknown");
        return id == reference_ ? tr("first seen") : tr("another server");
    case kMask: return text(server.subnet_mask);
    case kRouters: return text(server.routers);
    case kDns: return text(server.dns_servers);
    case kDomain: return server.domain_name.empty() ? QStringLiteral("—") : QString::fromStdString(server.domain_name);
    case kLeaseTime: return server.lease_seconds == 0 ? QStringLiteral("—") : secondsText(server.lease_seconds);
    case kAddresses:
        return server.lowest.is_unspecified() ? QStringLiteral("—")
                                              : QString::fromStdString(Ipv4Range{server.lowest, server.highest}.to_string());
    case kOffers: return QString::number(server.offers);
    case kAcks: return QString::number(server.acks);
    case kNaks: return QString::number(server.naks);
    case kResponse: {
        const auto typical = median(server.response_ms);
        return typical ? durationText(*typical) : QStringLiteral("—");
    }
    case kFirstSeen: return clockTextSeconds(server.first_seen);
    case kLastSeen: return clockTextSeconds(server.last_seen);
    default: return {};
    }
}

bool ServerModel::differs(Id id, int column) const
{
    const auto servers = scope_.state().servers();
    if (id == reference_ || reference_ >= servers.size()) return false;
    return std::ranges::any_of(kDifferences, [&](const DifferenceRow& row) {
        return row.column == column && rowDiffers(row, servers[id], servers[reference_]);
    });
}

QVariant ServerModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) return {};
    const Id id = idAt(index.row());
    const auto servers = scope_.state().servers();
    if (id >= servers.size() || reference_ >= servers.size()) return {}; // between two states
    const auto& server = servers[id];
    switch (role) {
    case Qt::DisplayRole: return display(id, index.column());
    case Qt::ToolTipRole:
        if (index.column() == kMac && server.mac) return vendorName(*server.mac);
        if (differs(id, index.column()))
            return tr("%1 says: %2").arg(scope_.serverName(reference_), display(reference_, index.column()));
        return {};
    case kServerRole: return id;
    case kEmbeddedRole: return server.embedded;
    case kReferenceRole: return id == reference_;
    case kDiffersRole: return differs(id, index.column());
    case kSeverityRole: {
        const bool stranger = index.column() == kTrust && !server.embedded && servers[reference_].embedded;
        return static_cast<int>(stranger || differs(id, index.column()) ? CellSeverity::warning : CellSeverity::none);
    }
    case kResponsesRole: return QVariant::fromValue(QList<float>{server.response_ms.begin(), server.response_ms.end()});
    default: return {};
    }
}

QVariant ServerModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= kColumnCount || role != Qt::DisplayRole) return {};
    return QCoreApplication::translate("ServerModel", kTitles[static_cast<std::size_t>(section)]);
}

QHash<int, QByteArray> ServerModel::roleNames() const
{
    auto names = OrderedTableModel::roleNames();
    names.insert({{kServerRole, "server"},
                  {kEmbeddedRole, "embedded"},
                  {kReferenceRole, "reference"},
                  {kDiffersRole, "differs"},
                  {kSeverityRole, "severity"},
                  {kResponsesRole, "responses"}});
    return names;
}

} // namespace dorascope::models
