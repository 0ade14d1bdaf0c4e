// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/message_header.h"

#include "ui/theme/theme.h"
#include "ui/views/badge.h"

#include <QPainter>

#include <cmath>

namespace dorascope::ui {
namespace {

QFont titleFont()
{
    QFont font = Theme::current().textFont();
    font.setWeight(QFont::DemiBold);
    return font;
}

} // namespace

MessageHeader::MessageHeader(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    setAccessibleName(tr("Selected message"));
    connect(&Theme::current(), &Theme::changed, this, [this] { updateGeometry(); });
}

QSize MessageHeader::sizeHint() const
{
    const double height = QFontMetricsF(titleFont()).height() + QFontMetricsF(Theme::current().smallFont()).height();
    return {320, static_cast<int>(std::ceil(height)) + 12};
}

void MessageHeader::show(MessageType type, const QString& badge, const QString& title, const QString& subtitle)
{
    type_ = type;
    badge_ = badge;
    title_ = title;
    subtitle_ = subtitle;
    setAccessibleDescription(badge + QLatin1Char(' ') + title + QStringLiteral(", ") + subtitle);
    setToolTip(title + QLatin1Char('\n') + subtitle);
    update();
}

void MessageHeader::clear() { show(MessageType::none, {}, tr("No message selected"), tr("Click an arrow or a row")); }

void MessageHeader::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    const QFontMetricsF title(titleFont()), small(theme.smallFont());
    QFont badgeFont = theme.smallFont();
    badgeFont.setWeight(QFont::DemiBold);
    const double line = title.height() + 4;
    double x = 0;
    if (!badge_.isEmpty()) {
        const double width = QFontMetricsF(badgeFont).horizontalAdvance(badge_) + 14;
        paintBadge(painter, {0, 0, width, line}, type_, badge_);
        x = width + 10;
    }
    painter.setFont(titleFont());
    painter.setPen(theme.color(Role::text));
    painter.drawText(QRectF(x, 0, width() - x, line), Qt::AlignLeft | Qt::AlignVCenter,
                     title.elidedText(title_, Qt::ElideRight, width() - x));
    painter.setFont(theme.smallFont());
    painter.setPen(theme.color(Role::textMuted));
    painter.drawText(QRectF(0, line + 6, width(), small.height()), Qt::AlignLeft | Qt::AlignVCenter,
                     small.elidedText(subtitle_, Qt::ElideRight, width()));
}

} // namespace dorascope::ui
