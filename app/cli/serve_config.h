// SPDX-License-Identifier: GPL-3.0-or-later
// From what the command line says and what the interface has to the server's configuration. No I/O.
#pragma once

#include "app/cli/commands.h"
#include "engine/host/interface.h"
#include "engine/server/config.h"

namespace dorascope::cli {

/// The interface's address that speaks for the server: the one in the pool's subnet; with --subnet (behind a relay) its first.
tl::expected<server::Config, Failure> serve_config(const ServeCommand& command, const host::Interface& interface);

} // namespace dorascope::cli
