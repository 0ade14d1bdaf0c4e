// SPDX-License-Identifier: GPL-3.0-or-later
// The timeline at the bottom of every page: message rate, pool in use, the brush that filters and the playhead that travels in time.
#pragma once

#include "ui/models/scope.h"
#include "ui/models/timeline_bars.h"

#include <QWidget>

#include <optional>

namespace dorascope::ui {

/// Painted from at most one bar a few pixels, so that a million messages cost no more than a thousand.
/// Mouse: drag selects a range (Scope::setRange), its edges can be dragged, double click clears it; the playhead is dragged off the right end
/// into the past and back to it to go live; wheel zooms, shift+wheel pans. Keys: ← → playhead, shift+← → range, + − 0 zoom, Home, End live,
/// Esc clears. Draws no background: it lies on a card.
class TimelineStrip : public QWidget {
    Q_OBJECT
public:
    explicit TimelineStrip(models::Scope& scope, QWidget* parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

    Instant viewFrom() const { return from_; }
    Instant viewTo() const { return to_; }
    void showAll(); ///< zoom out to everything; follows while live
    double xOf(Instant at) const; ///< within the widget
    Instant timeAt(double x) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    enum class Drag { none, brush, playhead };
    // timeline_strip.cpp: what is shown
    void onReset();
    void onLive(bool live);
    void touch(); ///< the bars are no longer those of the state
    const observe::Series& series() const; ///< while in the past: the whole one, as it was when live was left
    Instant end() const; ///< where the data ends and the playhead is live
    Duration step() const; ///< of one bar
    void follow();
    void refreshBars();
    void describe();
    QRectF plot() const;
    QString tip(const QPointF& point) const;
    // timeline_input.cpp: what people do
    void zoom(double factor, double aroundX);
    void pan(double pixels);
    void movePlayhead(Instant at); ///< to the end or beyond: live
    void extendRange(int steps);
    bool nearPlayhead(const QPointF& point) const;
    std::optional<Instant> rangeEdgeAt(const QPointF& point) const; ///< the other end of the range, to be kept
    void updateCursor(const QPointF& point);
    // timeline_paint.cpp: how it looks
    void paintLegend(QPainter& painter) const;
    void paintBars(QPainter& painter) const;
    void paintPool(QPainter& painter) const;
    void paintMarkers(QPainter& painter) const;
    void paintAxis(QPainter& painter) const;
    void paintBrush(QPainter& painter) const;
    void paintPlayhead(QPainter& painter) const;

    models::Scope& scope_;
    std::optional<observe::Series> whole_; ///< while the playhead stands in the past
    models::TimelineBars bars_;
    bool stale_ = true; ///< bars_ are not those of the state and the size
    bool all_ = true; ///< the view spans everything and grows with it
    bool keyboardFocus_ = false;
    Instant from_{}, to_{};
    Drag drag_ = Drag::none;
    QPointF pressed_;
    Instant anchor_{};
    std::int64_t describedSecond_ = 0;
};

} // namespace dorascope::ui
