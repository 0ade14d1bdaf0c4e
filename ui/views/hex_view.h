// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractScrollArea>

#include <cstddef>
#include <optional>
#include <vector>

namespace dorascope::ui {

/// Bytes in hexadecimal and as text, as many a row as fit (16 or 8), with one stretch of them marked.
class HexView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit HexView(QWidget* parent = nullptr);

    void setBytes(std::vector<std::byte> bytes);
    /// Marks [offset, offset + length); `reveal` scrolls there. A length of 0 marks nothing.
    void mark(std::size_t offset, std::size_t length, bool reveal);
    QPoint pointOf(std::size_t offset) const; ///< centre of a byte, in the viewport
    const std::vector<std::byte>& bytes() const { return bytes_; }
    std::pair<std::size_t, std::size_t> marked() const { return {markFrom_, markTo_ - markFrom_}; }

signals:
    void hovered(int offset); ///< −1 when the pointer leaves the bytes
    void chosen(int offset); ///< clicked, or moved to by keyboard

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void measure();
    std::optional<std::size_t> byteAt(const QPointF& point) const;
    double hexX(std::size_t column) const;
    double textX(std::size_t column) const;
    void paintRow(QPainter& painter, std::size_t row, double y) const;

    std::vector<std::byte> bytes_;
    std::size_t perRow_ = 16;
    double advance_ = 8;
    int lineHeight_ = 16;
    std::size_t markFrom_ = 0, markTo_ = 0;
    int hovered_ = -1;
    std::size_t cursor_ = 0;
};

} // namespace dorascope::ui
