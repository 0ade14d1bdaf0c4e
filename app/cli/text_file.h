// SPDX-License-Identifier: GPL-3.0-or-later
// Whole files in, whole files or standard output out.
#pragma once

#include "app/cli/failure.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace dorascope::cli {

/// "-" is standard input. More than `most` octets are refused.
tl::expected<std::string, Failure> read_text(const std::filesystem::path& file, std::size_t most);
/// An empty path is standard output.
Result write_text(const std::filesystem::path& file, std::string_view text);

} // namespace dorascope::cli
