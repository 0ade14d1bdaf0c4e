// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/table_delegate.h"

namespace dorascope::ui {

/// Paints a row of the lease table; the state as a word in its colour, the time left as a bar with its words.
class LeaseDelegate : public TableDelegate {
    Q_OBJECT
public:
    using TableDelegate::TableDelegate;

protected:
    void paintCell(QPainter& painter, const Row& row, const QModelIndex& index) const override;

private:
    static void paintState(QPainter& painter, const QRect& box, const QModelIndex& index);
    static void paintTimeLeft(QPainter& painter, const QRect& box, const QModelIndex& index);
};

} // namespace dorascope::ui
