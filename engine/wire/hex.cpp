// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/hex.h"

namespace dorascope::wire {
namespace {

int digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

} // namespace

std::string to_hex(std::span<const std::byte> octets, char separator)
{
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(octets.size() * 3);
    for (const auto octet : octets) {
        if (separator != '\0' && !text.empty()) text += separator;
        text += kDigits[std::to_integer<unsigned>(octet) >> 4];
        text += kDigits[std::to_integer<unsigned>(octet) & 15];
    }
    return text;
}

std::string to_hex(std::span<const std::uint8_t> octets, char separator) { return to_hex(std::as_bytes(octets), separator); }

std::optional<std::vector<std::uint8_t>> from_hex(std::string_view text)
{
    std::vector<std::uint8_t> octets;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        if (i > 0 && (text[i] == ':' || text[i] == '-' || text[i] == ' ')) ++i;
        if (i + 1 >= text.size()) return std::nullopt;
        const int high = digit(text[i]), low = digit(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        octets.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return octets;
}

} // namespace dorascope::wire
