// SPDX-License-Identifier: GPL-3.0-or-later
// The tinted, rounded ground of a bar that has something to say.
#pragma once

#include "ui/theme/theme.h"

class QWidget;

namespace dorascope::ui {

/// All of `widget`, from within its paintEvent().
void paintSheet(QWidget& widget, Role edge, Role fill);

} // namespace dorascope::ui
