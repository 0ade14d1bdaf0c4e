// SPDX-License-Identifier: GPL-3.0-or-later
// How the timeline looks.
#include "ui/charts/rate_colors.h"
#include "ui/charts/timeline_strip.h"
#include "ui/models/time_text.h"
#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace dorascope::ui {
namespace {

using observe::RateKind;

constexpr double kBarShare = 0.62; // of the plot's height for the fullest bar: the pool's line runs above most of them
constexpr double kGap = 1;

constexpr std::size_t index(RateKind kind) { return static_cast<std::size_t>(kind); }

/// Kinds that every legend names; the others only when they occur.
constexpr bool isUsual(std::size_t kind) { return kind <= index(RateKind::nak); }

} // namespace

void TimelineStrip::paintEvent(QPaintEvent*)
{
    refreshBars();
    QPainter painter{this};
    painter.setRenderHint(QPainter::Antialiasing);
    paintBrush(painter);
    paintAxis(painter);
    paintBars(painter);
    paintPool(painter);
    paintMarkers(painter);
    paintPlayhead(painter);
    paintLegend(painter);
    if (!keyboardFocus_) return;
    painter.setPen(QPen{Theme::current().color(Role::accent), 1});
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF{rect()}.adjusted(3.5, 3.5, -3.5, -3.5), 6, 6);
}

void TimelineStrip::paintLegend(QPainter& painter) const
{
    const Theme& theme = Theme::current();
    const double baseline = 10 + QFontMetricsF{theme.headingFont()}.ascent();
    painter.setFont(theme.headingFont());
    painter.setPen(theme.color(Role::text));
    painter.drawText(QPointF{plot().left(), baseline}, tr("Timeline"));
    double x = plot().left() + QFontMetricsF{theme.headingFont()}.horizontalAdvance(tr("Timeline")) + 22;

    painter.setFont(theme.smallFont());
    const QFontMetricsF metrics{theme.smallFont()};
    const double middle = baseline - metrics.capHeight() / 2;
    const auto fits = [&](const QString& text) { return x + 13 + metrics.horizontalAdvance(text) <= width() - 12; };
    for (std::size_t kind = 0; kind < observe::kRateKinds; ++kind) {
        const bool occurs = std::ranges::any_of(bars_.buckets, [&](const auto& bucket) { return bucket.messages[kind] > 0; });
        const QString name = rateName(kind);
        if ((!isUsual(kind) && !occurs) || !fits(name)) continue;
        painter.setPen(Qt::NoPen);
        painter.setBrush(rateColor(kind));
        painter.drawRoundedRect(QRectF{x, middle - 4.5, 9, 9}, 2, 2);
        painter.setPen(theme.color(Role::textMuted));
        painter.drawText(QPointF{x + 14, baseline}, name);
        x += 14 + metrics.horizontalAdvance(name) + 18;
    }
    const auto pool = scope_.pool().size(), used = scope_.inUse();
    const QString text = pool > 0 ? tr("Pool in use %1 of %2").arg(used).arg(pool) : tr("Addresses in use %1").arg(used);
    x += 6;
    if (!fits(QStringLiteral("    ") + text)) return;
    painter.setPen(QPen{theme.color(Role::chartLine), 2});
    painter.drawLine(QPointF{x, middle}, QPointF{x + 18, middle});
    painter.setPen(theme.color(Role::textMuted));
    painter.drawText(QPointF{x + 24, baseline}, text);
}

void TimelineStrip::paintBars(QPainter& painter) const
{
    const QRectF area = plot();
    const double pitch = area.width() / static_cast<double>(std::max<std::size_t>(bars_.buckets.size(), 1));
    const double scale = area.height() * kBarShare / std::max(1.0, static_cast<double>(bars_.most));
    const Instant playhead = scope_.playhead();
    painter.setPen(Qt::NoPen);
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (std::size_t i = 0; i < bars_.buckets.size(); ++i) {
        const auto& bucket = bars_.buckets[i];
        if (bucket.total() == 0) continue;
        painter.setOpacity(bars_.startOf(i) > playhead ? 0.3 : 1.0); // ahead of the playhead: still to come
        const double left = std::round(area.left() + static_cast<double>(i) * pitch);
        const double right = std::round(area.left() + static_cast<double>(i + 1) * pitch) - kGap;
        double bottom = area.bottom();
        for (std::size_t kind = 0; kind < observe::kRateKinds; ++kind) {
            if (bucket.messages[kind] == 0) continue;
            // At least a pixel: a single NAK among thousands must be seen.
            const double top = bottom - std::max(bucket.messages[kind] * scale, 1.0);
            painter.fillRect(QRectF{QPointF{left, top}, QPointF{std::max(right, left + 1), bottom}}, rateColor(kind));
            bottom = top;
        }
    }
    painter.setOpacity(1);
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen{Theme::current().color(Role::cardBorder), 1});
    painter.drawLine(QPointF{area.left(), area.bottom() + 0.5}, QPointF{area.right(), area.bottom() + 0.5});
}

