// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/lease_store.h"
#include "tests/host/full_disk.h"
#include "tests/support/child_process.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dorascope::test {

std::atomic<int> syncs{0};

namespace {

namespace fs = std::filesystem;
using host::HostError;
using host::LeaseStore;
using server::Lease;
using server::LeaseState;
using server::LeaseWrite;

Lease lease(std::uint32_t number)
{
    Lease made;
    made.address = Ipv4Address::from_octets(10, 0, 0, 0) + number;
    made.hardware = HardwareAddress{1,
                                    6,
                                    {2, 0, 0, static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
                                     static_cast<std::uint8_t>(number)}};
    made.client = {server::ClientKey::Kind::hardware, {1}};
    const auto octets = made.hardware.bytes();
    made.client.bytes.insert(made.client.bytes.end(), octets.begin(), octets.end());
    made.since = Instant{Duration{1'700'000'000'123'456'789}};
    made.renewed = made.since + std::chrono::seconds{5};
    made.expires = made.renewed + std::chrono::hours{1};
    return made;
}
Lease strange_lease()
{
    Lease made = lease(7);
    made.client = {server::ClientKey::Kind::identifier, {0, 255, 'x', '\'', '"'}};
    made.hardware = HardwareAddress{32, 16, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
    made.hostname = "it's \"quoted\"; DROP TABLE lease";
    made.vendor_class = "MSFT 5.0";
    made.state = LeaseState::declined;
    made.since = Instant{};
    made.expires = kNever;
    return made;
}

class Store : public testing::Test {
protected:
    fs::path file() const { return folder_ / "state" / "leases-eth0.sqlite"; }
    LeaseStore open() const
    {
        auto store = LeaseStore::open(file());
        if (!store) throw std::runtime_error{store.error().text()};
        return std::move(*store);
    }
    HostError refusal() const
    {
        const auto store = LeaseStore::open(file());
        if (!store) return store.error();
        const auto loaded = store->load();
        EXPECT_FALSE(loaded);
        return loaded ? HostError{} : loaded.error();
    }
    void sql(const std::string& statement) const
    {
        sqlite3* database = nullptr;
        ASSERT_EQ(sqlite3_open(file().c_str(), &database), SQLITE_OK);
        char* words = nullptr;
        EXPECT_EQ(sqlite3_exec(database, statement.c_str(), nullptr, nullptr, &words), SQLITE_OK) << words;
        sqlite3_close(database);
    }
    /// As the sqlite3 shell shows them, opened for reading only.
    std::vector<std::string> rows(const std::string& query) const
    {
        std::vector<std::string> found;
        sqlite3* database = nullptr;
        EXPECT_EQ(sqlite3_open_v2(file().c_str(), &database, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
        const auto add = [](void* to, int columns, char** texts, char**) {
            std::string row;
            for (int i = 0; i < columns; ++i)
                row += (i > 0 ? "|" : "") + std::string{texts[i] ? texts[i] : ""};
            static_cast<std::vector<std::string>*>(to)->push_back(row);
            return 0;
        };
        EXPECT_EQ(sqlite3_exec(database, query.c_str(), add, &found, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
        sqlite3_close(database);
        return found;
    }
    TemporaryFolder folder_;
};

void commit(LeaseStore& store, std::vector<Lease> leases)
{
    std::vector<LeaseWrite> writes;
    for (auto& one : leases)
        writes.push_back({std::move(one)});
    const auto stored = store.commit(writes);
    EXPECT_TRUE(stored) << stored.error().text();
}
std::vector<Lease> load(const LeaseStore& store)
{
    auto table = store.load();
    EXPECT_TRUE(table) << table.error().text();
    if (!table) return {};
    std::sort(table->begin(), table->end(), [](const Lease& a, const Lease& b) { return a.address < b.address; });
    return *table;
}

TEST_F(Store, IsEmptyWhenNew) { EXPECT_TRUE(load(open()).empty()); }

TEST_F(Store, GivesBackWhatItWasGiven)
{
    const std::vector<Lease> leases{lease(1), lease(2), strange_lease()};
    {
        auto store = open();
        commit(store, leases);
        EXPECT_EQ(load(store), leases);
    }
    EXPECT_EQ(load(open()), leases) << "opened anew";
}

TEST_F(Store, ForgetsARowThatIsErased)
{
    {
        auto store = open();
        commit(store, {lease(1), lease(2)});
        LeaseWrite gone{lease(1)};
        gone.erase = true;
        const auto stored = store.commit({&gone, 1});
        EXPECT_TRUE(stored) << stored.error().text();
    }
    EXPECT_EQ(load(open()), std::vector<Lease>{lease(2)});
}

class EveryState : public Store, public testing::WithParamInterface<LeaseState> { };
TEST_P(EveryState, ComesBack)
{
    auto store = open();
    Lease one = lease(1);
    one.state = GetParam();
    commit(store, {one});
    EXPECT_EQ(load(store), std::vector{one});
}
INSTANTIATE_TEST_SUITE_P(Store, EveryState,
                         testing::Values(LeaseState::bound, LeaseState::expired, LeaseState::released, LeaseState::declined,
                                         LeaseState::conflict),
                         [](const auto& row) { return std::string{server::to_string(row.param)}; });

TEST_F(Store, KeepsOneRowAnAddressTheLastOne)
{
    auto store = open();
    commit(store, {lease(1)});
    Lease renewed = lease(1);
    renewed.hostname = "laptop";
    renewed.expires = kNever;
    commit(store, {lease(1), renewed});
    EXPECT_EQ(load(store), std::vector{renewed});
}

TEST_F(Store, ForgetsWhatIsErased)
{
    auto store = open();
    commit(store, {lease(1), lease(2), lease(3)});
    LeaseWrite gone{lease(2), true}, never_there{lease(9), true}, again{lease(1), true};
    ASSERT_TRUE(store.commit(std::array{gone, never_there, again, LeaseWrite{lease(1)}}));
    EXPECT_EQ(load(store), (std::vector{lease(1), lease(3)})) << "in the order in which they were said";
    EXPECT_EQ(store.count().value(), 2U);
}

TEST_F(Store, HandsItsLeasesOutInParts)
{
    auto store = open();
    std::vector<Lease> all{lease(1), strange_lease()};
    for (std::uint32_t i = 10; i < 1500; ++i)
        all.push_back(lease(i));
    all[600].hostname = "laptop";
    all[600].vendor_class = "MSFT 5.0";
    commit(store, all);
    std::vector<Lease> taken;
    std::size_t parts = 0;
    ASSERT_TRUE(store.read([&](std::span<const Lease> part) {
        taken.insert(taken.end(), part.begin(), part.end());
        ++parts;
    }));
    EXPECT_GT(parts, 1U);
    EXPECT_EQ(taken, all) << "in order, and nothing of one is left in the next";
}

TEST_F(Store, IsReadableByOrdinaryToolsWhileItIsOpen)
{
    auto store = open();
    Lease named = lease(1);
    named.hostname = "laptop";
    commit(store, {named, strange_lease()});
    EXPECT_EQ(rows("SELECT address, state, hardware, client_id, hostname, expires FROM leases ORDER BY address"),
              (std::vector<std::string>{
                  "10.0.0.1|bound|02:00:00:00:00:01||laptop|2023-11-14T23:13:25Z",
                  "10.0.0.7|declined|01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10|00ff782722|it's \"quoted\"; DROP TABLE "
                  "lease|never",
              }));
    EXPECT_EQ(rows("SELECT * FROM lease"),
              (std::vector<std::string>{
                  "10.0.0.1|bound|hardware|01020000000001|1|02:00:00:00:00:01|laptop||1700000000123456789|1700000005123456789|"
                  "1700003605123456789",
                  "10.0.0.7|declined|identifier|00ff782722|32|01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10|it's "
                  "\"quoted\"; DROP TABLE lease|MSFT 5.0|0|1700000005123456789|",
              }))
        << "in order of address";
    EXPECT_EQ(rows("PRAGMA journal_mode"), std::vector<std::string>{"wal"});
}

TEST_F(Store, RefusesASecondServerAndNamesTheFirst)
{
    const auto first = open();
    const auto second = LeaseStore::open(file());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, HostError::Kind::store);
    EXPECT_NE(second.error().problem.find("process " + std::to_string(::getpid())), std::string::npos) << second.error().problem;
}

TEST_F(Store, CanBeOpenedAgainWhenTheFirstIsGone)
{
    {
        const auto first = open();
    }
    EXPECT_TRUE(LeaseStore::open(file()));
}

TEST_F(Store, RefusesWhatIsNoDatabase)
{
    fs::create_directories(file().parent_path());
    write_file(file(), std::string(4096, 'x'));
    const auto error = refusal();
    EXPECT_EQ(error.kind, HostError::Kind::store);
    EXPECT_NE(error.problem.find("is damaged"), std::string::npos) << error.problem;
    EXPECT_NE(error.remedy.find("mv '" + file().string() + "'"), std::string::npos) << error.remedy;
}

TEST_F(Store, RefusesADatabaseThatIsDamagedInside)
{
    {
        auto store = open();
        std::vector<Lease> many;
        for (std::uint32_t i = 0; i < 2000; ++i)
            many.push_back(lease(i));
        commit(store, many);
    }
    std::string octets = contents(file());
    ASSERT_GT(octets.size(), 5U * 4096);
    for (std::size_t page = 2; page < 20; ++page)
        std::fill_n(octets.begin() + static_cast<std::ptrdiff_t>(page * 4096), 4096, '\x5a');
    write_file(file(), octets);
    const auto error = refusal();
    EXPECT_NE(error.problem.find("is damaged"), std::string::npos) << error.text();
}

TEST_F(Store, RefusesARowThatHoldsNonsenseAndSaysWhich)
{
    {
        auto store = open();
        commit(store, {lease(1)});
    }
    struct Nonsense {
        const char* statement;
        const char* said;
    };
    for (const auto& [statement, said] : {Nonsense{"UPDATE binding SET state = 5", "state '5'"},
                                          {"UPDATE binding SET state = -1", "state '-1'"},
                                          {"UPDATE binding SET state = 0, hardware = x''", "hardware ''"},
                                          {"UPDATE binding SET hardware = zeroblob(18)", "hardware '0000"},
                                          {"UPDATE binding SET hardware = x'0102', client = x''", "client ''"},
                                          {"UPDATE binding SET client = x'01', client_kind = 2", "client_kind '2'"},
                                          {"UPDATE binding SET client_kind = 1, address = 4294967296", "address '4294967296'"},
                                          {"UPDATE binding SET address = -1", "address '-1'"}}) {
        sql(statement);
        const auto error = refusal();
        EXPECT_NE(error.problem.find(said), std::string::npos) << error.problem;
    }
}

TEST_F(Store, RefusesAnotherProgramsDatabase)
{
    fs::create_directories(file().parent_path());
    sql("CREATE TABLE bookmarks (url TEXT)");
    EXPECT_NE(refusal().problem.find("not one of DoraScope's leases"), std::string::npos);
}

TEST_F(Store, RefusesAnotherSchema)
{
    {
        const auto store = open();
    }
    for (const char* other : {"0", "1", "3"}) {
        sql(std::string{"PRAGMA user_version = "} + other);
        const auto error = refusal();
        EXPECT_NE(error.problem.find("another version of DoraScope (schema " + std::string{other} + ", this one knows 2)"),
                  std::string::npos)
            << error.problem;
        EXPECT_NE(error.remedy.find("--state-dir"), std::string::npos) << error.remedy;
        EXPECT_EQ(rows("PRAGMA user_version"), std::vector<std::string>{other}) << "left as it is";
    }
}

TEST_F(Store, AFolderThatCannotBeMadeIsNamed)
{
    write_file(folder_ / "state", "a file where the folder should be");
    const auto error = refusal();
    EXPECT_NE(error.problem.find((folder_ / "state").string()), std::string::npos) << error.problem;
    EXPECT_NE(error.remedy.find("--state-dir"), std::string::npos);
}

TEST_F(Store, StoresNothingOfACommitThatFailsAndGoesOnAfterwards)
{
    auto store = open();
    commit(store, {lease(1)});
    {
        const FullDisk full{65536};
        std::vector<LeaseWrite> many;
        for (std::uint32_t i = 2; i < 5000; ++i)
            many.push_back({lease(i)});
        const auto stored = store.commit(many);
        ASSERT_FALSE(stored);
        EXPECT_EQ(stored.error().kind, HostError::Kind::store);
        EXPECT_NE(stored.error().problem.find(file().string()), std::string::npos) << stored.error().text();
        EXPECT_FALSE(stored.error().remedy.empty());
    }
    EXPECT_EQ(load(store), std::vector{lease(1)}) << "all or nothing";
    commit(store, {lease(2)});
    EXPECT_EQ(load(store), (std::vector{lease(1), lease(2)})) << "the disk has room again";
}

// A kill does not tell whether the disk has it: only a sync does, and the kernel keeps no count of them. So SQLite's calls come by here.
TEST_F(Store, EveryCommitIsSyncedBeforeItReturns)
{
    auto store = open();
    for (std::uint32_t i = 0; i < 50; ++i) {
        const int before = syncs;
        commit(store, {lease(i)});
        EXPECT_GT(syncs, before) << i;
    }
}

TEST_F(Store, WhatWasCommittedSurvivesAKill)
{
    std::array<int, 2> said{};
    ASSERT_EQ(::pipe(said.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(said[0]);
        auto store = LeaseStore::open(file());
        for (std::uint32_t i = 0; store; ++i) {
            const std::array writes{LeaseWrite{lease(i)}, LeaseWrite{lease(i + 1'000'000)}};
            if (!store->commit(writes) || ::write(said[1], &i, sizeof i) != sizeof i) break;
        }
        ::_exit(1);
    }
    ::close(said[1]);
    std::uint32_t last = 0, count = 0;
    while (count < 200 && ::read(said[0], &last, sizeof last) == sizeof last)
        ++count;
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    while (::read(said[0], &last, sizeof last) == sizeof last)
        ++count; // said before the end, not yet read
    ::close(said[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself";
    ASSERT_GE(count, 200U);

    const auto kept = load(open());
    EXPECT_EQ(kept.size() % 2, 0U) << "half a transaction";
    for (std::uint32_t i = 0; i < count; ++i)
        for (const auto& one : {lease(i), lease(i + 1'000'000)})
            EXPECT_TRUE(std::binary_search(kept.begin(), kept.end(), one, [](const Lease& a, const Lease& b) {
                return a.address < b.address;
            })) << i;
}

} // namespace
} // namespace dorascope::test

/// In front of libc's.
extern "C" int fdatasync(int fd)
{
    ++dorascope::test::syncs;
    return static_cast<int>(::syscall(SYS_fdatasync, fd));
}
