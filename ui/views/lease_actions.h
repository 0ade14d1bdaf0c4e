// SPDX-License-Identifier: GPL-3.0-or-later
// What a person can order about the lease that is current in a table: a row an order, with its keys, its question and when it makes sense.
#pragma once

#include "ui/models/lease_model.h"
#include "ui/views/order_bar.h"
#include "ui/views/source_control.h"

#include <QAction>
#include <QTableView>

#include <array>

namespace dorascope::ui {

class LeaseActions : public QObject {
    Q_OBJECT
public:
    /// The actions become the table's own: its context menu and its keys.
    LeaseActions(models::Scope& scope, models::LeaseModel& model, SourceControl& control, QTableView& table, OrderBar& bar);

    QAction& action(LeaseOrder order) { return *actions_[static_cast<std::size_t>(order)]; }
    void refresh(); ///< which of them make sense now

private:
    void trigger(LeaseOrder order);
    void onOrdered(LeaseOrder order, Ipv4Address address, const QString& said);
    const observe::Binding* current() const;

    models::Scope& scope_;
    models::LeaseModel& model_;
    SourceControl& control_;
    QTableView& table_;
    OrderBar& bar_;
    std::array<QAction*, 5> actions_{};
};

} // namespace dorascope::ui
