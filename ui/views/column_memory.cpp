// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/column_memory.h"

#include <QEvent>
#include <QHeaderView>
#include <QTableView>

namespace dorascope::ui {

ColumnMemory::ColumnMemory(QTableView& table, const QString& key)
    : QObject(&table), table_(table), key_(QStringLiteral("columns/") + key)
{
    table_.horizontalHeader()->viewport()->installEventFilter(this);
    connect(table_.horizontalHeader(), &QHeaderView::sectionResized, this, [this] { chosen_ = chosen_ || dragging_; });
}

bool ColumnMemory::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::MouseButtonPress) dragging_ = true;
    if (event->type() == QEvent::MouseButtonRelease) dragging_ = false;
    return QObject::eventFilter(watched, event);
}

void ColumnMemory::restore(const QSettings& settings)
{
    const QByteArray state = settings.value(key_).toByteArray();
    chosen_ = !state.isEmpty() && table_.horizontalHeader()->restoreState(state);
}

void ColumnMemory::save(QSettings& settings) const
{
    if (chosen_) settings.setValue(key_, table_.horizontalHeader()->saveState());
}

} // namespace dorascope::ui
