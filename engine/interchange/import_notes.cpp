// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/import_notes.h"

#include "engine/wire/hex.h"
#include "engine/wire/message.h"
#include "engine/wire/option_words.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace dorascope::interchange {
namespace {

using server::OptionSettings;

std::optional<std::vector<Ipv4Address>> addresses_of(std::uint8_t code, std::span<const std::byte> data)
{
    const auto value = wire::decode_option(code, data);
    const auto* list = value ? std::get_if<std::vector<Ipv4Address>>(&*value) : nullptr;
    return list != nullptr ? std::optional{*list} : std::nullopt;
}

struct OwnMember {
    std::uint8_t code;
    std::vector<Ipv4Address> OptionSettings::*member;
};
constexpr OwnMember kOwnMembers[] = {{wire::option::router, &OptionSettings::routers},
                                     {wire::option::dns_servers, &OptionSettings::dns_servers},
                                     {wire::option::ntp_servers, &OptionSettings::ntp_servers}};

struct Unit {
    char name;
    std::uint32_t seconds;
};
constexpr Unit kUnits[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};

} // namespace

std::string to_string(const NotCarried& item)
{
    return (item.line > 0 ? fmt::format("{}: ", item.line) : std::string{}) + item.text + ": " + item.why;
}

std::string shortened(std::string_view text, std::size_t most)
{
    std::string out;
    for (const char c : text.substr(0, most))
        out += c >= 0x20 && c < 0x7f ? c : ' ';
    return text.size() > most ? out + " …" : out;
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view kSpace = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(kSpace);
    return first == std::string_view::npos ? std::string_view{} : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> pieces;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        if (const auto piece = trimmed(text.substr(0, end)); !piece.empty()) pieces.push_back(piece);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return pieces;
}

std::string lower(std::string_view text)
{
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

std::optional<std::uint64_t> decimal(std::string_view text)
{
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::uint32_t> lease_time(std::string_view text)
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

std::string label(std::string_view text)
{
    constexpr std::size_t kMost = 63;
    std::string out;
    for (const char c : text) {
        if (c >= 0x20 && c < 0x7f && out.size() < kMost) out += c;
    }
    return out;
}

std::optional<HardwareAddress> hardware_of(std::uint8_t type, std::string_view hex)
{
    const auto octets = wire::from_hex(hex);
    if (!octets || octets->size() > HardwareAddress::kMaxLength) return std::nullopt;
    HardwareAddress hardware{type, static_cast<std::uint8_t>(octets->size()), {}};
    std::ranges::copy(*octets, hardware.octets.begin());
    return hardware;
}

void Notes::add(std::size_t line, std::string_view text, std::string why)
{
    if (list_.size() == kMost) list_.push_back({line, "…", "and more that is not listed"});
    if (list_.size() < kMost) list_.push_back({line, shortened(text), std::move(why)});
}

bool set_option(OptionSettings& options, std::uint8_t code, std::vector<std::byte> data, bool force)
{
    if (code == wire::option::domain_name && !force) {
        const auto value = wire::decode_option(code, data);
        const auto* name = value ? std::get_if<std::string>(&*value) : nullptr;
        if (name == nullptr) return false;
        options.domain_name = *name;
        return true;
    }
    for (const auto& own : kOwnMembers) {
        if (own.code != code || force) continue;
        auto list = addresses_of(code, data);
        if (!list) return false;
        options.*own.member = std::move(*list);
        return true;
    }
    if (data.empty()) return false;
    const auto there = std::ranges::find(options.extra, code, &OptionSettings::Extra::code);
    if (there != options.extra.end()) {
        *there = {code, std::move(data), force};
    } else {
        options.extra.push_back({code, std::move(data), force});
    }
    return true;
}

void inherit(OptionSettings& below, const OptionSettings& upper)
{
    for (const auto& own : kOwnMembers)
        if ((below.*own.member).empty()) below.*own.member = upper.*own.member;
    if (below.domain_name.empty()) below.domain_name = upper.domain_name;
    if (!below.next_server) below.next_server = upper.next_server;
    if (below.boot_file.empty()) below.boot_file = upper.boot_file;
    if (below.server_name.empty()) below.server_name = upper.server_name;
    for (const auto& extra : upper.extra) {
        const bool there = std::ranges::find(below.extra, extra.code, &OptionSettings::Extra::code) != below.extra.end();
        if (!there) below.extra.push_back(extra);
    }
}

std::size_t size_of(const OptionSettings& options)
{
    std::size_t size = options.domain_name.size() + options.boot_file.size() + options.server_name.size();
    size += 4 * (options.routers.size() + options.dns_servers.size() + options.ntp_servers.size());
    for (const auto& extra : options.extra)
        size += sizeof extra + extra.data.size();
    return size;
}

} // namespace dorascope::interchange
