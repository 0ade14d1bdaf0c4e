// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/field_delegate.h"

#include "ui/models/field_model.h"
#include "ui/theme/theme.h"

#include <QPainter>

namespace dorascope::ui {
namespace {

QFont valueFont()
{
    QFont font = Theme::current().numberFont();
    if (font.pointSizeF() > 0) font.setPointSizeF(font.pointSizeF() * 0.88);
    return font;
}

} // namespace

QSize FieldDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QSize size = TableDelegate::sizeHint(option, index);
    size.setHeight(QFontMetrics(Theme::current().smallFont()).height() + 5);
    return size;
}

void FieldDelegate::paintCell(QPainter& painter, const Row& row, const QModelIndex& index) const
{
    const Theme& theme = Theme::current();
    const auto severity = static_cast<models::CellSeverity>(index.data(models::FieldModel::kSeverityRole).toInt());
    const bool odd = !index.data(models::FieldModel::kAnomalyRole).toString().isEmpty();
    const bool name = index.column() == models::FieldModel::kField;
    const QRect box = row.cell.adjusted(name ? 2 : 0, 0, -4, 0);
    const QColor color =
        odd ? severityColor(severity, theme.color(Role::warning)) : theme.color(name ? Role::textMuted : Role::text);
    // Colour is never the only sign: what is odd is marked as well.
    const QString text = (odd && name ? QStringLiteral("\u26a0 ") : QString()) + index.data().toString();
    paintText(painter, box, text, name ? theme.smallFont() : valueFont(), color);
}

} // namespace dorascope::ui
