// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/sqlite.h"

namespace dorascope::host {

bool execute(sqlite3* database, const char* sql) { return sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK; }

Statement prepare(sqlite3* database, const char* sql, bool lasting)
{
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v3(database, sql, -1, lasting ? SQLITE_PREPARE_PERSISTENT : 0U, &statement, nullptr);
    return Statement{statement};
}

bool run(const Statement& statement)
{
    const bool done = sqlite3_step(statement.get()) == SQLITE_DONE;
    return sqlite3_reset(statement.get()) == SQLITE_OK && done;
}

std::optional<std::int64_t> number(sqlite3* database, const char* sql)
{
    const Statement statement = prepare(database, sql);
    if (!statement || sqlite3_step(statement.get()) != SQLITE_ROW) return std::nullopt;
    return sqlite3_column_int64(statement.get(), 0);
}

HostError store_error(std::string problem, std::string remedy)
{
    return {HostError::Kind::store, std::move(problem), std::move(remedy)};
}

HostError damaged(const std::filesystem::path& file, const std::string& how)
{
    const std::string name = file.string();
    // The log beside the file belongs to it: what of it is whole, sqlite3's .recover can still read.
    return store_error("The lease file " + name + " is damaged: " + how + ".",
                       "Nothing in it was changed. To save what can be read: sqlite3 '" + name + "' .recover | sqlite3 '" + name
                           + ".new', then put it in its place. Or move it away and start again with an empty one (clients keep "
                             "their addresses by asking for them): mv '"
                           + name + "' '" + name + ".damaged'; rm -f '" + name + "-wal' '" + name + "-shm'");
}

HostError explain(const std::filesystem::path& file, sqlite3* database)
{
    const std::string name = file.string();
    const std::string words = sqlite3_errmsg(database);
    switch (sqlite3_errcode(database) & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return damaged(file, words);
    case SQLITE_FULL:
        return store_error("No room is left for the lease file " + name + ".", "Free some space on that file system.");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
        return store_error("The lease file " + name + " cannot be written: " + words + ".",
                           "Make it and its folder writable for you, or name another folder with --state-dir.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return store_error("The lease file " + name + " is locked by another program.",
                           "Close the program that has it open for writing.");
    case SQLITE_IOERR:
        return store_error("The lease file " + name + " cannot be read or written: " + words + ".",
                           "See whether the disk is full or failing (df, dmesg).");
    default: return store_error("The lease file " + name + " cannot be used: " + words + ".", "");
    }
}

} // namespace dorascope::host
