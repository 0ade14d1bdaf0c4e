// SPDX-License-Identifier: GPL-3.0-or-later
// The lease file on a disk that fails, fills up, tears writes and loses its power.
#include "engine/host/lease_store.h"
#include "tests/host/bad_disk.h"
#include "tests/support/child_process.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>

namespace dorascope::test {
namespace {

namespace fs = std::filesystem;
using host::LeaseStore;
using server::Lease;
using server::LeaseWrite;
using Trouble = BadDisk::Trouble;

Lease lease(std::uint32_t number, std::int64_t version = 0)
{
    Lease made;
    made.address = {0x0a000000 + number};
    made.hardware = {1, 6, {2, 0, 0, 0, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)}};
    made.client = {server::ClientKey::Kind::identifier, {7, static_cast<std::uint8_t>(number)}};
    made.hostname = "host-" + std::to_string(number);
    made.since = Instant{Duration{1'700'000'000'000'000'000}};
    made.renewed = made.since + std::chrono::seconds{version};
    made.expires = made.renewed + std::chrono::hours{1};
    return made;
}

class Disk : public testing::Test {
protected:
    fs::path file() const { return folder_ / "leases-eth0.sqlite"; }
    LeaseStore open() const { return LeaseStore::open(file()).value(); }
    TemporaryFolder folder_;
    BadDisk disk_;
};

struct Case {
    const char* name;
    Trouble trouble;
    const char* said;
};
class InTrouble : public Disk, public testing::WithParamInterface<Case> { };

TEST_P(InTrouble, StoresNothingSaysWhyAndRecovers)
{
    auto store = open();
    ASSERT_TRUE(store.commit(std::array{LeaseWrite{lease(1)}}));
    disk_.have(GetParam().trouble);
    for (std::uint32_t again = 2; again < 5; ++again) {
        const auto stored = store.commit(std::array{LeaseWrite{lease(again)}, LeaseWrite{lease(1), true}});
        ASSERT_FALSE(stored);
        EXPECT_EQ(stored.error().kind, host::HostError::Kind::store);
        EXPECT_NE(stored.error().problem.find(GetParam().said), std::string::npos) << stored.error().text();
        EXPECT_NE(stored.error().problem.find(file().string()), std::string::npos);
        EXPECT_FALSE(stored.error().remedy.empty());
        EXPECT_EQ(store.load().value(), std::vector{lease(1)});
    }
    disk_.have(Trouble::none);
    ASSERT_TRUE(store.commit(std::array{LeaseWrite{lease(9)}}));
    EXPECT_EQ(store.load().value(), (std::vector{lease(1), lease(9)}));
    std::mt19937 chance{1};
    const fs::path after = folder_ / "after";
    fs::create_directory(after);
    disk_.power_cut(after, chance);
    EXPECT_EQ(LeaseStore::open(after / file().filename()).value().load().value(), (std::vector{lease(1), lease(9)}))
        << "what did not count as stored does not come back";
}
INSTANTIATE_TEST_SUITE_P(Disk, InTrouble,
                         testing::Values(Case{"full", Trouble::full, "No room is left"},
                                         Case{"write_fails", Trouble::write_fails, "cannot be read or written"},
                                         Case{"write_tears", Trouble::write_tears, "cannot be read or written"},
                                         Case{"sync_fails", Trouble::sync_fails, "cannot be read or written"}),
                         [](const auto& row) { return std::string{row.param.name}; });

/// Enough commits for the log to be moved into the file.
void fill_log(LeaseStore& store, std::uint32_t commits)
{
    for (std::uint32_t i = 0; i < commits; ++i) {
        std::vector<LeaseWrite> writes;
        for (std::uint32_t j = 0; j < 8; ++j)
            writes.push_back({lease(j * 5000 + i % 3000)}); // eight pages
        ASSERT_TRUE(store.commit(writes));
    }
}

TEST_F(Disk, TheLogIsMovedIntoTheFileWhenTidiedNotWhenCommitted)
{
    auto store = open();
    fill_log(store, 300);
    EXPECT_LT(fs::file_size(file()), 40000U) << "commits write the log only";
    ASSERT_TRUE(store.tidy());
    EXPECT_GT(fs::file_size(file()), 100000U);
    const auto log = fs::file_size(file().string() + "-wal");
    fill_log(store, 200);
    EXPECT_EQ(fs::file_size(file().string() + "-wal"), log) << "used again from its beginning";
}

TEST_F(Disk, TheLogIsLaidOutByTheFirstTransaction)
{
    auto store = open();
    std::set<std::uintmax_t> sizes;
    for (std::uint32_t i = 0; i < 100; ++i) {
        ASSERT_TRUE(store.commit(std::array{LeaseWrite{lease(i)}}));
        sizes.insert(fs::file_size(file().string() + "-wal"));
    }
    EXPECT_EQ(sizes.size(), 1U);
    const auto before = store.load().value();
    std::mt19937 chance{7};
    for (int again = 0; again < 20; ++again) {
        const fs::path after = folder_ / ("after-" + std::to_string(again));
        fs::create_directory(after);
        disk_.power_cut(after, chance);
        EXPECT_EQ(LeaseStore::open(after / file().filename()).value().load().value(), before)
            << "what is behind its end is not read";
    }
}

TEST_F(Disk, WithoutRoomToBeLaidOutTheLogGrowsAsItGoes)
{
    auto store = open();
    disk_.have(Trouble::full, "-wal", 2);
    EXPECT_FALSE(store.commit(std::array{LeaseWrite{lease(1)}}));
    EXPECT_LT(fs::file_size(file().string() + "-wal"), 64U << 10) << "what was written of it is taken back";
    disk_.have(Trouble::none);
    fill_log(store, 20);
    EXPECT_EQ(store.count().value(), 160U);
}

TEST_F(Disk, WhenThereWasNoRoomTheLogIsTidied)
{
    auto store = open();
    fill_log(store, 20);
    ASSERT_TRUE(store.tidy());
    const auto before = fs::file_size(file());
    disk_.have(Trouble::full, "-wal");
    ASSERT_FALSE(store.commit(std::array{LeaseWrite{lease(1, 9)}}));
    ASSERT_TRUE(store.tidy());
    EXPECT_GT(fs::file_size(file()), before) << "its room can be used again";
    disk_.have(Trouble::none);
    EXPECT_TRUE(store.commit(std::array{LeaseWrite{lease(1, 9)}}));
}

/// At any write, truncation or sync of a run in which the log is moved into the file twice: every commit that had returned is there, and
/// of the one under way all or nothing.
TEST(PowerCutAtAnyCall, LosesNoCommitThatHadReturned)
{
    std::mt19937 chance{20261201};
    constexpr int kCalls = 8000, kCallsOfTidying = 60;
    int cut_while_tidying = 0;
    for (int round = 0; round < 40; ++round) {
        const TemporaryFolder run;
        BadDisk disk;
        const fs::path after = run / "after";
        fs::create_directory(after);
        const bool while_tidying = round % 2 == 0;
        int calls = 0;
        const int cut_at = static_cast<int>(chance() % (while_tidying ? kCallsOfTidying : kCalls));
        bool tidying = false;
        std::int64_t returned = -1, returned_before_cut = -1;
        {
            auto store = LeaseStore::open(run / "leases-eth0.sqlite").value();
            disk.before_each_call([&] {
                if (while_tidying && !tidying) return;
                if (calls++ != cut_at) return;
                returned_before_cut = returned;
                cut_while_tidying += tidying;
                disk.power_cut(after, chance);
            });
            for (std::int64_t version = 0; version < 600; ++version) {
                std::vector<LeaseWrite> writes;
                for (std::uint32_t j = 0; j < 8; ++j)
                    writes.push_back({lease(j * 5000 + static_cast<std::uint32_t>(version % 300), version)}); // eight pages
                ASSERT_TRUE(store.commit(writes));
                returned = version;
                tidying = true;
                ASSERT_TRUE(store.tidy());
                tidying = false;
            }
            disk.before_each_call(nullptr);
        }
        if (calls <= cut_at) continue;
        std::map<std::uint32_t, std::int64_t> found;
        const auto rows = LeaseStore::open(after / "leases-eth0.sqlite").value().load().value();
        for (const Lease& row : rows)
            found[row.address.value - 0x0a000000] = (row.renewed - row.since).count() / 1'000'000'000;
        const bool next_is_there = found[static_cast<std::uint32_t>((returned_before_cut + 1) % 300)] == returned_before_cut + 1;
        for (std::int64_t version = std::max<std::int64_t>(0, returned_before_cut - 298); version <= returned_before_cut;
             ++version)
            for (std::uint32_t j = 0; j < 8; ++j)
                ASSERT_EQ(found[j * 5000 + static_cast<std::uint32_t>(version % 300)], version)
                    << "round " << round << ", call " << cut_at << ", after commit " << returned_before_cut;
        for (std::uint32_t j = 0; j < 8; ++j)
            EXPECT_EQ(found[j * 5000 + static_cast<std::uint32_t>((returned_before_cut + 1) % 300)] == returned_before_cut + 1,
                      next_is_there)
                << "all of it or nothing, round " << round;
    }
    EXPECT_GT(cut_while_tidying, 0);
}

/// Somebody has the sqlite3 shell open, and writes.
TEST_F(Disk, TheLogIsNotTouchedWhileSomebodyElseWrites)
{
    auto store = open();
    fill_log(store, 3);
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE; DELETE FROM binding WHERE address % 2 = 0", nullptr, nullptr, nullptr),
              SQLITE_OK);
    const auto size = fs::file_size(file().string() + "-wal");
    EXPECT_FALSE(store.commit(std::array{LeaseWrite{lease(1, 9)}})) << "locked";
    EXPECT_EQ(fs::file_size(file().string() + "-wal"), size);
    ASSERT_EQ(sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(other);
    EXPECT_TRUE(store.commit(std::array{LeaseWrite{lease(1, 9)}}));
    EXPECT_TRUE(store.load());
}

TEST_F(Disk, TidyingThatFailsLosesNothingAndIsTriedAgain)
{
    auto store = open();
    fill_log(store, 300);
    const auto before = store.load().value();
    disk_.have(Trouble::sync_fails, ".sqlite");
    const auto tidied = store.tidy();
    ASSERT_FALSE(tidied);
    EXPECT_NE(tidied.error().problem.find(file().string()), std::string::npos);
    EXPECT_TRUE(store.commit(std::array{LeaseWrite{lease(1, 5)}})) << "the log still takes it";
    disk_.have(Trouble::none);
    fill_log(store, 300);
    EXPECT_TRUE(store.tidy());
    EXPECT_EQ(store.count().value(), before.size());
}

TEST_F(Disk, ATornLogEndsWhereItTears)
{
    {
        auto store = open();
        ASSERT_TRUE(store.commit(std::array{LeaseWrite{lease(1)}}));
        disk_.have(Trouble::write_tears, "-wal", 1);
        EXPECT_FALSE(store.commit(std::array{LeaseWrite{lease(2)}}));
        for (const char* suffix : {"", "-wal"}) // as it stands: the process died here
            fs::copy_file(file().string() + suffix, (folder_ / "died.sqlite").string() + suffix);
    }
    disk_.have(Trouble::none);
    EXPECT_EQ(LeaseStore::open(folder_ / "died.sqlite").value().load().value(), std::vector{lease(1)});
}

TEST_F(Disk, RowsOutOfOrderAreDamage)
{
    {
        auto store = open();
        fill_log(store, 300);
    }
    std::string octets = contents(file());
    // Two neighbouring leaves of the table change places: each page is sound in itself.
    std::vector<std::size_t> leaves;
    for (std::size_t page = 1; page * 4096 < octets.size(); ++page)
        if (octets[page * 4096] == 0x0d) leaves.push_back(page * 4096);
    ASSERT_GT(leaves.size(), 10U);
    std::swap_ranges(octets.begin() + static_cast<std::ptrdiff_t>(leaves[5]),
                     octets.begin() + static_cast<std::ptrdiff_t>(leaves[5] + 4096),
                     octets.begin() + static_cast<std::ptrdiff_t>(leaves[6]));
    write_file(file(), octets);
    const auto loaded = open().load();
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.error().problem.find("is damaged: its rows are out of order"), std::string::npos) << loaded.error().text();
    EXPECT_NE(loaded.error().remedy.find(".recover"), std::string::npos);
    EXPECT_EQ(contents(file()), octets) << "nothing in it was changed";
}

