// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/table_delegate.h"

namespace dorascope::ui {

/// Paints a row of the exchange table: time, client in two lines, D O R A letters, address, server, time taken.
class ExchangeDelegate : public TableDelegate {
    Q_OBJECT
public:
    using TableDelegate::TableDelegate;

protected:
    void paintCell(QPainter& painter, const Row& row, const QModelIndex& index) const override;

private:
    static void paintBadges(QPainter& painter, const QRect& box, const QModelIndex& index);
};

} // namespace dorascope::ui
