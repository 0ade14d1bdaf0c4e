// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/config_depth.h"

#include <algorithm>
#include <vector>

namespace dorascope::host {
namespace {

/// Takes a string off the front, whose first quote is there. TOML 1.0: one of a single line ends with it at the latest; only "" knows escapes.
void skip_string(std::string_view& text)
{
    const char quote = text.front();
    const bool three = text.size() >= 3 && text[1] == quote && text[2] == quote;
    std::size_t i = three ? 3 : 1;
    for (; i < text.size() && (three || text[i] != '\n'); ++i) {
        if (text[i] == '\\' && quote == '"') {
            ++i;
        } else if (text[i] == quote && (!three || text.substr(i, 3) == std::string_view{text.data(), 3})) {
            i += three ? 3 : 1;
            // """a""""" is a text that ends in two quotes.
            for (int more = 0; three && more < 2 && i < text.size() && text[i] == quote; ++more)
                ++i;
            break;
        }
    }
    text.remove_prefix(std::min(i, text.size()));
}

} // namespace

std::optional<std::size_t> too_deep_at(std::string_view text)
{
    std::vector<std::size_t> around; // depth of each bracket that is open
    std::size_t line = 1, dots = 0;
    while (!text.empty()) {
        const char c = text.front();
        if (c == '"' || c == '\'') {
            const auto* const begin = text.data();
            skip_string(text);
            line += static_cast<std::size_t>(std::count(begin, text.data(), '\n'));
            continue;
        }
        if (c == '#') { // as far as the end of the line
            text.remove_prefix(std::min(text.find('\n'), text.size()));
            continue;
        }
        const std::size_t depth = (around.empty() ? 0 : around.back()) + dots;
        if (c == '[' || c == '{') {
            around.push_back(depth + 1);
            dots = 0;
        } else if (c == ']' || c == '}') {
            if (!around.empty()) around.pop_back();
            dots = 0;
        } else if (c == '.') {
            ++dots;
        } else if (c == ',' || c == '\n') { // not '=': what stands there lies within the key
            dots = 0;
        }
        if (depth >= kDeepest) return line;
        line += c == '\n' ? 1 : 0;
        text.remove_prefix(1);
    }
    return std::nullopt;
}

} // namespace dorascope::host
