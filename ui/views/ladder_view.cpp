// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/ladder_view.h"

#include "ui/models/message_detail.h"
#include "ui/models/time_text.h"
#include "ui/theme/theme.h"
#include "ui/views/ladder_painter.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace dorascope::ui {
namespace {

constexpr qint64 kGrowth = 260; ///< ms that an arrow takes across
constexpr std::size_t kMostGrowing = 40; ///< more at once than can be followed are simply there
constexpr double kLeastZoom = 0.25, kMostZoom = 64;

} // namespace

LadderView::LadderView(models::Scope& scope, QWidget* parent) : QAbstractScrollArea(parent), scope_(scope)
{
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    setAccessibleName(tr("Handshake ladder"));
    setAccessibleDescription(tr("Clients left, servers right, time running down. Up and down move through the messages."));
    growing_.setInterval(16);
    clock_.start();
    connect(&growing_, &QTimer::timeout, this, [this] {
        std::erase_if(arrivals_, [now = clock_.elapsed()](const auto& entry) { return now - entry.second > kGrowth; });
        if (arrivals_.empty()) growing_.stop();
        viewport()->update();
    });
    connect(&scope_, &models::Scope::advanced, this, &LadderView::onAdvanced);
    connect(&scope_, &models::Scope::reset, this, [this] {
        arrivals_.clear();
        follow_ = Follow::newest;
        invalidate();
    });
    connect(&scope_, &models::Scope::filterChanged, this, &LadderView::invalidate);
    connect(&scope_, &models::Scope::selectionChanged, this, &LadderView::onSelection);
    connect(&Theme::current(), &Theme::changed, this, &LadderView::invalidate);
    connect(verticalScrollBar(), &QScrollBar::actionTriggered, this, &LadderView::onScroll);
}

QSize LadderView::sizeHint() const { return {840, 340}; }
QSize LadderView::minimumSizeHint() const { return {320, 140}; }

void LadderView::setEmptyText(const QString& words)
{
    if (words == emptyText_) return;
    emptyText_ = words;
    viewport()->update();
}

void LadderView::invalidate()
{
    stale_ = true;
    viewport()->update();
}

void LadderView::onAdvanced(const observe::Changes& changes)
{
    if (changes.messages.empty() && changes.exchanges.empty() && changes.servers.empty()) return;
    if (animated_ && changes.messages.size() <= kMostGrowing && isVisible()) {
        for (const observe::MessageId id : changes.messages)
            arrivals_[id] = clock_.elapsed();
        if (!arrivals_.empty()) growing_.start();
    }
    invalidate();
}

void LadderView::onSelection()
{
    const bool any = scope_.selection().message != observe::kNone;
    follow_ = any ? Follow::selection : Follow::newest;
    invalidate();
    layOut();
    const models::LadderArrow* const arrow = ladder_.arrowOf(scope_.selection().message);
    if (arrow != nullptr) setAccessibleDescription(tr("Selected: %1 at %2").arg(arrow->label, models::clockText(arrow->at)));
}

void LadderView::reveal()
{
    const models::LadderArrow* const arrow = ladder_.arrowOf(scope_.selection().message);
    if (arrow == nullptr) return;
    QScrollBar& bar = *verticalScrollBar();
    const double head = LadderPainter::headHeight() + 24;
    const double top = std::min(arrow->y1, arrow->y2), bottom = std::max(arrow->y1, arrow->y2);
    if (top - bar.value() < head) bar.setValue(static_cast<int>(top - head));
    if (bottom - bar.value() > viewport()->height() - 16) bar.setValue(static_cast<int>(bottom) - viewport()->height() + 16);
}

void LadderView::onScroll()
{
    follow_ = verticalScrollBar()->sliderPosition() >= verticalScrollBar()->maximum() ? Follow::newest : Follow::nothing;
}

