// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/run_clock.h"

#include "engine/host/sqlite.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <fstream>

namespace dorascope::host {
namespace {

using namespace std::chrono_literals;

constexpr Duration kWorthTelling = 5min;
constexpr Duration kStep = 1s; ///< less is a clock that is being slewed
constexpr std::int64_t kYear2200 =
    7'258'118'400'000'000'000; ///< later is nonsense, and too near to the end of what an Instant holds

constexpr const char* kCreate = R"(
CREATE TABLE IF NOT EXISTS run (
    one          INTEGER PRIMARY KEY NOT NULL CHECK (one = 1), -- the last one only
    boot         TEXT NOT NULL,
    wall_at_boot INTEGER NOT NULL,
    began        INTEGER NOT NULL
) STRICT;
)";
constexpr const char* kMove = "UPDATE binding SET since = iif(since >= ?2, since + ?1, since), renewed = renewed + ?1, "
                              "expires = expires + ?1 WHERE renewed >= ?2 AND coalesce(expires, 0) < ?3";
constexpr const char* kNote = "REPLACE INTO run VALUES (1, ?1, ?2, ?3)";

struct LastRun {
    std::string boot;
    Duration wall_at_boot{}, began{};
};

bool bind(const Statement& statement, int column, std::int64_t value)
{
    return sqlite3_bind_int64(statement.get(), column, value) == SQLITE_OK;
}

/// False: SQLite knows why.
bool read_last(sqlite3* database, std::optional<LastRun>& last)
{
    const Statement row = prepare(database, "SELECT boot, wall_at_boot, began FROM run");
    if (!row) return false;
    const int code = sqlite3_step(row.get());
    if (code != SQLITE_ROW) return code == SQLITE_DONE;
    last.emplace();
    last->boot = reinterpret_cast<const char*>(sqlite3_column_text(row.get(), 0));
    last->wall_at_boot = Duration{sqlite3_column_int64(row.get(), 1)};
    last->began = Duration{sqlite3_column_int64(row.get(), 2)};
    return true;
}

bool move_times(sqlite3* database, Duration by, Duration from)
{
    const Statement move = prepare(database, kMove);
    return move && bind(move, 1, by.count()) && bind(move, 2, from.count()) && bind(move, 3, kYear2200) && run(move);
}

/// The newest time in the file that a clock can have shown; before 1970 when there is none.
std::optional<Duration> newest(sqlite3* database)
{
    const Statement row = prepare(database, "SELECT coalesce(max(renewed), -1) FROM binding WHERE renewed < ?1");
    if (!row || !bind(row, 1, kYear2200) || sqlite3_step(row.get()) != SQLITE_ROW) return std::nullopt;
    return Duration{sqlite3_column_int64(row.get(), 0)};
}

bool note(sqlite3* database, const std::string& boot, Duration wall_at_boot, Duration began)
{
    const Statement noted = prepare(database, kNote);
    return noted && sqlite3_bind_text(noted.get(), 1, boot.c_str(), static_cast<int>(boot.size()), SQLITE_TRANSIENT) == SQLITE_OK
        && bind(noted, 2, wall_at_boot.count()) && bind(noted, 3, began.count()) && run(noted);
}

std::optional<RunClock> begin(sqlite3* database, const MachineTime& machine)
{
    RunClock clock{machine.wall_at_boot, {}, {}};
    std::optional<LastRun> last;
    if (!read_last(database, last)) return std::nullopt;
    if (last && !machine.boot.empty() && last->boot == machine.boot) {
        const Duration step = machine.wall_at_boot - last->wall_at_boot;
        if (step >= kStep) {
            if (!move_times(database, step, last->began)) return std::nullopt;
            clock.moved = step;
        }
        clock.wall_at_boot = std::max(clock.wall_at_boot, last->wall_at_boot);
    }
    const auto seen = newest(database);
    if (!seen) return std::nullopt;
    clock.wall_at_boot = std::max(clock.wall_at_boot, *seen - machine.since_boot);
    clock.ahead = clock.wall_at_boot - machine.wall_at_boot;
    if (!note(database, machine.boot, clock.wall_at_boot, clock.wall_at_boot + machine.since_boot)) return std::nullopt;
    return clock;
}

std::string utc(Duration since_1970)
{
    const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(since_1970).count();
    std::tm parts{};
    std::array<char, 64> text{};
    ::gmtime_r(&seconds, &parts);
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts)};
}

} // namespace

MachineTime MachineTime::read()
{
    MachineTime time{HostClock{}.wall_at_boot(), HostClock::since_boot(), ""};
    std::ifstream{"/proc/sys/kernel/random/boot_id"} >> time.boot;
    return time;
}

std::optional<RunClock> begin_run(sqlite3* database, const MachineTime& machine)
{
    if (!execute(database, kCreate) || !execute(database, "BEGIN IMMEDIATE")) return std::nullopt;
    auto clock = begin(database, machine);
    if (clock && execute(database, "COMMIT")) return clock;
    execute(database, "ROLLBACK");
    return std::nullopt;
}

std::optional<std::string> tell_of(const RunClock& clock, const MachineTime& machine)
{
    const Duration now = machine.wall_at_boot + machine.since_boot;
    if (clock.ahead > kWorthTelling)
        return "This machine's clock says " + utc(now) + ", but the lease file knows of " + utc(now + clock.ahead)
            + ": serving goes on from the later time, so that no lease ends early. Set the clock (timedatectl), then start this "
              "again; "
              "if it is right, the times in the file are too late, and leases end late.";
    if (clock.moved > kWorthTelling)
        return "The clock was set from " + utc(now - clock.moved) + " to " + utc(now)
            + " since this was last started: the leases of that time were moved with it, so that none ended early.";
    return std::nullopt;
}

} // namespace dorascope::host
