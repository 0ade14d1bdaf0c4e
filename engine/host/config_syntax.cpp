// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/config_syntax.h"

#include "engine/host/config_depth.h"
#include "engine/host/config_statements.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>

namespace dorascope::host {
namespace {

constexpr std::size_t kMostRounds = 64, kMostOctets = std::size_t{16} << 20;
constexpr std::size_t kMostQuoted = 60; ///< octets of the file in a message

struct Diagnosis {
    std::string problem, suggestion;
};

/// As it was meant, with as many brackets as it begins or ends with.
std::string heading(std::string_view line)
{
    const auto key = head_of(line).key;
    const bool of_list = line.find("[[") != std::string_view::npos || line.find("]]") != std::string_view::npos;
    return of_list ? fmt::format("[[{}]]", key) : fmt::format("[{}]", key);
}

Diagnosis of_heading(const StatementHead& head, std::string_view line, const std::string& says)
{
    if (says.find("redefine") == std::string::npos)
        return {"the heading is not as it should be", fmt::format("write {} on a line of its own", heading(line))};
    const bool of_list = line.find("[[") != std::string_view::npos;
    return {fmt::format("'{}' is there already, and cannot be {} too", head.key, of_list ? "a list" : "one table"),
            of_list ? "write all of them as [[…]], or leave one out" : fmt::format("each [[{}]] is written so", head.key)};
}

/// `router = 192.168.1.1`: the likeliest slip of all.
Diagnosis of_bare_value(const StatementHead& head)
{
    for (const std::string_view word : {"yes", "no", "on", "off", "True", "False", "TRUE", "FALSE"})
        if (head.value == word) return {fmt::format("{} is no value", word), "write true or false"};
    const auto digits = head.value.substr(0, head.value.find_first_not_of("0123456789"));
    if (head.value.substr(digits.size()).starts_with(' '))
        return {fmt::format("the value {} is more than a number", head.value),
                fmt::format("write {0} = {1}, or in quotes what is no number: {0} = \"{2}\"", head.key, digits, head.value)};
    return {fmt::format("the value {} is neither a number nor in quotes", head.value),
            head.value.find('"') == std::string_view::npos ? fmt::format("write {} = \"{}\"", head.key, head.value)
                                                           : "put it in quotes"};
}

/// What is wrong in words of this file; where nothing better is known in those of the parser.
Diagnosis diagnose(const Statement& statement, std::string_view line, std::size_t lines, const std::string& says)
{
    const auto head = head_of(line);
    if (statement.heading) return of_heading(head, line, says);
    if (statement.unclosed == '"') return {"a text of several lines is not ended", "end it as it begins, with three quotes"};
    if (statement.unclosed != 0)
        return {fmt::format("its {} is not closed", statement.unclosed),
                fmt::format("add {} {}", statement.unclosed == '[' ? ']' : '}',
                            statement.end < lines ? fmt::format("before line {}", statement.end + 1) : "at the end")};
    if (says.find("redefine") != std::string::npos)
        return {fmt::format("'{}' is said twice", head.key),
                "leave one out; a further subnet, class or reservation has a heading of its own"};
    if (!head.equals && line.find('{') != std::string_view::npos)
        return {"is not TOML", "a table begins with a line such as [[subnet]]"};
    if (!head.equals) return {"there is no = behind the key", "write KEY = VALUE; a key has no spaces in it"};
    if (head.value.empty())
        return {"there is no value behind =", fmt::format("write {} = VALUE, or leave the line out", head.key)};
    if (head.value.front() == '=') return {"there are two = behind the key", "write KEY = VALUE"};
    if (head.open_quote) return {"a text is not ended", "add the quote that is missing"};
    const bool bare = std::string_view{"[{\"'"}.find(head.value.front()) == std::string_view::npos;
    if (bare && head.value.size() <= kMostQuoted) return of_bare_value(head);
    if (says.find("comma") != std::string::npos)
        return {"a comma is missing between two values, or a bracket behind them", "as in [1, 2, 3]"};
    return {says, "TOML: https://toml.io"};
}

/// A text, line by line, in which statements are replaced. The number of its lines stays.
class Salvage {
public:
    explicit Salvage(std::string_view text) : lines_{lines_of(text)}, statements_{statements_of(lines_)}, shown_{lines_} { }