void LadderView::layOut()
{
    if (!stale_) return;
    stale_ = false;
    const QFontMetricsF label(LadderPainter::labelFont());
    const QFontMetricsF number(Theme::current().numberFont());
    models::LadderRequest request;
    request.width = viewport()->width();
    request.height = viewport()->height();
    request.rowHeight = std::ceil(label.height()) + 3;
    request.laneWidth = 126 * label.height() / 14.0;
    request.top = LadderPainter::headHeight() + label.height() / 2 + 6;
    request.zoom = zoom_;
    request.labelWidth = [&label](const QString& text) { return label.horizontalAdvance(text); };
    // The axis is as wide as its widest time, which is known only once the ladder is laid out.
    axisWidth_ = std::ceil(number.horizontalAdvance(QStringLiteral("0.0 ms"))) + 14;
    for (int pass = 0; pass < 2; ++pass) {
        request.axisWidth = axisWidth_;
        ladder_ = models::layOutLadder(scope_, request);
        double widest = 0;
        for (const models::LadderMark& mark : ladder_.marks)
            widest = std::max(widest, number.horizontalAdvance(mark.text));
        if (std::ceil(widest) + 14 <= axisWidth_) break;
        axisWidth_ = std::ceil(widest) + 14;
    }
    QScrollBar& bar = *verticalScrollBar();
    const int most = std::max(0, static_cast<int>(std::ceil(ladder_.height)) - viewport()->height());
    bar.setRange(0, most);
    bar.setPageStep(viewport()->height());
    bar.setSingleStep(static_cast<int>(request.rowHeight));
    if (follow_ == Follow::newest) bar.setValue(most);
    if (follow_ == Follow::selection) reveal();
    QString note = tr("clients \u2194 servers, time runs down \u00b7 scroll zooms");
    if (ladder_.clientsLeftOut > 0) note = tr("not all clients fit: select or filter to see others");
    Q_EMIT described(note);
}

const models::Ladder& LadderView::ladder()
{
    layOut();
    return ladder_;
}

std::optional<QPoint> LadderView::pointOf(observe::MessageId message)
{
    const models::LadderArrow* const arrow = ladder().arrowOf(message);
    if (arrow == nullptr) return std::nullopt;
    return QPointF(arrow->labelX, arrow->labelY - verticalScrollBar()->value()).toPoint();
}

double LadderView::growth(const models::LadderArrow& arrow) const
{
    const auto found = arrivals_.find(arrow.message);
    if (found == arrivals_.end()) return 1;
    const double t = std::clamp(static_cast<double>(clock_.elapsed() - found->second) / kGrowth, 0.0, 1.0);
    return 1 - (1 - t) * (1 - t); // quick at first
}

void LadderView::paintEvent(QPaintEvent*)
{
    layOut();
    const Theme& theme = Theme::current();
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(viewport()->rect(), theme.color(Role::card));
    if (ladder_.arrows.empty()) {
        painter.setPen(theme.color(Role::textMuted));
        painter.drawText(viewport()->rect(), Qt::AlignCenter | Qt::TextWordWrap,
                         scope_.filter().isEmpty() || scope_.state().messages().empty() ? emptyText_
                                                                                        : tr("No message matches the filter."));
        return;
    }
    LadderPainter ladder(painter);
    const double scrolled = verticalScrollBar()->value();
    const double head = LadderPainter::headHeight();
    painter.translate(0, -scrolled);
    ladder.ground(ladder_, axisWidth_, head, std::max(ladder_.height, scrolled + viewport()->height()) - 8);
    const double top = scrolled - 40, bottom = scrolled + viewport()->height() + 40;
    const models::LadderArrow* selected = nullptr;
    for (const models::LadderArrow& arrow : ladder_.arrows) {
        if (std::max(arrow.y1, arrow.y2) < top || std::min(arrow.y1, arrow.y2) > bottom) continue;
        if (arrow.selected)
            selected = &arrow; // on top of the others
        else
            ladder.arrow(arrow, growth(arrow), arrow.message == hovered_);
    }
    if (selected != nullptr) ladder.arrow(*selected, growth(*selected), false);
    painter.translate(0, scrolled);
    if (scrolled > 0) painter.fillRect(QRectF(0, 0, viewport()->width(), head + 4), theme.color(Role::card));
    ladder.heads(ladder_, 0);
    if (hasFocus()) {
        painter.setPen(QPen(theme.color(Role::accent), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(viewport()->rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }
}

void LadderView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    invalidate();
}

void LadderView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton) return QAbstractScrollArea::mousePressEvent(event);
    const QPointF at = event->position();
    const models::LadderArrow* const arrow = ladder().arrowAt(at.x(), at.y() + verticalScrollBar()->value());
    if (arrow != nullptr) scope_.selectMessage(arrow->message);
}

