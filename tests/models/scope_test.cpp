// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/models/watched_lan.h"

#include <gtest/gtest.h>

#include <QSignalSpy>

#include <array>

namespace dorascope::models::test {
namespace {

TEST(Scope, StartsEmptyAndSafe)
{
    const Scope scope;
    EXPECT_TRUE(scope.state().exchanges().empty());
    EXPECT_EQ(scope.recording().size(), 0U);
    EXPECT_TRUE(scope.clientName(0).isEmpty());
    EXPECT_TRUE(scope.serverDetail(7).isEmpty());
    EXPECT_FALSE(scope.matches(0));
}

TEST(Scope, AMessageImpliesItsExchangeAndClient)
{
    WatchedLan lan;
    lan.dora("A", "10.0.0.10", 1).dora("B", "10.0.0.11", 2);
    QSignalSpy changed{&lan.scope, &Scope::selectionChanged};
    lan.scope.selectMessage(6);
    EXPECT_EQ(lan.scope.selection(), (Selection{6, 1, 1}));
    lan.scope.selectMessage(6);
    EXPECT_EQ(changed.size(), 1);
    lan.scope.selectClient(0);
    EXPECT_EQ(lan.scope.selection(), (Selection{observe::kNone, observe::kNone, 0}));
}

TEST(Scope, AnExchangeBringsItsFirstReply)
{
    WatchedLan lan;
    lan.dora("A", "10.0.0.10", 1);
    lan.hears(discover("B").xid(2));
    lan.scope.selectExchange(0);
    EXPECT_EQ(lan.scope.selection().message, 1U);
    lan.scope.selectExchange(1);
    EXPECT_EQ(lan.scope.selection().message, 4U) << "no reply: its first message";
    lan.scope.selectExchange(99);
    EXPECT_EQ(lan.scope.selection(), Selection{});
}

TEST(Scope, ASelectionOutlivesTimeTravelButNotAnotherSource)
{
    WatchedLan lan;
    lan.dora("A", "10.0.0.10", 1);
    const Instant before = lan.now;
    lan.now += 1s;
    lan.dora("B", "10.0.0.11", 2);
    const auto past = lan.recording.at(before);
    lan.scope.selectMessage(1);
    lan.scope.setState(&past, &lan.recording);
    EXPECT_EQ(lan.scope.selection(), (Selection{1, 0, 0}));
    lan.scope.setState(&lan.state, &lan.recording);
    lan.scope.selectMessage(5);
    lan.scope.setState(&past, &lan.recording);
    EXPECT_EQ(lan.scope.selection(), Selection{}) << "that exchange is not there yet";

    WatchedLan other;
    lan.scope.setState(&lan.state, &lan.recording);
    lan.scope.selectMessage(1);
    lan.scope.setRange(TimeRange{before, before + 1s});
    lan.scope.setState(&other.state, &other.recording);
    EXPECT_EQ(lan.scope.selection(), Selection{});
    EXPECT_FALSE(lan.scope.range());
}

TEST(Scope, NamesAClientAsWellAsItCan)
{
    WatchedLan lan;
    auto said = discover("A");
    said.message.set_hardware(HardwareAddress::of(*MacAddress::parse("3c:22:fb:0a:01:02")));
    lan.hears(said);
    EXPECT_EQ(lan.scope.clientName(0), "Apple 0a:01:02");
    EXPECT_EQ(lan.scope.clientDetail(0), "Apple · 3c:22:fb:0a:01:02");
    lan.hears(said.text(wire::option::host_name, "Annas MacBook"));
    EXPECT_EQ(lan.scope.clientName(0), "Annas MacBook");
    lan.scope.setNamer([](const HardwareAddress&) { return QStringLiteral("Laptop A"); });
    EXPECT_EQ(lan.scope.clientName(0), "Laptop A");
    lan.hears(discover("B").xid(2));
    lan.scope.setNamer({});
    EXPECT_EQ(lan.scope.clientName(1), "02:00:00:00:00:42") << "a random MAC names nobody";
    EXPECT_EQ(lan.scope.clientDetail(1), "random MAC · 02:00:00:00:00:42");
}

TEST(Scope, KnowsOurServerFromStrangers)
{
    WatchedLan lan;
    lan.dora("A", "10.0.0.10", 1);
    lan.hears(discover("B").xid(2));
    lan.hears(offer("B", "10.0.0.66").xid(2).server("10.0.0.66", "14:cc:20:00:00:66"));
    EXPECT_EQ(lan.scope.serverDetail(0), "first seen · random MAC");
    EXPECT_EQ(lan.scope.serverDetail(1), "another server · TP-Link");
    auto ours = decided("A", MessageType::request, MessageType::ack);
    ours.xid = 1;
    lan.decides(ours);
    EXPECT_EQ(lan.scope.serverDetail(0), "this server");
    EXPECT_EQ(lan.scope.serverDetail(1), "unknown · TP-Link");
    EXPECT_EQ(lan.scope.serverName(1), "10.0.0.66");
}

TEST(Scope, ThePlayheadLeavesLiveAndReturns)
{
    WatchedLan lan;
    lan.dora("A", "10.0.0.10");
    QSignalSpy live{&lan.scope, &Scope::liveChanged}, wanted{&lan.scope, &Scope::playheadRequested};
    EXPECT_EQ(lan.scope.playhead(), lan.state.now());
    lan.scope.setPlayhead(lan.now - 2ms);
    EXPECT_FALSE(lan.scope.isLive());
    EXPECT_EQ(lan.scope.playhead(), lan.now - 2ms);
    lan.scope.setPlayhead(lan.now - 2ms);
    EXPECT_EQ(wanted.size(), 1);
    lan.scope.goLive();
    lan.scope.goLive();
    ASSERT_EQ(live.size(), 2);
    EXPECT_FALSE(live[0][0].toBool());
    EXPECT_TRUE(live[1][0].toBool());
}

TEST(Scope, ARangeIsPutInOrder)
{
    Scope scope;
    QSignalSpy changed{&scope, &Scope::filterChanged};
    scope.setRange(TimeRange{Instant{5s}, Instant{2s}});
    ASSERT_TRUE(scope.range());
    EXPECT_EQ(scope.range()->from, Instant{2s});
    scope.setRange(TimeRange{Instant{2s}, Instant{5s}});
    EXPECT_EQ(changed.size(), 1);
}

/// The rogue gives .20 to .23; the pool of the lab's server is .100 to .200.
TEST(Scope, OnlyAddressesOfThePoolAreInUse)
{
    WatchedLab lan{"rogue"};
    const Ipv4Range range = lan.lab.scenario().server.config.subnets.at(0).pools.at(0);
    QSignalSpy changed{&lan.scope, &Scope::poolChanged};
    lan.runs(10s);
    EXPECT_EQ(lan.scope.pool().size(), 0U);
    EXPECT_EQ(lan.scope.inUse(), lan.state.bound_count()) << "no pool is known: all that are bound";
    EXPECT_EQ(changed.size(), 0);
    lan.state.apply(observe::PoolChange{lan.now, observe::Pool{std::array{range}, {}}}, lan.batch);
    lan.publish();
    EXPECT_EQ(changed.size(), 1);
    EXPECT_EQ(lan.scope.pool().size(), 101U);
    std::size_t inside = 0;
    for (const auto& binding : lan.state.bindings())
        inside += binding.state == observe::BindingState::bound && range.contains(binding.address) ? 1 : 0;
    EXPECT_EQ(lan.scope.inUse(), inside);
    EXPECT_LT(inside, lan.state.bound_count()) << "the rogue has clients, too";
}

} // namespace
} // namespace dorascope::models::test
