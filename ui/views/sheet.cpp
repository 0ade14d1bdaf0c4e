// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/sheet.h"

#include <QPainter>
#include <QWidget>

namespace dorascope::ui {

void paintSheet(QWidget& widget, Role edge, Role fill)
{
    const Theme& theme = Theme::current();
    QPainter painter(&widget);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor line = theme.color(edge);
    line.setAlphaF(0.45F);
    painter.setPen(line);
    painter.setBrush(theme.color(fill));
    painter.drawRoundedRect(QRectF(widget.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

} // namespace dorascope::ui
