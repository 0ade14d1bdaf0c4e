// SPDX-License-Identifier: GPL-3.0-or-later
// The table `reservation` of the lease file: what a person ordered of a running server. It stands beside the leases because it is durable
// for the same reason, and because a configuration file is its owner's to write: comments and order in it are not ours to lose.
#pragma once

#include "engine/server/config.h"

#include <sqlite3.h>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace dorascope::host {

/// Makes the table where there is none; a program that does not know it leaves it alone. Of all three: false or nothing, and SQLite knows why.
bool make_reservation_table(sqlite3* database);
/// Replaces the one of the same address. Synced when it returns.
bool put_reservation(sqlite3* database, const server::Reservation& reservation);
bool drop_reservation(sqlite3* database, Ipv4Address address);

/// In order of address. The error: what is wrong with a row; empty when SQLite knows.
tl::expected<std::vector<server::Reservation>, std::string> read_reservations(sqlite3* database);

} // namespace dorascope::host
