// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/leases_page.h"

#include "ui/theme/theme.h"
#include "ui/views/button_text.h"
#include "ui/views/card.h"
#include "ui/views/column_memory.h"
#include "ui/views/lease_actions.h"
#include "ui/views/lease_delegate.h"
#include "ui/views/order_bar.h"
#include "ui/views/source_control.h"
#include "ui/views/texts.h"

#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QHeaderView>
#include <QSaveFile>
#include <QScopedValueRollback>
#include <QToolButton>
#include <QVBoxLayout>

#include <cmath>

namespace dorascope::ui {

using models::LeaseModel;

LeasesPage::LeasesPage(models::Scope& scope, SourceControl& control, QWidget* parent)
    : QWidget(parent), scope_(scope), control_(control), model_(scope), table_(new QTableView),
      delegate_(new LeaseDelegate(this)), columns_(new ColumnMemory(*table_, QStringLiteral("leases"))),
      heading_(new Heading(tr("Leases"))), orders_(new OrderBar), reload_(new QToolButton), save_(new QToolButton)
{
    build();
    table_->setModel(&model_);
    styleTable(*table_, *delegate_);
    table_->setAccessibleName(tr("Leases"));
    connect(table_->horizontalHeader(), &QHeaderView::sectionClicked, this, [this](int column) {
        const bool again = model_.sortColumn() == column && model_.sortOrder() == Qt::AscendingOrder;
        model_.sort(column, again ? Qt::DescendingOrder : Qt::AscendingOrder);
        table_->horizontalHeader()->setSortIndicator(column, model_.sortOrder());
        table_->horizontalHeader()->setSortIndicatorShown(true);
    });
    model_.sort(LeaseModel::kAddress);
    actions_ = new LeaseActions(scope_, model_, control_, *table_, *orders_);
    connect(&control_, &SourceControl::statusChanged, this, &LeasesPage::offerFiles);
    offerFiles();
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &LeasesPage::onCurrent);
    connect(&scope_, &models::Scope::selectionChanged, this, &LeasesPage::onSelection);
    connect(&scope_, &models::Scope::advanced, this, &LeasesPage::summarise);
    connect(&scope_, &models::Scope::reset, this, &LeasesPage::summarise);
    connect(&scope_, &models::Scope::poolChanged, this, &LeasesPage::summarise);
    connect(&Theme::current(), &Theme::changed, this, &LeasesPage::fitColumns);
    summarise();
}

void LeasesPage::build()
{
    auto* const layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    auto* const csv = new QToolButton;
    csv->setText(tr("Export CSV\u2026"));
    csv->setToolTip(tr("Save the leases shown as a table (Ctrl+Shift+S)"));
    csv->setShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_S);
    csv->setFocusPolicy(Qt::StrongFocus);
    connect(csv, &QToolButton::clicked, this, &LeasesPage::exportCsv);
    heading_->addWidget(csv);
    reload_->setShortcut(Qt::Key_F5);
    reload_->setFocusPolicy(Qt::StrongFocus);
    connect(reload_, &QToolButton::clicked, this, [this] { control_.reload(); });
    heading_->addWidget(reload_);
    save_->setText(tr("Save TOML\u2026"));
    save_->setToolTip(
        tr("What is in force, with the reservations ordered by hand, as a TOML file to serve from or to export to Kea "
           "(Ctrl+Shift+T)"));
    save_->setShortcut(Qt::CTRL | Qt::SHIFT | Qt::Key_T);
    save_->setFocusPolicy(Qt::StrongFocus);
    connect(save_, &QToolButton::clicked, this, &LeasesPage::chooseConfiguration);
    heading_->addWidget(save_);
    layout->addWidget(heading_);
    layout->addWidget(orders_);
    setFocusProxy(table_); // an answered question gives the keys back to it
    auto* const card = new Card;
    card->body()->setContentsMargins(1, 2, 1, 4);
    card->body()->addWidget(table_);
    layout->addWidget(card, 1);
}

void LeasesPage::onCurrent(const QModelIndex& current)
{
    if (syncing_ || !current.isValid()) return;
    const observe::Binding& binding = model_.bindingAt(current.row());
    if (binding.exchange != observe::kNone)
        scope_.selectExchange(binding.exchange);
    else
        scope_.selectClient(binding.client);
}

void LeasesPage::onSelection()
{
    const QScopedValueRollback guard(syncing_, true);
    const observe::ClientId client = scope_.selection().client;
    if (const QModelIndex at = table_->currentIndex(); at.isValid() && model_.bindingAt(at.row()).client == client) return;
    for (int row = 0; client != observe::kNone && row < model_.rowCount(); ++row) {
        if (model_.bindingAt(row).client != client) continue;
        table_->setCurrentIndex(model_.index(row, 0));
        return;
    }
    table_->clearSelection();
    table_->setCurrentIndex({});
}

