// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/config_options.h"

#include "engine/wire/hex.h"
#include "engine/wire/message.h"
#include "engine/wire/nearest_name.h"
#include "engine/wire/option_words.h"

#include <algorithm>
#include <array>

namespace dorascope::host {
namespace {

using server::OptionSettings;
using Kind = ConfigNode::Kind;

constexpr std::size_t kLongestOption = 1024;

template <auto Member> void read_addresses(Reader& reader, const Place& at, OptionSettings& options)
{
    reader.each(at, [&](const Place& one) {
        const auto address = reader.parsed<Ipv4Address>(one, "an IPv4 address", "\"192.168.1.1\"");
        if (!address) return;
        if (at.node.is(Kind::array)) reader.placed(fmt::format("{}[{}]", at.path, (options.*Member).size()), one.path);
        (options.*Member).push_back(*address);
    });
}

// ---- option = [{ code = 150, type = "addresses", value = ["192.168.1.2"] }] ----------------------------------------------------------

/// An entry as it stands in the file; what it means follows when all of it is read.
struct Line {
    std::optional<std::uint8_t> code;
    std::optional<wire::OptionFormat> format;
    std::vector<std::string> words;
    int values = 0; ///< exactly one
    bool force = false, readable = true;
};

/// A value of the file as the words of wire::words_to_data().
void read_words(Reader& reader, const Place& at, Line& line)
{
    reader.each(at, [&](const Place& one) {
        switch (one.node.kind) {
        case Kind::boolean: return line.words.emplace_back(one.node.boolean ? "true" : "false"), void();
        case Kind::integer: return line.words.push_back(std::to_string(one.node.integer));
        case Kind::text: return line.words.push_back(one.node.text);
        default: break;
        }
        line.readable = false;
        reader.error(one, "is neither a text, a whole number, true nor false", "or a list of them");
    });
}

template <wire::OptionFormat Format> void read_value_as(Reader& reader, const Place& at, Line& line)
{
    ++line.values;
    line.format = Format;
    read_words(reader, at, line);
}

void read_code(Reader& reader, const Place& at, Line& line)
{
    const auto code = reader.number(at, 1, 254);
    if (code) line.code = static_cast<std::uint8_t>(*code);
    line.readable = line.readable && code.has_value();
}

void read_name(Reader& reader, const Place& at, Line& line)
{
    const auto name = reader.text(at, "\"domain_search\"");
    line.code = name ? wire::option_keyed(*name) : std::nullopt;
    if (line.code) return;
    line.readable = false;
    if (!name) return;
    if (reader.full()) return reader.error({});
    const std::vector<std::string_view> names(wire::option_keys().begin(), wire::option_keys().end());
    const auto nearest = nearest_name(*name, names);
    reader.error(at, fmt::format("no option is called '{}'", *name),
                 nearest ? fmt::format("did you mean {}?", *nearest) : "give its code instead: code = 150");
}

void read_type(Reader& reader, const Place& at, Line& line)
{
    const auto index = reader.one_of(at, wire::format_names());
    if (index) line.format = static_cast<wire::OptionFormat>(*index);
    line.readable = line.readable && index.has_value();
}

constexpr Key<Line> kLineKeys[] = {
    {"code", read_code},
    {"name", read_name},
    {"type", read_type},
    {"value",
     [](Reader& reader, const Place& at, Line& line) {
         ++line.values;
         read_words(reader, at, line);
     }},
    {"text", read_value_as<wire::OptionFormat::text>},
    {"hex", read_value_as<wire::OptionFormat::opaque>},
    {"addresses", read_value_as<wire::OptionFormat::addresses>},
    {"force", [](Reader& reader, const Place& at, Line& line) { line.force = reader.boolean(at).value_or(false); }},
};

void add_extra(Reader& reader, const Place& at, const Line& line, OptionSettings& options)
{
    const auto format = line.format.value_or(wire::option_info(*line.code).format);
    auto data = wire::words_to_data(*line.code, format, line.words);
    if (!data) {
        return reader.error(at,
                            fmt::format("the value of option {} ({}) is not of the type {}", *line.code,
                                        wire::option_info(*line.code).name, wire::format_name(format)),
                            fmt::format("give {}", wire::words_expected(format)));
    }
    if (data->size() > kLongestOption)
        return reader.error(at, fmt::format("option {} is too long", *line.code),
                            fmt::format("at most {} octets", kLongestOption));
    const auto level = at.path.substr(0, at.path.find_last_of('.') + 1); // "subnet[0]." of its "option[1]" or "domain_search"
    reader.placed(fmt::format("{}option[{}]", level, options.extra.size()), at.path);
    options.extra.push_back({*line.code, std::move(*data), line.force});
}

void read_option_lines(Reader& reader, const Place& at, OptionSettings& options)
{
    reader.each(at, [&](const Place& one) {
        Line line;
        const auto before = reader.found();
        read_table(reader, one, line, kLineKeys);
        if (!one.node.is(Kind::table)) return;
        const bool named = one.node.member("name") != nullptr;
        if (named == (one.node.member("code") != nullptr))
            reader.error(one, named ? "has both code and name" : "has no code", named ? "leave one out" : "add code = 66");
        const bool natural_none = line.code && !line.format && wire::option_info(*line.code).format == wire::OptionFormat::none;
        if (line.values != 1 && !natural_none)
            reader.error(one, "needs its data exactly once", "as value = …, with a type; or as text, hex or addresses");
        if (line.readable && reader.found() == before) add_extra(reader, one, line, options);
    });
}

// ---- the keys of a level ------------------------------------------------------------------------------------------------------------

constexpr Key<OptionSettings> kSettingKeys[] = {
    {"router", read_addresses<&OptionSettings::routers>},
    {"dns", read_addresses<&OptionSettings::dns_servers>},
    {"ntp", read_addresses<&OptionSettings::ntp_servers>},
    {"domain", read_text_into<&OptionSettings::domain_name>},
    {"next_server", read_address_into<&OptionSettings::next_server>},
    {"boot_file", read_text_into<&OptionSettings::boot_file>},
    {"tftp_server", read_text_into<&OptionSettings::server_name>},
    {"option", read_option_lines},
};

constexpr auto kSettingNames = [] {
    std::array<std::string_view, std::size(kSettingKeys)> names;
    for (std::size_t i = 0; i < names.size(); ++i)
        names[i] = kSettingKeys[i].name;
    return names;
}();

/// Options whose name says less well what a key of its own says.
constexpr OptionKey kOwnKeys[] = {{wire::option::router, "router"},
                                  {wire::option::dns_servers, "dns"},
                                  {wire::option::ntp_servers, "ntp"},
                                  {wire::option::domain_name, "domain"}};

void read_named_option(Reader& reader, const Place& at, std::uint8_t code, OptionSettings& options)
{
    const auto* const own = std::ranges::find(kOwnKeys, code, &OptionKey::code);
    if (own != std::end(kOwnKeys)) return reader.error(at, "has a key of its own", fmt::format("write {} = …", own->key));
    Line line;
    line.code = code;
    read_words(reader, at, line);
    if (line.readable) add_extra(reader, at, line, options);
}

// ---- writing ------------------------------------------------------------------------------------------------------------------------

std::string quoted_list(const std::vector<std::string>& words)
{
    std::string out;
    for (const auto& word : words)
        out += (out.empty() ? "" : ", ") + toml_text(word);
    return "[" + out + "]";
}

std::string value_toml(wire::OptionFormat format, const std::vector<std::string>& words)
{
    using F = wire::OptionFormat;
    const bool bare = format == F::flag || format == F::u8 || format == F::u16 || format == F::u32 || format == F::i32
        || (format == F::seconds && words[0] != "infinite");
    if (words.size() != 1) return quoted_list(words);
    return bare ? words[0] : toml_text(words[0]);
}

/// The option's own format where that gives these octets again, then text, then hex.
std::string line_toml(const OptionSettings::Extra& extra)
{
    using F = wire::OptionFormat;
    const auto natural = wire::option_info(extra.code).format;
    for (const auto format : {natural == F::opaque ? F::text : natural, F::text, F::opaque}) {
        const auto words = wire::data_to_words(extra.code, format, extra.data);
        const auto printable = [](const std::string& word) {
            return is_utf8(word) && std::ranges::none_of(word, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
        };
        if (!words || !std::ranges::all_of(*words, printable)) continue;
        return fmt::format("    {{ code = {}, type = \"{}\", value = {}{} }}, # {}\n", extra.code, wire::format_name(format),
                           value_toml(format, *words), extra.force ? ", force = true" : "", wire::option_info(extra.code).name);
    }
    return {};
}

template <typename T> std::string addresses_toml(std::string_view key, const std::vector<T>& values)
{
    std::vector<std::string> words;
    for (const auto& value : values)
        words.push_back(value.to_string());
    return words.empty() ? "" : fmt::format("{} = {}\n", key, quoted_list(words));
}

std::string text_toml(std::string_view key, std::string_view text)
{
    return text.empty() ? "" : fmt::format("{} = {}\n", key, toml_text(text));
}

} // namespace

std::span<const std::string_view> setting_keys() { return kSettingNames; }

bool is_option_key(std::string_view key)
{
    return std::ranges::find(kSettingNames, key) != kSettingNames.end() || wire::option_keyed(key).has_value();
}

std::vector<OptionKey> option_keys_by_code()
{
    std::vector<OptionKey> out;
    for (const auto& info : wire::option_table()) {
        const auto* const own = std::ranges::find(kOwnKeys, info.code, &OptionKey::code);
        const auto key = own != std::end(kOwnKeys) ? own->key : wire::key_of_option(info.code);
        if (!key.empty() && !server::is_filled_in_by_server(info.code)) out.push_back({info.code, key});
    }
    return out;
}

std::span<const std::string_view> option_line_keys()
{
    static constexpr auto kNames = [] {
        std::array<std::string_view, std::size(kLineKeys)> names;
        for (std::size_t i = 0; i < names.size(); ++i)
            names[i] = kLineKeys[i].name;
        return names;
    }();
    return kNames;
}

void read_option_settings(Reader& reader, const Place& table, std::span<const std::string_view> taken, OptionSettings& options)
{
    for (const auto& key : kSettingKeys) {
        if (const auto* const member = table.node.member(key.name)) key.read(reader, table.at(*member), options);
    }
    for (const auto& member : table.node.members) {
        const bool other = std::ranges::find(kSettingNames, member.key) != kSettingNames.end()
            || std::ranges::find(taken, member.key) != taken.end();
        if (other) continue;
        if (const auto code = wire::option_keyed(member.key)) read_named_option(reader, table.at(member), *code, options);
    }
}

std::string option_settings_toml(const OptionSettings& options)
{
    std::string out = addresses_toml("router", options.routers) + addresses_toml("dns", options.dns_servers)
        + addresses_toml("ntp", options.ntp_servers) + text_toml("domain", options.domain_name);
    if (options.next_server) out += fmt::format("next_server = \"{}\"\n", options.next_server->to_string());
    out += text_toml("boot_file", options.boot_file) + text_toml("tftp_server", options.server_name);
    if (options.extra.empty()) return out;
    out += "option = [\n";
    for (const auto& extra : options.extra)
        out += line_toml(extra);
    return out + "]\n";
}

bool is_utf8(std::string_view text)
{
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : 4;
        if (lead >= 0x80 && (lead < 0xc2 || lead > 0xf4)) return false;
        if (i + length > text.size()) return false;
        std::uint32_t point = length == 1 ? lead : lead & (0xffU >> (length + 1));
        for (std::size_t j = 1; j < length; ++j) {
            const auto next = static_cast<unsigned char>(text[i + j]);
            if ((next & 0xc0) != 0x80) return false;
            point = point << 6 | (next & 0x3fU);
        }
        const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
        if (overlong || (point >= 0xd800 && point < 0xe000) || point > 0x10ffff) return false;
        i += length;
    }
    return true;
}

std::string toml_text(std::string_view text)
{
    if (!is_utf8(text)) return fmt::format("{{ hex = \"{}\" }}", wire::to_hex(std::as_bytes(std::span{text}), ':'));
    std::string out = "\"";
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') out += '\\';
        if (octet < 0x20 || octet == 0x7f) {
            out += fmt::format("\\u{:04X}", octet);
        } else {
            out += c;
        }
    }
    return out + "\"";
}

} // namespace dorascope::host
