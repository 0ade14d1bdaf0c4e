// SPDX-License-Identifier: GPL-3.0-or-later
// The leases: every address the frames tell of and who holds it; and those that are kept for somebody who has no lease.
#pragma once

#include "ui/models/cell_severity.h"
#include "ui/models/client_ranks.h"
#include "ui/models/ordered_table_model.h"
#include "ui/models/scope.h"

#include <set>
#include <unordered_map>
#include <utility>

namespace dorascope::models {

class LeaseModel : public OrderedTableModel {
    Q_OBJECT
public:
    enum Column { kAddress, kClient, kClientId, kState, kServer, kSince, kTimeLeft, kLastSeen, kColumnCount };
    enum Role {
        kAddressRole = Qt::UserRole, ///< uint: Ipv4Address::value
        kClientNameRole, ///< QString
        kClientDetailRole, ///< QString: "Apple · 3c:22:fb:0a:01:02"
        kStateRole, ///< int: observe::BindingState; −1 of an address that is reserved, and nobody's
        kStateNoteRole, ///< QString: what else is to be said of the state: "in quarantine", "reserved"; mostly empty
        kContestedRole, ///< bool: in quarantine here, while a client has it from another server
        kFractionRole, ///< double: time left over lease time, 0 … 1; −1 unknown or not bound; 1 for ever
        kExchangeRole, ///< uint: ExchangeId of the last one about it
        kClientRole, ///< uint: ClientId
        kSeverityRole, ///< int: CellSeverity
        kSelectedRole, ///< bool: the selected client's
    };

    explicit LeaseModel(Scope& scope, QObject* parent = nullptr);

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    const observe::Binding& bindingAt(int row) const { return items_[idAt(row)]; }
    /// Nobody has it, or had it as far as is known: it is shown because it is reserved.
    bool isReservedOnly(int row) const { return bindingAt(row).is_nobodys(); }
    int rowOfAddress(Ipv4Address address) const; ///< −1 when not shown
    /// All shown rows, as they stand, with a heading: RFC 4180.
    QString toCsv() const;

protected:
    std::size_t itemCount() const override { return items_.size(); }
    bool accepts(Id id) const override;
    std::uint64_t sortKey(int column, Id id) const override;
    void prepareKeys(int column) override;

private:
    void onReset();
    void onAdvanced(const observe::Changes& changes);
    void onSelection();
    void onReservations();
    void addReserved(); ///< those without a place among the items
    QString display(const observe::Binding& binding, int column) const;
    QString nameOf(const observe::Binding& binding) const;
    QString detailOf(const observe::Binding& binding) const;
    QString stateNote(const observe::Binding& binding) const;
    QString stateMeaning(const observe::Binding& binding) const;

    Scope& scope_;
    ClientRanks names_; ///< while sorted by client
    std::vector<observe::Binding> items_; ///< in order of appearance; an address keeps its place
    std::unordered_map<Ipv4Address, Id> byAddress_;
    Reservations reserved_; ///< that the items know of
    std::set<std::pair<observe::ClientId, Id>> ofClient_; ///< while sorted by what a client says
    std::int64_t shownSecond_ = 0; ///< second for which "time left" was last announced
};

} // namespace dorascope::models
