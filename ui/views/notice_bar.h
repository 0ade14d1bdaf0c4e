// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/source_control.h"

#include <QFrame>

class QLabel;
class QToolButton;

namespace dorascope::ui {

/// An error in the window: what happened, why, what to do; or a warning. Stays until it is closed or another source is opened.
class NoticeBar : public QFrame {
    Q_OBJECT
public:
    explicit NoticeBar(QWidget* parent = nullptr);
    void show(const Problem& problem);
    void warn(const Problem& problem); ///< nothing has failed, but somebody should know
    void ignoreEscape(); ///< where another bar has that key
    QString text() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void restyle();
    void say(const Problem& problem, bool warning);
    QLabel *mark_, *what_, *remedy_;
    QToolButton *copy_, *close_;
    QString command_;
    bool warning_ = false;
};

} // namespace dorascope::ui
