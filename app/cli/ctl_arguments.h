// SPDX-License-Identifier: GPL-3.0-or-later
// The words of `ctl`.
#pragma once

#include "app/cli/argument_value.h"
#include "app/cli/commands.h"

#include <string>
#include <vector>

namespace dorascope::cli {

/// As CLI11 collects them, before they get their types.
struct CtlWords {
    std::string interface, state_dir, order, client_id, circuit_id, remote_id, client_hostname, hostname, out;
    std::vector<std::string> arguments; ///< of the order
    bool json = false;
};

Value<CtlCommand> ctl_command(const CtlWords& words);

} // namespace dorascope::cli
