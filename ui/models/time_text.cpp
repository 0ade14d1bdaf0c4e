// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/time_text.h"

#include "ui/models/unit_words.h"

#include <array>

namespace dorascope::models {
namespace {

using namespace std::chrono_literals;

qint64 milliseconds(Instant at) { return std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count(); }

/// "0.04", "1.9", "340"
QString shortNumber(double value) { return QString::number(value, 'f', value < 0.095 && value > 0 ? 2 : value < 9.95 ? 1 : 0); }

/// Two units at most: "3 h 20 min".
QString twoUnits(std::int64_t seconds)
{
    struct Row {
        std::int64_t seconds;
        Unit unit;
    };
    static constexpr std::array<Row, 4> kUnits{
        {{86400, Unit::days}, {3600, Unit::hours}, {60, Unit::minutes}, {1, Unit::seconds}}};
    std::size_t i = 0;
    while (i + 1 < kUnits.size() && seconds < kUnits[i].seconds)
        ++i;
    QString text = withUnit(QString::number(seconds / kUnits[i].seconds), kUnits[i].unit);
    const std::int64_t rest = seconds % kUnits[i].seconds;
    if (i + 1 < kUnits.size() && rest >= kUnits[i + 1].seconds)
        text += QLatin1Char(' ') + withUnit(QString::number(rest / kUnits[i + 1].seconds), kUnits[i + 1].unit);
    return text;
}

constexpr std::array<Duration, 30> kSteps{1ms, 2ms, 5ms,  10ms, 20ms, 50ms, 100ms, 200ms, 500ms, 1s, 2s, 5s, 10s, 15s, 20s,
                                          30s, 60s, 120s, 300s, 600s, 900s, 1200s, 1800s, 1h,    2h, 3h, 6h, 12h, 24h, 168h};

} // namespace

QDateTime toDateTime(Instant at) { return QDateTime::fromMSecsSinceEpoch(milliseconds(at)); }

QString clockText(Instant at) { return toDateTime(at).toString(QStringLiteral("HH:mm:ss.zzz")); }
QString clockTextSeconds(Instant at) { return toDateTime(at).toString(QStringLiteral("HH:mm:ss")); }
QString dateTimeText(Instant at) { return toDateTime(at).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")); }

QString durationText(Duration d)
{
    if (d < Duration::zero()) {
        if (d == Duration::min()) d += 1ns;
        return QStringLiteral("−") + durationText(-d);
    }
    if (d < 1s) return withUnit(shortNumber(static_cast<double>(d.count()) / 1e6), Unit::milliseconds);
    if (d < 60s) return withUnit(shortNumber(static_cast<double>(d.count()) / 1e9), Unit::seconds);
    return twoUnits(std::chrono::duration_cast<std::chrono::seconds>(d).count());
}

QString secondsText(std::uint32_t seconds) { return seconds == kInfiniteSeconds ? infiniteWord() : twoUnits(seconds); }

std::vector<TimeTick> timeTicks(Instant from, Instant to, int count)
{
    std::vector<TimeTick> ticks;
    if (to <= from || count < 1) return ticks;
    const Duration wanted = (to - from) / count;
    Duration step = kSteps.back();
    for (const auto candidate : kSteps) {
        if (candidate < wanted) continue;
        step = candidate;
        break;
    }
    while (step < wanted)
        step *= 2; // years of capture
    // Round in local time, so that hours and days begin where people expect them.
    const Duration offset = std::chrono::seconds{toDateTime(from).offsetFromUtc()};
    const Duration local = from.time_since_epoch() + offset;
    Duration first = local - local % step;
    if (first < local) first += step;
    const char* format = step < 1s ? "HH:mm:ss.zzz" : step < 24h ? "HH:mm:ss" : "yyyy-MM-dd";
    for (Instant at{first - offset}; at <= to && ticks.size() < 1000; at += step)
        ticks.push_back({at, toDateTime(at).toString(QLatin1String(format))});
    return ticks;
}

} // namespace dorascope::models
