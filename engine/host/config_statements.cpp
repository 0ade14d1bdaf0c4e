// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/config_statements.h"

#include <algorithm>

namespace dorascope::host {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_bare(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

/// Behind the text in quotes that begins at `i`; npos where the line ends before it does.
std::size_t behind_quote(std::string_view line, std::size_t i)
{
    const char quote = line[i];
    for (++i; i < line.size(); ++i) {
        if (line[i] == '\\' && quote == '"') {
            ++i;
        } else if (line[i] == quote) {
            return i + 1;
        }
    }
    return std::string_view::npos;
}

bool begins_long_text(std::string_view line, std::size_t i)
{
    const auto three = line.substr(i, 3);
    return three == "\"\"\"" || three == "'''";
}

/// Where the comment begins; the length of the line where there is none.
std::size_t comment_in(std::string_view line)
{
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '#') return i;
        if (line[i] != '"' && line[i] != '\'') continue;
        const auto behind = behind_quote(line, i);
        if (behind == std::string_view::npos) break;
        i = behind - 1;
    }
    return line.size();
}

bool is_heading(std::string_view line)
{
    const auto text = trimmed(line.substr(0, comment_in(line)));
    const auto name = text.find_first_not_of("[ \t");
    return text.starts_with('[') && name != std::string_view::npos && is_bare(text[name])
        && text.find_first_of(",=\"") == std::string_view::npos;
}

/// "subnet]]": the rest of a heading whose beginning is missing.
bool is_end_of_heading(std::string_view line)
{
    const auto text = trimmed(line.substr(0, comment_in(line)));
    const auto name = text.find_first_of("] \t");
    return name != 0 && name != std::string_view::npos && text.find_first_not_of("] \t", name) == std::string_view::npos
        && text.ends_with(']') && std::ranges::all_of(text.substr(0, name), [](char c) { return is_bare(c) || c == '.'; });
}

bool looks_like_a_beginning(std::string_view line) { return is_heading(line) || head_of(line).equals; }

/// What is open behind a line.
class Brackets {
public:
    bool open() const { return !stack_.empty() || !long_quote_.empty(); }
    bool in_text() const { return !long_quote_.empty(); }
    char outermost() const { return long_quote_.empty() ? stack_.front() : '"'; }

    void take(std::string_view line)
    {
        for (std::size_t i = 0; i < line.size();) {
            if (in_text()) {
                const auto end = line.find(long_quote_, i);
                if (end == std::string_view::npos) return;
                i = end + 3;
                long_quote_.clear();
            } else if (line[i] == '#') {
                return;
            } else if (begins_long_text(line, i)) {
                long_quote_ = line.substr(i, 3);
                i += 3;
            } else if (line[i] == '"' || line[i] == '\'') {
                i = std::min(behind_quote(line, i), line.size());
            } else {
                bracket(line[i++]);
            }
        }
    }

private:
    void bracket(char c)
    {
        if (c == '[' || c == '{') stack_.push_back(c);
        if ((c == ']' || c == '}') && !stack_.empty()) stack_.pop_back();
    }
    std::string stack_, long_quote_;
};

} // namespace

std::vector<std::string_view> lines_of(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::vector<Statement> statements_of(const std::vector<std::string_view>& lines)
{
    std::vector<Statement> out;
    for (std::size_t i = 0; i < lines.size();) {
        const auto text = trimmed(lines[i]);
        if (text.empty() || text.front() == '#') {
            ++i;
            continue;
        }
        Statement& statement = out.emplace_back();
        statement.begin = i;
        statement.heading = text.front() == '[' || is_end_of_heading(lines[i]);
        Brackets brackets;
        brackets.take(lines[i++]);
        if (statement.heading) brackets = {}; // it ends with its line, however it looks
        while (brackets.open() && i < lines.size() && (brackets.in_text() || !looks_like_a_beginning(lines[i])))
            brackets.take(lines[i++]);
        if (brackets.open()) statement.unclosed = brackets.outermost();
        if (brackets.in_text()) { // else all that follows would be its text
            const auto next = lines.begin() + static_cast<std::ptrdiff_t>(statement.begin) + 1;
            i = static_cast<std::size_t>(std::find_if(next, lines.end(), looks_like_a_beginning) - lines.begin());
        }
        statement.end = i;
    }
    return out;
}

StatementHead head_of(std::string_view line)
{
    const auto text = trimmed(line.substr(0, comment_in(line)));
    StatementHead head;
    if (text.starts_with('[') || is_end_of_heading(line)) {
        const auto first = std::min(text.find_first_not_of("[ \t"), text.size());
        head.key = trimmed(text.substr(first, text.find(']', first) - first));
        return head;
    }
    std::size_t i = 0;
    while (i < text.size() && (is_bare(text[i]) || text[i] == '.' || text[i] == '"' || text[i] == '\'')) {
        const bool quoted = text[i] == '"' || text[i] == '\'';
        const auto behind = quoted ? behind_quote(text, i) : i + 1;
        if (behind == std::string_view::npos) break;
        i = behind;
    }
    head.key = text.substr(0, i);
    const auto rest = trimmed(text.substr(i));
    head.equals = !head.key.empty() && rest.starts_with('=');
    head.value = head.equals ? trimmed(rest.substr(1)) : rest;
    for (std::size_t at = 0; at < head.value.size() && !begins_long_text(head.value, at); ++at) {
        if (head.value[at] != '"' && head.value[at] != '\'') continue;
        at = behind_quote(head.value, at);
        head.open_quote = at == std::string_view::npos;
        if (head.open_quote) break;
        --at;
    }
    return head;
}

} // namespace dorascope::host
