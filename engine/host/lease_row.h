// SPDX-License-Identifier: GPL-3.0-or-later
// A lease as a row of the table `binding`, and back. The order of the columns is that of the statements in lease_schema.h.
#pragma once

#include "engine/server/lease.h"

#include <sqlite3.h>
#include <string>
#include <tl/expected.hpp>

namespace dorascope::host {

/// Binds ?1 … ?10 without copying: `lease` stays as it is until the statement has run.
void bind_lease(sqlite3_stmt* statement, const server::Lease& lease);
/// The current row into `lease`, whose buffers are used again. The error says which column holds what it cannot hold.
tl::expected<void, std::string> read_lease(sqlite3_stmt* statement, server::Lease& lease);

} // namespace dorascope::host
