// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/neighbours.h"
#include "engine/lab/switch.h"
#include "engine/wire/message.h"

#include <gmock/gmock.h>
#include <map>

namespace dorascope::lab {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr MacAddress kLaptop{{0x3c, 0x22, 0xfb, 0, 0, 1}}, kPhone{{0x8c, 0x79, 0xf5, 0, 0, 2}}, kServer{{2, 0, 0, 0, 0, 1}},
    kRogue{{2, 0, 0, 0, 0, 2}};
constexpr std::uint32_t kServerPort = 0, kRoguePort = 1, kLaptopPort = 2, kPhonePort = 3;

/// Two servers and two clients on one switch.
struct FourPorts {
    explicit FourPorts(SwitchSpec spec = {}) : lan(spec, 1, events, frames)
    {
        EXPECT_TRUE(lan.plug_in(kServerPort, kServer, Role::server));
        EXPECT_TRUE(lan.plug_in(kRoguePort, kRogue, Role::server));
        EXPECT_TRUE(lan.plug_in(kLaptopPort, kLaptop, Role::client));
        EXPECT_TRUE(lan.plug_in(kPhonePort, kPhone, Role::client));
    }

    /// Which ports a frame reaches, in order of time.
    std::vector<std::uint32_t> send(std::uint32_t from, MacAddress to, std::uint16_t udp_port, MacAddress chaddr = kLaptop)
    {
        wire::Message message;
        message.set_hardware(HardwareAddress::of(chaddr));
        wire::Buffer payload;
        wire::emit(message, {}, payload);
        const auto frame = frames.make({kServer, to, {}, kBroadcastAddress, 67, udp_port}, payload);
        EXPECT_TRUE(frame);
        lan.forward(Instant{}, *frame, from);
        frames.drop(*frame);
        std::vector<std::uint32_t> reached;
        for (; !events.empty(); frames.drop(events.pop().frame))
            reached.push_back(events.top().station);
        return reached;
    }

