// SPDX-License-Identifier: GPL-3.0-or-later
// How the parts of a ladder look. Coordinates are the ladder's own.
#pragma once

#include "ui/models/ladder_layout.h"

#include <QFont>

class QPainter;

namespace dorascope::ui {

class LadderPainter {
public:
    explicit LadderPainter(QPainter& painter);

    static QFont labelFont();
    static double headHeight();

    void heads(const models::Ladder& ladder, double top);
    void ground(const models::Ladder& ladder, double axisWidth, double top, double bottom);
    /// `grown` of its way, 0 … 1: a message just sent is still under way.
    void arrow(const models::LadderArrow& arrow, double grown, bool hovered);

private:
    void lifeline(const models::Lifeline& line, double top, double bottom);
    static QColor lineColor(const models::LadderArrow& arrow);
    static QColor textColor(const models::LadderArrow& arrow); ///< readable on the card
    void label(const models::LadderArrow& arrow, const QColor& color);
    void head(const models::LadderArrow& arrow, const QColor& color);
    QPainter& painter_;
};

} // namespace dorascope::ui
