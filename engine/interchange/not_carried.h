// SPDX-License-Identifier: GPL-3.0-or-later
// What an import or an export says of what it could not take.
#pragma once

#include <cstddef>
#include <string>

namespace dorascope::interchange {

/// Something that the other side has no word for, or that could not be understood.
struct NotCarried {
    std::size_t line = 0; ///< 1-based; 0 where there is no line to name
    std::string text; ///< what stands there, shortened and printable
    std::string why;
};
/// "LINE: TEXT: WHY"
std::string to_string(const NotCarried& item);

/// Why a whole file was refused.
struct Problem {
    std::size_t line = 0;
    std::string problem;
    std::string suggestion;
};

} // namespace dorascope::interchange
