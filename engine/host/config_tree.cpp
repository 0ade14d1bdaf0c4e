// SPDX-License-Identifier: GPL-3.0-or-later
// The only file that includes toml++.
#include "engine/host/config_tree.h"

#include <algorithm>
#include <cstdlib>
#include <toml++/toml.h>

namespace dorascope::host {
namespace {

using Kind = ConfigNode::Kind;

constexpr std::string_view kUnreadable{"\0unreadable", 11};

ConfigNode tree_of(const toml::node& node, bool taken_out)
{
    ConfigNode out;
    out.line = node.source().begin.line;
    if (const auto* const table = node.as_table()) {
        for (const auto& [key, value] : *table)
            out.members.push_back({std::string{key.str()}, key.source().begin.line, tree_of(value, taken_out)});
    } else if (const auto* const array = node.as_array()) {
        out.kind = Kind::array;
        for (const auto& item : *array)
            out.items.push_back(tree_of(item, taken_out));
    } else if (const auto text = node.value_exact<std::string>()) {
        out.kind = taken_out && *text == kUnreadable ? Kind::unreadable : Kind::text;
        out.text = *text;
    } else if (const auto boolean = node.value_exact<bool>()) {
        out.kind = Kind::boolean;
        out.boolean = *boolean;
    } else if (const auto integer = node.value_exact<std::int64_t>()) {
        out.kind = Kind::integer;
        out.integer = *integer;
        out.real = static_cast<double>(*integer);
    } else if (const auto real = node.value_exact<double>()) {
        out.kind = Kind::real;
        out.real = *real;
    } else {
        out.kind = Kind::date;
    }
    return out;
}

} // namespace

const ConfigMember* ConfigNode::member(std::string_view key) const
{
    const auto at = std::ranges::find(members, key, &ConfigMember::key);
    return at == members.end() ? nullptr : &*at;
}

tl::expected<ConfigNode, SyntaxError> parse_tree(std::string_view text, bool taken_out)
{
    try {
        return tree_of(toml::parse(text), taken_out);
    } catch (const toml::parse_error& e) {
        return tl::unexpected{SyntaxError{e.source().begin.line, std::string{e.description()}}};
    }
}

std::size_t line_of(const ConfigNode& root, std::string_view path)
{
    const ConfigNode* node = &root;
    std::size_t line = 0;
    while (!path.empty()) {
        const auto end = path.find_first_of(".[", path.front() == '[' ? 1 : 0);
        const std::string_view segment = path.substr(0, end);
        const ConfigNode* next = nullptr;
        if (segment.starts_with('[')) {
            const auto index = std::strtoul(std::string{segment.substr(1)}.c_str(), nullptr, 10);
            if (!node->is(ConfigNode::Kind::array))
                next = node; // a list of one
            else if (index < node->items.size())
                next = &node->items[index];
        } else if (const auto* const member = node->member(segment)) {
            next = &member->node;
        }
        if (next == nullptr) return line;
        node = next;
        line = node->line;
        path = end == std::string_view::npos ? "" : path.substr(end + (path[end] == '.' ? 1 : 0));
    }
    return line;
}

} // namespace dorascope::host
