// SPDX-License-Identifier: GPL-3.0-or-later
// The kinds of message that charts tell apart, with their names and colours.
#pragma once

#include <QColor>
#include <QString>

#include <cstddef>

namespace dorascope::ui {

/// kind < observe::kRateKinds, an observe::RateKind.
QString rateName(std::size_t kind);
QColor rateColor(std::size_t kind);

} // namespace dorascope::ui
