// SPDX-License-Identifier: GPL-3.0-or-later
// What the tables have in common: the background of a row, two-line client cells, numbers in the fixed font, the colour of severity.
#pragma once

#include "ui/models/cell_severity.h"

#include <QColor>
#include <QStyledItemDelegate>

#include <functional>

class QTableView;

namespace dorascope::ui {

class TableDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

    /// How much of a row is there yet, 0 … 1: new rows fade in. Asked at each painting; null: all of it.
    std::function<double(const QModelIndex&)> presence;

    /// Height of a row of two lines, in the theme's fonts.
    static int rowHeight();

protected:
    static constexpr int kPadding = 8, kEdge = 14;
    struct Row {
        QRect cell, box; ///< all of it, and that of its contents
        bool selected = false;
    };
    /// Fills the background and, at the row's first cell, marks keyboard focus.
    Row begin(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;
    virtual void paintCell(QPainter& painter, const Row& row, const QModelIndex& index) const;

    static void paintText(QPainter& painter, const QRect& box, const QString& text, const QFont& font, const QColor& color,
                          Qt::Alignment alignment = Qt::AlignLeft);
    static void paintTwoLines(QPainter& painter, const QRect& box, const QString& first, const QString& second);
    static QColor severityColor(models::CellSeverity severity, const QColor& otherwise);
};

/// The looks and manners that every table here has.
void styleTable(QTableView& table, TableDelegate& delegate);

} // namespace dorascope::ui
