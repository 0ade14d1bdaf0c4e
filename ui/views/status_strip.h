// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/scope.h"
#include "ui/views/source_control.h"

#include <QWidget>

class QLabel;
class QProgressBar;
class QToolButton;

namespace dorascope::ui {

/// What is served and where, frames and drops, pool use, and at the right what deserves a look.
class StatusStrip : public QWidget {
    Q_OBJECT
public:
    StatusStrip(models::Scope& scope, SourceControl& control, QWidget* parent = nullptr);
    QString text() const; ///< all of it, as a screen reader has it

private:
    void refresh();
    void restyle();
    QString frames(const SourceStatus& status) const;
    QString pool() const;
    QString remark() const;

    models::Scope& scope_;
    SourceControl& control_;
    QLabel *serving_, *frames_, *pool_, *remark_;
    QProgressBar* progress_;
    QToolButton* cancel_;
};

} // namespace dorascope::ui
