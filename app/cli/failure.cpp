// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/failure.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <fmt/format.h>

namespace dorascope::cli {
namespace {

/// On one line, and as a clause in the middle of a sentence: a small letter first, unless it begins with a name ("DHCP…", "DoraScope",
/// "/usr/…").
std::string as_clause(std::string_view text)
{
    std::string clause{text};
    for (auto& c : clause) {
        if (c == '\n' || c == '\r' || c == '\t') c = ' ';
    }
    const auto upper = [](char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; };
    const auto rest = std::string_view{clause}.substr(0, clause.find(' ')).substr(clause.empty() ? 0 : 1);
    if (!rest.empty() && upper(clause[0]) && std::ranges::none_of(rest, upper))
        clause[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(clause[0])));
    return clause;
}

} // namespace

std::string Failure::sentence() const
{
    auto cause = as_clause(problem);
    while (!cause.empty() && (cause.back() == '.' || cause.back() == ' '))
        cause.pop_back();
    // The remedy keeps its end as it is: a full stop after a command would be copied along with it.
    return remedy.empty() ? cause : cause + "; " + as_clause(remedy);
}

Failure system_failure(std::string_view what, int error, std::string_view remedy)
{
    return {fmt::format("{}: {}", what, std::strerror(error)), std::string{remedy}};
}

} // namespace dorascope::cli
