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

using F = wire::OptionFormat;
using Data = std::vector<std::byte>;
using Values = std::span<const std::string_view>;

bool is_quoted(std::string_view text) { return text.starts_with('"'); }

/// "5", "-1", "3s": in as few octets as hold it, unless b, s or i after it says 1, 2 or 4.
std::optional<Data> number_data(std::string_view text)
{
    struct Size {
        char name;
        std::size_t octets;
    };
    static constexpr Size kSizes[] = {{'b', 1}, {'s', 2}, {'i', 4}};
    const auto* const said = text.empty() ? std::end(kSizes) : std::ranges::find(kSizes, text.back(), &Size::name);
    if (said != std::end(kSizes)) text.remove_suffix(1);
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const auto digits = decimal(text);
    if (!digits || *digits > 0xffffffff) return std::nullopt;
    const auto value = static_cast<std::uint32_t>(negative ? -*digits : *digits);
    std::size_t octets = value > 0xffff ? 4 : value > 0xff ? 2 : 1;
    if (said != std::end(kSizes)) octets = said->octets;
    Data data;
    for (std::size_t i = octets; i-- > 0;)
        data.push_back(static_cast<std::byte>(value >> 8 * i & 0xff));
    return data;
}

std::optional<Data> hex_data(std::string_view text)
{
    const auto octets = text.find(':') == std::string_view::npos ? std::nullopt : octets_of(text);
    if (!octets) return std::nullopt;
    const auto bytes = std::as_bytes(std::span{*octets});
    return Data{bytes.begin(), bytes.end()};
}

/// dnsmasq.conf(5): in quotes \t, \n, \e, \b, \r and \\ and \" stand for one character.
std::string unescaped(std::string_view text)
{
    struct Escape {
        char written, meant;
    };
    static constexpr Escape kEscapes[] = {{'t', '\t'}, {'n', '\n'},  {'e', '\x1b'}, {'b', '\b'},
                                          {'r', '\r'}, {'\\', '\\'}, {'"', '"'}};
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto* const escape = text[i] == '\\' && i + 1 < text.size()
            ? std::ranges::find(kEscapes, text[i + 1], &Escape::written)
            : std::end(kEscapes);
        const bool known = escape != std::end(kEscapes);
        out += known ? escape->meant : text[i];
        i += known ? 1U : 0U;
    }
    return out;
}

std::vector<std::string> words_of(Values values)
{
    std::vector<std::string> words;
    for (const auto value : values)
        words.push_back(is_quoted(value) ? unescaped(unquoted(value)) : std::string{value});
    return words;
}

/// dnsmasq guesses the type of what it does not know: octets in hexadecimal, a number, addresses, else text. So is what stands in quotes.
std::optional<Data> guessed_data(Values values)
{
    if (values.size() == 1) {
        if (auto data = hex_data(values[0])) return data;
        if (auto data = number_data(values[0])) return data;
    }
    const auto words = words_of(values);
    if (std::ranges::none_of(values, is_quoted)) {
        if (auto data = wire::words_to_data(0, F::addresses, words); data && !data->empty()) return *data;
    }
    auto text = bytes_of(fmt::format("{}", fmt::join(words, ",")));
    return text.empty() ? std::nullopt : std::optional{std::move(text)};
}

constexpr std::string_view kTag = "tag:", kNet = "net:", kSet = "set:";

/// "tag:x", "net:x": on most lines for those alone who have the tag.
bool is_condition(std::string_view field) { return field.starts_with(kTag) || field.starts_with(kNet); }

/// Without its prefix, if it has one.
std::string_view name_of_tag(std::string_view field)
{
    return is_condition(field) || field.starts_with(kSet) ? field.substr(kTag.size()) : field;
}

bool looks_like_address(std::string_view field)
{
    return field.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos;
}

/// "3", "option:router", "option6:23": where what is said of an option begins.
bool is_option(std::string_view field)
{
    return field.starts_with("option:") || field.starts_with("option6:")
        || field.find_first_not_of("0123456789") == std::string_view::npos;
}

/// 0.0.0.0 is the machine that dnsmasq runs on.
bool means_itself(Values values) { return std::ranges::find(values, "0.0.0.0") != values.end(); }
constexpr std::string_view kItself = "0.0.0.0 stands for the server's own address: write that";

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
            if (quoted && line[i] == '\\') {
                ++i;
                continue;
            }
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

std::vector<std::string_view> dnsmasq_fields(std::string_view value)
{
    if (value.empty()) return {};
    std::vector<std::string_view> fields;
    std::size_t start = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '"') quoted = !quoted;
        if (quoted && value[i] == '\\') ++i;
        if (quoted || i >= value.size() || value[i] != ',') continue;
        fields.push_back(trimmed(value.substr(start, i - start)));
        start = i + 1;
    }
    fields.push_back(trimmed(value.substr(start)));
    return fields;
}

DnsmasqTags take_host_tags(std::vector<std::string_view>& fields)
{
    DnsmasqTags tags;
    std::erase_if(fields, [&](std::string_view field) {
        const bool sets = field.starts_with(kSet) || field.starts_with(kNet);
        if (!sets && !field.starts_with(kTag)) return false;
        (sets ? tags.set : tags.asked).emplace_back(field.substr(kTag.size()));
        return true;
    });
    return tags;
}

