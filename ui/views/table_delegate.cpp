// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/table_delegate.h"

#include "ui/theme/theme.h"

#include <QHeaderView>
#include <QPainter>
#include <QTableView>

#include <cmath>

namespace dorascope::ui {

int TableDelegate::rowHeight()
{
    const Theme& theme = Theme::current();
    const double lines = QFontMetricsF(theme.textFont()).height() + QFontMetricsF(theme.smallFont()).height();
    return std::max(28, static_cast<int>(std::ceil(lines)) + 4);
}

QSize TableDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(rowHeight());
    return size;
}

TableDelegate::Row TableDelegate::begin(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const Theme& theme = Theme::current();
    Row row;
    row.selected = option.state.testFlag(QStyle::State_Selected);
    if (row.selected)
        painter.fillRect(option.rect, theme.color(Role::selection));
    else if (option.state.testFlag(QStyle::State_MouseOver))
        painter.fillRect(option.rect, theme.color(Role::hover));
    if (option.state.testFlag(QStyle::State_HasFocus))
        painter.fillRect(QRect(option.rect.left(), option.rect.bottom() - 1, option.rect.width(), 2), theme.color(Role::accent));
    // Cells at the card's edges stand in line with its heading; the style sheet says the same of the header.
    const bool first = option.viewItemPosition == QStyleOptionViewItem::Beginning || index.column() == 0;
    const bool last = option.viewItemPosition == QStyleOptionViewItem::End;
    row.cell = option.rect;
    row.box = option.rect.adjusted(first ? kEdge : kPadding, 0, last ? -kEdge : -kPadding, 0);
    return row;
}

void TableDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    painter->save();
    const Row row = begin(*painter, option, index);
    if (presence) painter->setOpacity(presence(index));
    paintCell(*painter, row, index);
    painter->restore();
}

void TableDelegate::paintCell(QPainter& painter, const Row& row, const QModelIndex& index) const
{
    const Theme& theme = Theme::current();
    paintText(painter, row.box, index.data().toString(), theme.textFont(), theme.color(Role::text));
}

void TableDelegate::paintText(QPainter& painter, const QRect& box, const QString& text, const QFont& font, const QColor& color,
                              Qt::Alignment alignment)
{
    painter.setFont(font);
    painter.setPen(color);
    const QString shown = QFontMetrics(font).elidedText(text, Qt::ElideRight, box.width());
    painter.drawText(box, static_cast<int>((alignment & Qt::AlignHorizontal_Mask) | Qt::AlignVCenter) | Qt::TextSingleLine,
                     shown);
}

void TableDelegate::paintTwoLines(QPainter& painter, const QRect& box, const QString& first, const QString& second)
{
    const Theme& theme = Theme::current();
    if (second.isEmpty()) return paintText(painter, box, first, theme.textFont(), theme.color(Role::text));
    const int upper = QFontMetrics(theme.textFont()).height(), lower = QFontMetrics(theme.smallFont()).height();
    const int top = box.top() + (box.height() - upper - lower) / 2;
    paintText(painter, QRect(box.left(), top, box.width(), upper), first, theme.textFont(), theme.color(Role::text));
    paintText(painter, QRect(box.left(), top + upper, box.width(), lower), second, theme.smallFont(),
              theme.color(Role::textMuted));
}

QColor TableDelegate::severityColor(models::CellSeverity severity, const QColor& otherwise)
{
    const Theme& theme = Theme::current();
    switch (severity) {
    case models::CellSeverity::none: return otherwise;
    case models::CellSeverity::note: return theme.color(Role::textMuted);
    case models::CellSeverity::warning:
    case models::CellSeverity::error: return theme.color(Role::danger);
    }
    return otherwise;
}

void styleTable(QTableView& table, TableDelegate& delegate)
{
    table.setItemDelegate(&delegate);
    table.setShowGrid(false);
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.setSelectionMode(QAbstractItemView::SingleSelection);
    table.setEditTriggers(QAbstractItemView::NoEditTriggers);
    table.setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    table.setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table.setWordWrap(false);
    table.setMouseTracking(true); // for the hovered row
    table.setTabKeyNavigation(false); // Tab leaves the table
    table.setSortingEnabled(false); // the models sort; sectionClicked asks them to
    table.verticalHeader()->hide();
    table.verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table.verticalHeader()->setMinimumSectionSize(8);
    QHeaderView& header = *table.horizontalHeader();
    header.setHighlightSections(false);
    header.setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header.setSectionsClickable(true);
    header.setMinimumSectionSize(36);
    const auto measure = [&table] { table.verticalHeader()->setDefaultSectionSize(TableDelegate::rowHeight()); };
    QObject::connect(&Theme::current(), &Theme::changed, &table, measure);
    measure();
}

} // namespace dorascope::ui
