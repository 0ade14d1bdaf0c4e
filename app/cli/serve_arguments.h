// SPDX-License-Identifier: GPL-3.0-or-later
// The words of `serve`.
#pragma once

#include "app/cli/argument_value.h"
#include "app/cli/commands.h"

#include <string>
#include <vector>

namespace dorascope::cli {

/// As CLI11 collects them, before they get their types.
struct ServeWords {
    std::string interface, subnet, lease_time, state_dir, config, probe, stop_after;
    std::vector<std::string> pools, routers, dns_servers;
    std::string polite; ///< "" with given_polite: the default delay
    bool given_polite = false;
    bool authoritative = false, quiet = false, rapid_commit = false, until_parent_exits = false;
};

Value<ServeCommand> serve_command(const ServeWords& words);

/// "90", "0.5", "500ms", "90s", "10min", "2h", "1d"; without a unit, seconds.
Value<Duration> duration(std::string_view option, const std::string& text, Duration least, Duration most);

} // namespace dorascope::cli
