// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/inspector.h"

#include "ui/models/why.h"
#include "ui/theme/theme.h"
#include "ui/views/field_delegate.h"
#include "ui/views/hex_view.h"
#include "ui/views/message_header.h"
#include "ui/views/why_view.h"

#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QTreeView>
#include <QVBoxLayout>

namespace dorascope::ui {

Inspector::Inspector(models::Scope& scope, QWidget* parent)
    : Card(parent), scope_(scope), fields_(scope), header_(new MessageHeader), tabs_(new QTabBar), pages_(new QStackedWidget),
      why_(new WhyView), tree_(new QTreeView), stripe_(new HexView), hex_(new HexView), caption_(new QLabel)
{
    setMinimumWidth(260);
    body()->setContentsMargins(14, 13, 14, 10);
    body()->setSpacing(0);
    body()->addWidget(header_);
    tabs_->setDrawBase(false);
    tabs_->setExpanding(false);
    tabs_->setAccessibleName(tr("Inspector"));
    for (const QString& name : {tr("Why"), tr("Fields"), tr("Bytes")})
        tabs_->addTab(name);
    tabs_->setTabToolTip(why, tr("Why this message is as it is (Alt+1)"));
    tabs_->setTabToolTip(fields, tr("Every field and option (Alt+2)"));
    tabs_->setTabToolTip(bytes, tr("The bytes of the frame (Alt+3)"));
    body()->addSpacing(6);
    body()->addWidget(tabs_);
    auto* const line = new QFrame;
    line->setFixedHeight(1);
    line->setAutoFillBackground(true);
    line->setBackgroundRole(QPalette::Mid);
    body()->addWidget(line);
    body()->addSpacing(12);
    pages_->addWidget(why_);
    pages_->addWidget(fieldsPage());
    pages_->addWidget(bytesPage());
    body()->addWidget(pages_, 1);

    connect(tabs_, &QTabBar::currentChanged, pages_, &QStackedWidget::setCurrentIndex);
    connect(&fields_, &QAbstractItemModel::modelReset, this, &Inspector::load);
    connect(&Theme::current(), &Theme::changed, this, &Inspector::restyle);
    restyle();
    load();
}

QWidget* Inspector::fieldsPage()
{
    tree_->setModel(&fields_);
    tree_->setItemDelegate(new FieldDelegate(tree_));
    tree_->setAccessibleName(tr("Fields"));
    tree_->setIndentation(12);
    tree_->setUniformRowHeights(true);
    tree_->setMouseTracking(true);
    tree_->setHeaderHidden(true);
    tree_->setTabKeyNavigation(false);
    tree_->setTextElideMode(Qt::ElideRight);
    tree_->header()->setStretchLastSection(true);
    auto* const splitter = new QSplitter(Qt::Vertical);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(9);
    splitter->addWidget(tree_);
    splitter->addWidget(stripe_);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({300, 96});
    stripe_->setMinimumHeight(54);
    connect(tree_, &QTreeView::entered, this, [this](const QModelIndex& index) { showField(fields_.fieldOf(index)); });
    connect(tree_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& index) { showField(fields_.fieldOf(index)); });
    const auto choose = [this](int offset) {
        if (offset >= 0) tree_->setCurrentIndex(fields_.indexOfByte(static_cast<std::size_t>(offset)));
    };
    connect(stripe_, &HexView::hovered, this, choose);
    connect(stripe_, &HexView::chosen, this, choose);
    return splitter;
}

QWidget* Inspector::bytesPage()
{
    auto* const page = new QWidget;
    auto* const layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(hex_, 1);
    caption_->setWordWrap(true);
    caption_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(caption_);
    const auto tell = [this](int offset) {
        const auto& detail = fields_.detail();
        showField(detail && offset >= 0 ? detail->fieldAt(static_cast<std::size_t>(offset)) : -1);
    };
    connect(hex_, &HexView::hovered, this, tell);
    connect(hex_, &HexView::chosen, this, tell);
    return page;
}

void Inspector::showField(int field)
{
    const auto& detail = fields_.detail();
    if (!detail || field < 0 || static_cast<std::size_t>(field) >= detail->fields.size()) {
        stripe_->mark(0, 0, false);
        hex_->mark(0, 0, false);
        caption_->setText(tr("Point at a byte to see its field."));
        return;
    }
    const models::DetailField& shown = detail->fields[static_cast<std::size_t>(field)];
    const bool fromTree = pages_->currentIndex() == fields;
    stripe_->mark(shown.offset, shown.length, fromTree);
    hex_->mark(shown.offset, shown.length, false);
    QString words = tr("%1: %2").arg(shown.label, shown.value.isEmpty() ? tr("%1 bytes").arg(shown.length) : shown.value);
    words += tr("\nbytes %1\u2013%2").arg(shown.offset).arg(shown.offset + std::max<std::size_t>(shown.length, 1) - 1);
    if (!shown.anomaly.isEmpty()) words += QLatin1Char('\n') + shown.anomaly;
    caption_->setText(words);
}

void Inspector::load()
{
    const auto& detail = fields_.detail();
    if (!detail) {
        header_->clear();
        why_->showHint(tr("Select a message in the ladder, or an exchange in the table, to read why it is as it is."));
        stripe_->setBytes({});
        hex_->setBytes({});
        showField(-1);
        return;
    }
    const std::string_view name = short_name(detail->type);
    header_->show(detail->type, QString::fromLatin1(name.data(), static_cast<qsizetype>(name.size())), detail->title,
                  detail->subtitle);
    why_->show(models::why(scope_, *detail));
    stripe_->setBytes(detail->bytes);
    hex_->setBytes(detail->bytes);
    tree_->resizeColumnToContents(0);
    tree_->setColumnWidth(0, std::min(tree_->columnWidth(0), tree_->viewport()->width() * 52 / 100));
    showField(-1);
}

void Inspector::restyle()
{
    caption_->setFont(Theme::current().smallFont());
    QPalette palette = caption_->palette();
    palette.setColor(QPalette::WindowText, Theme::current().color(Role::textMuted));
    caption_->setPalette(palette);
    tree_->setFont(Theme::current().smallFont());
}

void Inspector::showTab(Tab tab) { tabs_->setCurrentIndex(tab); }
QString Inspector::title() const { return header_->title(); }

} // namespace dorascope::ui
