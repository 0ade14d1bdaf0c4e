// SPDX-License-Identifier: GPL-3.0-or-later
// Captures that arrive through a pipe: standard input, a named one (mkfifo), or what a shell makes of <(…).
#pragma once

#include "engine/host/privileged.h"

#include <string>

namespace dorascope::app {

/// "-", or a path at which a pipe stands.
bool isPipe(const std::string& path);
/// For reading, at once: a named pipe may still wait for its writer. Empty when it cannot be opened; errno says why.
host::Descriptor openPipe(const std::string& path);

} // namespace dorascope::app
