// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/config_errors.h"

#include "app/cli/output.h"

#include <fmt/format.h>
#include <unistd.h>

namespace dorascope::cli {

Failure config_failure(const std::filesystem::path& file, const std::vector<host::FileError>& errors)
{
    // What concerns the whole file is one sentence.
    if (errors.size() == 1 && errors[0].line == 0) return {host::to_string(file, errors[0]), {}};
    Output err{STDERR_FILENO, true, false};
    for (const auto& error : errors)
        err.line(host::to_string(file, error)); // FILE:LINE alone: what editors and scripts look for
    if (errors.size() == 1) return {file.string() + " is refused: it has an error", {}};
    return {fmt::format("{} is refused: it has {} errors", file.string(), errors.size()), {}};
}

} // namespace dorascope::cli
