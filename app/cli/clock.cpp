// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/clock.h"

#include <array>
#include <ctime>
#include <fmt/format.h>

namespace dorascope::cli {
namespace {

struct LocalTime {
    std::tm fields{};
    std::int64_t micros = 0;
};

LocalTime local_time(Instant at)
{
    // By hand: chrono::floor() would step below the smallest Instant.
    constexpr std::int64_t kSecond = 1'000'000'000;
    std::int64_t whole = at.time_since_epoch().count() / kSecond, fraction = at.time_since_epoch().count() % kSecond;
    if (fraction < 0) {
        fraction += kSecond;
        --whole;
    }
    LocalTime local;
    const auto count = static_cast<std::time_t>(whole);
    localtime_r(&count, &local.fields);
    local.micros = fraction / 1000;
    return local;
}

} // namespace

Instant wall_clock()
{
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return Instant{std::chrono::duration_cast<Duration>(since)};
}

std::string time_of_day(Instant at)
{
    const auto t = local_time(at);
    return fmt::format("{:02}:{:02}:{:02}.{:06}", t.fields.tm_hour, t.fields.tm_min, t.fields.tm_sec, t.micros);
}

std::string date_and_time(Instant at)
{
    const auto& t = local_time(at).fields;
    return fmt::format("{:04}-{:02}-{:02} {}", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, time_of_day(at));
}

// long double holds 64 bits of mantissa, so the nanoseconds are rounded once, by the last step.
double seconds(Instant at) { return seconds(at.time_since_epoch()); }
double seconds(Duration duration) { return static_cast<double>(static_cast<long double>(duration.count()) / 1e9L); }
double milliseconds(Duration duration) { return static_cast<double>(static_cast<long double>(duration.count()) / 1e6L); }

std::string lease_time(std::uint32_t seconds)
{
    if (seconds == kInfiniteSeconds) return "infinite";
    struct Unit {
        std::uint32_t size;
        const char* name;
    };
    constexpr std::array kUnits{Unit{86400, "d"}, Unit{3600, "h"}, Unit{60, "min"}, Unit{1, "s"}};
    std::string text;
    for (const auto& unit : kUnits) {
        const auto n = seconds / unit.size;
        seconds %= unit.size;
        if (n != 0) text += fmt::format("{}{} {}", text.empty() ? "" : " ", n, unit.name);
    }
    return text.empty() ? "0 s" : text;
}

} // namespace dorascope::cli
