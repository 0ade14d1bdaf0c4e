// SPDX-License-Identifier: GPL-3.0-or-later
// Decisions of the embedded server find their messages, whichever comes first.
#include "tests/observe/conversation.h"

namespace dorascope::observe {
namespace {

using namespace test;

TEST(Decision, FindsTheReplyThatCameBefore)
{
    Lan lan;
    lan.hears(discover("A"));
    const auto reply = lan.hears(offer("A", "10.0.0.10"));
    lan.wait(1ms);
    lan.decides(decided("A", MessageType::discover, MessageType::offer));
    ASSERT_NE(lan.message(reply).decision, kNone);
    const Decision* const decision = lan.state.decision(lan.message(reply).decision);
    ASSERT_NE(decision, nullptr);
    EXPECT_EQ(decision->steps.size(), 1U);
    EXPECT_TRUE(lan.server().embedded);
    EXPECT_EQ(lan.changes.exchanges, std::vector<ExchangeId>{0});
    EXPECT_EQ(lan.changes.servers, std::vector<ServerId>{0});
    EXPECT_EQ(lan.message(0).decision, kNone) << "the DISCOVER was answered: its decision is the answer's";
}

TEST(Decision, WaitsForTheReplyThatComesLater)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.decides(decided("A", MessageType::discover, MessageType::offer));
    lan.wait(1ms);
    const auto reply = lan.hears(offer("A", "10.0.0.10"));
    EXPECT_NE(lan.message(reply).decision, kNone);
    EXPECT_TRUE(lan.server().embedded);
}

TEST(Decision, MayComeBeforeEverything)
{
    Lan lan;
    lan.decides(decided("A", MessageType::discover, MessageType::offer));
    lan.hears(discover("A"));
    const auto reply = lan.hears(offer("A", "10.0.0.10"));
    EXPECT_EQ(lan.message(0).decision, kNone);
    EXPECT_EQ(lan.message(reply).decision, 0U);
}

TEST(Decision, AboutSilenceGoesToTheMessageLeftUnanswered)
{
    Lan lan;
    const auto asked = lan.hears(discover("A"));
    lan.decides(decided("A", MessageType::discover, MessageType::none));
    EXPECT_EQ(lan.message(asked).decision, 0U);
    lan.decides(decided("B", MessageType::release, MessageType::none));
    const auto left = lan.hears(release("B", "10.0.0.10"));
    EXPECT_EQ(lan.message(left).decision, 1U);
}

/// What a person orders of the embedded server crosses no wire.
TEST(Decision, AnOrderFreesItsAddress)
{
    for (const auto code : {StepCode::order_released, StepCode::order_erased}) {
        Lan lan;
        lan.dora("A", "10.0.0.10");
        ASSERT_EQ(lan.binding("10.0.0.10"), BindingState::bound);
        Decision order;
        order.outcome = Outcome::recorded;
        order.address = ip("10.0.0.10");
        order.steps = {{code, order.address, 0, {}}};
        lan.decides(order);
        EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::released);
        EXPECT_EQ(lan.state.bound_count(), 0U);
        EXPECT_EQ(lan.changes.bindings, std::vector{ip("10.0.0.10")});
        order.address = ip("10.0.0.99");
        lan.decides(order); // of an address that nobody has been seen with
        EXPECT_FALSE(lan.state.binding(ip("10.0.0.99")));
    }
}

TEST(Decision, AClearedQuarantineIsOver)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    lan.hears(decline("A", "10.0.0.10"));
    ASSERT_EQ(lan.binding("10.0.0.10"), BindingState::declined);
    EXPECT_FALSE(lan.state.binding(ip("10.0.0.10"))->quarantined) << "by whoever serves; nothing tells that it is ours";
    auto ours = decided("A", MessageType::decline, MessageType::none);
    ours.steps = {{StepCode::declined, ip("10.0.0.10"), 600, {}}};
    lan.decides(ours);
    EXPECT_TRUE(lan.state.binding(ip("10.0.0.10"))->quarantined);
    Decision order;
    order.outcome = Outcome::recorded;
    order.address = ip("10.0.0.10");
    order.steps = {{StepCode::order_quarantine_cleared, order.address, 0, {}}};
    lan.decides(order);
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::released);
}

/// RFC 5227: another machine answered the server's ARP Probe before anything was offered, so no DHCP message tells of it.
Decision probeAnswered(std::string_view address, const HardwareAddress& who)
{
    Decision decision = decided("A", MessageType::discover, MessageType::offer);
    decision.steps.insert(decision.steps.begin(), {StepCode::probe_answered, ip(address), 1'000'000, who});
    return decision;
}

TEST(Decision, AnAnsweredProbeIsAConflict)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.decides(probeAnswered("10.0.0.10", hardware("X")));
    lan.hears(offer("A", "10.0.0.11"));
    ASSERT_TRUE(lan.state.binding(ip("10.0.0.10")));
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::conflict);
    EXPECT_EQ(lan.state.binding(ip("10.0.0.10"))->client, kNone) << "nobody that has spoken DHCP";
    EXPECT_EQ(lan.binding("10.0.0.11"), BindingState::offered);
    EXPECT_EQ(lan.state.bound_count(), 0U);
    lan.decides(probeAnswered("10.0.0.12", hardware("A")));
    EXPECT_EQ(lan.state.binding(ip("10.0.0.12"))->client, lan.message(0).client) << "one that we know";
}

TEST(Decision, AConflictDoesNotEndALeaseThatIsSeen)
{
    Lan lan;
    lan.dora("B", "10.0.0.10");
    lan.decides(probeAnswered("10.0.0.10", hardware("B")));
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::bound);
}

