// SPDX-License-Identifier: GPL-3.0-or-later
// Whole files in, whole files or standard output out.
#pragma once

#include "app/cli/failure.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace dorascope::cli {

/// As messages name what is read.
std::string input_name(const std::filesystem::path& file);
/// "-" is standard input. More than `most` octets are refused.
tl::expected<std::string, Failure> read_text(const std::filesystem::path& file, std::size_t most);
/// What is written where it is read from would be lost: a failure where both are one file, whatever they are called. `option` named `to`.
Result refuse_same_file(const std::filesystem::path& from, const std::filesystem::path& to, std::string_view option);
/// An empty path is standard output. An ordinary file is as it was until all of the text is written, and again where that fails.
Result write_text(const std::filesystem::path& file, std::string_view text);

} // namespace dorascope::cli
