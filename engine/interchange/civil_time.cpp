// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/civil_time.h"

#include <charconv>
#include <fmt/format.h>

namespace dorascope::interchange {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kLatest = INT64_MAX / kSecond - 1;

/// Digits only: no sign, no space.
std::optional<int> digits(std::string_view text)
{
    int value = 0;
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// Y-M-D and h:m:s with the separator given.
std::optional<std::int64_t> seconds_of(std::string_view date, std::string_view time, char separator)
{
    if (date.size() != 10 || time.size() != 8 || date[4] != separator || date[7] != separator || time[2] != ':' || time[5] != ':')
        return std::nullopt;
    const auto y = digits(date.substr(0, 4)), mo = digits(date.substr(5, 2)), d = digits(date.substr(8, 2));
    const auto h = digits(time.substr(0, 2)), mi = digits(time.substr(3, 2)), s = digits(time.substr(6, 2));
    if (!y || !mo || !d || !h || !mi || !s || *h > 23 || *mi > 59 || *s > 60) return std::nullopt;
    const std::chrono::year_month_day day{std::chrono::year{*y}, std::chrono::month{static_cast<unsigned>(*mo)},
                                          std::chrono::day{static_cast<unsigned>(*d)}};
    if (!day.ok()) return std::nullopt;
    const std::int64_t days = std::chrono::sys_days{day}.time_since_epoch().count();
    return ((days * 24 + *h) * 60 + *mi) * 60 + *s;
}

struct Civil {
    std::chrono::year_month_day day;
    unsigned weekday;
    std::int64_t of_day;
};
Civil civil(std::int64_t seconds)
{
    std::int64_t days = seconds / 86400, rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        --days;
    }
    const std::chrono::sys_days day{std::chrono::days{days}};
    return {day, std::chrono::weekday{day}.c_encoding(), rest};
}

std::string text_of(const Civil& c, char separator, char between)
{
    return fmt::format("{:04}{}{:02}{}{:02}{}{:02}:{:02}:{:02}", static_cast<int>(c.day.year()), separator,
                       static_cast<unsigned>(c.day.month()), separator, static_cast<unsigned>(c.day.day()), between,
                       c.of_day / 3600, c.of_day / 60 % 60, c.of_day % 60);
}

} // namespace

std::int64_t unix_seconds(Instant at)
{
    const std::int64_t count = at.time_since_epoch().count();
    return count / kSecond - (count % kSecond < 0 ? 1 : 0);
}

Instant from_unix(std::int64_t seconds)
{
    if (seconds > kLatest) return kNever;
    return Instant{Duration{(seconds < -kLatest ? -kLatest : seconds) * kSecond}};
}

std::string iso_time(Instant at)
{
    if (at == kNever) return "never";
    const std::int64_t seconds = unix_seconds(at);
    const std::int64_t fraction = at.time_since_epoch().count() - seconds * kSecond;
    return text_of(civil(seconds), '-', 'T') + (fraction != 0 ? fmt::format(".{:09}Z", fraction) : "Z");
}

std::optional<Instant> parse_iso_time(std::string_view text)
{
    if (text == "never") return kNever;
    if (text.size() < 20 || text[10] != 'T' || text.back() != 'Z') return std::nullopt;
    const auto seconds = seconds_of(text.substr(0, 10), text.substr(11, 8), '-');
    if (!seconds || *seconds > kLatest || *seconds < -kLatest) return std::nullopt;
    std::int64_t fraction = 0;
    if (text.size() > 20) {
        if (text[19] != '.' || text.size() > 30) return std::nullopt;
        const auto given = text.substr(20, text.size() - 21);
        const auto value = digits(given);
        if (!value) return std::nullopt;
        fraction = *value;
        for (auto n = given.size(); n < 9; ++n)
            fraction *= 10;
    }
    return Instant{Duration{*seconds * kSecond + fraction}};
}

std::string isc_time(Instant at)
{
    if (at == kNever) return "never";
    const auto c = civil(unix_seconds(at));
    return fmt::format("{} {}", c.weekday, text_of(c, '/', ' '));
}

std::optional<Instant> parse_isc_time(std::string_view date, std::string_view time)
{
    const auto seconds = seconds_of(date, time, '/');
    return seconds ? std::optional{from_unix(*seconds)} : std::nullopt;
}

} // namespace dorascope::interchange
