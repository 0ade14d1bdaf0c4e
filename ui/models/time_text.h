// SPDX-License-Identifier: GPL-3.0-or-later
// Instants and durations as people read them. Wall-clock times are local.
#pragma once

#include "engine/wire/instant.h"

#include <QDateTime>
#include <QString>

#include <vector>

namespace dorascope::models {

QString clockText(Instant at); ///< "12:03:41.195"
QString clockTextSeconds(Instant at); ///< "12:03:41"
QString dateTimeText(Instant at); ///< "2026-01-31 12:03:41"
QString durationText(Duration d); ///< three digits that matter: "0.4 ms", "1.9 ms", "340 ms", "4.0 s", "2 min 5 s", "3 h 20 min"
QString secondsText(std::uint32_t seconds); ///< of options 51, 58, 59: "1 h", "52 min 30 s", "infinite"
QDateTime toDateTime(Instant at); ///< local

/// Round times for an axis of about `count` marks over [from, to]: 1, 2, 5, 10, 15, 30 s, min, h, …
struct TimeTick {
    Instant at{};
    QString text;
};
std::vector<TimeTick> timeTicks(Instant from, Instant to, int count);

} // namespace dorascope::models
