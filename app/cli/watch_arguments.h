// SPDX-License-Identifier: GPL-3.0-or-later
// The words of `watch` and `read`, and what they ask for.
#pragma once

#include "app/cli/argument_value.h"
#include "app/cli/commands.h"

#include <string>

namespace dorascope::cli {

/// As CLI11 collects them, before they get their types.
struct ReportWords {
    bool json = false;
    std::string what = "messages", count, write;
};
struct WatchWords {
    std::string interface, seconds;
    bool promiscuous = false;
    ReportWords report;
};
struct ReadWords {
    std::string file;
    ReportWords report;
};

Value<WatchCommand> watch_command(const WatchWords& words);
Value<ReadCommand> read_command(const ReadWords& words);

} // namespace dorascope::cli
