// SPDX-License-Identifier: GPL-3.0-or-later
// From the words of the command line to a command, or the sentence that says what is wrong with them. Touches nothing outside.
#pragma once

#include "app/cli/commands.h"

#include <span>
#include <string>

namespace dorascope::cli {

/// `words` without the program's name.
tl::expected<Command, Failure> parse_arguments(std::span<const std::string> words);

} // namespace dorascope::cli
