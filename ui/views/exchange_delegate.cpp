// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/exchange_delegate.h"

#include "ui/models/exchange_model.h"
#include "ui/theme/theme.h"
#include "ui/views/badge.h"

#include <QPainter>

namespace dorascope::ui {

using models::ExchangeModel;

void ExchangeDelegate::paintBadges(QPainter& painter, const QRect& box, const QModelIndex& index)
{
    const auto badges = index.data(ExchangeModel::kBadgesRole).value<models::MessageBadges>();
    const double side = QFontMetricsF(Theme::current().smallFont()).height() + 3;
    const double wide = side + 5;
    double x = box.left();
    const double y = box.center().y() + 0.5 - side / 2;
    const double last = box.right() + 1;
    qsizetype painted = 0;
    for (const models::MessageBadge& badge : badges.shown) {
        // The last place is for "+3" when not all of them fit.
        const bool more = badges.more > 0 || badges.shown.size() - painted > 1;
        if (x + wide > last || (more && x + 2 * wide + 4 > last && badges.shown.size() - painted > 1)) break;
        const BadgeLook look = badge.retransmission ? BadgeLook::repeated
            : badge.competing                       ? BadgeLook::competing
                                                    : BadgeLook::plain;
        paintBadge(painter, {x, y, wide, side}, badge.type, QString(QLatin1Char(letter(badge.type))), look);
        x += wide + 4;
        ++painted;
    }
    const auto rest = static_cast<qsizetype>(badges.more) + badges.shown.size() - painted;
    if (rest > 0)
        paintText(painter, QRectF(x, box.top(), last - x, box.height()).toRect(), QStringLiteral("+%1").arg(rest),
                  Theme::current().smallFont(), Theme::current().color(Role::textMuted));
}

void ExchangeDelegate::paintCell(QPainter& painter, const Row& row, const QModelIndex& index) const
{
    const Theme& theme = Theme::current();
    const auto severity = static_cast<models::CellSeverity>(index.data(ExchangeModel::kSeverityRole).toInt());
    switch (index.column()) {
    case ExchangeModel::kClient:
        return paintTwoLines(painter, row.box, index.data(ExchangeModel::kClientNameRole).toString(),
                             index.data(ExchangeModel::kClientDetailRole).toString());
    case ExchangeModel::kExchange: return paintBadges(painter, row.box, index);
    case ExchangeModel::kTime:
        return paintText(painter, row.box, index.data().toString(), theme.numberFont(), theme.color(Role::textMuted));
    case ExchangeModel::kDora:
        return paintText(painter, row.box, index.data().toString(), theme.numberFont(),
                         severityColor(severity, theme.color(Role::textMuted)), Qt::AlignRight);
    default:
        return paintText(painter, row.box, index.data().toString(), theme.numberFont(),
                         severityColor(severity, theme.color(Role::text)));
    }
}

} // namespace dorascope::ui
