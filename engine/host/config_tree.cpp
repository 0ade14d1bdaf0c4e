// SPDX-License-Identifier: GPL-3.0-or-later
// The only file that includes toml++.
#include "engine/host/config_tree.h"

#include "engine/host/config_depth.h"

#include <algorithm>
#include <toml++/toml.h>

namespace dorascope::host {
namespace {

using Kind = ConfigNode::Kind;

ConfigNode tree_of(const toml::node& node)
{
    ConfigNode out;
    out.line = node.source().begin.line;
    if (const auto* const table = node.as_table()) {
        for (const auto& [key, value] : *table)
            out.members.push_back({std::string{key.str()}, key.source().begin.line, tree_of(value)});
    } else if (const auto* const array = node.as_array()) {
        out.kind = Kind::array;
        for (const auto& item : *array)
            out.items.push_back(tree_of(item));
    } else if (const auto text = node.value_exact<std::string>()) {
        out.kind = Kind::text;
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

tl::expected<ConfigNode, FileError> parse_tree(std::string_view text)
{
    if (const auto line = too_deep_at(text))
        return tl::unexpected{
            FileError{*line, "", "is nested more than " + std::to_string(kDeepest) + " deep", "is it a configuration?"}};
    try {
        return tree_of(toml::parse(text));
    } catch (const toml::parse_error& e) {
        return tl::unexpected{FileError{e.source().begin.line, "",
                                        std::string{e.description()} + " (what follows it was not read)",
                                        "TOML: https://toml.io"}};
    }
}

} // namespace dorascope::host