/// Many lives of a file: commits, tidying, a power cut at any moment, the next life from what is left.
class PowerCut : public testing::TestWithParam<unsigned> { };
TEST_P(PowerCut, EveryCommitThatReturnedIsThereWhole)
{
    std::mt19937 chance{GetParam()};
    const TemporaryFolder folder;
    fs::path life = folder / "0";
    fs::create_directory(life);
    std::map<std::uint32_t, Lease> promised, perhaps;
    for (int lives = 1; lives <= 4; ++lives) {
        const fs::path next = folder / std::to_string(lives);
        fs::create_directory(next);
        BadDisk disk;
        auto store = LeaseStore::open(life / "leases.sqlite");
        ASSERT_TRUE(store) << store.error().text();
        std::map<std::uint32_t, Lease> found;
        const auto table = store->load().value();
        for (const auto& one : table)
            found.emplace(one.address.value, one);
        // A commit whose sync failed was written all the same: nobody was told, and it may come back. Nothing else may.
        ASSERT_TRUE(found == promised || found == perhaps) << "life " << lives << "; replay with seed " << GetParam();
        promised = perhaps = found;
        const auto commits = 1 + chance() % 25;
        for (unsigned i = 0; i < commits; ++i) {
            std::vector<LeaseWrite> writes;
            auto then = promised;
            for (auto left = 1 + chance() % 16; left > 0; --left) {
                const auto number = static_cast<std::uint32_t>(chance() % 600);
                writes.push_back({lease(number, static_cast<std::int64_t>(chance() % 1000)), chance() % 8 == 0});
                then.erase(writes.back().lease.address.value);
                if (!writes.back().erase) then.emplace(writes.back().lease.address.value, writes.back().lease);
            }
            const auto trouble = chance() % 10;
            if (trouble == 0) disk.have(Trouble::sync_fails, "-wal");
            if (trouble == 1) disk.have(Trouble::write_tears, "-wal", static_cast<int>(chance() % 6));
            perhaps = then;
            if (store->commit(writes)) promised = std::move(then);
            disk.have(Trouble::none);
            if (chance() % 4 == 0) {
                ASSERT_TRUE(store->tidy());
            }
        }
        disk.power_cut(next, chance);
        life = next;
    }
}
INSTANTIATE_TEST_SUITE_P(Seeds, PowerCut, testing::Range(1U, 13U));

} // namespace
} // namespace dorascope::test
