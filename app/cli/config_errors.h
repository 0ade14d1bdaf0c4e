// SPDX-License-Identifier: GPL-3.0-or-later
// Every error of a configuration file at once, each on a line of its own on standard error.
#pragma once

#include "app/cli/failure.h"
#include "engine/host/config_file.h"

#include <filesystem>
#include <vector>

namespace dorascope::cli {

/// The lines but the last go out here, the last with the exit.
Failure config_failure(const std::filesystem::path& file, const std::vector<host::FileError>& errors);

} // namespace dorascope::cli
