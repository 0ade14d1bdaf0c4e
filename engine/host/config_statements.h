// SPDX-License-Identifier: GPL-3.0-or-later
// A TOML file as statements, told apart by their lines and brackets alone: headings, and keys with what stands behind them. Good enough to
// go on behind one that cannot be read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dorascope::host {

struct Statement {
    std::size_t begin = 0, end = 0; ///< lines, from 0; end is not its own any more
    char unclosed =
        0; ///< the bracket that the next statement, or the end of the file, finds open; '"' for a text of several lines
    bool heading = false; ///< [table] or [[table]]
};

/// Lines without their ends.
std::vector<std::string_view> lines_of(std::string_view text);
/// In order. A line that looks like a key with '=' or like a heading begins one, whatever is open; else the one before goes on until its
/// brackets are closed.
std::vector<Statement> statements_of(const std::vector<std::string_view>& lines);

/// What a line that begins a statement says.
struct StatementHead {
    std::string_view key; ///< of a heading what stands in its brackets; else as far as there is one
    bool equals = false;
    std::string_view value; ///< behind '=', without what a comment says
    bool open_quote = false; ///< a text is not ended on this line
};
StatementHead head_of(std::string_view line);

} // namespace dorascope::host
