// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/option_words.h"

#include "engine/wire/hex.h"
#include "engine/wire/message.h"
#include "engine/wire/option_formats.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace dorascope::wire {

namespace {

using Words = std::span<const std::string>;
using Read = std::optional<OptionValue>; ///< nothing: the words are not of the format
using Written = std::optional<std::vector<std::string>>;

template <typename T> std::optional<T> number(std::string_view text)
{
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

/// "A mark B" cut at the first mark.
std::optional<std::pair<std::string_view, std::string_view>> cut(std::string_view text, std::string_view mark)
{
    const auto at = text.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    return std::pair{trimmed(text.substr(0, at)), trimmed(text.substr(at + mark.size()))};
}

std::vector<std::uint8_t> octets_of(std::string_view text) { return {text.begin(), text.end()}; }

/// One word each with `read`, which yields an optional.
template <typename T, class Each> std::optional<std::vector<T>> list(Words words, Each read)
{
    std::vector<T> values;
    for (const auto& word : words) {
        auto value = read(word);
        if (!value) return std::nullopt;
        values.push_back(std::move(*value));
    }
    return values;
}

template <typename T> Read as_value(std::optional<T> value)
{
    return value ? Read{OptionValue{std::move(*value)}} : std::nullopt;
}

// ---- words to values ----------------------------------------------------------------------------------------------------------------

Read read_none(Words words) { return words.empty() ? Read{OptionValue{}} : std::nullopt; }

Read read_flag(Words words)
{
    if (words.size() != 1) return std::nullopt;
    const auto& word = words[0];
    const bool on = word == "true" || word == "1" || word == "on";
    if (!on && word != "false" && word != "0" && word != "off") return std::nullopt;
    return OptionValue{Flag{on}};
}

template <typename T> Read read_number(Words words) { return words.size() == 1 ? as_value(number<T>(words[0])) : std::nullopt; }

Read read_seconds(Words words)
{
    if (words.size() == 1 && words[0] == "infinite") return OptionValue{Infinite{}};
    return read_number<std::uint32_t>(words);
}

Read read_address(Words words) { return words.size() == 1 ? as_value(Ipv4Address::parse(words[0])) : std::nullopt; }
Read read_addresses(Words words) { return as_value(list<Ipv4Address>(words, Ipv4Address::parse)); }
Read read_numbers(Words words) { return as_value(list<std::uint32_t>(words, number<std::uint32_t>)); }

Read read_pairs(Words words)
{
    using Pair = std::pair<Ipv4Address, Ipv4Address>;
    return as_value(list<Pair>(words, [](const std::string& word) -> std::optional<Pair> {
        for (const std::string_view mark : {" via ", " mask ", " "}) {
            const auto halves = cut(trimmed(word), mark);
            if (!halves) continue;
            const auto first = Ipv4Address::parse(halves->first), second = Ipv4Address::parse(halves->second);
            return first && second ? std::optional{Pair{*first, *second}} : std::nullopt;
        }
        return std::nullopt;
    }));
}

Read read_routes(Words words)
{
    return as_value(list<Route>(words, [](const std::string& word) -> std::optional<Route> {
        auto halves = cut(word, " via ");
        if (!halves) halves = cut(trimmed(word), " ");
        if (!halves) return std::nullopt;
        const auto destination = halves->first == "default" ? std::optional{Ipv4Prefix{}} : Ipv4Prefix::parse(halves->first);
        const auto router = Ipv4Address::parse(halves->second);
        return destination && router ? std::optional{Route{*destination, *router}} : std::nullopt;
    }));
}

Read read_text(Words words) { return words.size() == 1 ? Read{OptionValue{words[0]}} : std::nullopt; }
Read read_texts(Words words) { return OptionValue{std::vector<std::string>(words.begin(), words.end())}; }

Read read_hex(Words words)
{
    if (words.size() != 1) return std::nullopt;
    auto octets = from_hex(words[0]);
    return octets ? Read{OptionValue{OpaqueValue{std::move(*octets)}}} : std::nullopt;
}

/// Hex, 'text', or an address.
std::optional<std::vector<std::uint8_t>> small_data(std::string_view text)
{
    if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'') return octets_of(text.substr(1, text.size() - 2));
    if (const auto address = Ipv4Address::parse(text)) {
        const auto v = address->value;
        return std::vector{static_cast<std::uint8_t>(v >> 24), static_cast<std::uint8_t>(v >> 16 & 0xff),
                           static_cast<std::uint8_t>(v >> 8 & 0xff), static_cast<std::uint8_t>(v & 0xff)};
    }
    return from_hex(text);
}

std::optional<SubOption> suboption(std::string_view word)
{
    const auto halves = cut(word, "=");
    const auto code = halves ? number<std::uint8_t>(halves->first) : std::nullopt;
    auto data = halves ? small_data(halves->second) : std::nullopt;
    if (!code || !data) return std::nullopt;
    return SubOption{*code, std::move(*data)};
}

Read read_suboptions(Words words)
{
    return as_value(list<SubOption>(words, [](const std::string& word) { return suboption(word); }));
}

Read read_vendor_class(Words words)
{
    return as_value(list<VendorBlock>(words, [](const std::string& word) -> std::optional<VendorBlock> {
        const auto halves = cut(word, "=");
        const auto enterprise = halves ? number<std::uint32_t>(halves->first) : std::nullopt;
        auto data = halves ? small_data(halves->second) : std::nullopt;
        if (!enterprise || !data) return std::nullopt;
        return VendorBlock{*enterprise, {{0, std::move(*data)}}};
    }));
}

/// Neighbours of one enterprise share a block.
Read read_vendor_options(Words words)
{
    std::vector<VendorBlock> blocks;
    for (const auto& word : words) {
        const auto halves = cut(word, ".");
        const auto enterprise = halves ? number<std::uint32_t>(halves->first) : std::nullopt;
        auto option = halves ? suboption(halves->second) : std::nullopt;
        if (!enterprise || !option) return std::nullopt;
        if (blocks.empty() || blocks.back().enterprise != *enterprise) blocks.push_back({*enterprise, {}});
        blocks.back().options.push_back(std::move(*option));
    }
    return OptionValue{std::move(blocks)};
}

Read read_fqdn(Words words)
{
    const auto halves = words.size() == 1 ? cut(words[0], " ") : std::nullopt;
    const auto flags = halves ? number<std::uint8_t>(halves->first) : std::nullopt;
    if (!flags) return std::nullopt;
    return OptionValue{Fqdn{*flags, 0, 0, std::string{halves->second}}};
}

Read read_sip_servers(Words words)
{
    if (auto addresses = read_addresses(words)) return addresses;
    return read_texts(words);
}

Read read_status(Words words)
{
    if (words.size() != 1) return std::nullopt;
    const auto space = words[0].find(' ');
    const auto code = number<std::uint8_t>(std::string_view{words[0]}.substr(0, space));
    if (!code) return std::nullopt;
    OpaqueValue value{{*code}};
    if (space != std::string::npos)
        value.bytes.insert(value.bytes.end(), words[0].begin() + static_cast<std::ptrdiff_t>(space) + 1, words[0].end());
    return OptionValue{std::move(value)};
}

std::optional<std::uint8_t> mandatory(Words words)
{
    if (words.empty() || (words[0] != "mandatory" && words[0] != "optional")) return std::nullopt;
    return words[0] == "mandatory" ? 1 : 0;
}

Read read_slp_agents(Words words)
{
    const auto first = mandatory(words);
    if (!first) return std::nullopt;
    OpaqueValue value{{*first}};
    for (const auto& word : words.subspan(1)) {
        if (!Ipv4Address::parse(word)) return std::nullopt;
        const auto octets = small_data(word);
        value.bytes.insert(value.bytes.end(), octets->begin(), octets->end());
    }
    return OptionValue{std::move(value)};
}

Read read_slp_scope(Words words)
{
    const auto first = mandatory(words);
    if (!first || words.size() > 2) return std::nullopt;
    OpaqueValue value{{*first}};
    if (words.size() == 2) value.bytes.insert(value.bytes.end(), words[1].begin(), words[1].end());
    return OptionValue{std::move(value)};
}

// ---- values to words ----------------------------------------------------------------------------------------------------------------

template <class List, class Text> std::vector<std::string> texts(const List& values, Text text)
{
    std::vector<std::string> words;
    for (const auto& value : values)
        words.push_back(text(value));
    return words;
}

std::string text_of(const SubOption& option) { return fmt::format("{} = {}", option.code, to_hex(option.data, ':')); }

/// One overload for each alternative of OptionValue.
struct Writer {
    OptionFormat format;

