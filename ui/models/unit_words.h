// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers with their units, translatable.
#pragma once

#include <QString>

namespace dorascope::models {

enum class Unit { milliseconds, seconds, minutes, hours, days };
QString withUnit(const QString& number, Unit unit); ///< "1.9 ms"
QString infiniteWord();

} // namespace dorascope::models
