// SPDX-License-Identifier: GPL-3.0-or-later
// The exchange table: one row an exchange that the scope's filter and range let through.
#pragma once

#include "ui/models/cell_severity.h"
#include "ui/models/client_ranks.h"
#include "ui/models/ordered_table_model.h"
#include "ui/models/scope.h"

#include <QList>
#include <QVariant>

#include <array>

namespace dorascope::models {

/// One message of an exchange as its letter in the Exchange column.
struct MessageBadge {
    observe::MessageId message = observe::kNone;
    MessageType type{};
    bool retransmission = false;
    bool competing = false; ///< a reply from another server than the exchange's
    bool operator==(const MessageBadge&) const = default;
};
struct MessageBadges {
    QList<MessageBadge> shown; ///< in order; at most kMost
    std::uint32_t more = 0; ///< messages beyond those
    static constexpr std::size_t kMost = 9;
    QString text() const; ///< "D O R A", "D O R A +3"; for copying and for screen readers
    bool operator==(const MessageBadges&) const = default;
};

class ExchangeModel : public OrderedTableModel {
    Q_OBJECT
public:
    enum Column { kTime, kClient, kExchange, kAddress, kServer, kDora, kColumnCount };
    enum Role {
        kIdRole = Qt::UserRole, ///< observe::ExchangeId as uint
        kClientNameRole, ///< QString: first line of the client cell
        kClientDetailRole, ///< QString: second line
        kBadgesRole, ///< MessageBadges
        kOutcomeRole, ///< int: observe::ExchangeOutcome
        kOffersRole, ///< int: servers that offered
        kSelectedRole, ///< bool
        kSeverityRole, ///< int: CellSeverity, of this cell
        kStartRole, ///< qint64: nanoseconds since the epoch (for fading in, for axes)
    };

    explicit ExchangeModel(Scope& scope, QObject* parent = nullptr);

    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    observe::ExchangeId exchangeAt(int row) const { return idAt(row); }
    bool newestFirst() const { return sortColumn() == kTime && sortOrder() == Qt::DescendingOrder; }

    /// "64 clients · 61 bound · 1 NAK · 2 retrying", over all exchanges, whatever the filter.
    QString summary() const;
    std::size_t outcomeCount(observe::ExchangeOutcome outcome) const { return outcomes_[static_cast<std::size_t>(outcome)]; }
    std::size_t retrying() const { return retrying_; } ///< pending and sent again

protected:
    std::size_t itemCount() const override;
    bool accepts(Id id) const override;
    std::uint64_t sortKey(int column, Id id) const override;
    void prepareKeys(int column) override;

private:
    void onReset();
    void onAdvanced(const observe::Changes& changes);
    void onSelection();
    void tally(Id id);
    QVariant display(const observe::Exchange& exchange, int column) const;
    QString toolTip(const observe::Exchange& exchange, int column) const;
    CellSeverity severity(const observe::Exchange& exchange, int column) const;
    MessageBadges badges(const observe::Exchange& exchange) const;

    Scope& scope_;
    ClientRanks names_; ///< while sorted by client
    observe::ExchangeId selected_ = observe::kNone;
    std::vector<std::uint8_t> tallied_; ///< by id: outcome + 1, top bit: retrying
    std::array<std::size_t, 16> outcomes_{};
    std::size_t retrying_ = 0;
};

/// The time an exchange took: DORA, else REQUEST to ACK or NAK. Nothing while unanswered.
std::optional<Duration> exchangeTime(const Scope& scope, const observe::Exchange& exchange);
/// Different servers that offered in it.
int offeringServers(const observe::Exchange& exchange);

} // namespace dorascope::models