void LeasesPage::summarise()
{
    if (!isVisible()) return;
    const std::uint64_t bound = scope_.state().bound_count(), size = scope_.pool().size();
    QStringList parts{tr("%1 bound").arg(grouped(bound))};
    if (size > 0)
        parts
            << tr("pool %1: %2 of %3 in use").arg(poolText(scope_.pool().first_range()), grouped(scope_.inUse()), grouped(size));
    const std::uint64_t leftOut = scope_.state().counts().held_left_out;
    if (leftOut > 0) parts << tr("%1 more in the lease file are not shown: there is no room for them").arg(grouped(leftOut));
    heading_->setNote(parts.join(QStringLiteral(" \u00b7 ")));
}

void LeasesPage::offerFiles()
{
    const SourceStatus status = control_.status();
    save_->setVisible(status.kind == SourceKind::serve && status.takesOrders);
    const QString& file = status.configFile;
    reload_->setVisible(!file.isEmpty());
    setTextOf(*reload_, tr("Reload %1").arg(QFileInfo(file).fileName()));
    reload_->setToolTip(tr("Read %1 again (F5); leases are kept, and errors change nothing").arg(file));
}

void LeasesPage::fitColumns()
{
    if (columns_->chosen()) return;
    const QFontMetricsF number(Theme::current().numberFont()), words(Theme::current().textFont());
    const auto wide = [&number](const char* sample) {
        return static_cast<int>(std::ceil(number.horizontalAdvance(QLatin1String(sample)))) + 17;
    };
    const int address = wide("255.255.255.255"), time = wide("00:00:00") + 6;
    const double word = std::max(words.horizontalAdvance(tr("declined")), words.horizontalAdvance(tr("reserved")));
    const int state = static_cast<int>(std::ceil(word)) + 38;
    int left = 132;
    int rest = table_->viewport()->width() - 2 * address - 2 * time - state - left;
    // In a narrow window these give way, in this order.
    const bool roomForServer = rest >= 150;
    if (!roomForServer) rest += address;
    const bool roomForSince = rest >= 150;
    if (!roomForSince) rest += time;
    const bool roomForLastSeen = rest >= 130;
    if (!roomForLastSeen) rest += time;
    const int lacking = std::clamp(130 - rest, 0, 56); // the bar can be shorter
    left -= lacking;
    rest += lacking;
    table_->setColumnHidden(LeaseModel::kLastSeen, !roomForLastSeen);
    table_->setColumnHidden(LeaseModel::kServer, !roomForServer);
    table_->setColumnHidden(LeaseModel::kSince, !roomForSince);
    const bool roomForId = rest > 420; // the client identifier is in the inspector as well
    table_->setColumnHidden(LeaseModel::kClientId, !roomForId);
    const int id = roomForId ? wide("01:00:00:00:00:00:00") : 0;
    table_->setColumnWidth(LeaseModel::kAddress, address);
    table_->setColumnWidth(LeaseModel::kClient, std::max(130, rest - id));
    table_->setColumnWidth(LeaseModel::kClientId, id);
    table_->setColumnWidth(LeaseModel::kState, state);
    table_->setColumnWidth(LeaseModel::kServer, address);
    table_->setColumnWidth(LeaseModel::kSince, time);
    table_->setColumnWidth(LeaseModel::kTimeLeft, left);
    table_->setColumnWidth(LeaseModel::kLastSeen, time);
}

void LeasesPage::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    fitColumns();
}

void LeasesPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    table_->setFocus();
    fitColumns();
    summarise();
}

void LeasesPage::chooseConfiguration()
{
    const QString path = QFileDialog::getSaveFileName(this, tr("Save the configuration"), QStringLiteral("dhcp.toml"),
                                                      tr("Configurations (*.toml)"));
    if (!path.isEmpty()) saveConfiguration(path);
}

void LeasesPage::saveConfiguration(const QString& path)
{
    const QByteArray toml = control_.configuration().toUtf8();
    if (toml.isEmpty()) return orders_->tell(tr("No server runs here any more that has a configuration."));
    QSaveFile file(path); // all of it, or what was there before
    const bool written = file.open(QIODevice::WriteOnly) && file.write(toml) == toml.size() && file.commit();
    orders_->tell(written ? tr("%1 has what is in force, with the reservations ordered by hand.").arg(path)
                          : tr("%1 could not be written: %2").arg(path, file.errorString()));
}

void LeasesPage::exportCsv()
{
    const QString path = QFileDialog::getSaveFileName(this, tr("Export leases"), QStringLiteral("leases.csv"),
                                                      tr("Comma-separated values (*.csv)"));
    if (path.isEmpty()) return;
    QFile file(path);
    const QByteArray bytes = model_.toCsv().toUtf8();
    const bool written = file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.flush();
    heading_->setNote(written ? tr("saved to %1").arg(path) : tr("%1 could not be written: %2").arg(path, file.errorString()));
}

} // namespace dorascope::ui
