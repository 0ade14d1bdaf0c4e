// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/source_control.h"

#include <QFrame>

class QListWidget;

namespace dorascope::ui {

/// All that the server has said since it began, newest first, above the status bar; Esc or a click beside it closes it.
class NoticeHistory : public QFrame {
    Q_OBJECT
public:
    explicit NoticeHistory(QWidget* parent = nullptr);
    void showAbove(QWidget& anchor, const QList<Notice>& notices);
    QString text() const; ///< a line for each

private:
    QListWidget* list_;
};

} // namespace dorascope::ui
