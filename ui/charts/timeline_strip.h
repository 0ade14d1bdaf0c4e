// SPDX-License-Identifier: GPL-3.0-or-later
// The timeline at the bottom of every page: message rate, pool in use, the brush that filters and the playhead that travels in time.
#pragma once

#include "ui/models/scope.h"
#include "ui/models/timeline_bars.h"

#include <QWidget>

#include <optional>

namespace dorascope::ui {

/// Painted from at most one bar a few pixels, so that a million messages cost no more than a thousand.
/// Mouse: drag selects a range (Scope::setRange), a click without dragging clears it; dragging the playhead or its knob moves it, off the
/// right edge goes live; wheel zooms, shift+wheel pans. Keys: ← → playhead, shift+← → range, + − zoom, Home, End live, Esc clears.
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
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    enum class Drag { none, brush, brushFrom, brushTo, playhead };
    void follow();
    void zoom(double factor, double aroundX);
    void pan(double pixels);
    void movePlayhead(int steps);
    void extendRange(int steps);
    void describe();
    bool nearPlayhead(const QPointF& p) const;
    Drag brushEdgeAt(const QPointF& p) const;
    QString tip(const QPointF& p) const;
    QRectF plot() const;
    void refreshBars();
    void paintLegend(QPainter& painter) const;
    void paintBars(QPainter& painter) const;
    void paintPool(QPainter& painter) const;
    void paintMarkers(QPainter& painter) const;
    void paintAxis(QPainter& painter) const;
    void paintBrush(QPainter& painter) const;
    void paintPlayhead(QPainter& painter) const;

    models::Scope& scope_;
    models::TimelineBars bars_;
    bool stale_ = true; ///< bars_ are not those of the state and the size
    bool all_ = true; ///< the view spans everything and grows with it
    Instant from_{}, to_{};
    Drag drag_ = Drag::none;
    QPointF pressed_;
    Instant anchor_{};
};

} // namespace dorascope::ui
