// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/config_errors.h"

#include "app/cli/output.h"

#include <unistd.h>

namespace dorascope::cli {

Failure config_failure(const std::filesystem::path& file, const std::vector<host::FileError>& errors)
{
    Output err{STDERR_FILENO, true, false};
    for (std::size_t i = 0; i + 1 < errors.size(); ++i)
        err.line(host::to_string(file, errors[i]));
    if (errors.empty()) return {file.string() + " cannot be used", {}};
    return {host::to_string(file, errors.back()), {}};
}

} // namespace dorascope::cli
