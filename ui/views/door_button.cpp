// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/door_button.h"

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QPainter>

namespace dorascope::ui {

DoorButton::DoorButton(const QString& icon, const QString& title, const QString& detail, QWidget* parent)
    : QAbstractButton(parent), icon_(icon), detail_(detail)
{
    setText(title);
    setAccessibleName(title);
    setAccessibleDescription(detail);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize DoorButton::sizeHint() const
{
    const Theme& theme = Theme::current();
    return {220, QFontMetrics(theme.textFont()).height() + QFontMetrics(theme.smallFont()).height() + 18};
}

void DoorButton::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool hot = underMouse() || isDown();
    painter.setPen(theme.color(hot || hasFocus() ? Role::accent : Role::cardBorder));
    painter.setBrush(theme.color(hot ? Role::accentSoft : Role::card));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7);
    ui::icon(icon_, theme.color(Role::accent)).paint(&painter, QRect(14, (height() - 20) / 2, 20, 20));
    QFont bold = theme.textFont();
    bold.setWeight(QFont::DemiBold);
    const QFontMetrics title(bold), detail(theme.smallFont());
    const int left = 46, room = width() - left - 10, top = (height() - title.height() - detail.height()) / 2;
    painter.setFont(bold);
    painter.setPen(theme.color(Role::text));
    painter.drawText(QRect(left, top, room, title.height()), Qt::AlignLeft | Qt::AlignVCenter,
                     title.elidedText(text(), Qt::ElideRight, room));
    painter.setFont(theme.smallFont());
    painter.setPen(theme.color(Role::textMuted));
    painter.drawText(QRect(left, top + title.height(), room, detail.height()), Qt::AlignLeft | Qt::AlignVCenter,
                     detail.elidedText(detail_, Qt::ElideRight, room));
}

} // namespace dorascope::ui
