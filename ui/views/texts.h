// SPDX-License-Identifier: GPL-3.0-or-later
// Words and numbers that more than one view writes.
#pragma once

#include "engine/server/config.h"
#include "ui/models/scope.h"

#include <QString>

#include <cstdint>

namespace dorascope::ui {

QString poolText(const Ipv4Range& range); ///< "192.168.1.100–200"
observe::Pool poolOf(const server::Config& config); ///< what all pools have to give, exclusions left out
QString grouped(std::uint64_t n); ///< "1 284": a thin space, as no locale mistakes it for a point
QString text(Ipv4Address address);

} // namespace dorascope::ui
