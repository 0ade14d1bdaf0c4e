// SPDX-License-Identifier: GPL-3.0-or-later
// A clock that begins in the past, is set right, or set back, between two runs: no lease ends early.
#include "engine/host/lease_store.h"
#include "tests/support/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dorascope::test {
namespace {

using namespace host;
using testing::HasSubstr;

constexpr Duration kToday = std::chrono::seconds{1'764'000'000}; // 2025-11-24 16:00 UTC
constexpr Duration kLongAgo = std::chrono::hours{24 * 365};

class Run : public testing::Test {
protected:
    /// Starts when the wall clock shows `wall`, `since_boot` after that boot began.
    RunClock begin(Duration wall, Duration since_boot, const std::string& boot = "this")
    {
        store_.reset();
        store_.emplace(LeaseStore::open(folder_ / "leases.sqlite").value());
        machine_ = {wall - since_boot, since_boot, boot};
        return store_->begin_run(machine_).value();
    }
    void lease(std::uint32_t number, Duration at, Instant expires)
    {
        server::LeaseWrite write;
        write.lease.address = {0x0a000000 + number};
        write.lease.hardware = {1, 6, {2, 0, 0, 0, 0, 1}};
        write.lease.client = {server::ClientKey::Kind::identifier, {1, 2}};
        write.lease.since = write.lease.renewed = Instant{at};
        write.lease.expires = expires;
        ASSERT_TRUE(store_->commit({&write, 1}));
    }
    void lease(std::uint32_t number, Duration at) { lease(number, at, Instant{at + 1h}); }
    static Duration now(const RunClock& clock, Duration since_boot) { return clock.wall_at_boot + since_boot; }
    std::optional<std::string> told(const RunClock& clock) const { return tell_of(clock, machine_); }
    TemporaryFolder folder_;
    std::optional<LeaseStore> store_;
    MachineTime machine_;
};

TEST_F(Run, OrdinarilyGoesByTheWallClock)
{
    begin(kToday, 1min);
    lease(1, kToday + 1min);
    const auto next = begin(kToday + 10min, 11min);
    EXPECT_EQ(now(next, 11min), kToday + 10min);
    EXPECT_FALSE(told(next));
    const auto after_boot = begin(kToday + 5h, 1min, "another");
    EXPECT_EQ(now(after_boot, 1min), kToday + 5h);
    EXPECT_FALSE(told(after_boot));
    EXPECT_EQ(store_->load().value().at(0).expires, Instant{kToday + 61min});
}

TEST_F(Run, BehindTheFileGoesOnFromItsNewestTimeAndNamesBoth)
{
    begin(kToday, 1min);
    lease(1, kToday + 2min);
    const auto next = begin(kLongAgo, 20s, "another");
    EXPECT_EQ(now(next, 20s), kToday + 2min);
    const auto said = told(next);
    ASSERT_TRUE(said);
    EXPECT_THAT(*said,
                AllOf(HasSubstr("1971-01-01 00:00:00 UTC"), HasSubstr("2025-11-24 16:02:00 UTC"), HasSubstr("timedatectl")));
    EXPECT_EQ(store_->load().value().at(0).expires, Instant{kToday + 62min});
}

TEST_F(Run, AFewMinutesBehindAreNotWorthASentence)
{
    begin(kToday, 1min);
    lease(1, kToday + 2min);
    const auto next = begin(kToday, 20s, "another");
    EXPECT_EQ(now(next, 20s), kToday + 2min);
    EXPECT_FALSE(told(next));
}

TEST_F(Run, AClockThatWasSetRightMovesTheLeasesOfTheRunBefore)
{
    begin(kLongAgo - 48h, 1min, "the boot before");
    lease(1, kLongAgo - 48h);
    begin(kLongAgo, 1min);
    lease(2, kLongAgo + 1min);
    lease(3, kLongAgo + 1min, kNever);
    const auto next = begin(kToday, 11min); // ten minutes later by CLOCK_BOOTTIME
    EXPECT_EQ(now(next, 11min), kToday);
    const auto leases = store_->load().value();
    EXPECT_EQ(leases.at(0).expires, Instant{kLongAgo - 47h}) << "of another boot: its time is what it is";
    EXPECT_EQ(leases.at(1).renewed, Instant{kToday - 9min});
    EXPECT_EQ(leases.at(1).since, Instant{kToday - 9min});
    EXPECT_EQ(leases.at(1).expires, Instant{kToday + 51min}) << "nine minutes of its hour are over";
    EXPECT_EQ(leases.at(2).expires, kNever);
    ASSERT_TRUE(told(next));
    EXPECT_THAT(*told(next), HasSubstr("to 2025-11-24 16:00:00 UTC"));
    const auto again = begin(kToday + 1min, 12min);
    EXPECT_EQ(store_->load().value(), leases) << "once";
    EXPECT_FALSE(told(again));
}

TEST_F(Run, AClockThatWasSetBackWithinABootGoesOnAsBefore)
{
    begin(kToday, 1min);
    lease(1, kToday);
    const auto next = begin(kLongAgo, 31min);
    EXPECT_EQ(now(next, 31min), kToday + 30min) << "half of the lease is over";
    EXPECT_TRUE(told(next));
}

TEST_F(Run, ATimeThatNoClockShowsIsNotBelieved)
{
    begin(kToday, 1min);
    lease(1, Duration{std::numeric_limits<std::int64_t>::max() - 1}, kNever);
    const auto next = begin(kToday, 1min, "another");
    EXPECT_EQ(now(next, 1min), kToday);
}

} // namespace
} // namespace dorascope::test