    Written operator()(std::monostate) const { return std::vector<std::string>{}; }
    Written operator()(Flag flag) const { return {{flag.on ? "true" : "false"}}; }
    Written operator()(std::uint32_t v) const { return {{std::to_string(v)}}; }
    Written operator()(std::int32_t v) const { return {{std::to_string(v)}}; }
    Written operator()(Infinite) const { return {{"infinite"}}; }
    Written operator()(Ipv4Address v) const { return {{v.to_string()}}; }
    Written operator()(const std::vector<Ipv4Address>& v) const
    {
        return texts(v, [](Ipv4Address a) { return a.to_string(); });
    }
    Written operator()(const std::vector<std::pair<Ipv4Address, Ipv4Address>>& v) const
    {
        return texts(v, [](const auto& pair) { return pair.first.to_string() + " via " + pair.second.to_string(); });
    }
    Written operator()(const std::vector<std::uint32_t>& v) const
    {
        return texts(v, [](std::uint32_t n) { return std::to_string(n); });
    }
    Written operator()(const std::string& v) const { return {{v}}; }
    Written operator()(const std::vector<std::string>& v) const { return v; }
    Written operator()(const std::vector<Route>& v) const
    {
        return texts(v, [](const Route& r) { return r.destination.to_string() + " via " + r.router.to_string(); });
    }
    Written operator()(const std::vector<SubOption>& v) const { return texts(v, text_of); }
    Written operator()(const std::vector<VendorBlock>& v) const
    {
        std::vector<std::string> words;
        for (const auto& block : v) {
            for (const auto& option : block.options)
                words.push_back(format == OptionFormat::vendor_class
                                    ? fmt::format("{} = {}", block.enterprise, to_hex(option.data, ':'))
                                    : fmt::format("{}.{}", block.enterprise, text_of(option)));
        }
        return words;
    }
    Written operator()(const Fqdn& v) const { return {{fmt::format("{} {}", v.flags, v.name)}}; }
    Written operator()(const OpaqueValue& v) const
    {
        const std::string_view text{reinterpret_cast<const char*>(v.bytes.data()), v.bytes.size()};
        if (format == OptionFormat::status && !text.empty())
            return {{std::to_string(v.bytes[0]) + (text.size() > 1 ? " " + std::string{text.substr(1)} : "")}};
        if (format == OptionFormat::slp_scope && !text.empty())
            return {{v.bytes[0] == 1 ? "mandatory" : "optional", std::string{text.substr(1)}}};
        if (format == OptionFormat::slp_agents) return agents(v);
        return {{to_hex(v.bytes, ':')}};
    }

private:
    static Written agents(const OpaqueValue& v)
    {
        if (v.bytes.empty()) return std::nullopt;
        std::vector<std::string> words{v.bytes[0] == 1 ? "mandatory" : "optional"};
        for (std::size_t i = 1; i + 4 <= v.bytes.size(); i += 4)
            words.push_back(Ipv4Address::from_octets(v.bytes[i], v.bytes[i + 1], v.bytes[i + 2], v.bytes[i + 3]).to_string());
        return words;
    }
};

struct Row {
    std::string_view name;
    Read (*read)(Words);
    std::string_view expected;
};
constexpr std::string_view kNumber = "a whole number", kNumbers = "whole numbers", kAddresses = "addresses as in 192.168.1.1",
                           kHex = "octets in hexadecimal as in 01:02:ab", kNames = "domain names",
                           kSuboption = "CODE = DATA, with DATA in hexadecimal, 'text' or an address";

// In the order of OptionFormat.
constexpr std::array<Row, kOptionFormats> kRows{{
    {"none", read_none, "nothing"},
    {"flag", read_flag, "true or false"},
    {"u8", read_number<std::uint32_t>, "a number from 0 to 255"},
    {"u16", read_number<std::uint32_t>, "a number from 0 to 65535"},
    {"u32", read_number<std::uint32_t>, kNumber},
    {"i32", read_number<std::int32_t>, kNumber},
    {"seconds", read_seconds, "a number of seconds, or \"infinite\""},
    {"address", read_address, "an address as in 192.168.1.1"},
    {"addresses", read_addresses, kAddresses},
    {"address_pairs", read_pairs, "pairs of addresses as in 10.0.0.1 via 192.168.1.1"},
    {"u16s", read_numbers, "numbers from 0 to 65535"},
    {"text", read_text, "a text"},
    {"message_type", read_number<std::uint32_t>, "a number from 1 to 255"},
    {"overload", read_number<std::uint32_t>, "1, 2 or 3"},
    {"codes", read_numbers, "option codes"},
    {"hardware_or_opaque", read_hex, kHex},
    {"domain", read_text, "a domain name"},
    {"domains", read_texts, kNames},
    {"routes", read_routes, "routes as in 10.0.0.0/8 via 192.168.1.254"},
    {"suboptions", read_suboptions, kSuboption},
    {"vendor_class", read_vendor_class, "ENTERPRISE = DATA, with DATA in hexadecimal, 'text' or an address"},
    {"vendor_options", read_vendor_options, "ENTERPRISE.CODE = DATA, with DATA in hexadecimal, 'text' or an address"},
    {"user_class", read_texts, "texts of 1 to 255 octets"},
    {"fqdn", read_fqdn, "FLAGS NAME as in 5 host.lab.example."},
    {"sip_servers", read_sip_servers, "addresses or domain names"},
    {"u16s_arch", read_numbers, "architecture numbers"},
    {"uuid", read_hex, "a type octet and 16 octets in hexadecimal"},
    {"client_ndi", read_hex, "three octets in hexadecimal"},
    {"auth", read_hex, kHex},
    {"status", read_status, "CODE TEXT"},
    {"addresses_or_none", read_addresses, kAddresses},
    {"slp_agents", read_slp_agents, "mandatory or optional, then addresses"},
    {"slp_scope", read_slp_scope, "mandatory or optional, then a text"},
    {"uris", read_texts, "URIs"},
    {"hex", read_hex, kHex},
}};
static_assert(std::ranges::none_of(kRows, [](const Row& row) { return row.name.empty(); }));

constexpr auto kFormatNames = [] {
    std::array<std::string_view, kOptionFormats> names;
    for (std::size_t i = 0; i < names.size(); ++i)
        names[i] = kRows[i].name;
    return names;
}();

} // namespace

