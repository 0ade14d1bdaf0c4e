// SPDX-License-Identifier: GPL-3.0-or-later
// A configuration file that is not TOML everywhere: every mistake is told, and the rest is read as if the statements that hold them said
// something that nobody can know.
#pragma once

#include "engine/host/config_tree.h"

namespace dorascope::host {

struct ReadFile {
    ConfigNode root; ///< with a node of Kind::unreadable where a statement could not be read
    std::vector<FileError> errors; ///< of syntax, in order of the file
    bool whole = true; ///< else what follows the last error was not read
};
/// Reads again after each mistake, and gives up after so many that all takes no more than twice the time that a file of the largest size
/// does: 32 in a file of half a MiB.
ReadFile read_file(std::string_view toml);

} // namespace dorascope::host
