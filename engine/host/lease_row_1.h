// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of schema 1's table `lease`, which held everything as text; for files that are brought up to date.
#pragma once

#include "engine/server/lease.h"

#include <sqlite3.h>
#include <string>
#include <tl/expected.hpp>

namespace dorascope::host {

inline constexpr const char* kSelectOfSchema1 =
    "SELECT address, state, client_kind, client, hardware_type, hardware, hostname, vendor_class, since, renewed, expires "
    "FROM lease_1";

/// The current row. The error says which column holds what it cannot hold.
tl::expected<server::Lease, std::string> read_lease_of_schema_1(sqlite3_stmt* statement);

} // namespace dorascope::host
