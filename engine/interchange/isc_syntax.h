// SPDX-License-Identifier: GPL-3.0-or-later
// The grammar that dhcpd.conf(5) and dhcpd.leases(5) share: statements of words and strings, ended by ';' or followed by a block.
#pragma once

#include "engine/interchange/not_carried.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace dorascope::interchange {

struct IscToken {
    enum class Kind : std::uint8_t { word, string, sign }; ///< sign: one of { } ; , = ( )
    Kind kind = Kind::word;
    std::string text; ///< of a string: its octets, escapes resolved
    bool is(std::string_view word) const { return kind != Kind::string && text == word; }
};

struct IscStatement {
    std::size_t line = 0;
    std::vector<IscToken> tokens; ///< without the ';' or '{'
    bool has_block = false;
    std::vector<IscStatement> block;

    std::string_view word(std::size_t i) const
    {
        return i < tokens.size() ? std::string_view{tokens[i].text} : std::string_view{};
    }
    bool begins(std::string_view first) const { return !tokens.empty() && tokens[0].is(first); }
    std::string text() const; ///< for people, shortened
};

using IscTokens = std::span<const IscToken>;
/// The tokens, with blanks between them.
std::string joined(IscTokens tokens);
/// The pieces between commas, the tokens of a piece joined with blanks.
std::vector<std::string> words_of(IscTokens tokens);

/// Blocks nest 32 deep at most.
tl::expected<std::vector<IscStatement>, Problem> parse_isc(std::string_view text);
/// Octets as a quoted string: printable characters as they are, the rest as \ooo.
std::string isc_string(std::string_view octets);

} // namespace dorascope::interchange
