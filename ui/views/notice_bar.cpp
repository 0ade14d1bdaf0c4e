// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/notice_bar.h"

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/views/sheet.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

namespace dorascope::ui {

NoticeBar::NoticeBar(QWidget* parent)
    : QFrame(parent), mark_(new QLabel), what_(new QLabel), remedy_(new QLabel), copy_(new QToolButton), close_(new QToolButton)
{
    setAccessibleName(tr("Error"));
    auto* const row = new QHBoxLayout(this);
    row->setContentsMargins(14, 9, 10, 9);
    row->setSpacing(12);
    row->addWidget(mark_, 0, Qt::AlignTop);
    auto* const words = new QVBoxLayout;
    words->setSpacing(2);
    for (QLabel* const label : {what_, remedy_}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        words->addWidget(label);
    }
    row->addLayout(words, 1);
    copy_->setText(tr("Copy command"));
    copy_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    close_->setProperty("kind", "flat");
    close_->setToolTip(tr("Close (Esc)"));
    close_->setAccessibleName(tr("Close"));
    close_->setShortcut(Qt::Key_Escape);
    row->addWidget(copy_, 0, Qt::AlignVCenter);
    row->addWidget(close_, 0, Qt::AlignTop);
    connect(copy_, &QToolButton::clicked, this, [this] {
        QApplication::clipboard()->setText(command_);
        copy_->setText(tr("Copied"));
    });
    connect(close_, &QToolButton::clicked, this, &QWidget::hide);
    connect(&Theme::current(), &Theme::changed, this, &NoticeBar::restyle);
    restyle();
    hide();
}

void NoticeBar::restyle()
{
    const Theme& theme = Theme::current();
    mark_->setPixmap(icon(QStringLiteral("warning"), theme.color(warning_ ? Role::warning : Role::danger)).pixmap(18, 18));
    close_->setIcon(icon(QStringLiteral("close"), theme.color(Role::textMuted)));
    copy_->setIcon(icon(QStringLiteral("copy"), theme.color(Role::text)));
    QFont bold = theme.textFont();
    bold.setWeight(QFont::DemiBold);
    what_->setFont(bold);
    QPalette palette = remedy_->palette();
    palette.setColor(QPalette::WindowText, theme.color(Role::textMuted));
    remedy_->setPalette(palette);
}

void NoticeBar::show(const Problem& problem) { say(problem, false); }
void NoticeBar::warn(const Problem& problem) { say(problem, true); }

void NoticeBar::say(const Problem& problem, bool warning)
{
    warning_ = warning;
    setAccessibleName(warning ? tr("Warning") : tr("Error"));
    restyle();
    what_->setText(problem.what);
    remedy_->setText(problem.remedy);
    remedy_->setVisible(!problem.remedy.isEmpty());
    command_ = problem.command;
    copy_->setVisible(!command_.isEmpty());
    copy_->setText(tr("Copy command"));
    copy_->setToolTip(command_);
    setAccessibleDescription(text());
    update();
    QWidget::show();
    QAccessibleEvent alert(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&alert);
}

void NoticeBar::ignoreEscape()
{
    close_->setShortcut({});
    close_->setToolTip(tr("Close"));
}

QString NoticeBar::text() const { return isHidden() ? QString() : what_->text() + QLatin1Char(' ') + remedy_->text(); }

void NoticeBar::paintEvent(QPaintEvent*)
{
    paintSheet(*this, warning_ ? Role::warning : Role::danger, warning_ ? Role::warningSoft : Role::dangerSoft);
}

} // namespace dorascope::ui
