// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/order_bar.h"

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/views/sheet.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include <utility>

namespace dorascope::ui {

OrderBar::OrderBar(QWidget* parent) : QFrame(parent), text_(new QLabel), button_(new QPushButton), close_(new QToolButton)
{
    setAccessibleName(tr("Order to the server"));
    auto* const row = new QHBoxLayout(this);
    row->setContentsMargins(14, 8, 10, 8);
    row->setSpacing(12);
    text_->setWordWrap(true);
    text_->setTextFormat(Qt::PlainText);
    text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    row->addWidget(text_, 1);
    row->addWidget(button_);
    close_->setProperty("kind", "flat");
    close_->setToolTip(tr("Close (Esc)"));
    close_->setAccessibleName(tr("Close"));
    row->addWidget(close_);
    connect(button_, &QPushButton::clicked, this, [this] {
        const auto act = std::exchange(act_, {});
        dismiss();
        if (act) act();
    });
    connect(close_, &QToolButton::clicked, this, &OrderBar::dismiss);
    connect(&Theme::current(), &Theme::changed, this, &OrderBar::restyle);
    restyle();
    hide();
}

void OrderBar::restyle() { close_->setIcon(icon(QStringLiteral("close"), Theme::current().color(Role::textMuted))); }

void OrderBar::set(const QString& text, const QString& action, std::function<void()> act)
{
    text_->setText(text);
    button_->setText(action);
    button_->setAutoDefault(true); // Return, once it has the focus
    act_ = std::move(act);
    button_->setVisible(static_cast<bool>(act_));
    setAccessibleDescription(text);
    show();
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void OrderBar::ask(const QString& question, const QString& action, std::function<void()> carryOut)
{
    set(question, action, std::move(carryOut));
    button_->setFocus();
}

void OrderBar::tell(const QString& said, std::function<void()> undo) { set(said, tr("Undo"), std::move(undo)); }

void OrderBar::dismiss()
{
    const bool focused = button_->hasFocus();
    act_ = {};
    hide();
    if (focused && parentWidget()) parentWidget()->setFocus();
}

void OrderBar::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape) return dismiss();
    QFrame::keyPressEvent(event);
}

QString OrderBar::text() const { return isHidden() ? QString() : text_->text(); }

void OrderBar::paintEvent(QPaintEvent*) { paintSheet(*this, Role::accent, Role::accentSoft); }

} // namespace dorascope::ui
