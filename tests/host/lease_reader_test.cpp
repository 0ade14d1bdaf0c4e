// SPDX-License-Identifier: GPL-3.0-or-later
// Leases read on one thread and taken on another.
#include "engine/host/lease_reader.h"
#include "tests/support/child_process.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <thread>
#include <vector>

namespace dorascope::test {
namespace {

using host::LeaseStore;
using server::Lease;
using server::LeaseWrite;

class Reader : public testing::TestWithParam<std::uint32_t> {
protected:
    std::filesystem::path file() const { return folder_ / "leases-eth0.sqlite"; }
    LeaseStore filled(std::uint32_t count) const
    {
        auto store = LeaseStore::open(file()).value();
        std::vector<LeaseWrite> writes;
        for (std::uint32_t i = 0; i < count; ++i) {
            Lease lease;
            lease.address = {0x0a000000 + i};
            lease.hardware = {
                1,
                6,
                {2, 0, 0, static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}};
            lease.client = {server::ClientKey::Kind::identifier,
                            std::vector<std::uint8_t>(1 + i % 40, static_cast<std::uint8_t>(i))};
            lease.hostname = std::string(i % 30, 'h');
            writes.push_back({lease});
        }
        EXPECT_TRUE(store.commit(writes));
        return store;
    }
    TemporaryFolder folder_;
};

/// Fewer than a part, some parts exactly, more than are on their way at most.
TEST_P(Reader, GivesEveryLeaseOnceInOrderOnTheCallersThread)
{
    const auto store = filled(GetParam());
    std::vector<Lease> read;
    const auto here = std::this_thread::get_id();
    const auto outcome = host::read_ahead(store, [&](std::span<const Lease> part) {
        EXPECT_EQ(std::this_thread::get_id(), here);
        EXPECT_FALSE(part.empty());
        read.insert(read.end(), part.begin(), part.end());
    });
    ASSERT_TRUE(outcome);
    EXPECT_EQ(read, store.load().value());
    EXPECT_EQ(read.size(), GetParam());
}
INSTANTIATE_TEST_SUITE_P(Leases, Reader, testing::Values(0U, 1U, 2047U, 2048U, 8192U, 20'001U));

TEST_F(Reader, WhatIsDamagedIsSaidOnceThoseBeforeAreTaken)
{
    const auto store = filled(10'000);
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "UPDATE binding SET state = 77 WHERE address = 167772160 + 9000", nullptr, nullptr, nullptr),
              SQLITE_OK);
    sqlite3_close(other);
    std::size_t taken = 0;
    const auto outcome = host::read_ahead(store, [&](std::span<const Lease> part) { taken += part.size(); });
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().problem.find("77"), std::string::npos) << outcome.error().text();
    EXPECT_LE(taken, 9000U);
}

} // namespace
} // namespace dorascope::test