void TimelineStrip::paintPool(QPainter& painter) const
{
    if (series().empty()) return;
    const QRectF area = plot();
    const double full = std::max(bars_.largestPool > 0 ? static_cast<double>(bars_.largestPool) : bars_.mostInUse * 1.25, 1.0);
    const auto yOf = [&](std::uint32_t bound) { return area.bottom() - std::min(bound / full, 1.0) * (area.height() - 6); };
    QPolygonF line;
    const Instant last = end();
    for (std::size_t i = 0; i < bars_.buckets.size() && bars_.startOf(i) <= last; ++i) {
        const double x = xOf(std::min(bars_.startOf(i) + bars_.width(), last));
        if (line.isEmpty()) line << QPointF{area.left(), yOf(bars_.buckets[i].in_use_low())};
        line << QPointF{std::clamp(x, area.left(), area.right()), yOf(bars_.buckets[i].in_use_high())};
    }
    painter.setPen(QPen{Theme::current().color(Role::chartLine), 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin});
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(line);
}

void TimelineStrip::paintMarkers(QPainter& painter) const
{
    const QRectF area = plot();
    painter.setPen(Qt::NoPen);
    for (const RateKind kind : {RateKind::nak, RateKind::decline}) {
        double previous = -100;
        for (std::size_t i = 0; i < bars_.buckets.size(); ++i) {
            if (bars_.buckets[i].messages[index(kind)] == 0) continue;
            const double x = xOf(bars_.startOf(i) + bars_.width() / 2);
            if (x - previous < 9) continue;
            previous = x;
            painter.setBrush(rateColor(index(kind)));
            painter.drawPolygon(
                QPolygonF{{QPointF{x - 4.5, area.top()}, QPointF{x + 4.5, area.top()}, QPointF{x, area.top() + 8}}});
        }
    }
}

void TimelineStrip::paintAxis(QPainter& painter) const
{
    const Theme& theme = Theme::current();
    const QRectF area = plot();
    QFont font = theme.numberFont();
    font.setPointSizeF(theme.smallFont().pointSizeF() > 0 ? theme.smallFont().pointSizeF() : font.pointSizeF());
    painter.setFont(font);
    painter.setPen(theme.color(Role::textMuted));
    if (series().empty()) {
        painter.drawText(area, Qt::AlignCenter, tr("No messages yet"));
        return;
    }
    const QFontMetricsF metrics{font};
    const double baseline = area.bottom() + 5 + metrics.ascent();
    double free = area.left() - kGap;
    for (const auto& tick : models::timeTicks(from_, to_, std::max(1, static_cast<int>(area.width() / 140)))) {
        const double x = xOf(tick.at), width = metrics.horizontalAdvance(tick.text);
        const double left = std::clamp(x - width / 2, area.left(), std::max(area.right() - width, area.left()));
        painter.setPen(theme.color(Role::cardBorder));
        painter.drawLine(QPointF{x, area.bottom() + 1}, QPointF{x, area.bottom() + 4});
        if (left < free) continue;
        painter.setPen(theme.color(Role::textMuted));
        painter.drawText(QPointF{left, baseline + 1}, tick.text);
        free = left + width + 16;
    }
}

void TimelineStrip::paintBrush(QPainter& painter) const
{
    const auto range = scope_.range();
    if (!range) return;
    const QRectF area = plot();
    const double left = std::clamp(xOf(range->from), area.left(), area.right());
    const double right = std::clamp(xOf(range->to), area.left(), area.right());
    const QRectF band{left, area.top() - 4, std::max(right - left, 1.0), area.height() + 4};
    painter.fillRect(band, Theme::current().color(Role::accentSoft));
    painter.setPen(QPen{Theme::current().color(Role::accent), 1.2});
    painter.drawLine(band.topLeft(), band.bottomLeft());
    painter.drawLine(band.topRight(), band.bottomRight());
}

void TimelineStrip::paintPlayhead(QPainter& painter) const
{
    if (series().empty()) return;
    const QRectF area = plot();
    const double x = xOf(scope_.isLive() ? end() : scope_.playhead());
    if (x < area.left() - 1 || x > area.right() + 12) return;
    const QColor red = Theme::current().color(Role::danger);
    painter.setPen(QPen{red, 1.6});
    painter.drawLine(QPointF{x, area.top()}, QPointF{x, area.bottom() + 2});
    painter.setPen(Qt::NoPen);
    painter.setBrush(red);
    painter.drawEllipse(QPointF{x, area.top() - 1}, 4.5, 4.5); // clear of the legend
}

} // namespace dorascope::ui
