// SPDX-License-Identifier: GPL-3.0-or-later
// Leases that the embedded server held before anything was seen of it.
#include "capture/observe/recording.h"
#include "tests/observe/conversation.h"

namespace dorascope::observe {
namespace {

using namespace test;

HeldLease lease(std::string_view client, std::string_view address, BindingState state = BindingState::bound)
{
    const Instant now{std::chrono::seconds{1'700'000'000}};
    HeldLease held;
    held.address = ip(address);
    held.hardware = hardware(client);
    held.hostname = std::string{"host-"} + std::string{client};
    held.state = state;
    held.since = now - 2h;
    held.renewed = now - 10min;
    held.expires = now + 50min;
    return held;
}

HeldLeases held(const Lan& lan, std::vector<HeldLease> leases)
{
    return {lan.now, ip("10.0.0.1"), *MacAddress::parse("02:00:00:00:00:01"), std::move(leases), 0};
}

class HeldLeasesTest : public testing::Test {
protected:
    void take_up(std::vector<HeldLease> leases)
    {
        lan.changes.clear();
        lan.state.apply(held(lan, std::move(leases)), lan.changes);
    }
    Binding binding(std::string_view address) const { return lan.state.binding(ip(address)).value(); }
    Decision order(StepCode code, std::string_view address) const
    {
        Decision decision;
        decision.outcome = Outcome::recorded;
        decision.address = ip(address);
        decision.steps = {{code, decision.address, 0, {}}};
        return decision;
    }
    Lan lan;
};

TEST_F(HeldLeasesTest, AreThereAsIfTheirAckHadBeenSeen)
{
    const std::vector ranges{Ipv4Range{ip("10.0.0.10"), ip("10.0.0.19")}};
    Changes changes;
    lan.state.apply(PoolChange{{}, Pool{ranges, {}}}, changes);
    take_up({lease("A", "10.0.0.10"), lease("B", "10.0.0.30")});
    EXPECT_EQ(lan.state.bound_count(), 2U);
    EXPECT_EQ(lan.state.used_count(), 1U) << "the other lies outside the pool";
    const auto first = binding("10.0.0.10");
    EXPECT_EQ(first.state, BindingState::bound);
    EXPECT_EQ(first.lease_seconds, 3600U);
    EXPECT_EQ(first.since, lan.now - 2h);
    EXPECT_EQ(lan.client(first.client).hostname, "host-A");
    EXPECT_EQ(lan.client(first.client).address, ip("10.0.0.10"));
    EXPECT_EQ(lan.client(first.client).last_seen, lan.now - 10min);
    EXPECT_EQ(lan.client(first.client).messages, 0U);
    EXPECT_TRUE(lan.server(first.server).embedded);
    EXPECT_EQ(lan.changes.bindings.size(), 2U);
    EXPECT_EQ(lan.state.series().reduce(lan.now, lan.now + 1s, 1).front().in_use_high(), 1U);
    lan.passes(50min);
    EXPECT_EQ(binding("10.0.0.10").state, BindingState::expired);
}

TEST_F(HeldLeasesTest, GoOnWithTheFramesOfTheirClients)
{
    take_up({lease("A", "10.0.0.10")});
    lan.hears(renew("A", "10.0.0.10"));
    lan.hears(ack("A", "10.0.0.10"));
    EXPECT_EQ(lan.state.clients().size(), 1U);
    EXPECT_EQ(lan.state.servers().size(), 1U) << "its first reply is the server's that was known already";
    EXPECT_EQ(binding("10.0.0.10").since, lan.now - 2h);
    EXPECT_EQ(binding("10.0.0.10").renewed, lan.now);
    lan.hears(release("A", "10.0.0.10").xid(9));
    EXPECT_EQ(lan.state.bound_count(), 0U);
}

TEST_F(HeldLeasesTest, KnowTheirClientsByIdentifier_Rfc2131_4_2)
{
    auto one = lease("A", "10.0.0.10"), two = lease("A", "10.0.0.11");
    one.client_id = {0, 1};
    two.client_id = {0, 2};
    two.hostname = "second";
    take_up({one, two});
    ASSERT_EQ(lan.state.clients().size(), 2U);
    EXPECT_EQ(lan.client(binding("10.0.0.11").client).hostname, "second");
    lan.hears(renew("A", "10.0.0.11").bytes(wire::option::client_identifier, {0, 2}));
    EXPECT_EQ(lan.client(binding("10.0.0.11").client).messages, 1U);
}

TEST_F(HeldLeasesTest, ComeAfterWhatFramesHaveTold)
{
    lan.dora("B", "10.0.0.10");
    lan.hears(release("B", "10.0.0.10").xid(5));
    take_up({lease("A", "10.0.0.10")});
    EXPECT_EQ(binding("10.0.0.10").state, BindingState::released);
}

TEST_F(HeldLeasesTest, ThatEndedAreNotBound)
{
    auto ended = lease("A", "10.0.0.10");
    ended.expires = lan.now - 1s;
    take_up({ended, lease("B", "10.0.0.11", BindingState::released), lease("C", "10.0.0.12", BindingState::expired)});
    EXPECT_EQ(lan.state.bound_count(), 0U);
    EXPECT_EQ(binding("10.0.0.10").state, BindingState::expired);
    EXPECT_EQ(binding("10.0.0.11").state, BindingState::released);
}

TEST_F(HeldLeasesTest, WithoutEndNeverExpire)
{
    auto held = lease("A", "10.0.0.10");
    held.expires = kNever;
    take_up({held});
    EXPECT_EQ(binding("10.0.0.10").lease_seconds, kInfiniteSeconds);
    lan.passes(24h * 365 * 50);
    EXPECT_EQ(binding("10.0.0.10").state, BindingState::bound);
}

TEST_F(HeldLeasesTest, InQuarantineStayThereUntilItIsOver)
{
    take_up({lease("X", "10.0.0.10", BindingState::conflict), lease("A", "10.0.0.11", BindingState::declined)});
    EXPECT_EQ(binding("10.0.0.10").state, BindingState::conflict);
    EXPECT_EQ(binding("10.0.0.10").client, kNone) << "who answered a probe need not speak DHCP";
    EXPECT_TRUE(binding("10.0.0.11").quarantined);
    for (const char* const address : {"10.0.0.10", "10.0.0.11"}) {
        lan.decides(order(StepCode::quarantine_over, address));
        EXPECT_FALSE(binding(address).quarantined);
        EXPECT_EQ(binding(address).state, BindingState::expired);
    }
    EXPECT_TRUE(binding("10.0.0.10").is_nobodys());
}

TEST_F(HeldLeasesTest, AreForgottenByOrder)
{
    take_up({lease("A", "10.0.0.10")});
    lan.decides(order(StepCode::order_erased, "10.0.0.10"));
    EXPECT_TRUE(binding("10.0.0.10").is_nobodys());
    EXPECT_EQ(lan.state.bound_count(), 0U);
    EXPECT_EQ(lan.client().address, kAnyAddress);
}

TEST_F(HeldLeasesTest, ThatFindNoRoomAreCounted)
{
    Limits limits;
    limits.bindings = 2;
    lan.state = LanState{limits};
    auto more = held(lan, {lease("A", "10.0.0.10"), lease("B", "10.0.0.11"), lease("C", "10.0.0.12")});
    more.left_out = 4;
    lan.state.apply(more, lan.changes);
    EXPECT_EQ(lan.state.counts().held_left_out, 5U);
    EXPECT_EQ(lan.state.bound_count(), 2U);
}

TEST_F(HeldLeasesTest, WithTimesThatNoClockShowsDoNoHarm)
{
    auto odd = lease("A", "10.0.0.10");
    odd.since = odd.renewed = Instant{Duration::min()};
    odd.expires = Instant{Duration::max() - Duration{1}};
    take_up({odd});
    EXPECT_EQ(binding("10.0.0.10").state, BindingState::bound);
    odd.address = ip("10.0.0.11");
    odd.expires = Instant{Duration::min()};
    take_up({odd});
    EXPECT_EQ(binding("10.0.0.11").state, BindingState::expired);
}

TEST_F(HeldLeasesTest, AreThereAtTheMomentThatServingBegan)
{
    Recording recording;
    const auto append = [&](const Said& said, Instant at) {
        const auto bytes = said.frame_bytes();
        recording.append({++lan.frames, at, decode::LinkType::ethernet, static_cast<std::uint32_t>(bytes.size()), bytes});
    };
    recording.append(held(lan, {lease("A", "10.0.0.10"), lease("B", "10.0.0.11")}));
    append(release("A", "10.0.0.10"), lan.now + 10s);
    EXPECT_EQ(recording.at(lan.now - 1s).bound_count(), 0U);
    EXPECT_EQ(recording.at(lan.now).bound_count(), 2U);
    EXPECT_EQ(recording.at(lan.now + 11s).bound_count(), 1U);
}

/// As much work as so many frames: the way there is walked once.
TEST_F(HeldLeasesTest, InGreatNumberLeaveAKeyframeBehind)
{
    Recording recording;
    for (std::uint32_t part = 0; part < 32; ++part) {
        std::vector<HeldLease> leases;
        for (std::uint32_t i = 0; i < 256; ++i) {
            auto one = lease("A", "10.0.0.10");
            one.address.value += part * 256 + i;
            one.hardware.octets[4] = static_cast<std::uint8_t>(part);
            one.hardware.octets[5] = static_cast<std::uint8_t>(i);
            leases.push_back(one);
        }
        recording.append(held(lan, std::move(leases)));
    }
    const auto before = recording.memory_used();
    EXPECT_GT(before, 32U * 256 * sizeof(HeldLease));
    EXPECT_EQ(recording.at(lan.now).bound_count(), 8192U);
    const auto after = recording.memory_used();
    EXPECT_GT(after, before);
    EXPECT_EQ(recording.at(lan.now + 1h).bound_count(), 0U) << "all have ended";
    EXPECT_EQ(recording.memory_used(), after);
}

// ---- in quarantine here, bound by another server -------------------------------------------------------------------------------------

class TwoServers : public HeldLeasesTest {
protected:
    TwoServers()
    {
        take_up({lease("X", "10.0.0.10", BindingState::conflict)});
        lan.hears(renew("B", "10.0.0.10"));
        lan.hears(ack("B", "10.0.0.10").server("10.0.0.66", "02:00:00:00:00:66"));
    }
};

TEST_F(TwoServers, BothFactsAreKept)
{
    EXPECT_EQ(binding("10.0.0.10").state, BindingState::bound);
    EXPECT_TRUE(binding("10.0.0.10").quarantined);
}

TEST_F(TwoServers, TheQuarantineCanBeClearedAndTheOthersLeaseStays)
{
    for (const auto code : {StepCode::order_quarantine_cleared, StepCode::order_erased, StepCode::quarantine_over}) {
        LanState before = lan.state;
        lan.decides(order(code, "10.0.0.10"));
        EXPECT_EQ(binding("10.0.0.10").state, BindingState::bound);
        EXPECT_FALSE(binding("10.0.0.10").quarantined);
        EXPECT_EQ(lan.changes.bindings, std::vector{ip("10.0.0.10")});
        lan.state = before;
    }
}

TEST_F(TwoServers, TheQuarantineOutlastsTheOthersLease)
{
    lan.hears(release("B", "10.0.0.10").xid(8));
    EXPECT_EQ(binding("10.0.0.10").state, BindingState::conflict);
    lan.decides(order(StepCode::order_quarantine_cleared, "10.0.0.10"));
    EXPECT_TRUE(binding("10.0.0.10").is_nobodys());
}

TEST_F(TwoServers, AProbeThatFindsTheOthersClientSetsItAside)
{
    lan.dora("C", "10.0.0.20", 7);
    auto decision = decided("A", MessageType::discover, MessageType::none);
    decision.steps.insert(decision.steps.begin(), {StepCode::probe_answered, ip("10.0.0.20"), 0, hardware("C")});
    lan.decides(decision);
    EXPECT_EQ(binding("10.0.0.20").state, BindingState::bound);
    EXPECT_TRUE(binding("10.0.0.20").quarantined);
}

} // namespace
} // namespace dorascope::observe
