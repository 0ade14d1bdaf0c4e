// SPDX-License-Identifier: GPL-3.0-or-later
// JSON as Kea writes its configuration, comments and all, as a tree with lines.
#pragma once

#include "engine/interchange/not_carried.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace dorascope::interchange {

struct JsonMember;

struct JsonNode {
    enum class Kind : std::uint8_t { null, boolean, integer, real, text, list, object };
    Kind kind = Kind::null;
    bool boolean = false;
    std::int64_t integer = 0;
    std::string text;
    std::vector<JsonNode> items;
    std::vector<JsonMember> members; ///< in order of the file
    std::size_t line = 0;

    bool is(Kind k) const { return kind == k; }
    const JsonNode* member(std::string_view key) const;
    /// The member's text, number or boolean, empty or nothing where there is none.
    std::string_view text_at(std::string_view key) const;
    std::optional<std::int64_t> integer_at(std::string_view key) const;
    std::optional<bool> boolean_at(std::string_view key) const;
    /// The items of a list, none where it is none.
    const std::vector<JsonNode>& list_at(std::string_view key) const;
    std::string brief() const; ///< for people
};

struct JsonMember {
    std::string key;
    JsonNode node;
};

/// Comments: # and // to the end of the line, /* … */. Lists and objects nest 32 deep at most.
tl::expected<JsonNode, Problem> parse_json(std::string_view text);

} // namespace dorascope::interchange
