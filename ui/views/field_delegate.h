// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/table_delegate.h"

namespace dorascope::ui {

/// A line of the Fields tab: name, value in the fixed font; an anomaly stands where it is, marked and in its colour.
class FieldDelegate : public TableDelegate {
    Q_OBJECT
public:
    using TableDelegate::TableDelegate;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

protected:
    void paintCell(QPainter& painter, const Row& row, const QModelIndex& index) const override;
};

} // namespace dorascope::ui
