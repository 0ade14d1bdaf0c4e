// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/card.h"

#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace dorascope::ui {

Card::Card(QWidget* parent) : QFrame(parent), body_(new QVBoxLayout(this))
{
    body_->setContentsMargins(1, 1, 1, 1);
    body_->setSpacing(0);
}

void Card::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.color(Role::cardBorder));
    painter.setBrush(theme.color(Role::card));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

Heading::Heading(const QString& title, QWidget* parent)
    : QWidget(parent), row_(new QHBoxLayout(this)), title_(new QLabel(title)), note_(new QLabel)
{
    row_->setContentsMargins(0, 0, 0, 0);
    row_->setSpacing(12);
    row_->addWidget(title_, 0, Qt::AlignBaseline);
    row_->addWidget(note_, 1, Qt::AlignBaseline);
    note_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    note_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // yields before anything else does
    note_->setMinimumWidth(40);
    connect(&Theme::current(), &Theme::changed, this, &Heading::restyle);
    restyle();
}

void Heading::restyle()
{
    const Theme& theme = Theme::current();
    title_->setFont(theme.headingFont());
    QFont noteFont = theme.textFont();
    if (noteFont.pointSizeF() > 0) noteFont.setPointSizeF(noteFont.pointSizeF() * 0.94);
    note_->setFont(noteFont);
    QPalette palette = note_->palette();
    palette.setColor(QPalette::WindowText, theme.color(Role::textMuted));
    note_->setPalette(palette);
}

void Heading::setNote(const QString& note)
{
    if (note_->text() != note) note_->setText(note);
}

void Heading::addWidget(QWidget* widget) { row_->addWidget(widget); }

} // namespace dorascope::ui