    EventQueue events;
    FramePool frames;
    Switch lan;
};

TEST(Switch, BroadcastRequestsReachEveryServerButTheirSender)
{
    FourPorts lan{{.jitter = {}}};
    EXPECT_THAT(lan.send(kLaptopPort, kBroadcastMac, 67), ElementsAre(kServerPort, kRoguePort));
    EXPECT_THAT(lan.send(kRoguePort, kBroadcastMac, 67), ElementsAre(kServerPort));
}

TEST(Switch, BroadcastRepliesReachTheClientWhoseChaddrTheyCarryAndTheOtherServers)
{
    FourPorts lan{{.jitter = {}}};
    EXPECT_THAT(lan.send(kServerPort, kBroadcastMac, 68, kPhone), ElementsAre(kRoguePort, kPhonePort));
    EXPECT_THAT(lan.send(kServerPort, kBroadcastMac, 68, MacAddress{{2, 9, 9, 9, 9, 9}}), ElementsAre(kRoguePort));
}

TEST(Switch, UnicastReachesItsAddresseeAndNobodyElse)
{
    FourPorts lan;
    EXPECT_THAT(lan.send(kLaptopPort, kRogue, 67), ElementsAre(kRoguePort));
    EXPECT_THAT(lan.send(kServerPort, kLaptop, 68, kLaptop), ElementsAre(kLaptopPort));
    EXPECT_THAT(lan.send(kServerPort, kLaptop, 68, kPhone), IsEmpty()); // the phone would want it, but does not see it
    EXPECT_THAT(lan.send(kServerPort, kPhone, 67), IsEmpty()); // a client does not listen on 67
    EXPECT_THAT(lan.send(kLaptopPort, MacAddress{{2, 9, 9, 9, 9, 9}}, 67), IsEmpty());
    EXPECT_THAT(lan.send(kLaptopPort, kServer, 53), IsEmpty());
}

TEST(Switch, DelaysEachDeliveryByLatencyAndJitter)
{
    FourPorts lan{{.latency = 200us, .jitter = 50us}};
    Duration least = 1s, most{};
    const auto frame = lan.frames.make({kServer, kBroadcastMac, {}, kBroadcastAddress, 68, 67}, wire::Buffer(300));
    for (int i = 0; i < 1000; ++i) {
        lan.lan.forward(Instant{}, *frame, kLaptopPort);
        for (; !lan.events.empty(); lan.events.pop()) {
            const Duration delay = lan.events.top().at.time_since_epoch();
            least = std::min(least, delay);
            most = std::max(most, delay);
        }
    }
    EXPECT_GE(least, 200us);
    EXPECT_LT(least, 202us);
    EXPECT_LT(most, 250us);
    EXPECT_GT(most, 248us);
}

TEST(Switch, LosesAndDuplicatesForEachReceiverByItself)
{
    FourPorts lan{{.loss = 0.2, .duplication = 0.1}};
    std::map<std::vector<std::uint32_t>, int> outcomes;
    for (int i = 0; i < 10000; ++i) {
        auto reached = lan.send(kLaptopPort, kBroadcastMac, 67);
        std::ranges::sort(reached);
        ++outcomes[reached];
    }
    // 0.2 × 0.9 of the frames get no copy to a receiver; 0.8 × 0.1 two of them.
    EXPECT_NEAR(outcomes[{}], 324, 90);
    EXPECT_NEAR((outcomes[{kServerPort}]), 1332, 160);
    EXPECT_NEAR((outcomes[{kServerPort, kServerPort, kRoguePort, kRoguePort}]), 64, 40);
    const SwitchCounters& counted = lan.lan.counters();
    EXPECT_EQ(counted.frames, 10000U);
    EXPECT_NEAR(static_cast<double>(counted.lost), 4000, 300);
    EXPECT_NEAR(static_cast<double>(counted.duplicated), 2000, 200);
    EXPECT_EQ(counted.delivered, 20000 - counted.lost + counted.duplicated);
}

TEST(Switch, RefusesAnAddressThatIsTakenOrNoHosts)
{
    FourPorts lan;
    EXPECT_FALSE(lan.lan.plug_in(9, kLaptop, Role::client));
    EXPECT_FALSE(lan.lan.plug_in(9, kBroadcastMac, Role::client));
    EXPECT_FALSE(lan.lan.plug_in(9, MacAddress{}, Role::client));
}

TEST(Switch, ArpQuestionsReachEverybodyAndAnswersWhoAsked)
{
    FourPorts lan{{.jitter = {}}};
    const auto reached = [&](const wire::ArpView& arp, MacAddress to, std::uint32_t from) {
        const auto frame = lan.frames.make(arp, to);
        lan.lan.forward(Instant{}, *frame, from);
        std::vector<std::uint32_t> stations;
        for (; !lan.events.empty(); lan.events.pop())
            stations.push_back(lan.events.top().station);
        return stations;
    };
    const auto wanted = Ipv4Address::from_octets(192, 168, 1, 100);
    EXPECT_THAT(reached({1, kLaptop, {}, {}, wanted}, kBroadcastMac, kLaptopPort),
                ElementsAre(kServerPort, kRoguePort, kPhonePort));
    EXPECT_THAT(reached({2, kPhone, kLaptop, wanted, {}}, kLaptop, kPhonePort), ElementsAre(kLaptopPort));
}

TEST(FramePool, ReusesSlotsAndIsBounded)
{
    FramePool frames;
    const wire::FrameSpec spec{kLaptop, kServer, {}, kBroadcastAddress, 68, 67};
    const auto first = frames.make(spec, wire::Buffer(300));
    frames.keep(*first);
    frames.drop(*first);
    EXPECT_EQ(frames.in_use(), 1U);
    frames.drop(*first);
    EXPECT_EQ(frames.in_use(), 0U);
    EXPECT_EQ(frames.make(spec, wire::Buffer(300)), first);
    while (frames.in_use() < FramePool::kMaxFrames)
        ASSERT_TRUE(frames.make(spec, {}));
    EXPECT_FALSE(frames.make(spec, {}));
}

TEST(FramePool, WhatItHoldsReadsBackAsItWasSent)
{
    FramePool frames;
    const wire::Buffer payload(300, std::byte{0x5a});
    const auto id = frames.make(
        {kLaptop, kServer, Ipv4Address::from_octets(10, 0, 0, 2), Ipv4Address::from_octets(10, 0, 0, 1), 68, 67}, payload);
    const Frame& frame = frames[*id];
    EXPECT_EQ(frame.source, kLaptop);
    EXPECT_EQ(frame.destination, kServer);
    EXPECT_EQ(frame.udp.source, Ipv4Address::from_octets(10, 0, 0, 2));
    EXPECT_EQ(frame.udp.ip_checksum, wire::Checksum::good);
    EXPECT_EQ(frame.udp.udp_checksum, wire::Checksum::good);
    EXPECT_TRUE(std::ranges::equal(frame.payload(), payload));
}

TEST(Neighbours, KnowsWhoUsesAnAddressAndHowMany)
{
    Neighbours neighbours;
    const auto a = Ipv4Address::from_octets(10, 0, 0, 1), b = Ipv4Address::from_octets(10, 0, 0, 2);
    neighbours.add(b, 7);
    neighbours.add(a, 3);
    neighbours.add(b, 4);
    EXPECT_EQ(neighbours.find(a), 3U);
    EXPECT_EQ(neighbours.find(b), 7U);
    EXPECT_EQ(neighbours.users(b), 2U);
    neighbours.remove(b, 7);
    EXPECT_EQ(neighbours.find(b), 4U);
    neighbours.remove(b, 4);
    neighbours.remove(b, 4);
    EXPECT_FALSE(neighbours.find(b));
    EXPECT_EQ(neighbours.users(b), 0U);
}

} // namespace
} // namespace dorascope::lab
