// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/isc_condition.h"

#include "engine/interchange/option_names.h"
#include "engine/interchange/text.h"
#include "engine/wire/hex.h"
#include "engine/wire/option_words.h"

namespace dorascope::interchange {
namespace {

using server::ClassTest;
using Subject = ClassTest::Subject;

bool take(std::span<const IscToken> tokens, std::size_t& at, std::string_view word)
{
    if (at >= tokens.size() || !tokens[at].is(word)) return false;
    ++at;
    return true;
}

std::optional<std::uint64_t> take_number(std::span<const IscToken> tokens, std::size_t& at)
{
    return at < tokens.size() ? decimal(tokens[at++].text) : std::nullopt;
}

/// "option NAME", "hardware".
std::optional<Compared> take_subject(std::span<const IscToken> tokens, std::size_t& at)
{
    Compared compared;
    if (take(tokens, at, "hardware")) {
        compared.test.subject = Subject::hardware;
        compared.skip_type = 1;
        compared.whole_hardware = true;
        return compared;
    }
    if (!take(tokens, at, "option") || at >= tokens.size()) return std::nullopt;
    const auto& name = tokens[at++].text;
    if (name == "agent.circuit-id")
        compared.test.subject = Subject::circuit_id;
    else if (name == "agent.remote-id")
        compared.test.subject = Subject::remote_id;
    else if (const auto code = isc_option_named(name))
        compared.test.code = *code;
    else
        return std::nullopt;
    return compared;
}

/// "TERM = LITERAL"
std::optional<ClassTest> comparison(std::span<const IscToken> tokens, std::size_t& at)
{
    auto compared = isc_term(tokens, at);
    if (!compared || !take(tokens, at, "=") || at >= tokens.size()) return std::nullopt;
    auto data = isc_literal(tokens[at++], *compared);
    if (!data) return std::nullopt;
    compared->test.data = std::move(*data);
    return compared->test;
}

} // namespace

std::optional<Compared> isc_term(std::span<const IscToken> tokens, std::size_t& at)
{
    if (!take(tokens, at, "substring")) return take_subject(tokens, at);
    if (!take(tokens, at, "(")) return std::nullopt;
    auto compared = take_subject(tokens, at);
    if (!compared || !take(tokens, at, ",")) return std::nullopt;
    const auto from = take_number(tokens, at);
    if (!take(tokens, at, ",")) return std::nullopt;
    const auto length = take_number(tokens, at);
    if (!take(tokens, at, ")") || !from || !length) return std::nullopt;
    const bool hardware = compared->test.subject == Subject::hardware;
    if (*from > (hardware ? 1U : 0U)) return std::nullopt; // our tests begin where the data begins
    if (hardware && *from == 1) compared->skip_type = 0;
    compared->whole_hardware = false;
    compared->test.prefix = true;
    return compared;
}

std::optional<std::vector<std::byte>> isc_literal(const IscToken& token, const Compared& compared)
{
    std::vector<std::uint8_t> octets(token.text.begin(), token.text.end());
    if (token.kind != IscToken::Kind::string) {
        std::string hex; // an octet may lack its leading zero
        for (const auto octet : split(token.text, ':'))
            hex += (octet.size() == 1 ? "0" : "") + std::string{octet};
        auto read = wire::from_hex(hex);
        if (!read) return std::nullopt;
        octets = std::move(*read);
    }
    if (octets.size() <= compared.skip_type) return std::nullopt;
    if (compared.skip_type == 1 && octets[0] != 1) return std::nullopt; // other than Ethernet
    const auto bytes = std::as_bytes(std::span{octets}).subspan(compared.skip_type);
    return std::vector<std::byte>(bytes.begin(), bytes.end());
}

std::optional<std::vector<ClassTest>> isc_condition(std::span<const IscToken> tokens)
{
    std::vector<ClassTest> tests;
    for (std::size_t at = 0;;) {
        std::size_t open = 0;
        while (take(tokens, at, "("))
            ++open;
        auto test = comparison(tokens, at);
        if (!test) return std::nullopt;
        tests.push_back(std::move(*test));
        for (; open > 0; --open)
            if (!take(tokens, at, ")")) return std::nullopt;
        if (at == tokens.size()) return tests;
        if (!take(tokens, at, "and")) return std::nullopt;
    }
}

} // namespace dorascope::interchange
