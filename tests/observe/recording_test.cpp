// SPDX-License-Identifier: GPL-3.0-or-later
// The list of frames, and time travel over it.
#include "capture/observe/recording.h"
#include "tests/observe/conversation.h"

#include <array>
#include <random>

namespace dorascope::observe {
namespace {

using namespace test;

/// Everything that a fold can be asked for, as text.
std::string everything(const LanState& state)
{
    std::string out;
    const auto put = [&](auto... parts) { ((out += std::to_string(parts) + ' '), ...); };
    const auto time = [](Instant at) { return at.time_since_epoch().count(); };
    const auto duration = [](const std::optional<Duration>& d) { return d ? d->count() : -1; };
    put(time(state.now()), state.bound_count(), state.counts().frames, state.counts().dhcp, state.counts().over_limit);
    for (const auto& m : state.messages()) {
        put(m.frame, time(m.at), m.xid, m.client, m.server, m.exchange, m.decision, m.address.value, static_cast<int>(m.type),
            m.retransmission, m.relayed);
    }
    for (const auto& e : state.exchanges()) {
        put(e.xid, e.client, time(e.start), time(e.end), static_cast<int>(e.outcome), e.address.value, e.server,
            e.retransmissions, e.message_count, duration(e.offer_time), duration(e.ack_time), duration(e.dora_time));
        for (const auto id : e.messages)
            put(id);
        for (const auto& o : e.offers)
            put(o.server, o.address.value, o.message, o.after.count());
    }
    for (const auto& c : state.clients()) {
        put(c.messages, time(c.last_seen), c.address.value);
        out += c.hardware.to_string() + c.hostname + c.vendor_class;
    }
    for (const auto& s : state.servers()) {
        put(s.identifier.value, s.offers, s.acks, s.naks, s.lowest.value, s.highest.value, s.embedded);
        for (const auto ms : s.response_ms)
            put(ms);
    }
    for (const auto& b : state.bindings()) {
        put(b.address.value, b.client, b.server, static_cast<int>(b.state), time(b.since), time(b.renewed), time(b.expires),
            b.exchange, b.quarantined);
    }
    for (const auto& b : state.series().buckets())
        put(b.total(), b.bound_low, b.bound_high, b.used_low, b.used_high, b.pool);
    DecisionId decisions = 0; // no recording here is so long that any is gone
    while (state.decision(decisions) != nullptr)
        ++decisions;
    put(decisions);
    return out;
}

/// What a recording was given, kept apart to be folded afresh.
struct Script {
    struct Item {
        std::optional<decode::Frame> frame;
        wire::Buffer bytes;
        Decision decision;
    };
    std::vector<Item> items;
    Recording recording;
    std::uint64_t number = 0;

