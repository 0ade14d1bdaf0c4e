// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/dnsmasq_syntax.h"

#include "engine/interchange/option_names.h"
#include "engine/interchange/text.h"
#include "engine/wire/hex.h"
#include "engine/wire/instant.h"
#include "engine/wire/message.h"
#include "engine/wire/option_words.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dorascope::interchange {
namespace {

struct Unit {
    char name;
    std::uint32_t seconds;
};
constexpr Unit kUnits[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};

} // namespace

std::vector<DnsmasqLine> dnsmasq_lines(std::string_view text)
{
    std::vector<DnsmasqLine> lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        bool quoted = false;
        for (std::size_t i = 0; i < line.size(); ++i) { // a comment begins with # after white space
            if (line[i] == '"') quoted = !quoted;
            if (line[i] == '#' && !quoted && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) line = line.substr(0, i);
        }
        line = trimmed(line);
        if (line.empty()) continue;
        const auto equals = std::min(line.find('='), line.size());
        lines.push_back({number, trimmed(line.substr(0, equals)), trimmed(line.substr(std::min(equals + 1, line.size()))), line});
    }
    return lines;
}

DnsmasqTags take_tags(std::vector<std::string_view>& fields)
{
    DnsmasqTags tags;
    const auto is_tag = [&](std::string_view f) {
        const auto colon = f.find(':');
        const auto kind = f.substr(0, std::min(colon, f.size()));
        if (colon == std::string_view::npos || (kind != "tag" && kind != "set" && kind != "net")) return false;
        (kind == "tag" ? tags.asked : tags.set).emplace_back(f.substr(colon + 1));
        return true;
    };
    std::erase_if(fields, is_tag);
    return tags;
}

std::string_view unquoted(std::string_view text)
{
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') return text.substr(1, text.size() - 2);
    return text;
}

std::optional<std::uint32_t> dnsmasq_time(std::string_view text)
{
    if (text == "infinite") return kInfiniteSeconds;
    if (text.empty()) return std::nullopt;
    std::uint64_t unit = 1;
    const auto* const named = std::ranges::find(kUnits, text.back(), &Unit::name);
    if (named != std::end(kUnits)) {
        unit = named->seconds;
        text.remove_suffix(1);
    }
    const auto count = decimal(text);
    if (!count || *count > kInfiniteSeconds / unit) return std::nullopt;
    return static_cast<std::uint32_t>(*count * unit);
}

std::optional<HardwareAddress> dnsmasq_hardware(std::string_view field)
{
    if (field.size() > 3 && field[2] == '-' && field.find(':') != std::string_view::npos) { // 20-aa:bb:…
        const auto type = wire::from_hex(field.substr(0, 2));
        return type ? hardware_of((*type)[0], field.substr(3)) : std::nullopt;
    }
    const auto mac = MacAddress::parse(field);
    return mac ? std::optional{HardwareAddress::of(*mac)} : std::nullopt;
}

std::vector<std::uint8_t> dnsmasq_identifier(std::string_view text)
{
    if (text == "*") return {};
    const auto hex = text.find(':') == std::string_view::npos ? std::nullopt : wire::from_hex(text);
    return hex ? *hex : std::vector<std::uint8_t>(text.begin(), text.end());
}

std::vector<std::byte> bytes_of(std::string_view text)
{
    const auto bytes = std::as_bytes(std::span{text});
    return {bytes.begin(), bytes.end()};
}

std::optional<std::uint8_t> dnsmasq_option_code(std::string_view text)
{
    if (text.starts_with("option:")) return dnsmasq_option_named(text.substr(7));
    const auto code = decimal(text);
    return code && *code > 0 && *code < 255 ? std::optional{static_cast<std::uint8_t>(*code)} : std::nullopt;
}

std::optional<std::vector<std::byte>> dnsmasq_option_data(std::uint8_t code, std::span<const std::string_view> values,
                                                          std::string& why)
{
    using F = wire::OptionFormat;
    if (std::ranges::find(values, "0.0.0.0") != values.end() && code != wire::option::classless_routes) {
        why = "0.0.0.0 stands for the server's own address: write that";
        return std::nullopt;
    }
    std::vector<std::string> words;
    for (const auto value : values)
        words.emplace_back(unquoted(value));
    auto format = wire::option_info(code).format;
    if (format == F::routes || format == F::address_pairs) {
        std::vector<std::string> pairs;
        for (std::size_t i = 0; i + 1 < words.size(); i += 2)
            pairs.push_back(words[i] + " via " + words[i + 1]);
        words = std::move(pairs);
    }
    if (format == F::text && words.size() > 1) words = {fmt::format("{}", fmt::join(words, ","))};
    if (auto data = wire::words_to_data(code, format, words)) return *data;
    // dnsmasq guesses the type of what it does not know: addresses, then numbers, then hex, then text.
    for (const auto guess : {F::addresses, F::opaque}) {
        if (auto data = wire::words_to_data(code, guess, words)) return *data;
    }
    if (format == F::opaque && words.size() == 1 && !words[0].empty()) return bytes_of(words[0]);
    why = fmt::format("is not {}", wire::words_expected(format));
    return std::nullopt;
}

} // namespace dorascope::interchange
