// SPDX-License-Identifier: GPL-3.0-or-later
// Which exchange a REQUEST belongs to, and which verdict on it counts.
#include "tests/observe/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::observe {
namespace {

using namespace test;
using testing::Optional;

// ---- REQUEST states (RFC 2131 §4.3.2)

TEST(Exchange, OfARenewalIsRenewed)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.wait(30min);
    lan.hears(renew("A", "10.0.0.10").xid(7));
    lan.wait(2ms);
    lan.hears(ack("A", "10.0.0.10").xid(7));
    ASSERT_EQ(lan.state.exchanges().size(), 2U);
    EXPECT_EQ(lan.last_exchange().outcome, ExchangeOutcome::renewed);
    EXPECT_THAT(lan.last_exchange().ack_time, Optional(Duration{2ms}));
    EXPECT_FALSE(lan.last_exchange().dora_time) << "there was no DISCOVER";
}

TEST(Exchange, OfARenewalUnderTheOldXidIsItsOwn)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    for (int i = 0; i < 3; ++i) { // a lease of a minute, and a client that never changes its xid
        lan.wait(30s);
        lan.hears(renew("A", "10.0.0.10"));
        lan.hears(ack("A", "10.0.0.10"));
    }
    ASSERT_EQ(lan.state.exchanges().size(), 4U);
    EXPECT_EQ(lan.letters(0), "DORA");
    EXPECT_EQ(lan.letters(3), "RA");
    EXPECT_EQ(lan.exchange(3).outcome, ExchangeOutcome::renewed);
}

TEST(Exchange, OfARebootIsRenewedOrRefused)
{
    Lan lan;
    lan.hears(reboot("A", "10.0.0.10"));
    lan.hears(ack("A", "10.0.0.10"));
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::renewed);

    lan.hears(reboot("B", "192.168.7.20"));
    lan.hears(nak("B"));
    EXPECT_EQ(lan.last_exchange().outcome, ExchangeOutcome::nak);
    EXPECT_EQ(lan.last_exchange().address, ip("192.168.7.20")) << "what was refused";
    EXPECT_EQ(lan.server(lan.last_exchange().server).naks, 1U);
}

TEST(Exchange, OfARebootUnderTheOldXidIsItsOwn)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.hears(reboot("A", "10.0.0.10"));
    lan.hears(ack("A", "10.0.0.10"));
    ASSERT_EQ(lan.state.exchanges().size(), 2U);
    EXPECT_EQ(lan.exchange(0).outcome, ExchangeOutcome::bound);
    EXPECT_EQ(lan.exchange(1).outcome, ExchangeOutcome::renewed);
}

TEST(Exchange, KeepsARequestWhoseAckWasLostOnTheWay)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.wait(4s);
    lan.hears(request("A", "10.0.0.10"));
    lan.hears(ack("A", "10.0.0.10"));
    EXPECT_EQ(lan.state.exchanges().size(), 1U);
    EXPECT_EQ(lan.letters(), "DORARA");
    EXPECT_EQ(lan.exchange().retransmissions, 2U);
}

TEST(Exchange, BeginsAnewWithADiscoverAfterTheAck)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.dora("A", "10.0.0.10");
    ASSERT_EQ(lan.state.exchanges().size(), 2U);
    EXPECT_EQ(lan.letters(0), "DORA");
    EXPECT_EQ(lan.letters(1), "DORA");
    EXPECT_EQ(lan.exchange(1).retransmissions, 0U);
}

TEST(Exchange, BeginsAnewWithADiscoverAfterANak)
{
    Lan lan;
    lan.hears(reboot("A", "10.0.9.9"));
    lan.hears(nak("A"));
    lan.dora("A", "10.0.0.10");
    ASSERT_EQ(lan.state.exchanges().size(), 2U);
    EXPECT_EQ(lan.letters(0), "RN");
    EXPECT_EQ(lan.letters(1), "DORA");
}

