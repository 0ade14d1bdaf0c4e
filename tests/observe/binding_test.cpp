// SPDX-License-Identifier: GPL-3.0-or-later
// Which address is whose, in observed time.
#include "tests/observe/conversation.h"

#include <algorithm>

namespace dorascope::observe {
namespace {

using namespace test;

TEST(Binding, IsMadeByAnAck)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.hears(offer("A", "10.0.0.10"));
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::offered);
    EXPECT_EQ(lan.state.bound_count(), 0U);
    lan.hears(request("A", "10.0.0.10"));
    lan.wait(1ms);
    lan.hears(ack("A", "10.0.0.10").lease(600));
    const auto binding = lan.state.binding(ip("10.0.0.10"));
    ASSERT_TRUE(binding);
    EXPECT_EQ(binding->state, BindingState::bound);
    EXPECT_EQ(binding->since, lan.now);
    EXPECT_EQ(binding->expires, lan.now + 600s);
    EXPECT_EQ(binding->lease_seconds, 600U);
    EXPECT_EQ(lan.client(binding->client).address, ip("10.0.0.10"));
    EXPECT_EQ(lan.server(binding->server).identifier, ip("10.0.0.1"));
    EXPECT_EQ(lan.state.bound_count(), 1U);
    EXPECT_EQ(lan.changes.bindings, std::vector{ip("10.0.0.10")});
}

TEST(Binding, ExpiresWhenItsTimeIsOver)
{
    Lan lan;
    lan.dora("A", "10.0.0.10").passes(3599s);
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::bound);
    lan.passes(1s);
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::expired);
    EXPECT_EQ(lan.state.bound_count(), 0U);
    EXPECT_EQ(lan.client().address, kAnyAddress);
    EXPECT_EQ(lan.changes.bindings, std::vector{ip("10.0.0.10")});
}

TEST(Binding, ExpiresBeforeTheNextFrameIsLookedAt)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.wait(2h);
    lan.hears(discover("B").xid(2));
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::expired);
}

TEST(Binding, LastsLongerWithEachRenewal)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    const auto since = lan.now;
    for (std::uint32_t i = 0; i < 4; ++i) {
        lan.passes(1800s);
        lan.hears(renew("A", "10.0.0.10").xid(i + 2));
        lan.hears(ack("A", "10.0.0.10").xid(i + 2));
    }
    const auto binding = lan.state.binding(ip("10.0.0.10"));
    EXPECT_EQ(binding->since, since);
    EXPECT_EQ(binding->renewed, lan.now);
    lan.passes(3599s);
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::bound);
    lan.passes(1s);
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::expired);
}

TEST(Binding, EndsEarlierWhenARenewalGrantsLess)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.hears(renew("A", "10.0.0.10").xid(2));
    lan.hears(ack("A", "10.0.0.10").xid(2).lease(60));
    lan.passes(60s);
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::expired);
    lan.dora("A", "10.0.0.10", 3).passes(3599s);
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::bound) << "the old deadline must not end the new lease";
}

TEST(Binding, OfInfiniteTimeNeverExpires)
{
    Lan lan;
    lan.hears(ack("A", "10.0.0.10").lease(kInfiniteSeconds));
    EXPECT_EQ(lan.state.binding(ip("10.0.0.10"))->expires, kNever);
    lan.passes(24h * 365 * 50);
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::bound);
}

TEST(Binding, OfUnknownTimeIsNotMadeToExpire)
{
    Lan lan;
    lan.hears(ack("A", "10.0.0.10").without(wire::option::lease_time));
    EXPECT_EQ(lan.state.binding(ip("10.0.0.10"))->expires, Instant{});
    lan.passes(24h * 365);
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::bound);
}

TEST(Binding, EndsWithItsHoldersRelease)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.hears(release("B", "10.0.0.10").xid(8));
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::bound) << "not B's to release";
    lan.hears(release("A", "10.0.0.10").xid(9));
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::released);
    EXPECT_EQ(lan.client().address, kAnyAddress);
    lan.passes(2h);
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::released) << "what is released does not expire";
}

