// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/isc_condition.h"

#include "engine/interchange/text.h"

namespace dorascope::interchange {
namespace {

using server::ClassTest;
using Subject = ClassTest::Subject;

bool take(IscTokens tokens, std::size_t& at, std::string_view word)
{
    if (at >= tokens.size() || !tokens[at].is(word)) return false;
    ++at;
    return true;
}

std::optional<std::uint64_t> take_number(IscTokens tokens, std::size_t& at)
{
    return at < tokens.size() ? decimal(tokens[at++].text) : std::nullopt;
}

std::optional<ClassTest> option_named(const IscToken& token, const IscOptionNames& names)
{
    ClassTest test;
    if (token.kind != IscToken::Kind::word) return std::nullopt;
    if (token.text == "agent.circuit-id")
        test.subject = Subject::circuit_id;
    else if (token.text == "agent.remote-id")
        test.subject = Subject::remote_id;
    else if (const auto option = names.find(token.text))
        test.code = option->code;
    else
        return std::nullopt;
    return test;
}

/// "option NAME", "hardware".
std::optional<Compared> take_subject(IscTokens tokens, std::size_t& at, const IscOptionNames& names)
{
    Compared compared;
    if (take(tokens, at, "hardware")) {
        compared.test.subject = Subject::hardware;
        compared.skip_type = 1;
        return compared;
    }
    if (!take(tokens, at, "option") || at >= tokens.size()) return std::nullopt;
    const auto test = option_named(tokens[at++], names);
    if (!test) return std::nullopt;
    compared.test = *test;
    return compared;
}

/// CONDITION = TERM { "and" TERM } | TERM { "or" TERM };  TERM = "(" CONDITION ")" | "exists" NAME | COMPARISON. What mixes "and" and
/// "or" without parentheses is left alone: few who write it mean what dhcpd makes of it.
class Parser {
public:
    Parser(IscTokens tokens, const IscOptionNames& names) : tokens_{tokens}, names_{names} { }

    std::optional<ClassTests> run()
    {
        ClassTests tests;
        if (!condition(tests, 0) || at_ != tokens_.size()) return std::nullopt;
        return tests;
    }

private:
    static constexpr int kDeepest = 16;

    bool take(std::string_view word) { return interchange::take(tokens_, at_, word); }

    bool condition(ClassTests& tests, int depth)
    {
        if (!term(tests, depth)) return false;
        if (at_ < tokens_.size() && tokens_[at_].is("or")) {
            while (take("or")) {
                ClassTests others;
                if (!term(others, depth) || !add_alternative(tests, std::move(others))) return false;
            }
            return true;
        }
        while (take("and"))
            if (!term(tests, depth)) return false;
        return true;
    }

    /// Adds to `tests`.
    bool term(ClassTests& tests, int depth)
    {
        if (take("(")) {
            ClassTests inner;
            if (depth == kDeepest || !condition(inner, depth + 1) || !take(")")) return false;
            tests.insert(tests.end(), std::make_move_iterator(inner.begin()), std::make_move_iterator(inner.end()));
            return true;
        }
        auto test = take("exists") ? existence() : comparison();
        if (test) tests.push_back(std::move(*test));
        return test.has_value();
    }

    std::optional<ClassTest> existence() { return at_ < tokens_.size() ? option_named(tokens_[at_++], names_) : std::nullopt; }

    /// "TERM = LITERAL"
    std::optional<ClassTest> comparison()
    {
        auto compared = isc_term(tokens_, at_, names_);
        if (!compared || !take("=") || at_ >= tokens_.size()) return std::nullopt;
        auto data = isc_literal(tokens_[at_++], *compared);
        if (!data) return std::nullopt;
        if (is_whole(*compared, *data)) compared->test.prefix = false;
        compared->test.data = std::move(*data);
        return can_be_there(compared->test) ? std::optional{std::move(compared->test)} : std::nullopt;
    }

    IscTokens tokens_;
    const IscOptionNames& names_;
    std::size_t at_ = 0;
};

} // namespace

std::optional<Compared> isc_term(IscTokens tokens, std::size_t& at, const IscOptionNames& names)
{
    if (!take(tokens, at, "substring")) return take_subject(tokens, at, names);
    if (!take(tokens, at, "(")) return std::nullopt;
    auto compared = take_subject(tokens, at, names);
    if (!compared || !take(tokens, at, ",")) return std::nullopt;
    const auto from = take_number(tokens, at);
    if (!take(tokens, at, ",")) return std::nullopt;
    const auto length = take_number(tokens, at);
    if (!take(tokens, at, ")") || !from || !length) return std::nullopt;
    if (*from > 0xff) return std::nullopt; // no option of one piece has so many octets
    auto offset = static_cast<std::uint16_t>(*from);
    if (compared->test.subject == Subject::hardware && offset > 0) { // the type is left out
        --offset;
        compared->skip_type = 0;
    }
    compared->test.offset = offset;
    compared->length = *length;
    compared->test.prefix = true;
    return compared;
}

std::optional<std::vector<std::byte>> isc_literal(const IscToken& token, const Compared& compared)
{
    if (token.kind == IscToken::Kind::sign) return std::nullopt;
    std::vector<std::uint8_t> octets(token.text.begin(), token.text.end());
    if (token.kind != IscToken::Kind::string) {
        auto read = octets_of(token.text);
        if (!read) return std::nullopt;
        octets = std::move(*read);
    }
    if (octets.size() <= compared.skip_type || (compared.length && octets.size() > *compared.length)) return std::nullopt;
    if (compared.skip_type == 1 && octets[0] != 1) return std::nullopt; // other than Ethernet
    const auto bytes = std::as_bytes(std::span{octets}).subspan(compared.skip_type);
    return std::vector<std::byte>(bytes.begin(), bytes.end());
}

bool is_whole(const Compared& compared, std::span<const std::byte> literal)
{
    return compared.length && literal.size() + compared.skip_type < *compared.length;
}

std::optional<ClassTests> isc_condition(IscTokens tokens, const IscOptionNames& names) { return Parser{tokens, names}.run(); }

} // namespace dorascope::interchange
