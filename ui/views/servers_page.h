// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/server_model.h"

#include <QTableView>
#include <QWidget>

namespace dorascope::ui {

class Heading;
class ServerCard;
class ServerDelegate;

/// The DHCP servers seen, and of the chosen one all that it hands out, with what differs from the reference marked.
class ServersPage : public QWidget {
    Q_OBJECT
public:
    explicit ServersPage(models::Scope& scope, QWidget* parent = nullptr);
    QTableView& table() { return *table_; }
    models::ServerModel& servers() { return model_; }

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void fitColumns();
    void refresh();

    models::Scope& scope_;
    models::ServerModel model_;
    QTableView* table_;
    ServerDelegate* delegate_;
    ServerCard* details_;
    Heading* heading_;
};

} // namespace dorascope::ui