void LadderView::mouseMoveEvent(QMouseEvent* event)
{
    const QPointF at = event->position();
    const models::LadderArrow* const arrow = ladder().arrowAt(at.x(), at.y() + verticalScrollBar()->value());
    const observe::MessageId now = arrow != nullptr ? arrow->message : observe::kNone;
    if (now == hovered_) return;
    hovered_ = now;
    viewport()->setCursor(arrow != nullptr ? Qt::PointingHandCursor : Qt::ArrowCursor);
    viewport()->update();
}

bool LadderView::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::Leave && hovered_ != observe::kNone) {
        hovered_ = observe::kNone;
        viewport()->update();
    }
    if (event->type() == QEvent::ToolTip) {
        const auto* const help = static_cast<QHelpEvent*>(event);
        const models::LadderArrow* const arrow =
            ladder().arrowAt(help->pos().x(), help->pos().y() + verticalScrollBar()->value());
        const auto detail = arrow != nullptr ? models::messageDetail(scope_, arrow->message) : std::nullopt;
        if (detail)
            QToolTip::showText(help->globalPos(),
                               arrow->label + QLatin1Char('\n') + detail->title + QLatin1Char('\n') + models::clockText(arrow->at)
                                   + QStringLiteral(" \u00b7 ") + detail->subtitle,
                               viewport());
        else
            QToolTip::hideText();
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void LadderView::zoomBy(double factor, double aroundY)
{
    const double before = zoom_;
    zoom_ = std::clamp(zoom_ * factor, kLeastZoom, kMostZoom);
    if (zoom_ == before) return;
    // What is under the pointer stays under it, as nearly as the layout's least distances allow.
    const double height = std::max(1.0, ladder().height);
    const double share = (verticalScrollBar()->value() + aroundY) / height;
    follow_ = Follow::nothing;
    invalidate();
    layOut();
    verticalScrollBar()->setValue(static_cast<int>(share * ladder_.height - aroundY));
}

void LadderView::wheelEvent(QWheelEvent* event)
{
    const QPoint turn = event->angleDelta();
    if (event->modifiers().testFlag(Qt::ShiftModifier)) { // some platforms turn the axis with Shift
        verticalScrollBar()->setValue(verticalScrollBar()->value() - (turn.y() != 0 ? turn.y() : turn.x()));
        onScroll();
    } else if (turn.y() != 0) {
        zoomBy(std::pow(1.0015, turn.y()), event->position().y());
    }
    event->accept();
}

void LadderView::move(int steps)
{
    const auto& arrows = ladder().arrows;
    if (arrows.empty()) return;
    const auto at = std::find_if(arrows.begin(), arrows.end(),
                                 [id = scope_.selection().message](const auto& arrow) { return arrow.message == id; });
    const auto last = static_cast<std::ptrdiff_t>(arrows.size()) - 1;
    const std::ptrdiff_t next =
        at == arrows.end() ? (steps > 0 ? 0 : last) : std::clamp<std::ptrdiff_t>(at - arrows.begin() + steps, 0, last);
    scope_.selectMessage(arrows[static_cast<std::size_t>(next)].message);
}

void LadderView::keyPressEvent(QKeyEvent* event)
{
    const double middle = viewport()->height() / 2.0;
    switch (event->key()) {
    case Qt::Key_Up: return move(-1);
    case Qt::Key_Down: return move(1);
    case Qt::Key_Plus:
    case Qt::Key_Equal: return zoomBy(1.25, middle);
    case Qt::Key_Minus: return zoomBy(0.8, middle);
    case Qt::Key_0: return zoomBy(1 / zoom_, middle);
    case Qt::Key_Escape: return scope_.select({});
    default: break;
    }
    if (event->matches(QKeySequence::Copy)) return copyText();
    QAbstractScrollArea::keyPressEvent(event);
}

void LadderView::copyText() { QApplication::clipboard()->setText(models::ladderText(scope_, ladder())); }

void LadderView::contextMenuEvent(QContextMenuEvent* event)
{
    QMenu menu(this);
    menu.addAction(tr("Copy the ladder as text"), QKeySequence(QKeySequence::Copy), this, &LadderView::copyText);
    menu.addAction(tr("Zoom to fit"), QKeySequence(Qt::Key_0), this, [this] { zoomBy(1 / zoom_, 0); });
    menu.exec(event->globalPos());
}

} // namespace dorascope::ui
