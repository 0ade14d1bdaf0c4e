// SPDX-License-Identifier: GPL-3.0-or-later
// What the timeline shows: the span of time, its bars, its words. Painting and input stand in files of their own.
#include "ui/charts/timeline_strip.h"

#include "ui/charts/rate_colors.h"
#include "ui/models/time_text.h"
#include "ui/theme/theme.h"

#include <QEvent>
#include <QFontMetrics>
#include <QHelpEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace dorascope::ui {
namespace {

using namespace std::chrono_literals;

constexpr double kPitch = 6; // pixels a bar, its gap included
constexpr double kSideMargin = 14;
constexpr Duration kLeastSpan = 1s;

/// Spans grow by quarters: while live, bars stand still and fill up to the right, and seldom all of them move.
Duration roomySpan(Duration needed)
{
    Duration span = kLeastSpan;
    while (span < needed && span < Duration::max() / 4)
        span *= 2;
    for (const int eighths : {5, 6, 7})
        if (span / 8 * eighths >= needed) return span / 8 * eighths;
    return span;
}

} // namespace

TimelineStrip::TimelineStrip(models::Scope& scope, QWidget* parent) : QWidget{parent}, scope_{scope}
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Timeline"));
    connect(&scope, &models::Scope::reset, this, &TimelineStrip::onReset);
    connect(&scope, &models::Scope::advanced, this, &TimelineStrip::touch);
    connect(&scope, &models::Scope::liveChanged, this, &TimelineStrip::onLive);
    connect(&scope, &models::Scope::poolChanged, this, &TimelineStrip::touch);
    connect(&scope, &models::Scope::filterChanged, this, [this] {
        update();
        describe();
    });
    connect(&Theme::current(), &Theme::changed, this, [this] { update(); });
    onReset();
}

QSize TimelineStrip::sizeHint() const { return {800, fontMetrics().height() * 2 + 118}; }
QSize TimelineStrip::minimumSizeHint() const { return {240, fontMetrics().height() * 2 + 64}; }

QRectF TimelineStrip::plot() const
{
    const double legend = fontMetrics().height() + 18;
    const double axis = QFontMetrics{Theme::current().smallFont()}.height() + 10;
    return {kSideMargin, legend, std::max(width() - 2 * kSideMargin - 12.0, 1.0), std::max(height() - legend - axis, 1.0)};
}

void TimelineStrip::onReset()
{
    if (scope_.isLive()) whole_.reset();
    touch();
}

void TimelineStrip::onLive(bool live)
{
    // Leaving live, the scope still shows the newest state: what lies ahead of the playhead is remembered from it.
    if (live)
        whole_.reset();
    else
        whole_ = scope_.state().series();
    touch();
}

const observe::Series& TimelineStrip::series() const { return whole_ ? *whole_ : scope_.state().series(); }

Instant TimelineStrip::end() const
{
    if (whole_) return whole_->last();
    return series().empty() ? scope_.state().now() : std::max(series().last(), scope_.state().now());
}

Duration TimelineStrip::step() const { return std::max<Duration>(bars_.width(), 1ms); }

void TimelineStrip::touch()
{
    stale_ = true;
    follow();
    update();
    const auto second = std::chrono::floor<std::chrono::seconds>(end().time_since_epoch()).count();
    if (std::exchange(describedSecond_, second) != second && hasFocus()) describe();
}

void TimelineStrip::follow()
{
    const Instant first = series().empty() ? end() : series().first();
    if (all_ || series().empty()) {
        // From a full second, so that the axis begins with a time that people say.
        const bool seconds = end() - first > 8s;
        from_ = seconds ? Instant{std::chrono::floor<std::chrono::seconds>(first.time_since_epoch())} : first;
        to_ = from_ + roomySpan(end() - from_);
        return;
    }
    if (!scope_.isLive() || end() < to_) return;
    const Duration bar = step(); // by whole bars, so that none changes its height while it moves
    const auto bars = (end() - to_) / bar + 1;
    from_ += bar * bars;
    to_ += bar * bars;
}

void TimelineStrip::showAll()
{
    all_ = true;
    touch();
}

void TimelineStrip::refreshBars()
{
    if (scope_.isLive()) follow(); // time may have gone on unsaid
    const auto wanted = static_cast<std::size_t>(std::clamp(plot().width() / kPitch, 1.0, 4000.0));
    if (!stale_ && bars_.buckets.size() == wanted && bars_.from == from_ && bars_.to == to_) return;
    stale_ = false;
    bars_ = models::timelineBars(series(), from_, std::max(to_, from_ + Duration{1}), wanted);
}

double TimelineStrip::xOf(Instant at) const
{
    const double part =
        static_cast<double>((at - from_).count()) / static_cast<double>(std::max<Duration::rep>((to_ - from_).count(), 1));
    return plot().left() + part * plot().width();
}

Instant TimelineStrip::timeAt(double x) const
{
    const double part = (x - plot().left()) / plot().width();
    return from_ + Duration{static_cast<Duration::rep>(part * static_cast<double>((to_ - from_).count()))};
}

QString TimelineStrip::tip(const QPointF& point) const
{
    const auto bar = bars_.bucketAt(timeAt(point.x()));
    if (!bar || series().empty()) return {};
    const auto& bucket = bars_.buckets[*bar];
    const Instant start = bars_.startOf(*bar);
    QStringList lines{tr("%1, for %2").arg(models::clockText(start), models::durationText(bars_.width()))};
    for (std::size_t kind = 0; kind < observe::kRateKinds; ++kind)
        if (bucket.messages[kind] > 0) lines << tr("%1: %2").arg(rateName(kind)).arg(bucket.messages[kind]);
    if (bucket.total() == 0) lines << tr("no messages");
    if (start <= end())
        lines << (bucket.pool > 0 ? tr("in use: %1 of %2").arg(bucket.used_high).arg(bucket.pool)
                                  : tr("in use: %1").arg(bucket.bound_high));
    return lines.join(QLatin1Char('\n'));
}

void TimelineStrip::describe()
{
    QStringList parts;
    if (series().empty())
        parts << tr("No messages seen yet.");
    else
        parts << tr("From %1 to %2.").arg(models::clockTextSeconds(series().first()), models::clockTextSeconds(end()));
    parts << (scope_.isLive() ? tr("Live.") : tr("Showing the past, %1.").arg(models::clockText(scope_.playhead())));
    if (const auto range = scope_.range())
        parts << tr("Selected: %1 to %2.").arg(models::clockText(range->from), models::clockText(range->to));
    parts << (scope_.pool().size() > 0
                  ? tr("%1 of %2 addresses of the pool in use.").arg(scope_.inUse()).arg(scope_.pool().size())
                  : tr("%1 addresses in use.").arg(scope_.inUse()));
    setAccessibleDescription(parts.join(QLatin1Char(' ')));
}

void TimelineStrip::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::FontChange) {
        updateGeometry();
        stale_ = true;
    }
    QWidget::changeEvent(event);
}

bool TimelineStrip::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    refreshBars();
    const QString text = tip(help->pos());
    if (text.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(help->globalPos(), text, this);
    return true;
}

} // namespace dorascope::ui
