// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/exchange_table.h"

#include "ui/theme/theme.h"
#include "ui/views/column_memory.h"
#include "ui/views/exchange_delegate.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QScopedValueRollback>
#include <QScrollBar>

#include <cmath>

namespace dorascope::ui {

using models::ExchangeModel;

namespace {

constexpr qint64 kFading = 320; // ms
constexpr int kMostFading = 16; // more at once than can be followed are simply there

} // namespace

ExchangeTable::ExchangeTable(models::Scope& scope, QWidget* parent)
    : QTableView(parent), scope_(scope), model_(scope), delegate_(new ExchangeDelegate(this)),
      columns_(new ColumnMemory(*this, QStringLiteral("exchanges")))
{
    setModel(&model_);
    styleTable(*this, *delegate_);
    setAccessibleName(tr("Exchanges"));
    horizontalHeader()->setSortIndicatorShown(false);
    connect(horizontalHeader(), &QHeaderView::sectionClicked, this, &ExchangeTable::sortBy);
    connect(&scope_, &models::Scope::selectionChanged, this, &ExchangeTable::onSelection);
    connect(&model_, &QAbstractItemModel::rowsInserted, this, &ExchangeTable::follow, Qt::QueuedConnection);
    connect(&model_, &QAbstractItemModel::rowsInserted, this,
            [this](const QModelIndex&, int from, int to) { onInserted(from, to); });
    delegate_->presence = [this](const QModelIndex& index) { return presence(index.row()); };
    clock_.start();
    fading_.setInterval(16);
    connect(&fading_, &QTimer::timeout, this, [this] {
        std::erase_if(arrivals_, [now = clock_.elapsed()](const auto& entry) { return now - entry.second > kFading; });
        if (arrivals_.empty()) fading_.stop();
        viewport()->update();
    });
    connect(&model_, &QAbstractItemModel::modelReset, this, &ExchangeTable::onSelection);
    connect(&model_, &QAbstractItemModel::layoutChanged, this, &ExchangeTable::onSelection);
    connect(&Theme::current(), &Theme::changed, this, &ExchangeTable::fitColumns);
    connect(verticalScrollBar(), &QScrollBar::actionTriggered, this,
            [this] { following_ = verticalScrollBar()->sliderPosition() >= verticalScrollBar()->maximum(); });
}

void ExchangeTable::onInserted(int first, int last)
{
    if (!animated_ || !isVisible() || !scope_.isLive() || last - first >= kMostFading) return;
    for (int row = first; row <= last; ++row)
        arrivals_[model_.exchangeAt(row)] = clock_.elapsed();
    fading_.start();
}

double ExchangeTable::presence(int row) const
{
    if (arrivals_.empty()) return 1;
    const auto found = arrivals_.find(model_.exchangeAt(row));
    return found == arrivals_.end() ? 1 : std::clamp(static_cast<double>(clock_.elapsed() - found->second) / kFading, 0.05, 1.0);
}

void ExchangeTable::follow()
{
    if (following_ && scope_.isLive() && !model_.newestFirst() && model_.sortColumn() == ExchangeModel::kTime) scrollToBottom();
}

void ExchangeTable::sortBy(int column)
{
    const bool again = model_.sortColumn() == column && model_.sortOrder() == Qt::AscendingOrder;
    model_.sort(column, again ? Qt::DescendingOrder : Qt::AscendingOrder);
    horizontalHeader()->setSortIndicator(column, model_.sortOrder());
    horizontalHeader()->setSortIndicatorShown(true);
}

/// Widths follow the fonts; what is left goes to the client's name and the letters.
void ExchangeTable::fitColumns()
{
    if (columns_->chosen()) return;
    const QFontMetricsF number(Theme::current().numberFont());
    const auto wide = [&number](const char* sample) {
        return static_cast<int>(std::ceil(number.horizontalAdvance(QLatin1String(sample)))) + 17;
    };
    const int time = wide("00:00:00.000") + 6, address = wide("255.255.255.255"), dora = wide("000 ms") + 14;
    // In a narrow window the server gives way first: the ladder below names it.
    int rest = viewport()->width() - time - 2 * address - dora;
    const bool roomForServer = rest >= 250;
    if (!roomForServer) rest += address;
    const bool roomForDora = rest >= 220;
    if (!roomForDora) rest += dora;
    rest = std::max(160, rest);
    const int letters = std::clamp(static_cast<int>(rest * 0.46), 118, wide("000000000000000000000000"));
    setColumnHidden(ExchangeModel::kServer, !roomForServer);
    setColumnHidden(ExchangeModel::kDora, !roomForDora);
    setColumnWidth(ExchangeModel::kTime, time);
    setColumnWidth(ExchangeModel::kClient, rest - letters);
    setColumnWidth(ExchangeModel::kExchange, letters);
    setColumnWidth(ExchangeModel::kAddress, address);
    setColumnWidth(ExchangeModel::kServer, address);
    setColumnWidth(ExchangeModel::kDora, dora);
}

void ExchangeTable::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    fitColumns();
    follow();
}

void ExchangeTable::onSelection()
{
    const QScopedValueRollback guard(syncing_, true);
    const observe::ExchangeId id = scope_.selection().exchange;
    const int row = id == observe::kNone ? -1 : model_.rowOf(id);
    if (row < 0) {
        clearSelection();
        setCurrentIndex({});
        return;
    }
    if (currentIndex().row() != row) setCurrentIndex(model_.index(row, 0));
    selectRow(row);
    scrollTo(model_.index(row, 0));
}

void ExchangeTable::currentChanged(const QModelIndex& current, const QModelIndex& previous)
{
    QTableView::currentChanged(current, previous);
    if (syncing_ || !current.isValid()) return;
    const observe::ExchangeId id = model_.exchangeAt(current.row());
    if (scope_.selection().exchange != id) scope_.selectExchange(id);
}

void ExchangeTable::copyRow()
{
    if (!currentIndex().isValid()) return;
    QStringList cells;
    for (int column = 0; column < model_.columnCount(); ++column) {
        const QModelIndex cell = model_.index(currentIndex().row(), column);
        cells << (column == ExchangeModel::kExchange ? cell.data(ExchangeModel::kBadgesRole).value<models::MessageBadges>().text()
                                                     : cell.data().toString());
    }
    QApplication::clipboard()->setText(cells.join(QLatin1Char('\t')));
}

void ExchangeTable::copyDisplayFilter()
{
    if (!currentIndex().isValid()) return;
    const auto& exchange = scope_.state().exchanges()[model_.exchangeAt(currentIndex().row())];
    QApplication::clipboard()->setText(QStringLiteral("dhcp.id == 0x%1").arg(exchange.xid, 8, 16, QLatin1Char('0')));
}

void ExchangeTable::contextMenuEvent(QContextMenuEvent* event)
{
    if (const QModelIndex at = indexAt(viewport()->mapFromGlobal(event->globalPos())); at.isValid()) setCurrentIndex(at);
    QMenu menu(this);
    menu.addAction(tr("Copy as text"), QKeySequence(QKeySequence::Copy), this, &ExchangeTable::copyRow);
    menu.addAction(tr("Copy as a Wireshark display filter"), this, &ExchangeTable::copyDisplayFilter);
    menu.exec(event->globalPos());
}

void ExchangeTable::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) return copyRow();
    if (event->key() == Qt::Key_Escape) return scope_.select({});
    QTableView::keyPressEvent(event);
}

} // namespace dorascope::ui
