// SPDX-License-Identifier: GPL-3.0-or-later
// A lease as a row of the table `lease`, and back. The order of the columns is that of the statements in lease_store.cpp.
#pragma once

#include "engine/server/lease.h"

#include <sqlite3.h>
#include <string>
#include <tl/expected.hpp>

namespace dorascope::host {

/// Binds ?1 … ?11. Texts are copied by SQLite.
void bind_lease(sqlite3_stmt* statement, const server::Lease& lease);
/// Binds ?1 alone.
void bind_address(sqlite3_stmt* statement, Ipv4Address address);
/// The current row. The error says which column holds what it cannot hold.
tl::expected<server::Lease, std::string> read_lease(sqlite3_stmt* statement);

} // namespace dorascope::host
