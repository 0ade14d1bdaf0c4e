// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/isc_syntax.h"

#include "engine/interchange/text.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace dorascope::interchange {
namespace {

constexpr std::size_t kDeepest = 32;
constexpr std::string_view kSigns = "{};,=()";

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_{text} { }

    std::size_t line() const { return line_; }
    /// Nothing at the end.
    std::optional<IscToken> next()
    {
        skip_space();
        if (at_ == text_.size()) return std::nullopt;
        if (text_[at_] == '"') return string();
        if (kSigns.find(text_[at_]) != std::string_view::npos) return IscToken{IscToken::Kind::sign, {text_[at_++]}};
        const auto start = at_;
        while (at_ < text_.size() && !ends_word(text_[at_]))
            ++at_;
        return IscToken{IscToken::Kind::word, std::string{text_.substr(start, at_ - start)}};
    }

private:
    static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
    static bool ends_word(char c) { return is_space(c) || c == '"' || c == '#' || kSigns.find(c) != std::string_view::npos; }
    void skip_space()
    {
        for (; at_ < text_.size() && (is_space(text_[at_]) || text_[at_] == '#'); ++at_) {
            if (text_[at_] == '#') at_ = std::min(text_.find('\n', at_), text_.size());
            if (at_ == text_.size()) return;
            if (text_[at_] == '\n') ++line_;
        }
    }
    IscToken string()
    {
        IscToken token{IscToken::Kind::string, {}};
        for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\n') ++line_;
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
                token.text += escape();
            } else {
                token.text += text_[at_];
            }
        }
        if (at_ < text_.size()) ++at_; // the closing quote
        return token;
    }
    /// \ooo, \xhh, \n and the like; stands on the last character afterwards.
    char escape()
    {
        const char c = text_[++at_];
        const auto value = [&](std::size_t digits, unsigned base) {
            unsigned v = 0;
            for (std::size_t i = 0; i < digits && at_ + i < text_.size(); ++i) {
                const char d = text_[at_ + i];
                const unsigned n = d >= '0' && d <= '9' ? static_cast<unsigned>(d - '0')
                    : d >= 'a' && d <= 'f'              ? static_cast<unsigned>(d - 'a' + 10)
                    : d >= 'A' && d <= 'F'              ? static_cast<unsigned>(d - 'A' + 10)
                                                        : 99;
                if (n >= base) {
                    digits = i;
                    break;
                }
                v = v * base + n;
            }
            at_ += digits == 0 ? 0 : std::min(digits, text_.size() - at_) - 1;
            return static_cast<char>(v & 0xff);
        };
        if (c >= '0' && c <= '7') return value(3, 8);
        if (c == 'x' && at_ + 1 < text_.size()) {
            ++at_;
            return value(2, 16);
        }
        return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
    }

    std::string_view text_;
    std::size_t at_ = 0, line_ = 1;
};

class Parser {
public:
    explicit Parser(std::string_view text) : lexer_{text} { }

    tl::expected<std::vector<IscStatement>, Problem> run()
    {
        std::vector<IscStatement> all;
        if (!statements(all, 0)) return tl::unexpected{problem_};
        return all;
    }

private:
    bool fail(std::string what, std::string suggestion)
    {
        problem_ = {lexer_.line(), std::move(what), std::move(suggestion)};
        return false;
    }

    bool statements(std::vector<IscStatement>& out, std::size_t depth)
    {
        IscStatement statement;
        while (auto token = lexer_.next()) {
            if (statement.tokens.empty()) statement.line = lexer_.line();
            if (token->kind != IscToken::Kind::sign || token->is(",") || token->is("=") || token->is("(") || token->is(")")) {
                statement.tokens.push_back(std::move(*token));
            } else if (token->is(";")) {
                if (!statement.tokens.empty()) out.push_back(std::move(statement));
                statement = {};
            } else if (token->is("{") && is_definition(statement)) {
                if (!record(statement)) return fail("a record is not closed", "add '}'");
            } else if (token->is("{")) {
                if (depth == kDeepest) return fail("blocks are nested too deeply", "at most 32");
                statement.has_block = true;
                if (!statements(statement.block, depth + 1)) return false;
                out.push_back(std::move(statement));
                statement = {};
            } else { // }
                if (depth == 0) return fail("'}' closes nothing", "is it a configuration of dhcpd?");
                if (!statement.tokens.empty()) return fail("a statement ends without ';'", "");
                return true;
            }
        }
        if (!statement.tokens.empty()) return fail("the last statement ends without ';'", "is it a file of dhcpd?");
        if (depth > 0) return fail("a block is not closed", "add '}'");
        return true;
    }

    /// "option cookies code 195 = { integer 8, text };": braces of a type, not of a block.
    static bool is_definition(const IscStatement& s)
    {
        return s.begins("option") && s.tokens.size() > 4 && s.tokens[2].is("code") && s.tokens[4].is("=");
    }
    bool record(IscStatement& statement)
    {
        statement.tokens.push_back({IscToken::Kind::sign, "{"});
        for (std::size_t open = 1; open > 0;) {
            auto token = lexer_.next();
            if (!token) return false;
            if (token->is("{")) ++open;
            if (token->is("}")) --open;
            statement.tokens.push_back(std::move(*token));
        }
        return true;
    }

    Lexer lexer_;
    Problem problem_;
};

} // namespace

std::string IscStatement::text() const
{
    std::string out;
    for (const auto& token : tokens) {
        const bool tight = token.is(",") || token.is(")");
        if (!out.empty() && !tight && !out.ends_with('(')) out += ' ';
        out += token.kind == IscToken::Kind::string ? isc_string(token.text) : token.text;
        if (out.size() > 200) break;
    }
    return shortened(out + (has_block ? " { }" : ""));
}

std::string joined(IscTokens tokens)
{
    std::string text;
    for (const auto& token : tokens)
        text += (text.empty() ? "" : " ") + token.text;
    return text;
}

std::vector<std::string> words_of(IscTokens tokens)
{
    std::vector<std::string> words;
    while (!tokens.empty()) {
        const auto comma = std::ranges::find_if(tokens, [](const IscToken& t) { return t.is(","); });
        const auto count = static_cast<std::size_t>(comma - tokens.begin());
        words.push_back(joined(tokens.first(count)));
        tokens = tokens.subspan(std::min(count + 1, tokens.size()));
    }
    return words;
}

tl::expected<std::vector<IscStatement>, Problem> parse_isc(std::string_view text) { return Parser{text}.run(); }

std::string isc_string(std::string_view octets)
{
    std::string out = "\"";
    for (const char c : octets) {
        if (c == '"' || c == '\\') {
            out += {'\\', c};
        } else if (c >= 0x20 && c < 0x7f) {
            out += c;
        } else {
            out += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
        }
    }
    return out + "\"";
}

} // namespace dorascope::interchange
