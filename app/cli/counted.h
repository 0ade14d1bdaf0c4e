// SPDX-License-Identifier: GPL-3.0-or-later
// A number and what there are so many of: "1 subnet", "2 subnets".
#pragma once

#include <cstdint>
#include <fmt/format.h>
#include <string>
#include <string_view>

namespace dorascope::cli {

inline std::string counted(std::uint64_t number, std::string_view one, std::string_view many)
{
    return fmt::format("{} {}", number, number == 1 ? one : many);
}

} // namespace dorascope::cli
