// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/ladder_painter.h"

#include "ui/theme/theme.h"

#include <QLineF>
#include <QPainter>

#include <cmath>

namespace dorascope::ui {
namespace {

constexpr double kArrowLength = 10, kArrowHalf = 4;

struct HeadLook {
    Role fill, name;
};
HeadLook lookOf(models::Lifeline::Kind kind)
{
    switch (kind) {
    case models::Lifeline::Kind::client: return {Role::hover, Role::text};
    case models::Lifeline::Kind::trusted: return {Role::goodSoft, Role::text};
    case models::Lifeline::Kind::server: return {Role::accentSoft, Role::text};
    case models::Lifeline::Kind::unknown: return {Role::dangerSoft, Role::danger};
    }
    return {Role::hover, Role::text};
}

QFont bold(QFont font)
{
    font.setWeight(QFont::DemiBold);
    return font;
}
QFont nameFont()
{
    QFont font = Theme::current().textFont();
    if (font.pointSizeF() > 0) font.setPointSizeF(font.pointSizeF() * 0.93);
    return bold(font);
}

} // namespace

LadderPainter::LadderPainter(QPainter& painter) : painter_(painter) { }

QFont LadderPainter::labelFont() { return bold(Theme::current().smallFont()); }

double LadderPainter::headHeight()
{
    return std::ceil(QFontMetricsF(nameFont()).height() + QFontMetricsF(Theme::current().smallFont()).height()) + 4;
}

void LadderPainter::heads(const models::Ladder& ladder, double top)
{
    const Theme& theme = Theme::current();
    const double height = headHeight();
    for (const models::Lifeline& line : ladder.lifelines) {
        const HeadLook look = lookOf(line.kind);
        const QRectF box(line.x - line.width / 2, top, line.width, height);
        painter_.setPen(Qt::NoPen);
        painter_.setBrush(theme.color(look.fill));
        painter_.drawRoundedRect(box, 6, 6);
        const QRectF inner = box.adjusted(3, 2, -3, -2);
        const QFontMetricsF name(nameFont()), detail(theme.smallFont());
        painter_.setFont(nameFont());
        painter_.setPen(theme.color(look.name));
        painter_.drawText(QRectF(inner.left(), inner.top(), inner.width(), name.height()), Qt::AlignCenter,
                          name.elidedText(line.name, Qt::ElideRight, inner.width()));
        painter_.setFont(theme.smallFont());
        painter_.setPen(theme.color(line.kind == models::Lifeline::Kind::unknown ? Role::danger : Role::textMuted));
        painter_.drawText(QRectF(inner.left(), inner.top() + name.height(), inner.width(), detail.height()), Qt::AlignCenter,
                          detail.elidedText(line.detail, Qt::ElideRight, inner.width()));
    }
}

void LadderPainter::lifeline(const models::Lifeline& line, double top, double bottom)
{
    const Theme& theme = Theme::current();
    QPen pen(line.dashed ? theme.color(Role::danger) : theme.color(Role::cardBorder).darker(theme.isDark() ? 80 : 106),
             line.dashed ? 1.4 : 2);
    if (line.dashed) pen.setDashPattern({3, 2.4});
    painter_.setPen(pen);
    painter_.drawLine(QPointF(line.x, top), QPointF(line.x, bottom));
}

void LadderPainter::ground(const models::Ladder& ladder, double axisWidth, double top, double bottom)
{
    const Theme& theme = Theme::current();
    painter_.setFont(theme.numberFont());
    const double height = QFontMetricsF(theme.numberFont()).height();
    for (const models::LadderMark& mark : ladder.marks) {
        painter_.setPen(theme.color(Role::gridLine));
        painter_.drawLine(QPointF(axisWidth, mark.y), QPointF(ladder.width, mark.y));
        painter_.setPen(theme.color(Role::textMuted));
        painter_.drawText(QRectF(0, mark.y - height / 2, axisWidth - 8, height), Qt::AlignLeft | Qt::AlignVCenter, mark.text);
    }
    for (const models::Lifeline& line : ladder.lifelines)
        lifeline(line, top, bottom);
    painter_.setFont(theme.smallFont());
    for (const models::LadderGap& gap : ladder.gaps) { // the paper is folded: time passed in which nothing was said
        const QRectF fold(axisWidth - 8, gap.y - gap.height / 4, ladder.width - axisWidth + 8, gap.height / 2);
        painter_.fillRect(fold, theme.color(Role::card));
        painter_.setPen(QPen(theme.color(Role::cardBorder), 1, Qt::DashLine));
        painter_.drawLine(fold.topLeft(), fold.topRight());
        painter_.drawLine(fold.bottomLeft(), fold.bottomRight());
        painter_.setPen(theme.color(Role::textMuted));
        painter_.drawText(QRectF(0, gap.y - height / 2, axisWidth - 8, height), Qt::AlignLeft | Qt::AlignVCenter, QChar(0x22ee));
        painter_.drawText(QRectF(axisWidth, gap.y - height / 2, ladder.width - axisWidth, height), Qt::AlignCenter, gap.text);
    }
}

QColor LadderPainter::lineColor(const models::LadderArrow& arrow)
{
    const Theme& theme = Theme::current();
    const MessageType type = arrow.competing ? MessageType::nak : arrow.type; // a stranger's answers have the stranger's colour
    return theme.isDark() ? theme.messageText(type) : theme.messageColor(type);
}

QColor LadderPainter::textColor(const models::LadderArrow& arrow)
{
    return Theme::current().messageText(arrow.competing ? MessageType::nak : arrow.type);
}

void LadderPainter::head(const models::LadderArrow& arrow, const QColor& color)
{
    const QLineF line(arrow.x1, arrow.y1, arrow.x2, arrow.y2);
    if (line.length() < 1) return;
    const QPointF along = (line.p2() - line.p1()) / line.length();
    const QPointF across(-along.y(), along.x());
    const QPointF base = line.p2() - along * kArrowLength;
    const QPointF triangle[] = {line.p2(), base + across * kArrowHalf, base - across * kArrowHalf};
    painter_.setPen(Qt::NoPen);
    painter_.setBrush(color);
    painter_.drawPolygon(triangle, 3);
}

void LadderPainter::label(const models::LadderArrow& arrow, const QColor& color)
{
    if (arrow.label.isEmpty()) return;
    const Theme& theme = Theme::current();
    const QFontMetricsF metrics(labelFont());
    const double width = std::max(arrow.labelWidth, metrics.horizontalAdvance(arrow.label)) + (arrow.selected ? 14 : 10);
    const QRectF box(arrow.labelX - width / 2, arrow.labelY - metrics.height() / 2 - 0.5, width, metrics.height() + 1);
    if (arrow.selected) {
        painter_.setPen(QPen(color, 1.2));
        painter_.setBrush(theme.color(Role::card));
        painter_.drawRoundedRect(box.adjusted(0, -1, 0, 1), 4, 4);
    } else {
        painter_.fillRect(box, theme.color(Role::card));
    }
    painter_.setFont(labelFont());
    painter_.setPen(textColor(arrow));
    painter_.drawText(box, Qt::AlignCenter, arrow.label);
}

void LadderPainter::arrow(const models::LadderArrow& arrow, double grown, bool hovered)
{
    const QColor color = lineColor(arrow);
    QPen pen(color, arrow.selected ? 3 : hovered ? 2.6 : 1.8);
    pen.setCapStyle(Qt::FlatCap);
    if (arrow.retransmission) pen.setDashPattern({4, 3});
    QLineF line(arrow.x1, arrow.y1, arrow.x2, arrow.y2);
    const double whole = line.length();
    if (grown >= 1 && !arrow.lost) line.setLength(std::max(0.0, whole - kArrowLength + 1)); // the head's tip stays sharp
    if (grown < 1) line.setLength(whole * grown);
    if (arrow.lost) { // never answered: it fades on its way
        QLinearGradient fading(line.p1(), line.p2());
        QColor nothing = color;
        nothing.setAlphaF(0.12F);
        fading.setColorAt(0, color);
        fading.setColorAt(0.55, color);
        fading.setColorAt(1, nothing);
        pen.setBrush(fading);
    }
    painter_.setPen(pen);
    painter_.drawLine(line);
    if (grown < 1) {
        models::LadderArrow part = arrow;
        part.x2 = line.x2();
        part.y2 = line.y2();
        head(part, color);
        painter_.setOpacity(std::min(1.0, grown * 1.6));
    } else if (!arrow.lost) {
        head(arrow, color);
    }
    label(arrow, color);
    painter_.setOpacity(1);
}

} // namespace dorascope::ui
