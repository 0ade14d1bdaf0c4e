// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/views/card.h"

class QHBoxLayout;
class QToolButton;

namespace dorascope::ui {

/// The first minute: three doors, over the lab that is already running.
class WelcomePanel : public Card {
    Q_OBJECT
public:
    explicit WelcomePanel(QWidget* parent = nullptr);
    /// Without its heading, for low windows.
    void setCompact(bool compact);

signals:
    void watchLab();
    void serve();
    void openCapture();
    void dismissed();

private:
    Heading* heading_;
    QToolButton* close_;
    QHBoxLayout* doors_;
};

} // namespace dorascope::ui
