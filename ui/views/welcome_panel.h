// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/card.h"

class QToolButton;

namespace dorascope::ui {

/// The first minute: three doors, over the lab that is already running.
class WelcomePanel : public Card {
    Q_OBJECT
public:
    explicit WelcomePanel(QWidget* parent = nullptr);

signals:
    void watchLab();
    void serve();
    void openCapture();
    void dismissed();

private:
    QToolButton* close_;
};

} // namespace dorascope::ui
