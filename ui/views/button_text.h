// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QKeySequence>
#include <QString>

namespace dorascope::ui {

/// Another text on a button that keeps its keys: QAbstractButton::setText() takes them away with every new text.
inline void setTextOf(QAbstractButton& button, const QString& text)
{
    const QKeySequence keys = button.shortcut();
    button.setText(text);
    button.setShortcut(keys);
}

} // namespace dorascope::ui
