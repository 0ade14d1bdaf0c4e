// SPDX-License-Identifier: GPL-3.0-or-later
// Icons of the window: one-colour SVGs of resources/icons, tinted with a colour of the theme.
#pragma once

#include <QColor>
#include <QIcon>
#include <QString>

namespace dorascope::ui {

/// `name` is a file of resources/icons without its ending, drawn with currentColor. An unknown name gives a null icon.
QIcon icon(const QString& name, const QColor& color);

} // namespace dorascope::ui
