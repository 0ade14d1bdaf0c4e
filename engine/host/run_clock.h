// SPDX-License-Identifier: GPL-3.0-or-later
// The table `run` of the lease file: by which clock its newest times were written. A machine without a battery for its clock begins in the
// past and is set right later; a lease is a promise of a duration, and no such step may end it and give its address to somebody else.
#pragma once

#include "engine/host/host_clock.h"

#include <optional>
#include <sqlite3.h>
#include <string>

namespace dorascope::host {

/// What the machine says: the wall clock less the time since boot, that time, and which boot it is (empty: unknown).
struct MachineTime {
    Duration wall_at_boot{}, since_boot{};
    std::string boot;
    static MachineTime read();
};

/// The clock to go by, and how it came about.
struct RunClock {
    Duration wall_at_boot{};
    Duration ahead{}; ///< of the machine's wall clock, since the file has seen later times
    Duration moved{}; ///< the leases of the last run, since the wall clock was set forward after it within one boot
};

/// One transaction: looks at the last run and at the newest lease, moves what has to be moved, and notes the run that begins.
/// - Same boot, wall clock set forward since: how far is known, so the times that the last run wrote are moved with it.
/// - Same boot, set back: goes on by the clock of the last run.
/// - Behind the newest time in the file: goes on from there. Then a lease ends late rather than early.
/// Nothing: it could not be done, and SQLite knows why.
std::optional<RunClock> begin_run(sqlite3* database, const MachineTime& machine);

/// A sentence for a person when a clock is off by more than five minutes; else nothing.
std::optional<std::string> tell_of(const RunClock& clock, const MachineTime& machine);

} // namespace dorascope::host
