// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/hex_view.h"

#include "ui/models/message_detail.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace dorascope::ui {
namespace {

constexpr double kOffsetColumns = 5.5; ///< "0000" and a gap
constexpr char kDigits[] = "0123456789abcdef";

} // namespace

HexView::HexView(QWidget* parent) : QAbstractScrollArea(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    setAccessibleName(tr("Bytes"));
    connect(&Theme::current(), &Theme::changed, this, &HexView::measure);
    measure();
}

void HexView::setBytes(std::vector<std::byte> bytes)
{
    bytes_ = std::move(bytes);
    markFrom_ = markTo_ = cursor_ = 0;
    hovered_ = -1;
    verticalScrollBar()->setValue(0);
    measure();
}

void HexView::measure()
{
    QFont font = Theme::current().numberFont();
    if (font.pointSizeF() > 0) font.setPointSizeF(font.pointSizeF() * 0.88);
    setFont(font);
    const QFontMetricsF metrics(font);
    advance_ = metrics.horizontalAdvance(QLatin1Char('0'));
    lineHeight_ = static_cast<int>(std::ceil(metrics.height())) + 3;
    const double wide = (kOffsetColumns + 16 * 3 + 1 + 16) * advance_;
    perRow_ = viewport()->width() >= wide ? 16 : 8;
    const auto rows = static_cast<int>((bytes_.size() + perRow_ - 1) / perRow_);
    verticalScrollBar()->setRange(0, std::max(0, rows * lineHeight_ - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(lineHeight_);
    viewport()->update();
}

void HexView::mark(std::size_t offset, std::size_t length, bool reveal)
{
    markFrom_ = std::min(offset, bytes_.size());
    markTo_ = std::min(bytes_.size(), offset + length);
    if (reveal && markTo_ > markFrom_) {
        const int y = static_cast<int>(markFrom_ / perRow_) * lineHeight_;
        const int end = static_cast<int>((markTo_ - 1) / perRow_ + 1) * lineHeight_;
        QScrollBar& bar = *verticalScrollBar();
        if (end > bar.value() + viewport()->height()) bar.setValue(end - viewport()->height());
        if (y < bar.value()) bar.setValue(y);
        cursor_ = markFrom_;
    }
    viewport()->update();
}

double HexView::hexX(std::size_t column) const
{
    return (kOffsetColumns + 3 * static_cast<double>(column) + (column >= 8 ? 0.5 : 0)) * advance_;
}
double HexView::textX(std::size_t column) const { return hexX(perRow_ - 1) + (3 + static_cast<double>(column)) * advance_; }

QPoint HexView::pointOf(std::size_t offset) const
{
    const double x = hexX(offset % perRow_) + advance_;
    const auto y = static_cast<int>(offset / perRow_) * lineHeight_ + lineHeight_ / 2 - verticalScrollBar()->value();
    return {static_cast<int>(x), y};
}

std::optional<std::size_t> HexView::byteAt(const QPointF& point) const
{
    const double y = point.y() + verticalScrollBar()->value();
    if (y < 0) return std::nullopt;
    const auto row = static_cast<std::size_t>(y / lineHeight_);
    for (std::size_t column = 0; column < perRow_; ++column) {
        const std::size_t offset = row * perRow_ + column;
        if (offset >= bytes_.size()) break;
        const double hex = hexX(column) - advance_ / 2, text = textX(column);
        if ((point.x() >= hex && point.x() < hex + 3 * advance_) || (point.x() >= text && point.x() < text + advance_))
            return offset;
    }
    return std::nullopt;
}

void HexView::paintRow(QPainter& painter, std::size_t row, double y) const
{
    const Theme& theme = Theme::current();
    const double ascent = y + QFontMetricsF(font()).ascent() + 1.5;
    const std::size_t first = row * perRow_, last = std::min(bytes_.size(), first + perRow_);
    painter.setPen(theme.color(Role::textFaint));
    painter.drawText(QPointF(0, ascent), QStringLiteral("%1").arg(first, 4, 16, QLatin1Char('0')));
    for (std::size_t i = first; i < last; ++i) {
        const std::size_t column = i - first;
        const bool marked = i >= markFrom_ && i < markTo_;
        if (marked) {
            const bool joins = i + 1 < std::min(markTo_, last);
            const double end = joins ? hexX(column + 1) - advance_ / 2 : hexX(column) + 2.5 * advance_;
            painter.fillRect(QRectF(hexX(column) - advance_ / 2, y, end - hexX(column) + advance_ / 2, lineHeight_),
                             theme.color(Role::selection));
            painter.fillRect(QRectF(textX(column), y, advance_, lineHeight_), theme.color(Role::selection));
        }
        const auto value = std::to_integer<unsigned>(bytes_[i]);
        const char hex[] = {kDigits[value >> 4], kDigits[value & 15], 0};
        // Zeros fill most of a DHCP message: they step back so that what is said can be seen.
        painter.setPen(theme.color(marked ? Role::accent : value == 0 ? Role::textFaint : Role::text));
        painter.drawText(QPointF(hexX(column), ascent), QLatin1String(hex));
        const bool printable = value >= 0x20 && value < 0x7f;
        painter.setPen(theme.color(marked ? Role::accent : printable ? Role::textMuted : Role::textFaint));
        painter.drawText(QPointF(textX(column), ascent),
                         printable ? QString(QLatin1Char(static_cast<char>(value))) : QString(QChar(0xb7)));
    }
}

void HexView::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), Theme::current().color(Role::card));
    painter.setFont(font());
    const int scrolled = verticalScrollBar()->value();
    const auto rows = (bytes_.size() + perRow_ - 1) / perRow_;
    const auto from = static_cast<std::size_t>(scrolled / lineHeight_);
    const auto to = std::min(rows, from + static_cast<std::size_t>(viewport()->height() / lineHeight_) + 2);
    for (std::size_t row = from; row < to; ++row)
        paintRow(painter, row, static_cast<double>(row) * lineHeight_ - scrolled);
    if (bytes_.empty()) {
        painter.setPen(Theme::current().color(Role::textMuted));
        painter.drawText(viewport()->rect(), Qt::AlignCenter | Qt::TextWordWrap, tr("Nothing selected"));
    }
}

