// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/lease_schema.h"

#include <string>

namespace dorascope::host {
namespace {

constexpr int kApplicationId = 0x446f5261; // "DoRa": file(1) and we tell it from other databases
constexpr int kSchema = 2; // user_version

// One row an address that has a history; the address is the key of the tree itself, so that addresses given out one after the other lie
// on one page. Numbers and octets, because they are written before every ACK: some 60 octets a row. Times are nanoseconds since 1970 in
// UTC, expires NULL for ever. `client` is what the server tells clients apart by (RFC 2131 §4.2): option 61, or NULL for htype and
// chaddr, which are `hardware`.
constexpr const char* kTable = R"(
CREATE TABLE binding (
    address      INTEGER PRIMARY KEY NOT NULL,
    state        INTEGER NOT NULL, -- 0 bound, 1 expired, 2 released, 3 declined, 4 conflict
    hardware     BLOB NOT NULL,
    client_kind  INTEGER NOT NULL, -- 0 hardware, 1 identifier
    client       BLOB,
    hostname     TEXT,
    vendor_class TEXT,
    since        INTEGER NOT NULL,
    renewed      INTEGER NOT NULL,
    expires      INTEGER
) STRICT;
)";
// `lease` spells out every column, `leases` is what a person wants to see.
constexpr const char* kViews = R"(
CREATE VIEW lease AS SELECT
    (address >> 24) || '.' || (address >> 16 & 255) || '.' || (address >> 8 & 255) || '.' || (address & 255) AS address,
    CASE state WHEN 0 THEN 'bound' WHEN 1 THEN 'expired' WHEN 2 THEN 'released' WHEN 3 THEN 'declined' WHEN 4 THEN 'conflict' END AS state,
    iif(client_kind = 1, 'identifier', 'hardware') AS client_kind,
    lower(hex(coalesce(client, hardware))) AS client,
    instr('123456789ABCDEF', substr(hex(hardware), 1, 1)) * 16 + instr('123456789ABCDEF', substr(hex(hardware), 2, 1))
        AS hardware_type,
    (SELECT rtrim(substr(h, 3, 2) || ':' || substr(h, 5, 2) || ':' || substr(h, 7, 2) || ':' || substr(h, 9, 2) || ':' ||
                  substr(h, 11, 2) || ':' || substr(h, 13, 2) || ':' || substr(h, 15, 2) || ':' || substr(h, 17, 2) || ':' ||
                  substr(h, 19, 2) || ':' || substr(h, 21, 2) || ':' || substr(h, 23, 2) || ':' || substr(h, 25, 2) || ':' ||
                  substr(h, 27, 2) || ':' || substr(h, 29, 2) || ':' || substr(h, 31, 2) || ':' || substr(h, 33, 2), ':')
     FROM (SELECT lower(hex(hardware)) AS h)) AS hardware,
    coalesce(hostname, '') AS hostname, coalesce(vendor_class, '') AS vendor_class, since, renewed, expires
FROM binding;
CREATE VIEW leases AS SELECT
    address, state, hardware, iif(client_kind = 'identifier', client, NULL) AS client_id, hostname, vendor_class,
    strftime('%Y-%m-%dT%H:%M:%SZ', since / 1000000000, 'unixepoch') AS since,
    strftime('%Y-%m-%dT%H:%M:%SZ', renewed / 1000000000, 'unixepoch') AS renewed,
    coalesce(strftime('%Y-%m-%dT%H:%M:%SZ', expires / 1000000000, 'unixepoch'), 'never') AS expires
FROM lease;
)";

bool set_version(sqlite3* database)
{
    const std::string sql =
        "PRAGMA application_id = " + std::to_string(kApplicationId) + "; PRAGMA user_version = " + std::to_string(kSchema);
    return execute(database, sql.c_str());
}

tl::expected<void, HostError> create(sqlite3* database, const std::filesystem::path& file)
{
    const bool made = execute(database, "BEGIN IMMEDIATE") && execute(database, kTable) && execute(database, kViews)
        && set_version(database) && execute(database, "COMMIT");
    if (made) return {};
    auto error = explain(file, database);
    execute(database, "ROLLBACK");
    return tl::unexpected{std::move(error)};
}

} // namespace

tl::expected<void, HostError> prepare_schema(sqlite3* database, const std::filesystem::path& file)
{
    const auto application = number(database, "PRAGMA application_id");
    const auto schema = number(database, "PRAGMA user_version");
    const auto tables = number(database, "SELECT count(*) FROM sqlite_schema");
    if (!application || !schema || !tables) return tl::unexpected{explain(file, database)};
    if (*application == 0 && *schema == 0 && *tables == 0) return create(database, file);
    if (*application != kApplicationId)
        return tl::unexpected{store_error("The file " + file.string() + " is a database, but not one of DoraScope's leases.",
                                          "Name another folder with --state-dir.")};
    if (*schema != kSchema)
        return tl::unexpected{store_error("The lease file " + file.string()
                                              + " was written by another version of DoraScope (schema " + std::to_string(*schema)
                                              + ", this one knows " + std::to_string(kSchema) + ").",
                                          "Use that version, or name another folder with --state-dir.")};
    return {};
}

} // namespace dorascope::host
