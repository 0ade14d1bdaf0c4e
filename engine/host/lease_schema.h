// SPDX-License-Identifier: GPL-3.0-or-later
// What a lease file looks like inside: a table for the server, views for people.
#pragma once

#include "engine/host/sqlite.h"

#include <tl/expected.hpp>

namespace dorascope::host {

inline constexpr const char* kUpsert = "INSERT OR REPLACE INTO binding VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
inline constexpr const char* kErase = "DELETE FROM binding WHERE address = ?1";
inline constexpr const char* kSelect = "SELECT address, state, hardware, client_kind, client, hostname, vendor_class, since, "
                                       "renewed, expires FROM binding";

/// Makes a new file's table and views; refuses what is not ours or has another schema, and leaves that as it is.
tl::expected<void, HostError> prepare_schema(sqlite3* database, const std::filesystem::path& file);

} // namespace dorascope::host
