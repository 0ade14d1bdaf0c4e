// SPDX-License-Identifier: GPL-3.0-or-later
// Ordered reservations on disk: whatever they are for is read again, and a file from before one could order so many ways opens.
#include "engine/host/lease_store.h"
#include "engine/host/sqlite.h"
#include "tests/support/child_process.h"

#include <filesystem>
#include <gmock/gmock.h>

namespace dorascope::host {
namespace {

using server::Reservation;
using testing::ElementsAre;
using testing::HasSubstr;

class ReservationRows : public testing::Test {
protected:
    LeaseStore open() const { return LeaseStore::open(file()).value(); }
    std::filesystem::path file() const { return folder_ / "leases.sqlite"; }
    void sql(const char* statements) const
    {
        sqlite3* raw = nullptr;
        sqlite3_open(file().c_str(), &raw);
        const Database database{raw};
        ASSERT_TRUE(execute(raw, statements)) << sqlite3_errmsg(raw);
    }
    test::TemporaryFolder folder_;
};

Reservation at(const char* where)
{
    Reservation made;
    made.address = Ipv4Address::parse(where).value();
    return made;
}

std::vector<Reservation> one_of_each()
{
    std::vector<Reservation> all{at("10.0.0.1"), at("10.0.0.2"), at("10.0.0.3"), at("10.0.0.4"), at("10.0.0.5"), at("10.0.0.6")};
    all[0].hardware = HardwareAddress::of(MacAddress{{2, 0, 0, 0, 0, 1}});
    all[0].hostname = "printer";
    all[1].client_id = {0, 0xff};
    all[2].circuit_id = {0, 1};
    all[3].remote_id = {2};
    all[4].circuit_id = {3};
    all[4].remote_id = {0};
    all[5].client_hostname = "it's \"my_kitchen\"";
    return all;
}

TEST_F(ReservationRows, AreReadAsTheyWereKept)
{
    auto all = one_of_each();
    {
        auto store = open();
        for (const auto& each : all)
            ASSERT_TRUE(store.keep(each));
    }
    EXPECT_EQ(open().reservations(), all);
    // Another one in its place leaves nothing of it.
    auto store = open();
    auto other = at("10.0.0.5");
    other.client_id = {9};
    ASSERT_TRUE(store.keep(other));
    all[4] = other;
    EXPECT_EQ(store.reservations(), all);
}

TEST_F(ReservationRows, AnOlderFileOpensAndKeepsItsOwn)
{
    {
        const auto made = open();
    }
    sql("DROP TABLE reservation;"
        "CREATE TABLE reservation (address TEXT PRIMARY KEY NOT NULL, hardware_type INTEGER NOT NULL, hardware TEXT NOT NULL,"
        " client_id TEXT NOT NULL, hostname TEXT NOT NULL) STRICT, WITHOUT ROWID;"
        "INSERT INTO reservation VALUES ('10.0.0.1', 1, '02:00:00:00:00:01', '', 'printer');");
    auto all = one_of_each();
    auto store = open();
    EXPECT_THAT(store.reservations().value(), ElementsAre(all[0]));
    for (const auto& each : all)
        ASSERT_TRUE(store.keep(each));
    EXPECT_EQ(store.reservations(), all);
}

/// A program that was killed between two of the columns.
TEST_F(ReservationRows, AFileThatIsHalfWayOpens)
{
    {
        const auto made = open();
    }
    sql("ALTER TABLE reservation DROP COLUMN client_hostname");
    auto store = open();
    ASSERT_TRUE(store.keep(one_of_each()[5]));
    EXPECT_THAT(store.reservations().value(), ElementsAre(one_of_each()[5]));
}

TEST_F(ReservationRows, OneForNobodyOrForTwoIsDamage)
{
    for (const char* row : {"'10.0.0.1', 1, '', '', '', '', '', ''", "'10.0.0.1', 1, '', '01', '', '', '02', ''",
                            "'10.0.0.1', 1, '02:00', '', '', '', '', 'a'"}) {
        {
            const auto made = open();
        }
        sql((std::string{"INSERT OR REPLACE INTO reservation VALUES ("} + row + ")").c_str());
        const auto read = open().reservations();
        ASSERT_FALSE(read) << row;
        EXPECT_THAT(read.error().text(), HasSubstr("the reservation of '10.0.0.1' is not for one client"));
    }
}

TEST_F(ReservationRows, WhatIsNoOctetsIsDamage)
{
    {
        const auto made = open();
    }
    sql("INSERT INTO reservation VALUES ('10.0.0.1', 1, '', '', '', 'eth0', '', '')");
    EXPECT_THAT(open().reservations().error().text(), HasSubstr("a reservation has circuit_id 'eth0'"));
}

} // namespace
} // namespace dorascope::host
