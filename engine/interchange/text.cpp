// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/text.h"

#include "engine/wire/hex.h"

#include <algorithm>
#include <charconv>

namespace dorascope::interchange {

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

std::string_view next_line(std::string_view& text)
{
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::optional<std::uint64_t> decimal(std::string_view text)
{
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::vector<std::uint8_t>> octets_of(std::string_view text)
{
    std::string hex;
    for (auto rest = text; !rest.empty();) {
        const auto end = std::min(rest.find(':'), rest.size());
        if (end == 0 || end + 1 == rest.size()) return std::nullopt; // nothing between two colons, or behind the last
        hex += (end == 1 ? "0" : "") + std::string{rest.substr(0, end)};
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return wire::from_hex(hex);
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

} // namespace dorascope::interchange
