// SPDX-License-Identifier: GPL-3.0-or-later
// resources/dorascope.toml.example as it was when the program was built.
#pragma once

#include <string_view>

namespace dorascope::cli {

extern const std::string_view kExampleToml;

} // namespace dorascope::cli
