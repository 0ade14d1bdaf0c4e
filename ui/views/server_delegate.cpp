// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/server_delegate.h"

#include "ui/models/server_model.h"
#include "ui/theme/theme.h"

namespace dorascope::ui {

using models::ServerModel;

void ServerDelegate::paintCell(QPainter& painter, const Row& row, const QModelIndex& index) const
{
    const Theme& theme = Theme::current();
    const auto severity = static_cast<models::CellSeverity>(index.data(ServerModel::kSeverityRole).toInt());
    const bool differs = index.data(ServerModel::kDiffersRole).toBool();
    const bool words = index.column() == ServerModel::kTrust || index.column() == ServerModel::kDomain;
    const bool numbers = index.column() >= ServerModel::kOffers && index.column() <= ServerModel::kResponse;
    QColor color = severityColor(severity, theme.color(Role::text));
    if (differs) color = theme.color(Role::danger);
    if (index.column() == ServerModel::kTrust && index.data(ServerModel::kEmbeddedRole).toBool()) color = theme.color(Role::good);
    QFont font = words ? theme.textFont() : theme.numberFont();
    if (differs || index.column() == ServerModel::kIdentifier) font.setWeight(QFont::DemiBold);
    // Colour is never the only sign: what differs is marked as well.
    const QString text = (differs ? QStringLiteral("\u2260 ") : QString()) + index.data().toString();
    paintText(painter, row.box, text, font, color, numbers ? Qt::AlignRight : Qt::AlignLeft);
}

} // namespace dorascope::ui
