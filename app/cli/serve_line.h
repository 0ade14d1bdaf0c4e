// SPDX-License-Identifier: GPL-3.0-or-later
// What `serve` prints: the line that says what it serves, one for each decision, and the last one.
#pragma once

#include "app/cli/commands.h"
#include "engine/host/server_host.h"

#include <string>

namespace dorascope::cli {

/// "serving POOL on IF as ADDRESS, leases for 1 h in DIR, probing each address first (0.5 s), …; Ctrl-C ends it"
std::string ready_line(const ServeCommand& command, const host::Interface& interface, const server::Config& config,
                       const std::filesystem::path& state_dir);
std::string decision_line(const Decision& decision, bool colour);
/// `unprinted`: decisions that the terminal was too slow for.
std::string closing_line(const host::ServerHost& server, std::uint64_t unprinted);

} // namespace dorascope::cli
