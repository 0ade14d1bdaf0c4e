// SPDX-License-Identifier: GPL-3.0-or-later
// The words of `storm`.
#pragma once

#include "app/cli/argument_value.h"
#include "app/cli/commands.h"

#include <string>

namespace dorascope::cli {

/// As CLI11 collects them, before they get their types.
struct StormWords {
    std::string interface, yes_really, relayed, server, in_flight = "64", clients, seconds, seed = "1", timeout = "1000",
                                                        tries = "4", server_pid, record;
    bool known = false, json = false;
};

Value<StormCommand> storm_command(const StormWords& words);

} // namespace dorascope::cli
