// SPDX-License-Identifier: GPL-3.0-or-later
// What people do to the timeline.
#include "ui/charts/timeline_strip.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace dorascope::ui {
namespace {

using namespace std::chrono_literals;

constexpr double kReach = 6; // pixels around what can be grasped
constexpr Duration kLeastView = 20ms; // two of the finest buckets
constexpr Duration kMostView = 24h * 3650;

} // namespace

bool TimelineStrip::nearPlayhead(const QPointF& point) const
{
    return !series().empty() && std::abs(point.x() - xOf(scope_.isLive() ? end() : scope_.playhead())) <= kReach;
}

std::optional<Instant> TimelineStrip::rangeEdgeAt(const QPointF& point) const
{
    const auto range = scope_.range();
    if (!range) return std::nullopt;
    if (std::abs(point.x() - xOf(range->from)) <= kReach) return range->to;
    if (std::abs(point.x() - xOf(range->to)) <= kReach) return range->from;
    return std::nullopt;
}

void TimelineStrip::updateCursor(const QPointF& point)
{
    const bool grasp = drag_ != Drag::none || nearPlayhead(point) || rangeEdgeAt(point);
    setCursor(grasp ? Qt::SplitHCursor : Qt::ArrowCursor);
}

void TimelineStrip::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || series().empty()) return QWidget::mousePressEvent(event);
    pressed_ = event->position();
    keyboardFocus_ = false;
    if (const auto kept = rangeEdgeAt(pressed_)) {
        drag_ = Drag::brush;
        anchor_ = *kept;
    } else if (nearPlayhead(pressed_)) {
        drag_ = Drag::playhead;
    } else {
        drag_ = Drag::brush;
        anchor_ = timeAt(pressed_.x());
    }
    update();
}

void TimelineStrip::mouseMoveEvent(QMouseEvent* event)
{
    const QPointF point = event->position();
    updateCursor(point);
    const bool moved = std::abs(point.x() - pressed_.x()) >= QApplication::startDragDistance() / 2.0;
    if (drag_ == Drag::none || !moved) return;
    const Instant at = std::clamp(timeAt(point.x()), from_, to_);
    if (drag_ == Drag::playhead) return movePlayhead(at);
    scope_.setRange(models::TimeRange{std::min(at, anchor_), std::max(at, anchor_)});
}

void TimelineStrip::mouseReleaseEvent(QMouseEvent* event)
{
    drag_ = Drag::none;
    updateCursor(event->position());
    QWidget::mouseReleaseEvent(event);
}

void TimelineStrip::mouseDoubleClickEvent(QMouseEvent*)
{
    drag_ = Drag::none;
    scope_.setRange(std::nullopt);
}

void TimelineStrip::wheelEvent(QWheelEvent* event)
{
    const QPoint turn = event->angleDelta();
    const bool sideways = turn.x() != 0 || (event->modifiers() & Qt::ShiftModifier) != 0;
    if (sideways)
        pan(-(turn.x() != 0 ? turn.x() : turn.y()) / 2.0);
    else
        zoom(std::pow(1.25, -turn.y() / 120.0), event->position().x());
    event->accept();
}

void TimelineStrip::zoom(double factor, double aroundX)
{
    if (series().empty()) return;
    const Instant fixed = timeAt(aroundX);
    const double left = (aroundX - plot().left()) / plot().width();
    const double wanted =
        std::clamp(static_cast<double>((to_ - from_).count()) * factor, static_cast<double>(Duration{kLeastView}.count()),
                   static_cast<double>(Duration{kMostView}.count()));
    // Out beyond everything: back to following.
    if (wanted >= static_cast<double>((end() - series().first()).count()) * 1.3 && factor > 1) return showAll();
    all_ = false;
    from_ = fixed - Duration{static_cast<Duration::rep>(wanted * left)};
    to_ = from_ + Duration{static_cast<Duration::rep>(wanted)};
    stale_ = true;
    update();
}

void TimelineStrip::pan(double pixels)
{
    if (series().empty() || all_) return;
    Duration by{static_cast<Duration::rep>(pixels / plot().width() * static_cast<double>((to_ - from_).count()))};
    by = std::clamp(by, series().first() - to_ + step(), end() - from_ - step()); // something stays in sight
    from_ += by;
    to_ += by;
    stale_ = true;
    update();
}

void TimelineStrip::movePlayhead(Instant at)
{
    if (at >= end()) return scope_.goLive();
    scope_.setPlayhead(std::max(at, series().first()));
    update();
}

void TimelineStrip::extendRange(int steps)
{
    const Instant here = scope_.isLive() ? end() : scope_.playhead();
    auto range = scope_.range().value_or(models::TimeRange{here, here});
    if (steps < 0)
        range.from = std::max(range.from + step() * steps, series().first());
    else
        range.to = std::min(range.to + step() * steps, end());
    scope_.setRange(range);
}

void TimelineStrip::keyPressEvent(QKeyEvent* event)
{
    const Instant here = scope_.isLive() ? end() : scope_.playhead();
    const double middle = std::clamp(xOf(here), plot().left(), plot().right());
    const bool shift = (event->modifiers() & Qt::ShiftModifier) != 0;
    keyboardFocus_ = true;
    update();
    if (event->key() == Qt::Key_Escape && scope_.range()) return scope_.setRange(std::nullopt);
    if (series().empty()) return QWidget::keyPressEvent(event);
    switch (event->key()) {
    case Qt::Key_Left: return shift ? extendRange(-1) : movePlayhead(here - step());
    case Qt::Key_Right: return shift ? extendRange(1) : movePlayhead(here + step());
    case Qt::Key_PageUp: return movePlayhead(here - step() * 10);
    case Qt::Key_PageDown: return movePlayhead(here + step() * 10);
    case Qt::Key_Home: return movePlayhead(series().first());
    case Qt::Key_End: return scope_.goLive();
    case Qt::Key_Plus:
    case Qt::Key_Equal: return zoom(0.5, middle);
    case Qt::Key_Minus: return zoom(2, middle);
    case Qt::Key_0: return showAll();
    default: return QWidget::keyPressEvent(event);
    }
}

void TimelineStrip::focusInEvent(QFocusEvent* event)
{
    keyboardFocus_ = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason;
    describe();
    QWidget::focusInEvent(event);
    update();
}

void TimelineStrip::focusOutEvent(QFocusEvent* event)
{
    keyboardFocus_ = false;
    QWidget::focusOutEvent(event);
    update();
}

} // namespace dorascope::ui
