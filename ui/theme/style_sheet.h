// SPDX-License-Identifier: GPL-3.0-or-later
// What Fusion cannot say with a palette: rounded flat controls, thin scroll bars, quiet headers.
#pragma once

#include <QString>

namespace dorascope::ui {

class Theme;

/// Qt style sheet of the whole window. Controls opt in by the dynamic property `kind`: "primary", "chip", "flat", "danger".
QString styleSheet(const Theme& theme);

} // namespace dorascope::ui