void HexView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    measure();
}

void HexView::mouseMoveEvent(QMouseEvent* event)
{
    const auto byte = byteAt(event->position());
    const int now = byte ? static_cast<int>(*byte) : -1;
    if (now == hovered_) return;
    hovered_ = now;
    Q_EMIT hovered(now);
}

void HexView::mousePressEvent(QMouseEvent* event)
{
    if (const auto byte = byteAt(event->position())) {
        cursor_ = *byte;
        Q_EMIT chosen(static_cast<int>(cursor_));
    }
}

void HexView::leaveEvent(QEvent*)
{
    hovered_ = -1;
    Q_EMIT hovered(-1);
}

void HexView::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) {
        QApplication::clipboard()->setText(models::hexDump(bytes_));
        return;
    }
    const auto step = [&]() -> std::ptrdiff_t {
        switch (event->key()) {
        case Qt::Key_Left: return -1;
        case Qt::Key_Right: return 1;
        case Qt::Key_Up: return -static_cast<std::ptrdiff_t>(perRow_);
        case Qt::Key_Down: return static_cast<std::ptrdiff_t>(perRow_);
        default: return 0;
        }
    }();
    if (step == 0 || bytes_.empty()) return QAbstractScrollArea::keyPressEvent(event);
    const auto last = static_cast<std::ptrdiff_t>(bytes_.size()) - 1;
    cursor_ = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(cursor_) + step, 0, last));
    Q_EMIT chosen(static_cast<int>(cursor_));
}

} // namespace dorascope::ui
