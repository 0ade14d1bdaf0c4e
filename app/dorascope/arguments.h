// SPDX-License-Identifier: GPL-3.0-or-later
// The window's command line, read without a display so that a mistake is said before one is asked for.
#pragma once

#include "ui/theme/theme.h"

#include <QString>
#include <QStringList>

#include <optional>

namespace dorascope::app {

struct Arguments {
    QString file; ///< capture to open; "-" is standard input
    QString scenario;
    QString serve, watch; ///< interfaces
    QString shots; ///< folder
    std::optional<ui::Appearance> theme;
    bool help = false, version = false;
    QString error; ///< one sentence with cause and remedy; empty when all is well
};

Arguments readArguments(const QStringList& line);
QString helpText();

} // namespace dorascope::app
