// SPDX-License-Identifier: GPL-3.0-or-later
// Nothing that arrives grows without bound, stops the fold or vanishes silently.
#include "tests/observe/conversation.h"

#include <algorithm>
#include <set>

namespace dorascope::observe {
namespace {

using namespace test;

std::string name(int i) { return {static_cast<char>('a' + i / 26 % 26), static_cast<char>('a' + i % 26)}; }

TEST(Malformed, MessagesAreReadAsFarAsTheyGo)
{
    Lan lan;
    auto broken = discover("A").payload_bytes();
    broken.resize(240);
    for (const auto octet : {53, 1, 1, 50, 200, 10})
        broken.push_back(static_cast<std::byte>(octet)); // option 50 overruns
    lan.hears(discover("A").raw(broken));
    EXPECT_TRUE(lan.message(0).malformed);
    EXPECT_EQ(lan.message(0).type, MessageType::discover);
    EXPECT_EQ(lan.message(0).xid, kXid);
    EXPECT_EQ(lan.client().hardware, hardware("A"));
    EXPECT_EQ(lan.exchange().xid, kXid);
    EXPECT_EQ(lan.state.counts().malformed, 1U);
}

TEST(Malformed, CookieLeavesTheHeader)
{
    Lan lan;
    auto broken = discover("A").payload_bytes();
    broken[236] = std::byte{0};
    lan.hears(discover("A").raw(broken));
    EXPECT_TRUE(lan.message(0).malformed);
    EXPECT_EQ(lan.message(0).type, MessageType::none);
    EXPECT_EQ(lan.client().hardware, hardware("A"));
}

TEST(Malformed, ReplyWithoutTypeAssignsNothing)
{
    Lan lan;
    auto broken = offer("A", "10.0.0.10").payload_bytes();
    broken[236] = std::byte{0};
    lan.hears(offer("A", "10.0.0.10").raw(broken));
    lan.hears(offer("A", "10.0.0.11").cut(14 + 20 + 8 + 240)); // cut before its options: not BOOTP either
    EXPECT_TRUE(lan.state.bindings().empty());
}

TEST(Malformed, MessageTooShortToNameAClientIsStillOne)
{
    Lan lan;
    for (const std::size_t size : {0U, 1U, 43U})
        lan.hears(discover("A").raw(wire::Buffer(size, std::byte{1})));
    ASSERT_EQ(lan.state.messages().size(), 3U);
    EXPECT_TRUE(lan.message(2).malformed);
    EXPECT_EQ(lan.message(2).client, kNone);
    EXPECT_EQ(lan.message(2).exchange, kNone);
    EXPECT_TRUE(lan.state.clients().empty());
    EXPECT_EQ(lan.state.counts().malformed, 3U);
}

TEST(Malformed, HardwareLengthIsBounded)
{
    Lan lan;
    auto broken = discover("A").payload_bytes();
    broken[2] = std::byte{255};
    lan.hears(discover("A").raw(broken));
    EXPECT_EQ(lan.client().hardware.length, 16);
    EXPECT_TRUE(lan.message(0).malformed);
}

TEST(Malformed, IsNotWhatTheCaptureCut)
{
    Lan lan;
    lan.hears(discover("A").cut(100));
    EXPECT_FALSE(lan.message(0).malformed) << "that is the capture's fault";
    EXPECT_EQ(lan.client().hardware, hardware("A"));
    EXPECT_EQ(lan.state.counts().malformed, 0U);
}

TEST(Counts, TellEveryFrameApart)
{
    Lan lan;
    lan.hears(discover("A"));
    Said other = discover("A");
    other.frame.source_port = 53;
    other.frame.destination_port = 53;
    lan.hears(other);
    wire::Buffer arp;
    wire::make_arp_frame({1, {}, {}, ip("10.0.0.1"), ip("10.0.0.2")}, kBroadcastMac, arp);
    lan.state.apply(decode::Frame{3, lan.now, decode::LinkType::ethernet, 42, arp}, lan.changes);
    const auto counts = lan.state.counts();
    EXPECT_EQ(counts.frames, 3U);
    EXPECT_EQ(counts.dhcp, 1U);
    EXPECT_EQ(counts.ignored, 1U);
    EXPECT_EQ(counts.ignored_as[static_cast<std::size_t>(decode::IgnoredReason::other_port)], 1U);
    EXPECT_EQ(counts.arp, 1U);
    EXPECT_EQ(counts.over_limit, 0U);
}

struct Limited {
    std::string name;
    Limits limits;
};
class AtALimit : public testing::TestWithParam<Limited> { };

TEST_P(AtALimit, TheFoldGoesOnAndCounts)
{
    const Limits& limits = GetParam().limits;
    Lan lan{limits};
    for (int i = 0; i < 40; ++i) {
        const auto address = "10.0.0." + std::to_string(10 + i);
        lan.dora(name(i), address, static_cast<std::uint32_t>(i));
        lan.hears(offer(name(i), address).server("10.0.1." + std::to_string(i), "02:00:00:00:01:01").xid(77));
    }
    EXPECT_LE(lan.state.messages().size(), limits.messages);
    EXPECT_LE(lan.state.exchanges().size(), limits.exchanges);
    EXPECT_LE(lan.state.clients().size(), limits.clients);
    EXPECT_LE(lan.state.servers().size(), limits.servers);
    EXPECT_LE(lan.state.bindings().size(), limits.bindings);
    EXPECT_EQ(lan.state.counts().dhcp, 200U);
    EXPECT_GT(lan.state.counts().over_limit, 0U);
    for (const auto& message : lan.state.messages()) {
        EXPECT_TRUE(message.exchange == kNone || message.exchange < lan.state.exchanges().size());
        EXPECT_TRUE(message.client == kNone || message.client < lan.state.clients().size());
        EXPECT_TRUE(message.server == kNone || message.server < lan.state.servers().size());
    }
}

Limits limited(std::size_t Limits::*what)
{
    Limits limits;
    limits.*what = 5;
    return limits;
}
INSTANTIATE_TEST_SUITE_P(Limits, AtALimit,
                         testing::Values(Limited{"Messages", limited(&Limits::messages)},
                                         Limited{"Exchanges", limited(&Limits::exchanges)},
                                         Limited{"Clients", limited(&Limits::clients)},
                                         Limited{"Servers", limited(&Limits::servers)},
                                         Limited{"Bindings", limited(&Limits::bindings)}),
                         [](const auto& test) { return test.param.name; });

TEST(Limits, OfMessagesLeaveTheBindingsRunning)
{
    Limits limits;
    limits.messages = 4;
    Lan lan{limits};
    lan.dora("A", "10.0.0.10", 1).dora("B", "10.0.0.11", 2);
    EXPECT_EQ(lan.state.messages().size(), 4U);
    EXPECT_EQ(lan.state.bound_count(), 2U);
    EXPECT_EQ(lan.exchange(1).outcome, ExchangeOutcome::bound);
    EXPECT_EQ(lan.exchange(1).message_count, 4U);
    EXPECT_TRUE(lan.exchange(1).messages.empty());
}

TEST(Limits, HoldWithinAnExchange)
{
    Lan lan;
    lan.hears(discover("A"));
    for (int i = 0; i < 5000; ++i)
        lan.hears(offer("A", Ipv4Address{0x0a000001U + static_cast<std::uint32_t>(i)}.to_string()));
    EXPECT_EQ(lan.exchange().messages.size(), Exchange::kMaxMessages);
    EXPECT_EQ(lan.exchange().message_count, 5001U);
    EXPECT_LE(lan.exchange().offers.size(), 64U);
}

TEST(Limits, HoldForTheOptionsOfAServer)
{
    Lan lan;
    Said many = offer("A", "10.0.0.10");
    wire::Buffer addresses(4 * 60, std::byte{9});
    many.message.options.set(wire::option::dns_servers, addresses);
    lan.hears(many);
    EXPECT_LE(lan.server().dns_servers.size(), 16U);
}

TEST(Limits, HoldForDeadlinesThatMoveBack)
{
    Limits limits;
    limits.messages = 1;
    Lan lan{limits};
    lan.hears(ack("A", "10.0.0.10").lease(1'000'000));
    const auto before = lan.state.memory_used();
    for (std::uint32_t i = 0; i < 20'000; ++i)
        lan.hears(ack("A", "10.0.0.10").lease(900'000 - i));
    EXPECT_LT(lan.state.memory_used() - before, 4096U);
    EXPECT_EQ(lan.binding("10.0.0.10"), BindingState::bound);
}

TEST(Limits, HoldForAClientThatChangesItsXidWithEachRequest)
{
    Limits limits;
    limits.messages = 1;
    Lan lan{limits};
    lan.hears(discover("A").xid(1));
    lan.hears(offer("A", "10.0.0.10").xid(1));
    const auto before = lan.state.memory_used();
    for (std::uint32_t xid = 2; xid < 20'000; ++xid)
        lan.hears(request("A", "10.0.0.10").xid(xid));
    EXPECT_EQ(lan.state.exchanges().size(), 1U);
    EXPECT_LT(lan.state.memory_used() - before, 4096U);
}

TEST(Time, ThatNoCaptureCanHoldDoesNotOverflow)
{
    Lan lan;
    for (const auto at : {Instant::min(), Instant::max(), Instant{}, Instant{} + 1ns, Instant::max() - 1ns}) {
        lan.now = at;
        for (const auto& said : {discover("A"), offer("A", "10.0.0.10"), request("A", "10.0.0.10"), ack("A", "10.0.0.10"),
                                 ack("B", "10.0.0.11").lease(0xfffffffe)}) {
            lan.hears(said);
        }
    }
    lan.state.advance(Instant::max(), lan.changes);
    lan.state.advance(Instant::min(), lan.changes);
    EXPECT_EQ(lan.state.messages().size(), 25U);
}

TEST(Time, OfTheFoldNeverStepsBack)
{
    Lan lan;
    lan.hears(discover("A"));
    const auto newest = lan.now;
    lan.wait(-1h);
    lan.hears(offer("A", "10.0.0.10"));
    EXPECT_EQ(lan.state.now(), newest);
    EXPECT_LT(lan.message(1).at, newest) << "a message keeps the time it bears";
    EXPECT_EQ(lan.state.exchanges().size(), 1U);
}

TEST(Changes, NameEverythingOnceOverManyFrames)
{
    LanState state;
    Changes changes;
    Lan lan;
    std::uint64_t number = 0;
    const auto hears = [&](const Said& said) {
        const auto bytes = said.frame_bytes();
        state.apply(decode::Frame{++number, lan.now, decode::LinkType::ethernet, 0, bytes}, changes);
    };
    for (int i = 0; i < 50; ++i) {
        const auto client = name(i % 7);
        const auto address = "10.0.0." + std::to_string(10 + i % 7);
        hears(discover(client));
        hears(offer(client, address));
        hears(request(client, address));
        hears(ack(client, address));
    }
    const auto unique = [](const auto& list) { return std::set(list.begin(), list.end()).size() == list.size(); };
    EXPECT_EQ(changes.messages.size(), 200U);
    EXPECT_EQ(changes.exchanges.size(), state.exchanges().size());
    EXPECT_EQ(changes.bindings.size(), 7U);
    EXPECT_EQ(changes.clients.size(), 7U);
    EXPECT_EQ(changes.servers.size(), 1U);
    EXPECT_TRUE(unique(changes.messages) && unique(changes.exchanges) && unique(changes.bindings) && unique(changes.clients));
}

TEST(Changes, AreNamedAgainInAnotherList)
{
    Lan lan;
    lan.hears(discover("A"));
    EXPECT_EQ(lan.changes.exchanges.size(), 1U);
    lan.hears(discover("A")); // cleared in between
    EXPECT_EQ(lan.changes.exchanges.size(), 1U);
}

TEST(Copy, GoesItsOwnWay)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.hears(offer("A", "10.0.0.10"));
    LanState copy = lan.state;
    lan.hears(request("A", "10.0.0.10"));
    lan.hears(ack("A", "10.0.0.10"));
    EXPECT_EQ(copy.exchanges()[0].outcome, ExchangeOutcome::pending);
    EXPECT_EQ(copy.messages().size(), 2U);
    EXPECT_EQ(copy.bound_count(), 0U);
    Changes changes;
    copy.advance(lan.now + 1h, changes);
    EXPECT_EQ(copy.exchanges()[0].outcome, ExchangeOutcome::not_taken);
    EXPECT_EQ(lan.exchange().outcome, ExchangeOutcome::bound);
    copy = lan.state;
    EXPECT_EQ(copy.messages().size(), 4U);
}

} // namespace
} // namespace dorascope::observe
