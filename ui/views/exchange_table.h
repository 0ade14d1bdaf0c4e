// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/exchange_model.h"

#include <QElapsedTimer>
#include <QTableView>
#include <QTimer>

#include <unordered_map>

namespace dorascope::ui {

class ColumnMemory;
class ExchangeDelegate;

/// The exchanges, newest followed while the end is in view. Selecting a row selects the exchange everywhere.
class ExchangeTable : public QTableView {
    Q_OBJECT
public:
    explicit ExchangeTable(models::Scope& scope, QWidget* parent = nullptr);
    models::ExchangeModel& exchanges() { return model_; }
    ColumnMemory& columns() { return *columns_; }
    void setAnimated(bool animated) { animated_ = animated; }

protected:
    void resizeEvent(QResizeEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    void onSelection();
    void sortBy(int column);
    void fitColumns();
    void follow();
    void onInserted(int first, int last);
    double presence(int row) const;
    void copyRow();
    void copyDisplayFilter();

    models::Scope& scope_;
    models::ExchangeModel model_;
    ExchangeDelegate* delegate_;
    ColumnMemory* columns_;
    bool animated_ = true;
    std::unordered_map<observe::ExchangeId, qint64> arrivals_; ///< when a row came, while it still fades in
    QElapsedTimer clock_;
    QTimer fading_;
    bool following_ = true;
    bool syncing_ = false; ///< the selection comes from the scope, not from a person
};

} // namespace dorascope::ui
