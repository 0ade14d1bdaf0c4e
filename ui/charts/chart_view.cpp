// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_view.h"

#include "ui/models/time_text.h"
#include "ui/theme/theme.h"

#include <QChart>
#include <QGraphicsLayout>
#include <QLegend>
#include <QLegendMarker>
#include <QMouseEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace dorascope::ui {

ChartView::ChartView(const QString& title, const QString& unit, std::function<QString(Instant)> valueAt, QWidget* parent)
    : QChartView{parent}, time_{new QDateTimeAxis}, value_{new QValueAxis}, valueAt_{std::move(valueAt)}
{
    chart()->setAnimationOptions(QChart::NoAnimation);
    chart()->setMargins({0, 0, 0, 0});
    chart()->layout()->setContentsMargins(0, 0, 0, 0);
    chart()->legend()->setAlignment(Qt::AlignTop);
    chart()->legend()->detachFromChart(); // its place in the layout would cover the uppermost label of the axis
    chart()->legend()->setMarkerShape(QLegend::MarkerShapeRectangle);
    chart()->addAxis(time_, Qt::AlignBottom);
    chart()->addAxis(value_, Qt::AlignLeft);
    value_->setTitleText(unit);
    value_->setRange(0, 1);
    time_->setTickCount(6);
    setRenderHint(QPainter::Antialiasing);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setAccessibleName(title);
    connect(&Theme::current(), &Theme::changed, this, &ChartView::restyle);
    restyle();
}

void ChartView::add(QAbstractSeries* series, bool inLegend)
{
    chart()->addSeries(series);
    for (auto* marker : chart()->legend()->markers(series)) {
        marker->setPen(QPen{Qt::transparent});
        marker->setVisible(inLegend);
    }
    series->attachAxis(time_);
    series->attachAxis(value_);
}

void ChartView::setSpan(Instant from, Instant to)
{
    using namespace std::chrono_literals;
    const QString format = to - from < 20s ? QStringLiteral("HH:mm:ss.zzz")
        : to - from < 24h                  ? QStringLiteral("HH:mm:ss")
                                           : QStringLiteral("MM-dd HH:mm");
    if (time_->format() != format) time_->setFormat(format);
    time_->setRange(models::toDateTime(from), models::toDateTime(to));
}

void ChartView::setTop(double value)
{
    top_ = value;
    // 1, 2, 5 × 10ⁿ in four or five steps: whole numbers on the axis, and no jump at every message. Fewer where there is no room for
    // their labels, which would all become dots.
    const double room = chart()->plotArea().height() / (2.2 * QFontMetricsF{Theme::current().smallFont()}.height());
    const double wanted = std::max(value, 1e-9) / std::clamp(std::floor(room), 1.0, 5.0);
    const double power = std::pow(10.0, std::floor(std::log10(wanted)));
    double step = power * 10;
    for (const double factor : {1.0, 2.0, 2.5, 5.0})
        if (power * factor >= wanted && (factor != 2.5 || power >= 10)) {
            step = power * factor;
            break;
        }
    const double steps = std::max(std::ceil(value / step), 1.0);
    value_->setRange(0, step * steps);
    value_->setTickCount(static_cast<int>(steps) + 1);
    value_->setLabelFormat(step >= 1 ? QStringLiteral("%.0f")
                                     : QStringLiteral("%.*f").replace(
                                         QLatin1Char('*'), QString::number(static_cast<int>(std::ceil(-std::log10(step))))));
}

void ChartView::restyle()
{
    const Theme& theme = Theme::current();
    chart()->setBackgroundBrush(theme.color(Role::card));
    chart()->setBackgroundPen(Qt::NoPen);
    setBackgroundBrush(theme.color(Role::card));
    chart()->legend()->setLabelColor(theme.color(Role::textMuted));
    chart()->legend()->setFont(theme.smallFont());
    for (QAbstractAxis* axis : {static_cast<QAbstractAxis*>(time_), static_cast<QAbstractAxis*>(value_)}) {
        axis->setLabelsColor(theme.color(Role::textMuted));
        axis->setLabelsFont(theme.smallFont());
        axis->setTitleBrush(theme.color(Role::textMuted));
        axis->setTitleFont(theme.smallFont());
        axis->setGridLineColor(theme.color(Role::gridLine));
        axis->setLinePen(QPen{theme.color(Role::cardBorder), 1});
    }
}

/// The same margins whatever the labels: charts above one another keep one axis of time.
void ChartView::resizeEvent(QResizeEvent* event)
{
    QChartView::resizeEvent(event);
    const QFontMetricsF metrics{Theme::current().smallFont()};
    const double left = metrics.horizontalAdvance(QStringLiteral("00000")) + metrics.height() + 22, line = metrics.height() + 10;
    chart()->setPlotArea(QRectF{left, line + 8, std::max(width() - left - 34, 10.0), std::max(height() - 2 * line - 14, 10.0)});
    chart()->legend()->setGeometry(QRectF{left, 0, std::max(width() - left - 34, 10.0), line + 8});
    value_->setTitleVisible(chart()->plotArea().height() > metrics.horizontalAdvance(value_->titleText()) + 8);
    setTop(top_);
    // The plot area moves at once, the axes only with the layout: without this they stand where they stood before.
    chart()->layout()->invalidate();
    chart()->layout()->activate();
}

void ChartView::mouseMoveEvent(QMouseEvent* event)
{
    QChartView::mouseMoveEvent(event);
    const QPointF scene = mapToScene(event->position().toPoint());
    const QRectF area = chart()->plotArea();
    hoverX_.reset();
    if (area.contains(scene)) {
        hoverX_ = scene.x();
        const double from = static_cast<double>(time_->min().toMSecsSinceEpoch()),
                     to = static_cast<double>(time_->max().toMSecsSinceEpoch());
        const double ms = from + (scene.x() - area.left()) / area.width() * (to - from);
        const Instant at{std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>{ms})};
        QToolTip::showText(event->globalPosition().toPoint(), valueAt_(at), this);
    } else {
        QToolTip::hideText();
    }
    this->scene()->update();
}

void ChartView::leaveEvent(QEvent* event)
{
    hoverX_.reset();
    scene()->update();
    QChartView::leaveEvent(event);
}

void ChartView::drawForeground(QPainter* painter, const QRectF&)
{
    if (!hoverX_) return;
    const QRectF area = chart()->plotArea();
    painter->setPen(QPen{Theme::current().color(Role::accent), 1});
    painter->drawLine(QPointF{*hoverX_, area.top()}, QPointF{*hoverX_, area.bottom()});
}

} // namespace dorascope::ui
