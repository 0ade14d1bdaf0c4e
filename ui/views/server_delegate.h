// SPDX-License-Identifier: GPL-3.0-or-later
// A row of the servers: who it is, in two lines, and what it offers.
#pragma once

#include "ui/views/table_delegate.h"

namespace dorascope::ui {

class ServerDelegate : public TableDelegate {
    Q_OBJECT
public:
    using TableDelegate::TableDelegate;

protected:
    void paintCell(QPainter& painter, const Row& row, const QModelIndex& index) const override;
};

} // namespace dorascope::ui
