// SPDX-License-Identifier: GPL-3.0-or-later
// A chart over time in the window's colours, with the value under the mouse.
#pragma once

#include "engine/wire/instant.h"

#include <QChartView>
#include <QDateTimeAxis>
#include <QValueAxis>

#include <functional>
#include <optional>

namespace dorascope::ui {

class ChartView : public QChartView {
    Q_OBJECT
public:
    /// `valueAt` gives the words for a moment, empty for none.
    ChartView(const QString& title, const QString& unit, std::function<QString(Instant)> valueAt, QWidget* parent = nullptr);

    void add(QAbstractSeries* series, bool inLegend = true); ///< attaches it to both axes; the chart owns it
    void setSpan(Instant from, Instant to);
    void setTop(double value); ///< upper end of the value axis, rounded up
    const QValueAxis& valueAxis() const { return *value_; }

protected:
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;

private:
    void restyle();
    QDateTimeAxis* time_;
    QValueAxis* value_;
    std::function<QString(Instant)> valueAt_;
    double top_ = 1; ///< as it was asked for
    std::optional<double> hoverX_; ///< in the scene
};

} // namespace dorascope::ui
