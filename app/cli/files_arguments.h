// SPDX-License-Identifier: GPL-3.0-or-later
// The words of `config` and `leases`.
#pragma once

#include "app/cli/argument_value.h"
#include "app/cli/commands.h"

#include <string>
#include <vector>

namespace dorascope::cli {

/// As CLI11 collects them, before they get their types.
struct ConfigWords {
    std::vector<std::string> words; ///< what to do, and with which file
    std::string from, out, interface = "eth0", lease_file;
};
struct LeasesWords {
    std::vector<std::string> words;
    std::string from, to, out, into, file, interface, state_dir, config;
    bool overwrite = false;
};

Value<ConfigCommand> config_command(const ConfigWords& words);
Value<LeasesCommand> leases_command(const LeasesWords& words);

} // namespace dorascope::cli
