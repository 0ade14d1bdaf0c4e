// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/lease_model.h"

#include <QTableView>
#include <QWidget>

namespace dorascope::ui {

class ColumnMemory;
class Heading;
class LeaseDelegate;

/// Every address the frames tell of: who holds it, since when and for how long.
class LeasesPage : public QWidget {
    Q_OBJECT
public:
    explicit LeasesPage(models::Scope& scope, QWidget* parent = nullptr);
    models::LeaseModel& leases() { return model_; }
    QTableView& table() { return *table_; }
    ColumnMemory& columns() { return *columns_; }

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void build();
    void onCurrent(const QModelIndex& current);
    void onSelection();
    void fitColumns();
    void summarise();
    void exportCsv();

    models::Scope& scope_;
    models::LeaseModel model_;
    QTableView* table_;
    LeaseDelegate* delegate_;
    ColumnMemory* columns_;
    Heading* heading_;
    bool syncing_ = false;
};

} // namespace dorascope::ui