TEST(Binding, ThatEndsLeavesItsHoldersNewerOneAlone)
{
    Lan lan;
    lan.dora("A", "10.0.0.10", 1);
    lan.dora("A", "10.0.0.20", 2);
    EXPECT_EQ(lan.client().address, ip("10.0.0.20"));
    lan.hears(release("A", "10.0.0.10").xid(3));
    EXPECT_EQ(lan.client().address, ip("10.0.0.20"));
    EXPECT_EQ(lan.state.bound_count(), 1U);
}

TEST(Binding, IsDeclinedByItsHolderAlone)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.hears(decline("B", "10.0.0.10").xid(8));
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::bound);
    lan.hears(decline("A", "10.0.0.10").xid(9));
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::declined);
    EXPECT_EQ(lan.state.bound_count(), 0U);
}

TEST(Binding, IsKnownToBeDeclinedAlsoWhenItsAckWasNotSeen)
{
    Lan lan;
    lan.hears(decline("A", "10.0.0.10"));
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::declined);
}

TEST(Binding, EndsWithANakToItsHolder)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.hears(reboot("B", "10.0.0.10").xid(5));
    lan.hears(nak("B").xid(5));
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::bound) << "refused to B";
    lan.hears(renew("A", "10.0.0.10").xid(6));
    lan.hears(nak("A").xid(6));
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::expired) << "RFC 2131 §4.4.5: A stops using it at once";
}

TEST(Binding, GoesToWhomTheNewestAckNames)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.dora("B", "10.0.0.10");
    const auto binding = lan.state.binding(ip("10.0.0.10"));
    EXPECT_EQ(lan.client(binding->client).hardware, hardware("B"));
    EXPECT_EQ(binding->since, lan.now);
    EXPECT_EQ(lan.client(0).address, kAnyAddress);
    EXPECT_EQ(lan.state.bound_count(), 1U);
}

TEST(Binding, StaysItsHoldersWhenASecondServerOffersTheAddress)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.hears(discover("B"));
    lan.hears(offer("B", "10.0.0.10").server("10.0.0.66", "02:00:00:00:00:66"));
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::bound);
    EXPECT_EQ(lan.state.binding(ip("10.0.0.10"))->client, 0U);
}

TEST(Binding, OfAnOfferLapsesWithItsExchange)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.hears(offer("A", "10.0.0.10"));
    lan.passes(119s);
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::offered);
    lan.passes(1s);
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::expired);
}

TEST(Binding, OfAnOfferOutlivesAnEarlierExchangeAboutIt)
{
    Lan lan;
    lan.hears(discover("A").xid(1));
    lan.hears(offer("A", "10.0.0.10").xid(1));
    lan.passes(60s);
    lan.hears(discover("B").xid(2));
    lan.hears(offer("B", "10.0.0.10").xid(2));
    lan.passes(60s);
    EXPECT_EQ(lan.exchange(0).outcome, ExchangeOutcome::not_taken);
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::offered);
}

TEST(Binding, ListIsInOrderOfAddress)
{
    Lan lan;
    for (const auto* address : {"10.0.0.30", "9.0.0.1", "10.0.0.4", "192.168.0.1"})
        lan.hears(ack("A", address));
    const auto list = lan.state.bindings();
    ASSERT_EQ(list.size(), 4U);
    EXPECT_TRUE(std::is_sorted(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.address < b.address; }));
    EXPECT_FALSE(lan.state.binding(ip("1.2.3.4")));
}

TEST(Binding, OfNonsenseAddressesIsNotMade)
{
    Lan lan;
    for (const auto* address : {"0.0.0.0", "255.255.255.255", "224.0.0.1"}) {
        lan.hears(offer("A", address));
        lan.hears(ack("A", address));
    }
    EXPECT_TRUE(lan.state.bindings().empty());
}

TEST(Binding, CountsGoIntoTheSeries)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.dora("B", "10.0.0.11");
    lan.passes(2h);
    const auto all = lan.state.series().reduce(lan.state.series().first(), lan.state.now() + 1ns, 1);
    EXPECT_EQ(all[0].bound_high, 2U);
    EXPECT_EQ(all[0].bound_low, 0U);
    EXPECT_EQ(all[0].total(), 8U);
}

PoolChange pool(std::string_view ranges, std::string_view hole = {}, Instant at = {})
{
    std::vector<Ipv4Range> in, out;
    for (std::size_t from = 0; from < ranges.size();) {
        const auto end = std::min(ranges.find(' ', from), ranges.size());
        in.push_back(*Ipv4Range::parse(ranges.substr(from, end - from)));
        from = end + 1;
    }
    if (!hole.empty()) out.push_back(*Ipv4Range::parse(hole));
    return {at, Pool{in, out}};
}