    void frame(const Said& said, Instant at)
    {
        items.push_back({{}, said.frame_bytes(), {}});
        Item& item = items.back();
        item.frame = decode::Frame{++number, at, decode::LinkType::ethernet, static_cast<std::uint32_t>(item.bytes.size()), {}};
        recording.append({number, at, decode::LinkType::ethernet, item.frame->original_length, item.bytes});
    }
    void decision(Decision decision, Instant at)
    {
        decision.at = at;
        recording.append(decision);
        items.push_back({{}, {}, std::move(decision)});
    }
    Instant first() const
    {
        return std::ranges::find_if(items, [](const Item& x) { return x.frame.has_value(); })->frame->at;
    }
    Instant last() const ///< the newest of all frames
    {
        Instant newest{};
        for (const Item& item : items)
            if (item.frame) newest = std::max(newest, item.frame->at);
        return newest;
    }
    /// The long way: what had arrived before the first frame later than `t`.
    LanState fresh(Instant t) const
    {
        LanState state;
        Changes changes;
        for (std::size_t i = 0; i < items.size(); ++i) {
            const Item& item = items[i];
            if (item.frame) {
                if (item.frame->at > t) break;
                decode::Frame frame = *item.frame;
                frame.bytes = item.bytes;
                state.apply(frame, changes);
                continue;
            }
            // A decision is there when a frame behind it is, or when its own time has come.
            const auto next =
                std::find_if(items.begin() + static_cast<std::ptrdiff_t>(i), items.end(), [](const Item& x) { return x.frame; });
            if ((next == items.end() || next->frame->at > t) && item.decision.at > t) break;
            state.apply(item.decision, changes);
        }
        if (t != kNever) state.advance(t, changes);
        return state;
    }
};

/// Clients that come, renew, leave and lose frames; now and then time steps back.
Script office(std::size_t frames, unsigned seed, Recording recording = Recording{})
{
    std::mt19937 random{seed}; // NOLINT: the same on every run
    Script script;
    script.recording = std::move(recording);
    Instant now{1'700'000'000s};
    std::uint32_t xid = 0;
    while (script.number < frames) {
        const auto client = std::string(1, static_cast<char>('A' + random() % 26)) + static_cast<char>('a' + random() % 26);
        const auto address = Ipv4Address{0x0a000000U + static_cast<std::uint32_t>(random() % 300)}.to_string();
        const auto lease = 10 + static_cast<std::uint32_t>(random() % 600);
        ++xid;
        const auto say = [&](const Said& said) {
            now += std::chrono::microseconds{random() % 300'000};
            if (random() % 10 == 0) return; // lost
            script.frame(said.xid(xid), random() % 50 == 0 ? now - 3s : now);
        };
        switch (random() % 6) {
        case 0:
            say(renew(client, address));
            say(random() % 3 == 0 ? nak(client) : ack(client, address).lease(lease));
            break;
        case 1: say(release(client, address)); break;
        case 2: say(decline(client, address)); break;
        default:
            say(discover(client));
            if (random() % 2 == 0) {
                auto decision = decided(client, MessageType::discover, MessageType::offer);
                decision.xid = xid;
                script.decision(decision, now);
            }
            say(offer(client, address));
            say(request(client, address));
            say(ack(client, address).lease(lease));
        }
    }
    return script;
}

TEST(Recording, GivesFramesBackAsTheyWere)
{
    Recording recording;
    EXPECT_TRUE(recording.empty());
    const auto a = discover("A").frame_bytes(), b = offer("A", "10.0.0.10").frame_bytes();
    EXPECT_TRUE(recording.append({3, Instant{5s}, decode::LinkType::ethernet, 999, a}));
    EXPECT_TRUE(recording.append({17, Instant{7s}, decode::LinkType::linux_sll2, 400, b}));
    ASSERT_EQ(recording.size(), 2U);
    const auto first = recording.frame(3);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->number, 3U);
    EXPECT_EQ(first->at, Instant{5s});
    EXPECT_EQ(first->original_length, 999U);
    EXPECT_TRUE(std::equal(first->bytes.begin(), first->bytes.end(), a.begin(), a.end()));
    const auto second = recording.frame(17);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->link, decode::LinkType::linux_sll2);
    EXPECT_TRUE(std::equal(second->bytes.begin(), second->bytes.end(), b.begin(), b.end()));
    EXPECT_FALSE(recording.frame(4));
    EXPECT_FALSE(recording.frame(18));
}

TEST(Recording, KeepsManyFramesOfManySizes)
{
    Recording recording;
    std::vector<std::size_t> sizes;
    std::mt19937 random{3}; // NOLINT
    for (std::size_t i = 0; i < 3000; ++i)
        sizes.push_back(i % 100 == 0 ? 200'000 : random() % 1500);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const wire::Buffer bytes(sizes[i], static_cast<std::byte>(i & 0xff));
        ASSERT_TRUE(recording.append({i + 1, Instant{}, decode::LinkType::ethernet, 0, bytes}));
    }
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        const auto frame = recording.frame(i + 1);
        ASSERT_TRUE(frame);
        ASSERT_EQ(frame->bytes.size(), sizes[i]);
        if (!frame->bytes.empty()) {
            ASSERT_EQ(frame->bytes.front(), static_cast<std::byte>(i & 0xff));
            ASSERT_EQ(frame->bytes.back(), static_cast<std::byte>(i & 0xff));
        }
    }
}

TEST(Recording, RefusesTheNewestFramesWhenFullAndSaysSo)
{
    Recording recording{1000};
    const wire::Buffer bytes(400);
    EXPECT_TRUE(recording.append({1, Instant{1s}, decode::LinkType::ethernet, 400, bytes}));
    EXPECT_TRUE(recording.append({2, Instant{2s}, decode::LinkType::ethernet, 400, bytes}));
    EXPECT_FALSE(recording.append({3, Instant{3s}, decode::LinkType::ethernet, 400, bytes}));
    EXPECT_EQ(recording.size(), 2U);
    EXPECT_EQ(recording.dropped(), 1U);
    for (int i = 0; i < 100; ++i)
        recording.append(decided("A", MessageType::discover, MessageType::offer));
    EXPECT_GT(recording.dropped(), 90U) << "decisions are bounded too";
}

TEST(Recording, RefusesNumbersThatDoNotAscend)
{
    Recording recording;
    const wire::Buffer bytes(10);
    EXPECT_TRUE(recording.append({5, Instant{}, decode::LinkType::ethernet, 10, bytes}));
    EXPECT_FALSE(recording.append({5, Instant{}, decode::LinkType::ethernet, 10, bytes}));
    EXPECT_FALSE(recording.append({4, Instant{}, decode::LinkType::ethernet, 10, bytes}));
    EXPECT_EQ(recording.dropped(), 2U);
}

TEST(Recording, CutsFramesThatNoCaptureHolds)
{
    Recording recording;
    const wire::Buffer bytes(3'000'000, std::byte{1});
    EXPECT_TRUE(recording.append({1, Instant{}, decode::LinkType::ethernet, 3'000'000, bytes}));
    EXPECT_EQ(recording.frame(1)->bytes.size(), 262'144U);
    EXPECT_EQ(recording.frame(1)->original_length, 3'000'000U);
}

TEST(Recording, HoldsLittleBesideTheBytes)
{
    Recording recording;
    const wire::Buffer bytes(320);
    constexpr std::size_t kFrames = 1 << 16;
    for (std::size_t i = 1; i <= kFrames; ++i)
        recording.append({i, Instant{}, decode::LinkType::ethernet, 320, bytes});
    EXPECT_LE(recording.memory_used() - kFrames * 320, kFrames * 34 + (std::size_t{1} << 20));
}

TEST(TimeTravel, ShowsTheLanAsItWas)
{
    Script script;
    const Instant start{1'700'000'000s};
    script.frame(discover("A"), start);
    script.frame(offer("A", "10.0.0.10"), start + 1ms);
    script.frame(request("A", "10.0.0.10"), start + 2ms);
    script.frame(ack("A", "10.0.0.10").lease(60), start + 3ms);

    EXPECT_TRUE(script.recording.at(start - 1ns).messages().empty());
    EXPECT_EQ(script.recording.at(start).messages().size(), 1U) << "up to and including";
    EXPECT_EQ(script.recording.at(start + 2ms).bound_count(), 0U);
    EXPECT_EQ(script.recording.at(start + 3ms).bound_count(), 1U);
    EXPECT_EQ(script.recording.at(start + 59s).bound_count(), 1U);
    EXPECT_EQ(script.recording.at(start + 61s).bound_count(), 0U) << "time passes also where nothing is heard";
    EXPECT_EQ(script.recording.at(kNever).bound_count(), 1U) << "everything heard, and no time passed";
    EXPECT_TRUE(Recording{}.at(start).messages().empty());
}

/// Another pool is in force from the moment that it was put in force, in every fold over it.
TEST(TimeTravel, KnowsThePoolOfThen)
{
    const auto pool = [](const char* range) { return Pool{std::array{*Ipv4Range::parse(range)}, {}}; };
    Script script;
    const Instant start{1'700'000'000s};
    script.recording.append(PoolChange{{}, pool("10.0.0.10-10.0.0.19")});
    script.frame(discover("A"), start);
    script.frame(ack("A", "10.0.0.10").lease(600), start + 1s);
    script.recording.append(PoolChange{start + 2s, pool("10.0.0.100-10.0.0.199")});
    script.frame(discover("B").xid(7), start + 3s);
    EXPECT_EQ(script.recording.at(start - 1s).pool().size(), 10U) << "since ever";
    EXPECT_EQ(script.recording.at(start + 1s).used_count(), 1U);
    EXPECT_EQ(script.recording.at(start + 1s).pool().size(), 10U);
    EXPECT_EQ(script.recording.at(start + 2s).pool().size(), 100U) << "up to and including";
    EXPECT_EQ(script.recording.at(start + 2s).used_count(), 0U);
    EXPECT_EQ(script.recording.at(kNever).pool().size(), 100U);
    EXPECT_EQ(script.recording.at(kNever).bound_count(), 1U);
}

TEST(TimeTravel, TakesOrderOfArrivalForTheTruth)
{
    Script script;
    const Instant start{1'700'000'000s};
    script.frame(discover("A"), start + 10s);
    script.frame(offer("A", "10.0.0.10"), start); // a clock set back, or a late frame of another machine
    EXPECT_TRUE(script.recording.at(start + 5s).messages().empty()) << "it came behind a frame of later";
    EXPECT_EQ(script.recording.at(start + 10s).messages().size(), 2U);
}

class AnyMoment : public testing::TestWithParam<unsigned> { };

TEST_P(AnyMoment, IsTheFoldUpToIt)
{
    const Script script = office(GetParam() == 0 ? 9500 : 600, GetParam());
    const auto first = script.first() - 2s, last = script.last() + 700s;
    std::mt19937 random{GetParam()}; // NOLINT
    std::vector<Instant> moments{first, script.first(), script.last(), last, kNever};
    for (int i = 0; i < (GetParam() == 0 ? 3 : 15); ++i)
        moments.push_back(first + (last - first) / 1000 * static_cast<int>(random() % 1000));
    for (const auto t : moments) {
        ASSERT_EQ(everything(script.recording.at(t)), everything(script.fresh(t))) << t.time_since_epoch().count();
    }
}
INSTANTIATE_TEST_SUITE_P(TimeTravel, AnyMoment, testing::Range(0U, 5U), testing::PrintToStringParamName());

TEST(TimeTravel, GoesOnAfterMoreFrames)
{
    Script script = office(9000, 99);
    (void)script.recording.at(kNever); // keyframes are made
    const auto held = script.recording.memory_used();
    EXPECT_GT(held, Recording{}.memory_used());
    const auto later = script.last() + 1s;
    script.frame(discover("A").xid(1), later);
    script.frame(ack("A", "10.0.0.10").xid(1), later + 1s);
    EXPECT_EQ(everything(script.recording.at(later)), everything(script.fresh(later)));
    EXPECT_EQ(everything(script.recording.at(kNever)), everything(script.fresh(kNever)));
}

TEST(TimeTravel, WorksWithLittleRoomForKeyframes)
{
    constexpr std::size_t kFrames = std::size_t{1} << 30, kRoom = 4'000'000;
    for (const std::size_t room : {kRoom, std::size_t{0}}) {
        const Script script = office(13'000, 5, Recording{kFrames, room});
        const auto without = script.recording.memory_used();
        const auto middle = script.first() + (script.last() - script.first()) / 2;
        (void)script.recording.at(kNever);
        EXPECT_LE(script.recording.memory_used() - without, room);
        EXPECT_EQ(everything(script.recording.at(middle)), everything(script.fresh(middle)));
        EXPECT_EQ(everything(script.recording.at(kNever)), everything(script.fresh(kNever)));
    }
}

TEST(Recording, MovesWithItsFrames)
{
    Script script = office(100, 1);
    const auto before = everything(script.recording.at(kNever));
    Recording moved = std::move(script.recording);
    EXPECT_EQ(everything(moved.at(kNever)), before);
}

} // namespace
} // namespace dorascope::observe
