// SPDX-License-Identifier: GPL-3.0-or-later
// What a storm found out, for people and as one JSON object.
#pragma once

#include "app/cli/commands.h"
#include "app/cli/storm_clients.h"

#include <optional>
#include <string>
#include <vector>

namespace dorascope::cli {

/// CPU time, of a process or per exchange.
struct CpuTime {
    Duration user{}, system{};
    Duration all() const { return user + system; }
};

struct StormOutcome {
    bool renewals = false; ///< else handshakes of new clients
    StormFigures figures;
    std::size_t held = 0; ///< addresses given out, all in all
    std::uint64_t fault_count = 0;
    std::vector<std::string> faults;
    Duration took{}; ///< from the first message to the last ACK
    std::optional<CpuTime> server; ///< during the storm
    CpuTime generator;
};

std::vector<std::string> storm_lines(const StormCommand& command, const StormOutcome& outcome);
std::string storm_json(const StormCommand& command, const StormOutcome& outcome);

} // namespace dorascope::cli
