// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/welcome_panel.h"

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/views/door_button.h"

#include <QHBoxLayout>
#include <QToolButton>
#include <QVBoxLayout>

namespace dorascope::ui {

WelcomePanel::WelcomePanel(QWidget* parent)
    : Card(parent), heading_(new Heading(tr("Welcome to DoraScope"))), close_(new QToolButton), doors_(new QHBoxLayout)
{
    setAccessibleName(tr("Welcome"));
    body()->setContentsMargins(14, 10, 10, 14);
    body()->setSpacing(10);
    heading_->setNote(tr("A virtual LAN is running below: watch three clients get their addresses."));
    close_->setProperty("kind", "flat");
    close_->setToolTip(tr("Do not show this again"));
    close_->setAccessibleName(tr("Close the welcome panel"));
    heading_->addWidget(close_);
    body()->addWidget(heading_);
    doors_->setSpacing(12);
    auto* const lab = new DoorButton(QStringLiteral("lab"), tr("Watch the lab"), tr("A virtual LAN: no network is touched"));
    auto* const real =
        new DoorButton(QStringLiteral("plug"), tr("Serve on an interface\u2026"), tr("A DHCP server for a real LAN"));
    auto* const file =
        new DoorButton(QStringLiteral("folder"), tr("Open a capture\u2026"), tr("pcap or pcapng; or drop one here"));
    for (DoorButton* const door : {lab, real, file})
        doors_->addWidget(door);
    body()->addLayout(doors_);
    connect(lab, &QAbstractButton::clicked, this, &WelcomePanel::watchLab);
    connect(real, &QAbstractButton::clicked, this, &WelcomePanel::serve);
    connect(file, &QAbstractButton::clicked, this, &WelcomePanel::openCapture);
    connect(close_, &QToolButton::clicked, this, &WelcomePanel::dismissed);
    const auto restyle = [this] { close_->setIcon(icon(QStringLiteral("close"), Theme::current().color(Role::textMuted))); };
    connect(&Theme::current(), &Theme::changed, this, restyle);
    restyle();
}

void WelcomePanel::setCompact(bool compact)
{
    if (heading_->isHidden() == compact) return;
    heading_->setVisible(!compact);
    if (compact)
        doors_->addWidget(close_);
    else
        heading_->addWidget(close_);
    body()->setContentsMargins(14, 10, 10, compact ? 10 : 14);
}

} // namespace dorascope::ui
