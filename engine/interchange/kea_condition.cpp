// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/kea_condition.h"

#include "engine/interchange/text.h"
#include "engine/wire/hex.h"
#include "engine/wire/option_words.h"

#include <algorithm>
#include <fmt/format.h>

namespace dorascope::interchange {
namespace {

using server::ClassTest;
using Subject = ClassTest::Subject;

/// EXPRESSION = CONJUNCTION { "or" CONJUNCTION };  CONJUNCTION = TERM { "and" TERM };
/// TERM = "(" EXPRESSION ")" | COMPARISON | option[N].exists
class Parser {
public:
    Parser(std::string_view text, const KeaOptionNames& names) : text_{text}, names_{names} { }

    std::optional<ClassTests> run()
    {
        ClassTests tests;
        if (!expression(tests, 0) || !at_end()) return std::nullopt;
        return tests;
    }

private:
    static constexpr int kDeepest = 16;
    static constexpr std::uint64_t kRest = UINT64_MAX; ///< of the octets, however many there are

    bool take(std::string_view word)
    {
        while (text_.starts_with(' '))
            text_.remove_prefix(1);
        if (!text_.starts_with(word)) return false;
        text_.remove_prefix(word.size());
        return true;
    }
    bool at_end() { return take("") && text_.empty(); }
    std::string_view take_until(char end)
    {
        const auto at = text_.find(end);
        if (at == std::string_view::npos) return {};
        const auto piece = text_.substr(0, at);
        text_.remove_prefix(at + 1);
        return piece;
    }

    /// Kea's Administrator Reference Manual, "Logical Operators": "and" binds more tightly than "or".
    bool expression(ClassTests& tests, int depth)
    {
        if (!conjunction(tests, depth)) return false;
        while (take("or")) {
            ClassTests others;
            if (!conjunction(others, depth) || !add_alternative(tests, std::move(others))) return false;
        }
        return true;
    }

    bool conjunction(ClassTests& tests, int depth)
    {
        do {
            if (!term(tests, depth)) return false;
        } while (take("and"));
        return true;
    }

    /// Adds to `tests`.
    bool term(ClassTests& tests, int depth)
    {
        if (!take("(")) {
            auto test = comparison();
            if (test) tests.push_back(std::move(*test));
            return test.has_value();
        }
        ClassTests inner;
        if (depth == kDeepest || !expression(inner, depth + 1) || !take(")")) return false;
        std::ranges::move(inner, std::back_inserter(tests));
        return true;
    }

    std::optional<ClassTest> comparison()
    {
        ClassTest test;
        auto length = kRest;
        if (take("substring(")) {
            if (!subject(test) || !piece(test, length)) return std::nullopt;
        } else if (!subject(test)) {
            return std::nullopt;
        } else if (exists_) {
            return test;
        }
        if (!take("==")) return std::nullopt;
        auto data = literal();
        if (!data || data->size() > length) return std::nullopt; // a piece never has so many octets
        // What is equal to nothing is absent as well, unless it is nothing of hardware, which is always there.
        if (data->empty() && !(length == 0 && test.offset == 0 && test.subject == Subject::hardware)) return std::nullopt;
        test.prefix = data->size() == length; // where a piece is shorter than it could be nothing comes behind it
        test.data = std::move(*data);
        return can_be_there(test) ? std::optional{std::move(test)} : std::nullopt;
    }

    /// Of "substring(SUBJECT,START,LENGTH)" what stands behind the subject. Negative ones count from the end, and have no equivalent.
    bool piece(ClassTest& test, std::uint64_t& length)
    {
        if (!take(",")) return false;
        const auto from = decimal(trimmed(take_until(',')));
        const auto most = trimmed(take_until(')'));
        const auto count = most == "all" ? std::optional{kRest} : decimal(most);
        if (!from || *from > 0xff || !count) return false;
        test.offset = static_cast<std::uint16_t>(*from);
        length = *count;
        return true;
    }

    bool subject(ClassTest& test)
    {
        exists_ = false;
        if (take("pkt4.mac")) {
            test.subject = Subject::hardware;
            return true;
        }
        const bool relay = take("relay4[");
        if (!relay && !take("option[")) return false;
        const auto name = trimmed(take_until(']'));
        const auto number = decimal(name);
        if (relay) {
            if (!number || *number < 1 || *number > 2) return false;
            test.subject = number == 1 ? Subject::circuit_id : Subject::remote_id;
        } else {
            const auto code =
                number && *number > 0 && *number < 255 ? std::optional{static_cast<std::uint8_t>(*number)} : names_(name);
            if (!code) return false;
            test.code = *code;
        }
        exists_ = take(".exists");
        return exists_ || take(".hex") || (test.subject == Subject::option && take(".text"));
    }

    std::optional<std::vector<std::byte>> literal()
    {
        std::optional<std::vector<std::uint8_t>> octets;
        if (take("'")) {
            const auto text = take_until('\'');
            octets.emplace(text.begin(), text.end());
        } else if (take("0x")) {
            const auto end = std::min(text_.find_first_not_of("0123456789abcdefABCDEF"), text_.size());
            octets = wire::from_hex(text_.substr(0, end));
            text_.remove_prefix(end);
        }
        if (!octets) return std::nullopt;
        const auto bytes = std::as_bytes(std::span{*octets});
        return std::vector<std::byte>(bytes.begin(), bytes.end());
    }

    std::string_view text_;
    const KeaOptionNames& names_;
    bool exists_ = false;
};

std::string subject_text(const ClassTest& test)
{
    switch (test.subject) {
    case Subject::option: return fmt::format("option[{}].", test.code);
    case Subject::hardware: return "pkt4.mac";
    case Subject::circuit_id: return "relay4[1].";
    case Subject::remote_id: return "relay4[2].";
    }
    return {};
}

std::string literal_text(const std::vector<std::byte>& data)
{
    const auto plain = [](std::byte b) { return b >= std::byte{0x20} && b < std::byte{0x7f} && b != std::byte{'\''}; };
    if (!std::ranges::all_of(data, plain)) return "0x" + wire::to_hex(data);
    return fmt::format("'{}'", std::string_view{reinterpret_cast<const char*>(data.data()), data.size()});
}

std::string comparison_text(const ClassTest& test, const std::vector<std::byte>& data)
{
    const std::string left = subject_text(test) + (test.subject == Subject::hardware ? "" : "hex");
    if (!test.prefix && test.offset == 0) return fmt::format("{} == {}", left, literal_text(data));
    const auto length = test.prefix ? std::to_string(data.size()) : "all"; // Kea's word for the rest
    return fmt::format("substring({},{},{}) == {}", left, test.offset, length, literal_text(data));
}

std::string test_text(const ClassTest& test)
{
    if (test.data.empty() && test.alternatives.empty())
        return test.subject == Subject::hardware ? "substring(pkt4.mac,0,0) == ''" : subject_text(test) + "exists";
    std::string text = comparison_text(test, test.data);
    for (const auto& other : test.alternatives)
        text += " or " + comparison_text(test, other);
    return test.alternatives.empty() ? text : "(" + text + ")";
}

} // namespace

std::optional<ClassTests> kea_condition(std::string_view expression, const KeaOptionNames& names)
{
    return Parser{expression, names}.run();
}

std::string kea_expression(const ClassTests& tests)
{
    std::string text;
    for (const auto& test : tests)
        text += (text.empty() ? "" : " and ") + test_text(test);
    return text;
}

} // namespace dorascope::interchange
