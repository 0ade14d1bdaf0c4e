// SPDX-License-Identifier: GPL-3.0-or-later
// Lease files that an older DoraScope wrote.
#include "engine/host/lease_store.h"
#include "tests/host/full_disk.h"
#include "tests/support/child_process.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

namespace dorascope::test {
namespace {

namespace fs = std::filesystem;
using host::LeaseStore;
using server::ClientKey;
using server::Lease;
using server::LeaseState;

// Word for word what schema 1 was.
constexpr const char* kSchema1 = R"(
PRAGMA journal_mode = WAL;
CREATE TABLE lease (
    address       TEXT PRIMARY KEY NOT NULL,
    state         TEXT NOT NULL,
    client_kind   TEXT NOT NULL,
    client        TEXT NOT NULL,
    hardware_type INTEGER NOT NULL,
    hardware      TEXT NOT NULL,
    hostname      TEXT NOT NULL,
    vendor_class  TEXT NOT NULL,
    since         INTEGER NOT NULL,
    renewed       INTEGER NOT NULL,
    expires       INTEGER
) STRICT, WITHOUT ROWID;
CREATE VIEW leases AS SELECT
    address, state, hardware, iif(client_kind = 'identifier', client, NULL) AS client_id, hostname, vendor_class,
    strftime('%Y-%m-%dT%H:%M:%SZ', since / 1000000000, 'unixepoch') AS since,
    strftime('%Y-%m-%dT%H:%M:%SZ', renewed / 1000000000, 'unixepoch') AS renewed,
    coalesce(strftime('%Y-%m-%dT%H:%M:%SZ', expires / 1000000000, 'unixepoch'), 'never') AS expires
FROM lease;
PRAGMA application_id = 1148146273; PRAGMA user_version = 1;
INSERT INTO lease VALUES
    ('10.0.0.2', 'bound', 'hardware', '01020000000002', 1, '02:00:00:00:00:02', 'laptop', '', 1000, 2000, 3000),
    ('10.0.0.10', 'declined', 'identifier', '00ff', 32, '01:02', '', 'MSFT 5.0', 1000, 2000, NULL),
    ('10.0.0.9', 'hardware', 'hardware', '06aa', 6, 'bb', '', '', 0, 0, 0);
UPDATE lease SET state = 'released' WHERE address = '10.0.0.9';
)";

Instant at(std::int64_t nanoseconds) { return Instant{Duration{nanoseconds}}; }

std::vector<Lease> those_leases()
{
    return {
        {{0x0a000002},
         {ClientKey::Kind::hardware, {1, 2, 0, 0, 0, 0, 2}},
         {1, 6, {2, 0, 0, 0, 0, 2}},
         "laptop",
         "",
         LeaseState::bound,
         at(1000),
         at(2000),
         at(3000)},
        {{0x0a000009}, {ClientKey::Kind::hardware, {6, 0xaa}}, {6, 1, {0xbb}}, "", "", LeaseState::released, at(0), at(0), at(0)},
        {{0x0a00000a},
         {ClientKey::Kind::identifier, {0, 255}},
         {32, 2, {1, 2}},
         "",
         "MSFT 5.0",
         LeaseState::declined,
         at(1000),
         at(2000),
         kNever},
    };
}

class Schema1 : public testing::Test {
protected:
    Schema1() { sql(kSchema1); }
    fs::path file() const { return folder_ / "leases-eth0.sqlite"; }
    void sql(const std::string& statements) const
    {
        sqlite3* database = nullptr;
        ASSERT_EQ(sqlite3_open(file().c_str(), &database), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(database, statements.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
        sqlite3_close(database);
    }
    std::string value(const std::string& query) const
    {
        sqlite3* database = nullptr;
        EXPECT_EQ(sqlite3_open(file().c_str(), &database), SQLITE_OK);
        std::string found;
        const auto keep = [](void* to, int, char** texts, char**) {
            *static_cast<std::string*>(to) = texts[0] ? texts[0] : "NULL";
            return 0;
        };
        EXPECT_EQ(sqlite3_exec(database, query.c_str(), keep, &found, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
        sqlite3_close(database);
        return found;
    }
    TemporaryFolder folder_;
};

TEST_F(Schema1, IsBroughtUpToDateWithAllItsLeases)
{
    for (const char* when : {"the first time", "and once it is"}) {
        const auto store = LeaseStore::open(file());
        ASSERT_TRUE(store) << store.error().text();
        EXPECT_EQ(store->load().value(), those_leases()) << when;
    }
    EXPECT_EQ(value("PRAGMA user_version"), "2");
    EXPECT_EQ(value("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'lease_1%'"), "0");
    EXPECT_EQ(value("SELECT hardware_type || ' ' || hardware FROM lease WHERE address = '10.0.0.10'"), "32 01:02");
}

TEST_F(Schema1, StaysAsItIsWhenARowOfItHoldsNonsense)
{
    sql("UPDATE lease SET client = 'xyz' WHERE address = '10.0.0.2'");
    const auto store = LeaseStore::open(file());
    ASSERT_FALSE(store);
    EXPECT_NE(store.error().problem.find("client 'xyz'"), std::string::npos) << store.error().text();
    EXPECT_EQ(value("PRAGMA user_version"), "1");
    EXPECT_EQ(value("SELECT count(*) FROM lease"), "3");
    sql("UPDATE lease SET client = '01020000000002' WHERE address = '10.0.0.2'");
    EXPECT_EQ(LeaseStore::open(file()).value().load().value(), those_leases()) << "once it is mended";
}

TEST_F(Schema1, StaysAsItIsWhenTheDiskIsFull)
{
    sql("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO lease "
        "SELECT '10.1.' || (i / 256) || '.' || (i % 256), 'bound', 'identifier', printf('%08x', i), 1, '', '', '', 0, 0, 0 FROM "
        "n");
    {
        const FullDisk full{32768};
        const auto store = LeaseStore::open(file());
        ASSERT_FALSE(store);
        EXPECT_EQ(store.error().kind, host::HostError::Kind::store);
    }
    EXPECT_EQ(value("PRAGMA user_version"), "1");
    EXPECT_EQ(value("SELECT count(*) FROM lease"), "2004");
    EXPECT_EQ(LeaseStore::open(file()).value().load().value().size(), 2004U) << "when there is room again";
}

} // namespace
} // namespace dorascope::test
