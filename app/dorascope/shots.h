// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace dorascope::app {

/// Writes a picture of every page in both themes to `folder`, without a display, from fixed scenarios and seeds: the same pictures
/// wherever the same fonts are installed. Prints their names. Returns the exit status.
int takeShots(int& argc, char** argv, const QString& folder);

} // namespace dorascope::app
