// SPDX-License-Identifier: GPL-3.0-or-later
// The DHCP servers seen and what they hand out; what differs from the reference server is marked.
#pragma once

#include "ui/models/cell_severity.h"
#include "ui/models/ordered_table_model.h"
#include "ui/models/scope.h"

namespace dorascope::models {

class ServerModel : public OrderedTableModel {
    Q_OBJECT
public:
    enum Column {
        kIdentifier,
        kMac,
        kTrust,
        kMask,
        kRouters,
        kDns,
        kDomain,
        kLeaseTime,
        kAddresses,
        kOffers,
        kAcks,
        kNaks,
        kResponse,
        kFirstSeen,
        kLastSeen,
        kColumnCount
    };
    enum Role {
        kServerRole = Qt::UserRole, ///< uint: ServerId
        kEmbeddedRole, ///< bool: this server
        kReferenceRole, ///< bool: the one the others are compared with
        kDiffersRole, ///< bool: this cell differs from the reference server's
        kSeverityRole, ///< int: CellSeverity
        kResponsesRole, ///< QList<float>: OFFER and ACK times in ms (a sample)
    };

    explicit ServerModel(Scope& scope, QObject* parent = nullptr);

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

protected:
    std::size_t itemCount() const override;
    bool accepts(Id id) const override;
    std::uint64_t sortKey(int column, Id id) const override;

private:
    void onReset();
    void onAdvanced(const observe::Changes& changes);
    QString display(Id id, int column) const;
    bool differs(Id id, int column) const;

    Scope& scope_;
    observe::ServerId reference_ = observe::kNone;
};

/// The server that others are compared with: the embedded one, else the first seen. kNone when there is none.
observe::ServerId referenceServer(const observe::LanState& state);
/// What `server` hands out otherwise than `reference`: "gateway", "DNS", "mask", … in order of weight; empty when nothing does.
QStringList serverDifferences(const observe::Server& server, const observe::Server& reference);

} // namespace dorascope::models
