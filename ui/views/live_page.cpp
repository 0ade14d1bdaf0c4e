// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/live_page.h"

#include "ui/views/card.h"
#include "ui/views/exchange_table.h"
#include "ui/views/ladder_view.h"

#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

namespace dorascope::ui {

LivePage::LivePage(models::Scope& scope, QWidget* parent)
    : QWidget(parent), table_(new ExchangeTable(scope)), ladder_(new LadderView(scope)), splitter_(new QSplitter(Qt::Vertical)),
      exchanges_(new Heading(tr("Exchanges"))), follow_(new QToolButton)
{
    auto* const upper = new QWidget;
    auto* const upperLayout = new QVBoxLayout(upper);
    upperLayout->setContentsMargins(0, 0, 0, 0);
    upperLayout->setSpacing(8);
    upperLayout->addWidget(exchanges_);
    auto* const tableCard = new Card;
    tableCard->body()->setContentsMargins(1, 2, 1, 4);
    tableCard->body()->addWidget(table_);
    upperLayout->addWidget(tableCard, 1);

    auto* const lower = new Card;
    lower->body()->setContentsMargins(14, 10, 10, 8);
    lower->body()->setSpacing(8);
    auto* const handshake = new Heading(tr("Handshake"));
    buildFollow(scope);
    handshake->addWidget(follow_);
    lower->body()->addWidget(handshake);
    lower->body()->addWidget(ladder_, 1);

    splitter_->addWidget(upper);
    splitter_->addWidget(lower);
    splitter_->setHandleWidth(12);
    splitter_->setChildrenCollapsible(false);
    splitter_->setStretchFactor(0, 2);
    splitter_->setStretchFactor(1, 3);
    splitter_->setSizes({252, 364});
    upper->setMinimumHeight(130);
    lower->setMinimumHeight(180);
    auto* const layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter_);

    connect(ladder_, &LadderView::described, handshake, &Heading::setNote);
    const auto summarise = [this] { exchanges_->setNote(table_->exchanges().summary()); };
    connect(&scope, &models::Scope::advanced, this, summarise);
    connect(&scope, &models::Scope::reset, this, summarise);
    setTabOrder(table_, ladder_);
    summarise();
}

void LivePage::buildFollow(models::Scope& scope)
{
    follow_->setText(tr("Follow newest"));
    follow_->setToolTip(tr("Show the newest messages; a chosen message is let go (Ctrl+J)"));
    follow_->setShortcut(Qt::CTRL | Qt::Key_J);
    follow_->setCheckable(true);
    follow_->setFocusPolicy(Qt::StrongFocus);
    follow_->setProperty("kind", "small");
    connect(follow_, &QToolButton::clicked, this, [&scope] {
        scope.goLive();
        scope.select({});
    });
    const auto show = [this, &scope] { follow_->setChecked(scope.isLive() && scope.selection().message == observe::kNone); };
    connect(follow_, &QToolButton::clicked, this, show);
    connect(&scope, &models::Scope::selectionChanged, this, show);
    connect(&scope, &models::Scope::liveChanged, this, show);
    show();
}

} // namespace dorascope::ui
