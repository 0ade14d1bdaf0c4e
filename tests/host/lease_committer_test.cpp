// SPDX-License-Identifier: GPL-3.0-or-later
// Transactions on a thread of their own.
#include "engine/host/lease_committer.h"
#include "tests/host/bad_disk.h"
#include "tests/support/child_process.h"

#include <array>
#include <chrono>
#include <gtest/gtest.h>
#include <poll.h>
#include <thread>

namespace dorascope::test {
namespace {

using host::LeaseCommitter;
using host::LeaseStore;
using server::Lease;
using server::LeaseWrite;
using Trouble = BadDisk::Trouble;

Lease lease(std::uint32_t number)
{
    Lease made;
    made.address = {0x0a000000 + number};
    made.hardware = {1, 6, {2, 0, 0, 0, 0, static_cast<std::uint8_t>(number)}};
    made.client = {server::ClientKey::Kind::identifier, {7, static_cast<std::uint8_t>(number)}};
    made.expires = made.renewed + std::chrono::hours{1};
    return made;
}

class Committer : public testing::Test {
protected:
    LeaseCommitter open() const { return LeaseCommitter::open(LeaseStore::open(folder_ / "leases-eth0.sqlite").value()).value(); }
    static bool readable(const LeaseCommitter& committer, int milliseconds)
    {
        pollfd ready{committer.descriptor(), POLLIN, 0};
        return ::poll(&ready, 1, milliseconds) == 1;
    }
    void wait_for_sync() const
    {
        while (!disk_.is_waited_for())
            std::this_thread::yield();
    }
    TemporaryFolder folder_;
    BadDisk disk_;
};

TEST_F(Committer, TellsOnceWhatBecameOfATransaction)
{
    auto committer = open();
    const std::array writes{LeaseWrite{lease(1)}, LeaseWrite{lease(2)}};
    EXPECT_FALSE(committer.ended()) << "none was begun";
    committer.begin(writes);
    ASSERT_TRUE(readable(committer, 10'000));
    const auto outcome = committer.ended();
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(*outcome);
    EXPECT_FALSE(committer.ended());
    EXPECT_FALSE(readable(committer, 0));
    EXPECT_EQ(committer.store().load().value(), (std::vector{lease(1), lease(2)}));
}

TEST_F(Committer, ItsOwnerGoesOnWhileTheDiskIsWaitedFor)
{
    auto committer = open();
    const std::array writes{LeaseWrite{lease(1)}};
    disk_.have(Trouble::sync_waits, "-wal");
    committer.begin(writes);
    wait_for_sync();
    EXPECT_FALSE(committer.ended());
    EXPECT_FALSE(readable(committer, 0));
    disk_.have(Trouble::none);
    EXPECT_TRUE(committer.wait());
}

TEST_F(Committer, AFailureIsToldAndTheNextOneMayGoWell)
{
    auto committer = open();
    const std::array first{LeaseWrite{lease(1)}}, second{LeaseWrite{lease(2)}};
    disk_.have(Trouble::sync_fails, "-wal");
    committer.begin(first);
    const auto failed = committer.wait();
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().kind, host::HostError::Kind::store);
    disk_.have(Trouble::none);
    committer.begin(second);
    EXPECT_TRUE(committer.wait());
    EXPECT_EQ(committer.store().load().value(), std::vector{lease(2)});
}

TEST_F(Committer, WhatHasBegunIsStoredBeforeItGoes)
{
    const std::array writes{LeaseWrite{lease(1)}};
    {
        auto committer = open();
        committer.begin(writes);
    }
    EXPECT_EQ(open().store().load().value(), std::vector{lease(1)});
}

TEST_F(Committer, TroubleWithTheLogIsToldBesides)
{
    auto committer = open();
    std::vector<LeaseWrite> writes;
    for (std::uint32_t i = 0; i < 150'000; ++i) {
        writes.push_back({lease(i)});
        writes.back().lease.hostname = std::string(63, 'h'); // more pages than the log keeps
    }
    disk_.have(Trouble::sync_fails, ".sqlite");
    committer.begin(writes);
    EXPECT_TRUE(committer.wait()) << "the log has it";
    EXPECT_EQ(committer.store().count().value(), writes.size());
    EXPECT_TRUE(readable(committer, 10'000)) << "whoever waits is woken";
    const auto trouble = committer.upkeep_trouble();
    ASSERT_TRUE(trouble);
    EXPECT_EQ(trouble->kind, host::HostError::Kind::store);
    EXPECT_FALSE(committer.upkeep_trouble());
    EXPECT_FALSE(readable(committer, 0));
}

} // namespace
} // namespace dorascope::test
