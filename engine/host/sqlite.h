// SPDX-License-Identifier: GPL-3.0-or-later
// SQLite's handles that close themselves, and what its refusals mean to a person.
#pragma once

#include "engine/host/host_error.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <sqlite3.h>
#include <string>

namespace dorascope::host {

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

bool execute(sqlite3* database, const char* sql);
/// Null when it cannot be; sqlite3_errmsg() says why. `lasting`: it is kept and used again and again.
Statement prepare(sqlite3* database, const char* sql, bool lasting = false);
/// Runs a statement that yields no row, and makes it ready for the next time.
bool run(const Statement& statement);
/// The one integer that a statement yields.
std::optional<std::int64_t> number(sqlite3* database, const char* sql);

HostError store_error(std::string problem, std::string remedy);
/// The file cannot be made sense of: `how`.
HostError damaged(const std::filesystem::path& file, const std::string& how);
/// What SQLite said last, for a person.
HostError explain(const std::filesystem::path& file, sqlite3* database);

} // namespace dorascope::host
