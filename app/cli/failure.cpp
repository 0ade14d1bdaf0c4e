// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/failure.h"

#include <cctype>
#include <cstring>
#include <fmt/format.h>

namespace dorascope::cli {
namespace {

/// A clause in the middle of a sentence begins with a small letter, unless it begins with a name: "DHCP…", "A-B", "/usr/…".
std::string as_clause(std::string_view text)
{
    std::string clause{text};
    while (!clause.empty() && (clause.back() == '.' || std::isspace(static_cast<unsigned char>(clause.back()))))
        clause.pop_back();
    for (auto& c : clause) {
        if (c == '\n' || c == '\r' || c == '\t') c = ' ';
    }
    if (clause.size() > 1 && std::isupper(static_cast<unsigned char>(clause[0]))
        && std::islower(static_cast<unsigned char>(clause[1]))) {
        clause[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(clause[0])));
    }
    return clause;
}

} // namespace

std::string Failure::sentence() const
{
    return remedy.empty() ? as_clause(problem) + "." : as_clause(problem) + "; " + as_clause(remedy) + ".";
}

Failure system_failure(std::string_view what, int error, std::string_view remedy)
{
    return {fmt::format("{}: {}", what, std::strerror(error)), std::string{remedy}};
}

} // namespace dorascope::cli
