// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/servers_page.h"

#include "ui/theme/theme.h"
#include "ui/views/card.h"
#include "ui/views/server_card.h"
#include "ui/views/server_delegate.h"

#include <QHeaderView>
#include <QScrollArea>
#include <QVBoxLayout>

#include <cmath>

namespace dorascope::ui {
namespace {

using models::ServerModel;

/// In the order in which they give way when the window is narrow: the card below has all of them.
struct ColumnRoom {
    ServerModel::Column column;
    const char* sample;
};
constexpr ColumnRoom kColumns[] = {
    {ServerModel::kIdentifier, "255.255.255.255"},
    {ServerModel::kTrust, "not trusted 1"},
    {ServerModel::kRouters, "\u2260 255.255.255.255"},
    {ServerModel::kLeaseTime, "00 min 00 s"},
    {ServerModel::kOffers, "000000"},
    {ServerModel::kAcks, "000000"},
    {ServerModel::kNaks, "000000"},
    {ServerModel::kResponse, "0000 ms 00"},
    {ServerModel::kAddresses, "255.255.255.255\u2013255"},
    {ServerModel::kDns, "255.255.255.255, 9.9"},
    {ServerModel::kLastSeen, "00:00:00.000"},
    {ServerModel::kMac, "00:00:00:00:00:00"},
    {ServerModel::kMask, "255.255.255.255"},
    {ServerModel::kDomain, "example.org"},
    {ServerModel::kFirstSeen, "00:00:00.000"},
};

} // namespace

ServersPage::ServersPage(models::Scope& scope, QWidget* parent)
    : QWidget(parent), scope_(scope), model_(scope), table_(new QTableView), delegate_(new ServerDelegate(this)),
      details_(new ServerCard(model_)), heading_(new Heading(tr("Servers")))
{
    auto* const layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(heading_);
    auto* const card = new Card;
    card->body()->setContentsMargins(1, 2, 1, 4);
    card->body()->addWidget(table_);
    layout->addWidget(card);
    layout->addSpacing(4);
    auto* const area = new QScrollArea; // of a low window
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus);
    auto* const column = new QWidget;
    column->setAutoFillBackground(false);
    auto* const rows = new QVBoxLayout(column);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->addWidget(details_);
    rows->addStretch(1);
    area->setWidget(column);
    layout->addWidget(area, 1);
    table_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    table_->setModel(&model_);
    styleTable(*table_, *delegate_);
    table_->setAccessibleName(tr("Servers"));
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) { details_->setRow(now.row()); });
    connect(&model_, &QAbstractItemModel::rowsInserted, this, &ServersPage::refresh);
    connect(&model_, &QAbstractItemModel::modelReset, this, &ServersPage::refresh);
    connect(&Theme::current(), &Theme::changed, this, &ServersPage::fitColumns);
    refresh();
}

void ServersPage::refresh()
{
    const int count = model_.rowCount();
    heading_->setNote(count == 0       ? tr("none has answered yet")
                          : count == 1 ? tr("one answers on this LAN")
                                       : tr("%1 answer on this LAN \u00b7 \u2260 marks what differs from the first").arg(count));
    // As high as its rows, up to eight: what a LAN has of servers is seldom more.
    const int rows = std::clamp(count, 1, 8);
    table_->setFixedHeight(table_->horizontalHeader()->sizeHint().height() + rows * TableDelegate::rowHeight() + 2);
    if (!table_->currentIndex().isValid() && count > 0) table_->selectRow(0);
    details_->setRow(table_->currentIndex().row());
}

void ServersPage::fitColumns()
{
    const QFontMetricsF number(Theme::current().numberFont());
    int room = table_->viewport()->width();
    bool full = false;
    int last = -1;
    for (const ColumnRoom& entry : kColumns) {
        const int wide = static_cast<int>(std::ceil(number.horizontalAdvance(QString::fromUtf8(entry.sample)))) + 17;
        full = full || wide > room;
        table_->setColumnHidden(entry.column, full);
        if (full) continue;
        table_->setColumnWidth(entry.column, wide);
        room -= wide;
        last = entry.column;
    }
    if (last >= 0) table_->setColumnWidth(ServerModel::kTrust, table_->columnWidth(ServerModel::kTrust) + std::max(0, room));
}

void ServersPage::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    fitColumns();
}

void ServersPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    fitColumns();
    refresh();
}

} // namespace dorascope::ui
