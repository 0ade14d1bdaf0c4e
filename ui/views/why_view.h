// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/why.h"

#include <QTextBrowser>

namespace dorascope::ui {

/// The Why tab: the steps of a decision, each a title and a sentence, then the clauses, then what the message carries.
class WhyView : public QTextBrowser {
    Q_OBJECT
public:
    explicit WhyView(QWidget* parent = nullptr);
    void show(const models::Why& why);
    void showHint(const QString& hint);

private:
    void rebuild();
    QString html() const;

    models::Why why_;
    QString hint_;
};

} // namespace dorascope::ui
