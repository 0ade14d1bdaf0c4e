// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/badge.h"

#include "ui/theme/theme.h"

#include <QPainter>

namespace dorascope::ui {

void paintBadge(QPainter& painter, const QRectF& box, MessageType type, const QString& text, BadgeLook look)
{
    const Theme& theme = Theme::current();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    QFont font = theme.smallFont();
    font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    if (look == BadgeLook::repeated) {
        painter.setPen(QPen(theme.messageText(type), 1.2, Qt::DashLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box.adjusted(0.6, 0.6, -0.6, -0.6), 4, 4);
        painter.setPen(theme.messageText(type));
    } else {
        painter.setPen(Qt::NoPen);
        const bool ringed = look == BadgeLook::competing;
        painter.setBrush(theme.messageColor(ringed ? MessageType::nak : type));
        painter.drawRoundedRect(box, 4, 4);
        painter.setBrush(theme.messageColor(type));
        if (ringed) painter.drawRoundedRect(box.adjusted(2, 2, -2, -2), 2.5, 2.5);
        painter.setPen(theme.messageInk(type));
    }
    painter.drawText(box, Qt::AlignCenter, text);
    painter.restore();
}

} // namespace dorascope::ui
