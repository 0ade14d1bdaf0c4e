// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/printable.h"

#include "engine/wire/hex.h"
#include "engine/wire/option_table.h"

#include <fmt/format.h>
#include <iterator>

namespace dorascope::wire {

namespace {

struct Character {
    char32_t code = 0;
    std::size_t length = 0; ///< octets of a well-formed sequence; 0 when it is none
};

/// The first UTF-8 character (RFC 3629 §4): shortest form only, no surrogates, nothing beyond U+10FFFF.
Character first_character(std::span<const std::byte> bytes)
{
    const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(bytes[i]); };
    const unsigned lead = at(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || bytes.size() < length) return {};
    char32_t code = lead & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((at(i) & 0xc0) != 0x80) return {};
        code = code << 6 | (at(i) & 0x3f);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    if (overlong || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) return {};
    return {code, length};
}

/// Control characters, line separators, and the marks that reverse the writing direction: with those a host name could disguise itself.
constexpr bool is_unsafe(char32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e)
        || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb);
}

} // namespace

std::string printable(std::span<const std::byte> bytes)
{
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        const auto [code, length] = first_character(bytes);
        const std::size_t taken = length == 0 ? 1 : length;
        for (const auto b : bytes.first(taken)) {
            if (length == 0 || is_unsafe(code)) {
                fmt::format_to(std::back_inserter(text), "\\x{:02x}", std::to_integer<unsigned>(b));
            } else {
                text += static_cast<char>(b);
            }
        }
        bytes = bytes.subspan(taken);
    }
    return text;
}

std::string text_or_hex(std::span<const std::byte> bytes)
{
    for (auto rest = bytes; !rest.empty();) {
        const auto [code, length] = first_character(rest);
        if (length == 0 || is_unsafe(code)) return to_hex(bytes);
        rest = rest.subspan(length);
    }
    return printable(bytes);
}

} // namespace dorascope::wire
