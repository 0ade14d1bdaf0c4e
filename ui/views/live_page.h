// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/scope.h"

#include <QWidget>

class QSplitter;
class QToolButton;

namespace dorascope::ui {

class ExchangeTable;
class Heading;
class LadderView;

/// The exchange table over the handshake ladder.
class LivePage : public QWidget {
    Q_OBJECT
public:
    explicit LivePage(models::Scope& scope, QWidget* parent = nullptr);
    ExchangeTable& table() { return *table_; }
    LadderView& ladder() { return *ladder_; }
    QSplitter& splitter() { return *splitter_; }

private:
    void buildFollow(models::Scope& scope);
    ExchangeTable* table_;
    LadderView* ladder_;
    QSplitter* splitter_;
    Heading* exchanges_;
    QToolButton* follow_; ///< down while nothing is chosen and the newest is shown
};

} // namespace dorascope::ui
