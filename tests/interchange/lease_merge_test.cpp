// SPDX-License-Identifier: GPL-3.0-or-later
// Imported leases beside those that are there: none that is in use, in quarantine or newer is lost.
#include "engine/interchange/lease_merge.h"
#include "tests/interchange/lease_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dorascope::interchange {
namespace {

using server::ClientKey;
using server::Lease;
using server::LeaseState;
using testing::HasSubstr;

Lease held_by(std::uint8_t client, std::int64_t renewed = 0)
{
    Lease lease;
    lease.address = address("10.0.0.1");
    lease.client = {ClientKey::Kind::identifier, {client}};
    lease.hardware = HardwareAddress::of(MacAddress{{2, 0, 0, 0, 0, client}});
    lease.renewed = at(renewed);
    lease.expires = at(60);
    return lease;
}
LeaseMerge merged(const Lease& there, const LeaseImport& imported, bool overwrite = false)
{
    return merge_leases({&there, 1}, imported, {.now = kNow, .overwrite = overwrite});
}
LeaseMerge merged(const Lease& there, const Lease& imported, bool overwrite = false)
{
    return merged(there, LeaseImport{{imported}, {}, {}}, overwrite);
}
std::string why_kept(const LeaseMerge& merge)
{
    EXPECT_TRUE(merge.writes.empty());
    return merge.kept.size() == 1 ? to_string(merge.kept[0]) : "";
}

TEST(Merge, NeverTakesANewerLeaseAway)
{
    const Lease old = held_by(1), newer = held_by(1, 10);
    Lease other = old;
    other.address = address("10.0.0.2");
    const auto kept = merged(newer, LeaseImport{{old, other}, {}, {}});
    EXPECT_EQ(kept.added, 1U);
    EXPECT_EQ(kept.replaced, 0U);
    EXPECT_EQ(kept.newer, 1U);
    ASSERT_EQ(kept.kept.size(), 1U);
    EXPECT_THAT(to_string(kept.kept[0]), HasSubstr("10.0.0.1: the lease that is there was renewed later, 2023-11-14T22:13:30Z"));
    EXPECT_EQ(merged(old, newer).replaced, 1U);
    EXPECT_EQ(merged(old, old).same, 1U);
    EXPECT_TRUE(merged(old, old).writes.empty());
}

// A second client must not get an address that is in use, however new the file says that its lease is.
TEST(Merge, KeepsWhatAnotherClientHolds)
{
    const auto kept = merged(held_by(1), held_by(2, 10));
    EXPECT_EQ(why_kept(kept), "10.0.0.1: 02:00:00:00:00:01 holds it until 2023-11-14T22:14:20Z");
    EXPECT_EQ(kept.held, 1U);
    Lease ended = held_by(1);
    ended.expires = at(0);
    EXPECT_EQ(merged(ended, held_by(2, 10)).replaced, 1U) << "past its time nobody holds it";
    Lease by_card = held_by(2, 10);
    by_card.hardware = held_by(1).hardware;
    EXPECT_EQ(merged(held_by(1), by_card).replaced, 1U) << "the same client, which the file knows by its card";
}

TEST(Merge, KeepsAQuarantine)
{
    for (const auto state : {LeaseState::declined, LeaseState::conflict}) {
        Lease quarantine = held_by(1);
        quarantine.state = state;
        const auto kept = merged(quarantine, held_by(1, 10));
        EXPECT_EQ(why_kept(kept), "10.0.0.1: it is in quarantine until 2023-11-14T22:14:20Z");
        EXPECT_EQ(kept.quarantined, 1U);
        quarantine.expires = at(0);
        EXPECT_EQ(merged(quarantine, held_by(2, 10)).replaced, 1U);
    }
}

TEST(Merge, AFileWithoutTimesOfRenewalCountsAsOlder)
{
    Lease ended = held_by(1, -100);
    ended.expires = at(-1);
    const std::pair<LeaseFormat, std::string_view> files[] = {
        {LeaseFormat::dnsmasq, "1700003600 02:00:00:00:00:02 10.0.0.1 * *\n"},
        {LeaseFormat::csv, "address,hardware,expires\n10.0.0.1,02:00:00:00:00:02,never\n"},
        {LeaseFormat::json, R"([{"address":"10.0.0.1","hardware":"02:00:00:00:00:02","expires":"never"}])"},
        {LeaseFormat::isc,
         "lease 10.0.0.1 {\n  ends never;\n  binding state active;\n  hardware ethernet 02:00:00:00:00:02;\n}\n"},
    };
    for (const auto& [format, text] : files) {
        const auto read = import_leases(text, format, kNow);
        ASSERT_TRUE(read);
        EXPECT_THAT(read->undated, testing::ElementsAre(address("10.0.0.1"))) << to_string(format);
        ASSERT_EQ(read->leases.size(), 1U);
        EXPECT_EQ(read->leases[0].renewed, kNow) << "a guess, where nothing stands against it";
        const auto kept = merged(ended, *read);
        EXPECT_EQ(why_kept(kept), "10.0.0.1: the file does not say when its own was renewed, and so counts as older")
            << to_string(format);
        EXPECT_EQ(kept.newer, 1U);
        Lease its_own = ended;
        its_own.hardware = read->leases[0].hardware;
        EXPECT_EQ(merged(its_own, *read).replaced, 1U) << "a lease of the same client that ends later is newer";
    }
}

/// Of two leases of one client on a link a server keeps, at its start, the one renewed last: that must not be the one whose time is a guess.
TEST(Merge, AGuessedRenewalIsOlderThanTheLeaseThatTheClientHoldsElsewhere)
{
    const Lease live = held_by(1, -30);
    Lease guessed = held_by(1);
    guessed.address = address("10.0.0.2");
    guessed.expires = at(600);
    const auto renewed = [&guessed](const Lease& there, bool undated = true, bool overwrite = false) {
        LeaseImport imported{{guessed}, {}, {}};
        if (undated) imported.undated = {guessed.address};
        const auto merge = merged(there, imported, overwrite);
        return merge.writes.size() == 1 ? merge.writes[0].lease.renewed : Instant{};
    };
    EXPECT_LT(renewed(live), live.renewed);
    EXPECT_GT(renewed(live), at(-60)) << "and not by much";
    EXPECT_EQ(renewed(live, false), kNow) << "what the file says counts";
    EXPECT_EQ(renewed(live, true, true), kNow) << "the file is to have the last word";
    EXPECT_EQ(renewed(held_by(2, -30)), kNow) << "another client's";
    Lease ended = live;
    ended.expires = at(-1);
    EXPECT_EQ(renewed(ended), kNow);
    ended = live;
    ended.state = LeaseState::released;
    EXPECT_EQ(renewed(ended), kNow);
}

TEST(Merge, OverwriteReplacesWhateverDiffers)
{
    Lease quarantine = held_by(1);
    quarantine.state = LeaseState::declined;
    for (const Lease& there : {held_by(1, 20), quarantine}) {
        const auto merge = merged(there, held_by(2, 10), true);
        EXPECT_EQ(merge.replaced, 1U);
        EXPECT_TRUE(merge.kept.empty());
    }
}

} // namespace
} // namespace dorascope::interchange
