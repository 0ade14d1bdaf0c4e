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
    const auto whole = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch());
    const auto fraction = at.time_since_epoch() - whole;
    LocalTime local;
    const auto count = static_cast<std::time_t>(whole.count());
    localtime_r(&count, &local.fields);
    local.micros = std::chrono::duration_cast<std::chrono::microseconds>(fraction).count();
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
