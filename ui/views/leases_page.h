// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/lease_model.h"

#include <QTableView>
#include <QWidget>

class QToolButton;

namespace dorascope::ui {

class ColumnMemory;
class Heading;
class LeaseActions;
class LeaseDelegate;
class OrderBar;
class SourceControl;

/// Every address the frames tell of: who holds it, since when and for how long.
class LeasesPage : public QWidget {
    Q_OBJECT
public:
    LeasesPage(models::Scope& scope, SourceControl& control, QWidget* parent = nullptr);
    models::LeaseModel& leases() { return model_; }
    QTableView& table() { return *table_; }
    ColumnMemory& columns() { return *columns_; }
    LeaseActions& actions() { return *actions_; }
    OrderBar& orders() { return *orders_; }
    QToolButton& reloadButton() { return *reload_; }
    QToolButton& saveButton() { return *save_; }
    void saveConfiguration(const QString& path); ///< what is in force, as the TOML that can be served again

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
    void chooseConfiguration();
    void offerFiles();

    models::Scope& scope_;
    SourceControl& control_;
    models::LeaseModel model_;
    QTableView* table_;
    LeaseDelegate* delegate_;
    ColumnMemory* columns_;
    Heading* heading_;
    OrderBar* orders_;
    QToolButton *reload_, *save_;
    LeaseActions* actions_;
    bool syncing_ = false;
};

} // namespace dorascope::ui
