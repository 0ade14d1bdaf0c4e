// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/server_model.h"
#include "ui/views/card.h"

#include <QPersistentModelIndex>

namespace dorascope::ui {

/// One server in full: what it hands out beside its response times as a distribution.
class ServerCard : public Card {
    Q_OBJECT
public:
    explicit ServerCard(models::ServerModel& model, QWidget* parent = nullptr);
    void setRow(int row); ///< −1: none
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintProperties(QPainter& painter, const QRectF& box) const;
    void paintTimes(QPainter& painter, const QRectF& box) const;

    models::ServerModel& model_;
    QPersistentModelIndex row_;
};

} // namespace dorascope::ui