    std::string text() const
    {
        std::string out;
        for (const auto line : shown_)
            out.append(line).push_back('\n');
        return out;
    }

    /// Takes the statement out that made the parser stop in `line` (from 0), and says what is wrong with it. Nothing where that does not
    /// help: it was out already.
    std::optional<FileError> take_out(std::size_t line, const std::string& says)
    {
        const auto after = std::upper_bound(statements_.cbegin(), statements_.cend(), line,
                                            [](std::size_t at, const Statement& s) { return at < s.begin; });
        if (after == statements_.cbegin()) return std::nullopt;
        auto faulty = std::prev(after);
        // What is open is noticed where something else begins.
        const bool left_open = faulty != statements_.cbegin() && std::prev(faulty)->unclosed != 0;
        if (left_open && !times_.contains(std::prev(faulty)->begin)) --faulty;
        if (says.find("end-of-file") != std::string::npos) {
            const auto endless = [&](const Statement& s) { return s.unclosed == '"' && !times_.contains(s.begin); };
            const auto text = std::find_if(statements_.cbegin(), after, endless);
            if (text != after) faulty = text;
        }
        switch (times_[faulty->begin]++) {
        case 0: {
            auto [problem, suggestion] = diagnose(*faulty, lines_[faulty->begin], lines_.size(), says);
            put(faulty->begin, faulty->end, substitute(*faulty));
            return FileError{faulty->begin + 1, "", std::move(problem), std::move(suggestion)};
        }
        case 1: // its key is there already, or nobody knows what: it goes, and a heading takes along what is under it
            put(faulty->begin, faulty->heading ? end_of_table(faulty) : faulty->end, "");
            return FileError{};
        default: return std::nullopt;
        }
    }

private:
    /// What stands in its place: the heading that was meant, or the key with a value that nobody knows.
    std::string substitute(const Statement& statement) const
    {
        const auto line = lines_[statement.begin];
        const auto key = head_of(line).key;
        if (key.empty()) return "";
        if (!statement.heading) return fmt::format("{} = {}", key, kUnreadableToml);
        // [subnet] below [[subnet]] is meant to be one more of them.
        const bool single = line.find_first_not_of(" \t") == line.find('[') && line.find("[[") == std::string_view::npos;
        return single && line.find(']') != std::string_view::npos ? fmt::format("[[{}]]", key) : heading(line);
    }

    std::size_t end_of_table(std::vector<Statement>::const_iterator heading) const
    {
        const auto next = std::find_if(std::next(heading), statements_.end(), [](const Statement& s) { return s.heading; });
        return next == statements_.end() ? lines_.size() : next->begin;
    }

    void put(std::size_t begin, std::size_t end, std::string line)
    {
        std::fill(shown_.begin() + static_cast<std::ptrdiff_t>(begin), shown_.begin() + static_cast<std::ptrdiff_t>(end),
                  std::string_view{});
        shown_[begin] = substitutes_[begin] = std::move(line);
    }

    std::vector<std::string_view> lines_;
    std::vector<Statement> statements_;
    std::vector<std::string_view> shown_;
    std::map<std::size_t, std::string> substitutes_; ///< by line
    std::map<std::size_t, int> times_; ///< by a statement's first line: how often it was replaced
};

} // namespace

ReadFile read_file(std::string_view toml)
{
    if (const auto line = too_deep_at(toml)) {
        const auto problem = fmt::format("is nested more than {} deep", kDeepest);
        return {{}, {{*line, "", problem, "is it a configuration?"}}, false};
    }
    ReadFile file;
    auto root = parse_tree(toml, false);
    std::optional<Salvage> salvage;
    if (!root) salvage.emplace(toml);
    for (auto rounds = std::clamp<std::size_t>(kMostOctets / (toml.size() + 1), 1, kMostRounds); !root && rounds > 0; --rounds) {
        auto error = salvage->take_out(root.error().line - 1, root.error().problem);
        if (!error) break;
        if (error->line > 0) file.errors.push_back(std::move(*error));
        root = parse_tree(salvage->text(), true);
    }
    file.whole = root.has_value();
    if (root) {
        file.root = std::move(*root);
    } else {
        file.errors.push_back(
            {root.error().line, "", root.error().problem + " (what follows it was not read)", "TOML: https://toml.io"});
    }
    std::ranges::stable_sort(file.errors, {}, &FileError::line);
    return file;
}

} // namespace dorascope::host