DnsmasqTags take_range_tags(std::vector<std::string_view>& fields)
{
    DnsmasqTags tags;
    const auto first = std::ranges::find_if(fields, looks_like_address);
    if (first == fields.end()) return tags;
    for (const auto field : std::span{fields.begin(), first}) {
        const auto tag = name_of_tag(field);
        if (!tag.empty()) (is_condition(field) ? tags.asked : tags.set).emplace_back(tag);
    }
    fields.erase(fields.begin(), first);
    return tags;
}

std::vector<std::string> take_option_tags(std::vector<std::string_view>& fields)
{
    std::vector<std::string> tags;
    const auto option = std::ranges::find_if(fields, is_option);
    if (option == fields.end()) return tags;
    const auto taken = std::stable_partition(fields.begin(), option, [](auto field) { return !is_dnsmasq_suboption(field); });
    for (const auto field : std::span{fields.begin(), taken})
        tags.emplace_back(name_of_tag(field));
    fields.erase(fields.begin(), taken);
    return tags;
}

std::vector<std::string> take_leading_tags(std::vector<std::string_view>& fields)
{
    std::vector<std::string> tags;
    const auto rest = std::ranges::find_if_not(fields, is_condition);
    for (const auto field : std::span{fields.begin(), rest})
        tags.emplace_back(name_of_tag(field));
    fields.erase(fields.begin(), rest);
    return tags;
}

std::vector<std::string> take_all_tags(std::vector<std::string_view>& fields)
{
    std::vector<std::string> tags;
    for (const auto field : fields)
        tags.emplace_back(is_condition(field) ? name_of_tag(field) : field);
    fields.clear();
    return tags;
}

std::optional<std::string> take_set_tag(std::vector<std::string_view>& fields)
{
    if (fields.size() < 2 || is_condition(fields[0])) return std::nullopt;
    std::string tag{name_of_tag(fields[0])};
    if (tag.empty()) return std::nullopt;
    fields.erase(fields.begin());
    return tag;
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
    const auto* const named = std::ranges::find(kUnits, static_cast<char>(text.back() | 0x20), &Unit::name);
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
        const auto octets = octets_of(field.substr(3));
        return type && octets ? hardware_of((*type)[0], wire::to_hex(*octets)) : std::nullopt;
    }
    if (const auto mac = MacAddress::parse(field)) return HardwareAddress::of(*mac);
    const auto octets = field.find(':') == std::string_view::npos ? std::nullopt : octets_of(field); // 2:0:0:0:a:9
    return octets && octets->size() == 6 ? hardware_of(1, wire::to_hex(*octets)) : std::nullopt;
}

std::vector<std::uint8_t> dnsmasq_identifier(std::string_view text)
{
    if (text == "*") return {};
    const auto hex = text.find(':') == std::string_view::npos ? std::nullopt : octets_of(text);
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
    if (means_itself(values) && code != wire::option::classless_routes) {
        why = kItself;
        return std::nullopt;
    }
    const auto format = wire::option_info(code).format;
    why = fmt::format("is not {}", wire::words_expected(format));
    if (format == F::opaque) return guessed_data(values);
    auto words = words_of(values);
    if (format == F::routes || format == F::address_pairs) {
        std::vector<std::string> pairs;
        for (std::size_t i = 0; i + 1 < words.size(); i += 2)
            pairs.push_back(words[i] + " via " + words[i + 1]);
        words = std::move(pairs);
    }
    if (format == F::text && values.size() == 1) // "50:58:45" is octets there, unless it stands in quotes
        if (auto data = hex_data(values[0])) return data;
    if (format == F::text && words.size() > 1) words = {fmt::format("{}", fmt::join(words, ","))};
    if (auto data = wire::words_to_data(code, format, words)) return *data;
    return values.size() == 1 ? hex_data(values[0]) : std::nullopt;
}

bool is_dnsmasq_suboption(std::string_view field)
{
    return field.starts_with("vendor:") || field.starts_with("encap:") || field.starts_with("vi-encap:");
}

tl::expected<DnsmasqSuboption, std::string> dnsmasq_suboption(std::span<const std::string_view> fields)
{
    const auto colon = fields[0].find(':');
    const auto kind = fields[0].substr(0, colon), name = unquoted(fields[0].substr(colon + 1));
    if (kind == "vi-encap") return tl::unexpected{std::string{"is an option of an enterprise: write option 125 by hand"}};
    DnsmasqSuboption option;
    const auto within = kind == "vendor" ? std::optional{wire::option::vendor_specific} : dnsmasq_option_code(name);
    const auto code = fields.size() > 1 ? decimal(fields[1]) : std::nullopt;
    // RFC 2132 §8.4: 0 and 255 are no options within options.
    if (!within || !code || *code == 0 || *code > 254)
        return tl::unexpected{std::string{"is an option within another that we do not know"}};
    const auto values = fields.subspan(2);
    if (means_itself(values)) return tl::unexpected{std::string{kItself}};
    const auto data = values.empty() ? Data{} : guessed_data(values).value_or(Data{});
    if (data.size() > 255) return tl::unexpected{std::string{"is longer than an option within another can be"}};
    option.within = *within;
    if (kind == "vendor") option.vendor = name;
    option.data = {static_cast<std::byte>(*code), static_cast<std::byte>(data.size())};
    option.data.insert(option.data.end(), data.begin(), data.end());
    return option;
}

} // namespace dorascope::interchange
