// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/scope.h"
#include "ui/views/source_control.h"

#include <QWidget>

class QLabel;
class QProgressBar;
class QToolButton;

namespace dorascope::ui {

class NoticeHistory;

/// What is served and where, frames and drops, pool use, and at the right what the server has said and what deserves a look.
class StatusStrip : public QWidget {
    Q_OBJECT
public:
    StatusStrip(models::Scope& scope, SourceControl& control, QWidget* parent = nullptr);
    QString text() const; ///< all of it, as a screen reader has it
    QToolButton& noticesButton() { return *notices_; }
    NoticeHistory& history() { return *history_; }

private:
    void refresh();
    void restyle();
    QString frames(const SourceStatus& status) const;
    static QString drops(const SourceStatus& status);
    void refreshNotices(const QList<Notice>& notices);
    QString pool() const;
    QString remark() const;

    models::Scope& scope_;
    SourceControl& control_;
    QLabel *serving_, *frames_, *pool_, *remark_;
    QProgressBar* progress_;
    QToolButton *cancel_, *notices_;
    NoticeHistory* history_;
};

} // namespace dorascope::ui
