// SPDX-License-Identifier: GPL-3.0-or-later
// A TOML file as a plain tree with lines, so that one file alone includes toml++ (heavy to compile) and the rooms that read it stay light.
#pragma once

#include "engine/host/config_file.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace dorascope::host {

struct ConfigMember;

struct ConfigNode {
    enum class Kind : std::uint8_t { boolean, integer, real, text, date, array, table, unreadable };
    Kind kind = Kind::table;
    bool boolean = false;
    std::int64_t integer = 0;
    double real = 0; ///< of an integer too
    std::string text;
    std::vector<ConfigNode> items; ///< of an array
    std::vector<ConfigMember> members; ///< of a table, in order of their keys
    std::size_t line = 0;

    bool is(Kind k) const { return kind == k; }
    bool is_number() const { return kind == Kind::integer || kind == Kind::real; }
    const ConfigMember* member(std::string_view key) const;
};

struct ConfigMember {
    std::string key;
    std::size_t line = 0; ///< of the key
    ConfigNode node;
};

/// Where the parser stopped, and what it says about that.
struct SyntaxError {
    std::size_t line = 1;
    std::string problem;
};
/// `toml` is not too_deep_at(). Where statements were taken out of it (config_syntax.h) kUnreadableToml is a node of Kind::unreadable.
inline constexpr std::string_view kUnreadableToml = R"("\u0000unreadable")";
tl::expected<ConfigNode, SyntaxError> parse_tree(std::string_view toml, bool taken_out);

/// The line of the deepest node on the way to "subnet[0].pool[1]"; 0 where not even the first is there.
std::size_t line_of(const ConfigNode& root, std::string_view path);

} // namespace dorascope::host