std::string_view format_name(OptionFormat format) { return kRows[static_cast<std::size_t>(format)].name; }

std::span<const std::string_view> format_names() { return kFormatNames; }

std::string_view words_expected(OptionFormat format) { return kRows[static_cast<std::size_t>(format)].expected; }

tl::expected<std::vector<std::byte>, ValueError> words_to_data(std::uint8_t code, OptionFormat format,
                                                               std::span<const std::string> words)
{
    const auto value = kRows[static_cast<std::size_t>(format)].read(words);
    if (!value) return tl::unexpected{ValueError{0, std::string{words_expected(format)}}};
    std::vector<std::byte> data;
    const bool encapsulated = code == option::vendor_specific && format == OptionFormat::suboptions;
    auto written = encapsulated ? encode_option(code, *value, data) : encode_as(format, *value, data);
    if (!written) return tl::unexpected{std::move(written.error())};
    return data;
}

std::optional<std::vector<std::string>> data_to_words(std::uint8_t code, OptionFormat format, std::span<const std::byte> data)
{
    const bool encapsulated = code == option::vendor_specific && format == OptionFormat::suboptions;
    const auto value = encapsulated ? decode_option(code, data) : decode_as(format, data);
    if (!value) return std::nullopt;
    auto words = std::visit(Writer{format}, *value);
    if (!words) return std::nullopt;
    const auto back = words_to_data(code, format, *words);
    if (!back || !std::ranges::equal(*back, data)) return std::nullopt;
    return words;
}

} // namespace dorascope::wire
