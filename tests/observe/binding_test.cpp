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

} // namespace
} // namespace dorascope::observe
