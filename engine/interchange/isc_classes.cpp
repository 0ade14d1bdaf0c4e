// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/isc_classes.h"

#include "engine/interchange/config_formats.h"

namespace dorascope::interchange {

void IscClasses::take_match(const IscStatement& s, IscScope& scope)
{
    if (!scope.client_class) return outcome_.drop(s, "stands in no class");
    auto& target = outcome_.config.classes[*scope.client_class];
    if (s.word(1) == "if") {
        auto tests = isc_condition(IscTokens{s.tokens}.subspan(2), outcome_.names);
        if (!tests) return outcome_.drop(s, "is a condition that has no equivalent here; write the class by hand");
        target.tests.insert(target.tests.end(), tests->begin(), tests->end());
        return;
    }
    std::size_t at = 1;
    const auto term = isc_term(s.tokens, at, outcome_.names);
    if (!term || at != s.tokens.size()) return outcome_.drop(s, "matches something that has no equivalent here");
    subclassed_.emplace(target.name, *term);
}

void IscClasses::take_subclass(const IscStatement& s, IscScope& /*scope*/) { subclasses_.push_back(s); }

void IscClasses::place_subclasses()
{
    for (const auto& subclass : subclasses_)
        place(subclass);
}

void IscClasses::place(const IscStatement& s)
{
    auto* const target = class_named(outcome_.config, s.word(1));
    const auto term = subclassed_.find(s.word(1));
    if (target == nullptr || term == subclassed_.end() || s.tokens.size() < 3)
        return outcome_.drop(s, "belongs to no class that we know");
    auto data = isc_literal(s.tokens[2], term->second);
    auto test = term->second.test;
    if (data) test.data = *data;
    if (!data || is_whole(term->second, *data) || !can_be_there(test))
        return outcome_.drop(s, "is data that has no equivalent here");
    if (s.has_block) outcome_.drop(s, "options of a subclass have no equivalent: its data is taken");
    auto& tests = target->tests;
    if (tests.empty())
        tests.push_back(std::move(test));
    else
        tests.front().alternatives.push_back(std::move(*data));
}

} // namespace dorascope::interchange