TEST(Decision, AConflictEndsWithItsQuarantine)
{
    for (const auto code : {StepCode::quarantine_over, StepCode::order_quarantine_cleared, StepCode::order_erased}) {
        Lan lan;
        lan.decides(probeAnswered("10.0.0.10", hardware("X")));
        lan.dora("B", "10.0.0.11", 2).hears(decline("B", "10.0.0.11"));
        for (const char* const address : {"10.0.0.10", "10.0.0.11"}) {
            Decision end;
            end.outcome = Outcome::recorded;
            end.address = ip(address);
            end.steps = {{code, end.address, 0, {}}};
            lan.decides(end);
            EXPECT_EQ(lan.binding(address), code == StepCode::quarantine_over ? BindingState::expired : BindingState::released);
        }
    }
}

TEST(Decision, TheEndOfAQuarantineTakesNobodysLease)
{
    Lan lan;
    lan.dora("A", "10.0.0.10");
    Decision end;
    end.outcome = Outcome::recorded;
    end.address = ip("10.0.0.10");
    end.steps = {{StepCode::quarantine_over, end.address, 0, {}}};
    lan.decides(end);
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::bound);
}

TEST(Decision, IsNotTheRogues)
{
    Lan lan;
    lan.hears(discover("A"));
    const auto rogue = lan.hears(offer("A", "10.0.66.20").server("10.0.0.66", "02:00:00:00:00:66"));
    lan.decides(decided("A", MessageType::discover, MessageType::offer));
    EXPECT_EQ(lan.message(rogue).decision, kNone);
    const auto again = lan.hears(offer("A", "10.0.66.20").server("10.0.0.66", "02:00:00:00:00:66"));
    EXPECT_EQ(lan.message(again).decision, kNone);
    const auto own = lan.hears(offer("A", "10.0.0.10"));
    EXPECT_EQ(lan.message(own).decision, 0U);
    EXPECT_FALSE(lan.server(lan.message(rogue).server).embedded);
}

TEST(Decision, IsEachRetransmissionsOwn)
{
    for (const bool decided_first : {true, false}) {
        Lan lan;
        const auto decide_twice = [&] {
            lan.decides(decided("A", MessageType::discover, MessageType::offer));
            lan.decides(decided("A", MessageType::discover, MessageType::offer));
        };
        lan.hears(discover("A"));
        lan.hears(discover("A"));
        if (decided_first) decide_twice();
        lan.hears(offer("A", "10.0.0.10"));
        lan.hears(offer("A", "10.0.0.10"));
        if (!decided_first) decide_twice();
        EXPECT_EQ(lan.message(2).decision, 0U);
        EXPECT_EQ(lan.message(3).decision, 1U);
    }
}

TEST(Decision, IsNotTakenForOneOfAnotherTime)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.hears(offer("A", "10.0.0.10"));
    lan.wait(3s);
    lan.decides(decided("A", MessageType::discover, MessageType::offer));
    EXPECT_EQ(lan.message(1).decision, kNone);
    lan.wait(3s);
    lan.hears(offer("A", "10.0.0.10"));
    EXPECT_EQ(lan.message(2).decision, kNone);
}

TEST(Decision, AboutADeadlineBelongsToNoMessage)
{
    Lan lan;
    lan.hears(discover("A").without(wire::option::message_type));
    lan.decides(decided("A", MessageType::none, MessageType::none));
    EXPECT_EQ(lan.message(0).decision, kNone);
    EXPECT_NE(lan.state.decision(0), nullptr) << "kept all the same";
}

TEST(Decision, ThatIsTooOldIsGone)
{
    Lan lan;
    const auto expired = decided("A", MessageType::none, MessageType::none);
    for (int i = 0; i < 40'000; ++i)
        lan.decides(expired);
    EXPECT_EQ(lan.state.decision(0), nullptr);
    EXPECT_NE(lan.state.decision(39'999), nullptr);
    EXPECT_EQ(lan.state.decision(40'000), nullptr);
    EXPECT_EQ(lan.state.decision(kNone), nullptr);
    EXPECT_EQ(lan.state.decision(40'000 - 32'769), nullptr);
    EXPECT_NE(lan.state.decision(40'000 - 16'384), nullptr);
}

TEST(Decision, ThatNobodyCapturesDoesNotWaitForEver)
{
    Lan lan;
    for (int i = 0; i < 20'000; ++i) {
        auto decision = decided("A", MessageType::discover, MessageType::offer);
        decision.xid = static_cast<std::uint32_t>(i);
        lan.decides(decision);
    }
    lan.hears(discover("A").xid(19'999));
    const auto reply = lan.hears(offer("A", "10.0.0.10").xid(19'999));
    EXPECT_EQ(lan.message(reply).decision, 19'999U);
    EXPECT_LT(lan.state.memory_used(), std::size_t{64} << 20);
}

TEST(Decision, MakesRoomForNewerOnesThatWait)
{
    Lan lan;
    for (std::uint32_t xid = 0; xid < 5000; ++xid) {
        auto decision = decided("A", MessageType::discover, MessageType::offer);
        decision.xid = xid;
        lan.decides(decision);
    }
    EXPECT_EQ(lan.message(lan.hears(offer("A", "10.0.0.10").xid(0))).decision, kNone);
    EXPECT_EQ(lan.message(lan.hears(offer("A", "10.0.0.10").xid(4999))).decision, 4999U);
}

} // namespace
} // namespace dorascope::observe