TEST(Exchange, BeginsAnewWithADiscoverAfterARebootThatNobodyAnswered)
{
    Lan lan;
    lan.hears(reboot("A", "10.0.9.9"));
    lan.wait(10s);
    lan.dora("A", "10.0.0.10");
    ASSERT_EQ(lan.state.exchanges().size(), 2U);
    EXPECT_EQ(lan.exchange(0).outcome, ExchangeOutcome::no_ack);
    EXPECT_EQ(lan.exchange(1).outcome, ExchangeOutcome::bound);
}

// ---- A REQUEST that does not keep the DISCOVER's xid (RFC 2131 §4.4.1 says it should)

TEST(Exchange, TakesInARequestUnderAnotherXidForWhatWasJustOffered)
{
    Lan lan;
    lan.hears(discover("A").xid(0x3d1d));
    lan.hears(offer("A", "10.0.0.10").xid(0x3d1d));
    lan.hears(request("A", "10.0.0.10").xid(0x3d1e));
    lan.hears(ack("A", "10.0.0.10").xid(0x3d1e));
    ASSERT_EQ(lan.state.exchanges().size(), 1U);
    EXPECT_EQ(lan.letters(), "DORA");
    EXPECT_EQ(lan.exchange().xid, 0x3d1dU);
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::bound);
    EXPECT_EQ(lan.message(2).xid, 0x3d1eU);
    EXPECT_TRUE(lan.exchange().dora_time);
}

TEST(Exchange, FollowsAClientThatChangesItsXidWithEachRequest)
{
    Lan lan;
    lan.hears(discover("A").xid(1));
    lan.hears(offer("A", "10.0.0.10").xid(1));
    for (std::uint32_t xid = 2; xid < 6; ++xid)
        lan.hears(request("A", "10.0.0.10").xid(xid));
    lan.hears(ack("A", "10.0.0.10").xid(5));
    EXPECT_EQ(lan.state.exchanges().size(), 1U);
    EXPECT_EQ(lan.letters(), "DORRRRA");
}

TEST(Exchange, LeavesARequestUnderAnotherXidAloneWhenTheOfferIsTaken)
{
    Lan lan;
    lan.dora("A", "10.0.0.10", 1);
    lan.hears(request("A", "10.0.0.10").xid(2));
    EXPECT_EQ(lan.state.exchanges().size(), 2U);
    EXPECT_EQ(lan.letters(0), "DORA");
}

TEST(Exchange, LeavesARequestUnderAnotherXidAloneWhenItAsksForSomethingElse)
{
    Lan lan;
    lan.hears(discover("A").xid(1));
    lan.hears(offer("A", "10.0.0.10").xid(1));
    lan.hears(request("A", "10.0.0.99").xid(2));
    lan.hears(request("A", "10.0.0.10").xid(3).server("10.0.0.66", ""));
    lan.hears(reboot("A", "10.0.0.10").xid(4));
    lan.hears(request("B", "10.0.0.10").xid(5));
    EXPECT_EQ(lan.state.exchanges().size(), 5U);
}

// ---- The first verdict counts

TEST(Exchange, IsNotChangedByASecondServersVerdict)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.hears(nak("A").server("10.0.0.66", "02:00:00:00:00:66"));
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::bound);
    EXPECT_EQ(lan.server(lan.exchange().server).identifier, ip("10.0.0.1"));
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::bound);

    lan.hears(reboot("B", "10.0.0.11"));
    lan.hears(nak("B").server("10.0.0.66", "02:00:00:00:00:66"));
    lan.hears(ack("B", "10.0.0.11"));
    EXPECT_EQ(lan.last_exchange().outcome, ExchangeOutcome::nak);
}

TEST(Exchange, MayEndWellAfterANakWhenTheClientAsksAgain)
{
    Lan lan;
    lan.hears(reboot("A", "10.0.0.10"));
    lan.hears(nak("A"));
    lan.hears(reboot("A", "10.0.0.10"));
    lan.hears(ack("A", "10.0.0.10"));
    EXPECT_EQ(lan.letters(), "RNRA");
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::renewed);
}

} // namespace
} // namespace dorascope::observe
