// SPDX-License-Identifier: GPL-3.0-or-later
// The handshake ladder on screen. Paints what models::layOutLadder says, nothing else; the lifelines' heads stay while the rest scrolls.
#pragma once

#include "ui/models/ladder_layout.h"

#include <QAbstractScrollArea>
#include <QElapsedTimer>
#include <QTimer>

#include <unordered_map>

namespace dorascope::ui {

/// Mouse: click an arrow to select its message; wheel zooms time, Shift+wheel scrolls. Keys: ↑ ↓ through the messages, + − 0 zoom,
/// Esc selects nothing.
class LadderView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit LadderView(models::Scope& scope, QWidget* parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    /// The geometry shown, in the coordinates of the viewport scrolled to its top.
    const models::Ladder& ladder();
    /// Where a click selects `message`, in the viewport; nothing while it is not shown.
    std::optional<QPoint> pointOf(observe::MessageId message);
    void setAnimated(bool animated) { animated_ = animated; }
    void setEmptyText(const QString& words); ///< where nothing was seen
    QString emptyText() const { return emptyText_; }

signals:
    void described(const QString& note); ///< what there is to say beside the heading

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void invalidate();
    void layOut();
    void onAdvanced(const observe::Changes& changes);
    void onSelection();
    void onScroll();
    void reveal();
    void zoomBy(double factor, double aroundY);
    void move(int steps);
    void copyText();
    double growth(const models::LadderArrow& arrow) const;

    models::Scope& scope_;
    models::Ladder ladder_;
    bool stale_ = true;
    enum class Follow { newest, selection, nothing };
    Follow follow_ = Follow::newest; ///< what stays in view while the ladder grows
    bool animated_ = true;
    QString emptyText_;
    double zoom_ = 1, axisWidth_ = 60;
    observe::MessageId hovered_ = observe::kNone;
    std::unordered_map<observe::MessageId, qint64> arrivals_; ///< when a message came, while its arrow still grows
    QElapsedTimer clock_;
    QTimer growing_;
};

} // namespace dorascope::ui
