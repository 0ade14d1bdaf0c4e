// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/config_reader.h"

#include "engine/host/config_options.h"
#include "engine/wire/hex.h"
#include "engine/wire/nearest_name.h"
#include "engine/wire/option_words.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/ranges.h>

namespace dorascope::host {
namespace {

using Kind = ConfigNode::Kind;
constexpr double kMostSeconds = 1e9; // 31 years: nanoseconds of it fit

struct Unit {
    std::string_view name;
    std::int64_t nanoseconds;
};
constexpr Unit kUnits[] = {{"ns", 1},
                           {"us", 1'000},
                           {"ms", 1'000'000},
                           {"s", 1'000'000'000},
                           {"min", 60'000'000'000},
                           {"h", 3'600'000'000'000},
                           {"d", 86'400'000'000'000}};

/// "500 ms": a whole number and a unit.
std::optional<Duration> with_unit(std::string_view text)
{
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || count < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    while (text.starts_with(' '))
        text.remove_prefix(1);
    const auto* const unit = std::ranges::find(kUnits, text, &Unit::name);
    if (unit == std::end(kUnits) || static_cast<double>(count) * static_cast<double>(unit->nanoseconds) > kMostSeconds * 1e9)
        return std::nullopt;
    return Duration{count * unit->nanoseconds};
}

} // namespace

std::string with_places(std::string_view path)
{
    constexpr std::string_view kLists[] = {"subnet", "class", "reservation", "pool", "exclude", "option"};
    std::string whole;
    while (!path.empty()) {
        const auto segment = path.substr(0, path.find('.'));
        path.remove_prefix(std::min(segment.size() + 1, path.size()));
        const bool list = std::ranges::find(kLists, segment) != std::end(kLists);
        whole += fmt::format("{}{}{}", whole.empty() ? "" : ".", segment, list ? "[0]" : "");
    }
    return whole;
}

void Reader::error(const Place& at, std::string problem, std::string suggestion)
{
    if (!at.node.is(Kind::unreadable)) return error(FileError{at.line(), at.path, std::move(problem), std::move(suggestion)});
    ++found_;
    unreadable_.push_back({at.line(), at.path, "", ""});
    not_read_.push_back(at.path);
}

void Reader::error(FileError error)
{
    ++found_;
    if (full()) return;
    not_read_.push_back(error.key);
    errors_.push_back(std::move(error));
}

void Reader::placed(std::string_view key, std::string_view path)
{
    auto judged = with_places(key), written = with_places(path);
    if (judged != written) places_.emplace(std::move(judged), std::move(written));
}

std::string Reader::place_of(std::string_view key) const
{
    for (auto end = places_.empty() ? std::string_view::npos : key.size(); end != std::string_view::npos;
         end = key.substr(0, end).rfind('.')) {
        const auto other = places_.find(std::string{key.substr(0, end)});
        if (other != places_.end()) return other->second + std::string{key.substr(end)};
    }
    return std::string{key};
}

std::optional<std::string> Reader::text(const Place& at, const char* form)
{
    if (at.node.is(Kind::text)) return at.node.text;
    error(at, "is not a text", fmt::format("write it as {}", form));
    return std::nullopt;
}

std::optional<std::string> Reader::raw_text(const Place& at, const char* form)
{
    if (!at.node.is(Kind::table)) return text(at, form);
    const auto value = octets(at, SIZE_MAX);
    return value ? std::optional{std::string{value->begin(), value->end()}} : std::nullopt;
}

std::optional<bool> Reader::boolean(const Place& at)
{
    if (at.node.is(Kind::boolean)) return at.node.boolean;
    error(at, "is neither true nor false", "write true or false without quotes");
    return std::nullopt;
}

std::optional<std::int64_t> Reader::number(const Place& at, std::int64_t least, std::int64_t most)
{
    const bool is_whole = at.node.is(Kind::integer);
    if (is_whole && at.node.integer >= least && at.node.integer <= most) return at.node.integer;
    error(at, is_whole ? fmt::format("{} is out of range", at.node.integer) : "is not a whole number",
          fmt::format("from {} to {}", least, most));
    return std::nullopt;
}

std::optional<Duration> Reader::duration(const Place& at)
{
    if (at.node.is(Kind::text)) {
        if (const auto value = with_unit(at.node.text)) return value;
    } else if (at.node.is_number() && at.node.real >= 0 && at.node.real <= kMostSeconds) {
        return at.node.is(Kind::integer) ? std::chrono::seconds{at.node.integer} : Duration{std::llround(at.node.real * 1e9)};
    }
    error(at, "is not a time", "seconds as in 30 or 0.5, or with a unit as in \"500 ms\" or \"10 min\"");
    return std::nullopt;
}

std::optional<std::uint32_t> Reader::seconds(const Place& at)
{
    if (at.node.is(Kind::text) && at.node.text == "infinite") return kInfiniteSeconds;
    if (at.node.is(Kind::text)) {
        const auto value = with_unit(at.node.text);
        if (value && *value % std::chrono::seconds{1} == Duration::zero())
            return static_cast<std::uint32_t>(*value / std::chrono::seconds{1});
    }
    if (!at.node.is(Kind::integer)) {
        error(at, "is not a whole number of seconds", "as in 3600, \"12 h\", or \"infinite\"");
        return std::nullopt;
    }
    const auto value = number(at, 0, kInfiniteSeconds);
    return value ? std::optional{static_cast<std::uint32_t>(*value)} : std::nullopt;
}

std::optional<std::vector<std::uint8_t>> Reader::octets(const Place& at, std::size_t most)
{
    if (at.node.is(Kind::table) && at.node.members.size() == 1) {
        const auto& only = at.node.members.front();
        if (only.key == "text" && only.node.is(Kind::text) && only.node.text.size() <= most)
            return std::vector<std::uint8_t>(only.node.text.begin(), only.node.text.end());
        if (only.key == "hex" && only.node.is(Kind::text)) return octets(at.at(only), most);
    }
    const auto given = text(at, "\"01:02:ab\" or { text = \"…\" }");
    if (!given) return std::nullopt;
    auto value = wire::from_hex(*given);
    if (value && !value->empty() && value->size() <= most) return value;
    error(at, fmt::format("'{}' is not 1 to {} octets in hexadecimal", *given, most), "write them as \"01:02:ab\"");
    return std::nullopt;
}

std::optional<std::size_t> Reader::one_of(const Place& at, std::span<const std::string_view> names)
{
    const auto given = text(at, fmt::format("\"{}\"", names.front()).c_str());
    if (!given) return std::nullopt;
    const auto found = std::ranges::find(names, *given);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    const auto nearest = nearest_name(*given, names);
    error(at, fmt::format("'{}' is not known", *given),
          nearest ? fmt::format("did you mean {}?", *nearest) : fmt::format("one of: {}", fmt::join(names, ", ")));
    return std::nullopt;
}

void Reader::each(const Place& at, const std::function<void(const Place&)>& read)
{
    if (!at.node.is(Kind::array)) return read(at);
    for (std::size_t i = 0; i < at.node.items.size(); ++i)
        read(Place{at.node.items[i], fmt::format("{}[{}]", at.path, i)});
}

bool Reader::is_table(const Place& at)
{
    if (at.node.is(Kind::table)) return true;
    error(at, "is not a table", "begin it with a line such as [[subnet]], or write { key = value }");
    return false;
}

void Reader::require(const Place& at, const char* key, const char* form)
{
    // One mistake, one message: a key that is nearly this one is told as no key of the table.
    const std::string_view wanted{key};
    const auto meant = [&](const ConfigMember& member) { return nearest_name(member.key, {&wanted, 1}).has_value(); };
    if (!at.node.is(Kind::table) || std::ranges::any_of(at.node.members, meant)) return;
    const bool kept = !full();
    error(at, fmt::format("has no {}", key), fmt::format("add {} = {}", key, form));
    if (kept) not_read_.back() = fmt::format("{}.{}", at.path, key); // and nothing else of the table
}

void Reader::unknown_keys(const Place& at, std::span<const std::string_view> names, bool takes_options)
{
    for (const auto& member : at.node.members) {
        if (std::ranges::find(names, member.key) != names.end()) continue;
        if (takes_options && is_option_key(member.key)) continue;
        if (full() || member.node.is(Kind::unreadable)) {
            error(at.at(member), "is not a key of this table");
            continue;
        }
        std::vector<std::string_view> known(names.begin(), names.end());
        if (takes_options) known.insert(known.end(), setting_keys().begin(), setting_keys().end());
        const auto own = known.size();
        if (takes_options) known.insert(known.end(), wire::option_keys().begin(), wire::option_keys().end());
        const auto nearest = nearest_name(member.key, known);
        std::string suggestion = nearest ? fmt::format("did you mean {}?", *nearest)
                                         : fmt::format("known here: {}{}", fmt::join(std::span{known}.first(own), ", "),
                                                       takes_options ? "; or the name of a DHCP option" : "");
        error(FileError{member.line, at.at(member).path, "is not a key of this table", std::move(suggestion)});
    }
}

} // namespace dorascope::host