TEST(Pool, HasWhatItsRangesHaveLessTheHoles)
{
    const auto some = pool("10.0.0.100-10.0.0.200 10.0.0.10-10.0.0.19", "10.0.0.150-10.0.0.159").pool;
    EXPECT_EQ(some.size(), 101U - 10U + 10U);
    EXPECT_EQ(some.first_range().to_string(), "10.0.0.100-10.0.0.200") << "as it was written";
    for (const char* const in : {"10.0.0.10", "10.0.0.19", "10.0.0.100", "10.0.0.149", "10.0.0.160", "10.0.0.200"})
        EXPECT_TRUE(some.contains(ip(in))) << in;
    for (const char* const out : {"10.0.0.9", "10.0.0.20", "10.0.0.99", "10.0.0.150", "10.0.0.159", "10.0.0.201", "0.0.0.0"})
        EXPECT_FALSE(some.contains(ip(out))) << out;
    EXPECT_EQ(Pool{}.size(), 0U);
    EXPECT_FALSE(Pool{}.contains(ip("10.0.0.1")));
}

TEST(Pool, CountsEachAddressOnceWhateverOverlaps)
{
    EXPECT_EQ(pool("10.0.0.1-10.0.0.10 10.0.0.5-10.0.0.12", "10.0.0.9-10.0.0.20").pool.size(), 8U);
    EXPECT_EQ(pool("10.0.0.1-10.0.0.10", "0.0.0.0-255.255.255.255").pool.size(), 0U);
    EXPECT_EQ(pool("0.0.0.0-255.255.255.255").pool.size(), std::uint64_t{1} << 32);
    EXPECT_TRUE(pool("0.0.0.0-255.255.255.255").pool.contains(ip("255.255.255.255")));
    EXPECT_EQ(pool("10.0.0.1-255.255.255.255", "10.0.0.2-255.255.255.255").pool.size(), 1U);
}

/// A second server's addresses, and reservations outside of the pool, are bound, but none of the pool's.
TEST(Pool, IsUsedByItsOwnAddressesAlone)
{
    Lan lan;
    Changes changes;
    lan.state.apply(pool("10.0.0.100-10.0.0.200"), changes);
    EXPECT_TRUE(changes.pool);
    EXPECT_FALSE(changes.empty());
    lan.dora("A", "10.0.0.20", 1).dora("B", "10.0.0.100", 2).dora("C", "10.0.0.101", 3);
    EXPECT_EQ(lan.state.bound_count(), 3U);
    EXPECT_EQ(lan.state.used_count(), 2U);
    EXPECT_EQ(lan.state.series().buckets().back().used_high, 2U);
    EXPECT_EQ(lan.state.series().buckets().back().bound_high, 3U);
    EXPECT_EQ(lan.state.series().buckets().back().pool, 101U);
    lan.hears(release("B", "10.0.0.100"));
    EXPECT_EQ(lan.state.used_count(), 1U);
    lan.passes(2h);
    EXPECT_EQ(lan.state.used_count(), 0U);
}

TEST(Pool, IsCountedAnewWhenItChangesAndThePastKeepsItsOwn)
{
    Lan lan;
    Changes changes;
    lan.state.apply(pool("10.0.0.100-10.0.0.200"), changes);
    lan.dora("A", "10.0.0.20", 1).dora("B", "10.0.0.100", 2);
    const auto before = lan.now;
    lan.passes(1min);
    lan.state.apply(pool("10.0.0.20-10.0.0.29"), changes);
    lan.passes(1min);
    EXPECT_EQ(lan.state.used_count(), 1U) << "A's, and no longer B's";
    lan.dora("C", "10.0.0.21", 3);
    const auto parts = lan.state.series().reduce(before - 5ms, lan.now + 1ms, 400);
    EXPECT_EQ(parts.front().pool, 101U);
    EXPECT_EQ(parts.back().pool, 10U);
    EXPECT_EQ(parts.back().used_high, 2U);
    for (const auto& part : parts)
        EXPECT_LE(part.used_high, part.pool);
}

} // namespace
} // namespace dorascope::observe
