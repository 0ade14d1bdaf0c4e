// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/sidebar.h"

#include "ui/theme/theme.h"

#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

namespace dorascope::ui {

SidebarButton::SidebarButton(const QString& name, QWidget* parent) : QAbstractButton(parent)
{
    setText(name);
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setAccessibleName(name);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void SidebarButton::setCount(const QString& count, bool alarming)
{
    if (count == count_ && alarming == alarming_) return;
    count_ = count;
    alarming_ = alarming;
    setAccessibleDescription(count);
    update();
}

QSize SidebarButton::sizeHint() const { return {150, QFontMetrics(Theme::current().textFont()).height() + 17}; }

void SidebarButton::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(8, 0, -8, 0);
    painter.setPen(Qt::NoPen);
    if (isChecked()) {
        painter.setBrush(theme.color(Role::accentSoft));
        painter.drawRoundedRect(box, 5, 5);
        painter.setBrush(theme.color(Role::accent));
        painter.drawRoundedRect(QRectF(box.left(), box.top() + 6, 3, box.height() - 12), 1.5, 1.5);
    } else if (underMouse()) {
        painter.setBrush(theme.color(Role::hover));
        painter.drawRoundedRect(box, 5, 5);
    }
    if (hasFocus()) {
        painter.setPen(QPen(theme.color(Role::accent), 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
    }
    QFont font = theme.textFont();
    font.setWeight(isChecked() ? QFont::DemiBold : QFont::Medium);
    painter.setFont(font);
    painter.setPen(theme.color(isChecked() ? Role::accent : Role::text));
    painter.drawText(box.adjusted(16, 0, -8, 0), Qt::AlignLeft | Qt::AlignVCenter, text());
    if (count_.isEmpty()) return;
    QFont small = theme.smallFont();
    small.setWeight(QFont::DemiBold);
    painter.setFont(small);
    const QFontMetricsF metrics(small);
    const double height = metrics.height() + 4, width = std::max(metrics.horizontalAdvance(count_) + 14, height + 6);
    const QRectF pill(box.right() - 8 - width, box.center().y() - height / 2, width, height);
    painter.setPen(Qt::NoPen);
    painter.setBrush(alarming_ ? theme.messageColor(MessageType::nak)
                               : theme.color(theme.isDark() ? Role::cardBorder : Role::gridLine));
    painter.drawRoundedRect(pill, height / 2, height / 2);
    painter.setPen(alarming_ ? theme.messageInk(MessageType::nak) : theme.color(Role::textMuted));
    painter.drawText(pill, Qt::AlignCenter, count_);
}

Sidebar::Sidebar(QWidget* parent) : QWidget(parent), layout_(new QVBoxLayout(this))
{
    layout_->setContentsMargins(0, 14, 1, 14);
    layout_->setSpacing(6);
    layout_->addStretch(1);
    setAccessibleName(tr("Pages"));
    connect(&Theme::current(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

SidebarButton& Sidebar::addPage(const QString& name, const QString& shortcut)
{
    auto* const button = new SidebarButton(name);
    const int page = static_cast<int>(buttons_.size());
    button->setToolTip(tr("%1 (%2)").arg(name, shortcut));
    buttons_.append(button);
    layout_->insertWidget(page, button);
    connect(button, &QAbstractButton::clicked, this, [this, page] { Q_EMIT chosen(page); });
    return *button;
}

void Sidebar::choose(int page)
{
    for (int i = 0; i < buttons_.size(); ++i)
        buttons_[i]->setChecked(i == page);
}

void Sidebar::keyPressEvent(QKeyEvent* event)
{
    const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    if (step == 0) return QWidget::keyPressEvent(event);
    for (qsizetype i = 0; i < buttons_.size(); ++i) {
        if (!buttons_[i]->hasFocus()) continue;
        const qsizetype next = std::clamp<qsizetype>(i + step, 0, buttons_.size() - 1);
        buttons_[next]->setFocus(Qt::TabFocusReason);
        Q_EMIT chosen(static_cast<int>(next));
        return;
    }
}

void Sidebar::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.color(Role::sidebar));
    painter.fillRect(QRect(width() - 1, 0, 1, height()), theme.color(Role::cardBorder));
}

} // namespace dorascope::ui
