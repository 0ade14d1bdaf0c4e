// SPDX-License-Identifier: GPL-3.0-or-later
// The real server and the real state machine against each other, on a wire that may be bad.
#include "tests/lab/watch.h"

#include <gmock/gmock.h>

namespace dorascope::lab::testing {
namespace {

namespace option = wire::option;

/// One client bound and the frames of its handshake forgotten.
struct BoundClient {
    explicit BoundClient(std::uint32_t lease_seconds = 600, SwitchSpec lan = {})
        : lab([&] {
              auto made = small_lan(lease_seconds, {client(kLaptop)});
              made.lan = lan;
              return made;
          }()),
          watch(lab), start(lab.now())
    {
        lab.run_until(start + 1s);
        EXPECT_EQ(watch.letters(), "DORA");
        EXPECT_EQ(state(), ClientState::bound);
        watch.frames.clear();
    }
    ClientState state() const { return lab.client(kLaptop)->state(); }
    Ipv4Address held() const { return lab.client(kLaptop)->address(); }

    Lab lab;
    Watch watch;
    Instant start;
};

TEST(Renewal, AtT1ExactlyOneRequestUnicast)
{
    BoundClient lan{600};
    lan.lab.run_until(lan.start + 299s);
    EXPECT_THAT(lan.watch.frames, ::testing::IsEmpty());
    lan.lab.run_until(lan.start + 310s);
    ASSERT_EQ(lan.watch.letters(), "RA");
    const Seen& request = lan.watch.frames[0];
    EXPECT_EQ(request.to, lan.lab.scenario().server.mac);
    EXPECT_EQ(request.source, address("192.168.1.100"));
    EXPECT_EQ(request.destination, address("192.168.1.1"));
    EXPECT_EQ(request.message.ciaddr, address("192.168.1.100"));
    EXPECT_EQ(lan.lab.client(kLaptop)->lease()->expires, request.at + 600s);
    const Seen& ack = lan.watch.frames[1];
    EXPECT_EQ(ack.to, kLaptop);
    EXPECT_EQ(ack.destination, address("192.168.1.100"));
    EXPECT_EQ(lan.state(), ClientState::bound);
}

TEST(Renewal, BroadcastAfterT2WhenTheServerIsOffAndExpiryEndsTheUse)
{
    BoundClient lan{600}; // T1 300, T2 525
    lan.lab.stop_server();
    lan.lab.run_until(lan.start + 524s);
    EXPECT_EQ(lan.state(), ClientState::renewing);
    EXPECT_THAT(lan.watch.letters(), ::testing::StartsWith("R"));
    EXPECT_THAT(lan.watch.frames, ::testing::Each(::testing::ResultOf([](const Seen& s) { return s.broadcast(); }, false)));

    lan.watch.frames.clear();
    lan.lab.run_until(lan.start + 526s);
    EXPECT_EQ(lan.state(), ClientState::rebinding);
    ASSERT_EQ(lan.watch.letters(), "R");
    EXPECT_TRUE(lan.watch.last().broadcast());
    EXPECT_EQ(lan.watch.last().message.ciaddr, address("192.168.1.100"));

    lan.watch.frames.clear();
    lan.lab.run_until(lan.start + 601s);
    EXPECT_EQ(lan.held(), kAnyAddress);
    EXPECT_EQ(lan.watch.last().type(), MessageType::discover);
    EXPECT_EQ(lan.watch.holders.held(), 0U);
}

TEST(Renewal, RebindingIsAnsweredByAServerThatIsBack)
{
    BoundClient lan{600};
    lan.lab.stop_server();
    lan.lab.run_until(lan.start + 530s);
    lan.lab.start_server();
    lan.lab.run_until(lan.start + 599s);
    EXPECT_EQ(lan.state(), ClientState::bound);
    EXPECT_EQ(lan.held(), address("192.168.1.100"));
}

TEST(InitReboot, GetsTheSameAddressWithoutDiscover)
{
    BoundClient lan;
    lan.lab.power_off(kLaptop);
    EXPECT_EQ(lan.watch.holders.held(), 0U);
    lan.lab.run_until(lan.start + 60s);
    EXPECT_THAT(lan.watch.frames, ::testing::IsEmpty());
    lan.lab.power_on(kLaptop);
    lan.lab.run_until(lan.start + 61s);
    EXPECT_EQ(lan.watch.letters(), "RA");
    EXPECT_EQ(lan.held(), address("192.168.1.100"));
}

TEST(InitReboot, OnAnotherNetworkIsRefusedAndBeginsAnew)
{
    BoundClient home;
    home.lab.power_off(kLaptop);
    // The same machine, carried to a LAN of 10.0.0.0/24: its state machine against the other server.
    Scenario other = small_lan(600, {client(kLaptop)}, "10.0.0.50-10.0.0.60");
    other.server.address = address("10.0.0.1");
    other.server.config.subnets[0].prefix = Ipv4Prefix::parse("10.0.0.0/24").value();
    other.server.config.subnets[0].options.routers = {other.server.address};
    auto server = server::DhcpServer::create(other.server.config, {}, home.lab.now()).value();
    Client traveller = *home.lab.client(kLaptop);
    const auto request = traveller.start(home.lab.now());
    server::Outbox out;
    server::Inbound inbound;
    inbound.payload = request->payload;
    inbound.local = other.server.address;
    inbound.destination = kBroadcastAddress;
    server.receive(home.lab.now(), inbound, out);
    ASSERT_EQ(out.transmits().size(), 1U);
    EXPECT_EQ(wire::parse(out.transmits()[0].payload)->type(), MessageType::nak);
    const auto discover = traveller.receive(home.lab.now(), {out.transmits()[0].payload, kBroadcastAddress});
    EXPECT_EQ(wire::parse(discover->payload)->type(), MessageType::discover);
}

TEST(Release, FreesTheAddressForTheNext)
{
    Lab lab{small_lan(3600, {client(numbered_mac(1)), client(numbered_mac(2), 1s)}, "192.168.1.100-192.168.1.100")};
    Watch watch{lab};
    lab.run_until(lab.now() + 30s);
    EXPECT_EQ(lab.client(numbered_mac(1))->address(), address("192.168.1.100"));
    EXPECT_EQ(lab.client(numbered_mac(2))->state(), ClientState::selecting);
    lab.release(numbered_mac(1));
    const auto release = std::ranges::find(watch.frames, MessageType::release, &Seen::type);
    EXPECT_EQ(release, watch.frames.end()); // nothing happens outside run_until
    lab.run_until(lab.now() + 70s);
    EXPECT_EQ(lab.client(numbered_mac(1))->state(), ClientState::off);
    EXPECT_EQ(lab.client(numbered_mac(2))->address(), address("192.168.1.100"));
    EXPECT_THAT(watch.letters(numbered_mac(1)), ::testing::EndsWith("L"));
}

TEST(Release, PowerOffDoesNotFree)
{
    Lab lab{small_lan(3600, {client(numbered_mac(1)), client(numbered_mac(2), 1s)}, "192.168.1.100-192.168.1.100")};
    Watch watch{lab};
    lab.run_until(lab.now() + 2s);
    lab.power_off(numbered_mac(1));
    lab.run_until(lab.now() + 1h - 10s);
    EXPECT_EQ(lab.client(numbered_mac(2))->state(), ClientState::selecting);
    lab.run_until(lab.now() + 3min);
    EXPECT_EQ(lab.client(numbered_mac(2))->address(), address("192.168.1.100"));
}

TEST(Schedule, LeavesReturnsAndRepeats)
{
    auto visitor = client(kLaptop, 5s);
    visitor.leaves = 20s;
    visitor.returns = 40s;
    visitor.stay = 60s;
    visitor.away = 30s;
    Lab lab{small_lan(600, {visitor})};
    Watch watch{lab};
    const Instant start = lab.now();
    const auto off = [&](Duration after) {
        lab.run_until(start + after);
        return lab.client(kLaptop)->state() == ClientState::off;
    };
    EXPECT_TRUE(off(4s));
    EXPECT_FALSE(off(6s));
    EXPECT_TRUE(off(21s));
    EXPECT_EQ(watch.letters(), "DORAL");
    EXPECT_TRUE(off(39s));
    EXPECT_FALSE(off(41s));
    EXPECT_TRUE(off(40s + 75s + 1s)); // 60 s, a quarter more or less
    EXPECT_FALSE(off(40s + 75s + 38s + 1s));
    lab.run_until(start + 1h);
    EXPECT_GT(std::ranges::count(watch.letters(), 'L'), 30);
}

TEST(Controls, AClientCanBeAddedAndAnAddressIsNotGivenTwice)
{
    BoundClient lan;
    EXPECT_FALSE(lan.lab.add_client(client(kLaptop)));
    EXPECT_FALSE(lan.lab.add_client(client(kBroadcastMac)));
    EXPECT_TRUE(lan.lab.add_client(client(numbered_mac(7), 2s)));
    lan.lab.run_until(lan.start + 2s);
    EXPECT_TRUE(lan.watch.frames.empty());
    lan.lab.run_until(lan.start + 4s);
    EXPECT_EQ(lan.watch.letters(numbered_mac(7)), "DORA");
    ASSERT_EQ(lan.lab.clients().size(), 2U);
    EXPECT_EQ(lan.lab.clients()[1].address, address("192.168.1.101"));
    lan.lab.release(numbered_mac(99)); // a stranger: nothing
    EXPECT_EQ(lan.lab.client(numbered_mac(99)), nullptr);
}

TEST(Controls, TimeStandsWhereItWasRunTo)
{
    Lab lab{small_lan(600, {})};
    const Instant start = lab.now();
    EXPECT_EQ(lab.run_until(start + 1h), 0U);
    EXPECT_EQ(lab.now(), start + 1h);
    EXPECT_FALSE(lab.next_event());
    EXPECT_FALSE(lab.step());
    lab.run_until(start);
    EXPECT_EQ(lab.now(), start + 1h);
}

TEST(Controls, AnImpossibleScenarioIsRefused)
{
    EXPECT_THROW((Lab{small_lan(600, {client(kLaptop), client(kLaptop)})}), std::invalid_argument);
    EXPECT_THROW((Lab{small_lan(600, {}, "10.0.0.1-10.0.0.5")}), std::invalid_argument);
}

TEST(BadWire, ThirtyPercentLossDelaysButStopsNobody)
{
    std::vector<ClientSpec> clients;
    for (unsigned i = 0; i < 90; ++i)
        clients.push_back(client(numbered_mac(i), i * 10ms));
    auto made = small_lan(3600, clients);
    made.lan.loss = 0.3;
    Lab lab{made};
    Watch watch{lab};
    lab.run_until(lab.now() + 20min);
    EXPECT_GT(lab.counters().lost, 100U);
    for (const ClientView& view : lab.clients())
        EXPECT_EQ(view.state, ClientState::bound) << view.name;
    EXPECT_EQ(watch.holders.held(), 90U);
    EXPECT_EQ(watch.holders.doubles(), 0U);
}

TEST(BadWire, DuplicatesChangeNothing)
{
    std::vector<ClientSpec> clients;
    for (unsigned i = 0; i < 60; ++i)
        clients.push_back(client(numbered_mac(i), i * 1ms));
    auto made = small_lan(600, clients);
    made.lan.duplication = 1;
    Lab lab{made};
    Watch watch{lab};
    lab.run_until(lab.now() + 1h);
    EXPECT_EQ(watch.holders.held(), 60U);
    EXPECT_EQ(lab.server().pool_use()[0].bound, 60U);
    EXPECT_THAT(watch.letters(), ::testing::Not(::testing::HasSubstr("N")));
}

TEST(BadWire, ACrowdedPoolIsSharedWithoutOverlap)
{
    // Forty visitors for sixteen addresses: leases expire, are given back and given on all the time.
    std::vector<ClientSpec> clients;
    for (unsigned i = 0; i < 40; ++i) {
        auto visitor = client(numbered_mac(i), i * 100ms);
        visitor.stay = 3min;
        visitor.away = 4min;
        visitor.departure = i % 2 == 0 ? Departure::release : Departure::vanish;
        clients.push_back(visitor);
    }
    auto made = small_lan(120, clients, "192.168.1.100-192.168.1.115");
    made.lan.loss = 0.15;
    made.lan.duplication = 0.15;
    made.lan.latency = 2ms;
    made.lan.jitter = 2s; // frames overtake each other by far
    Lab lab{made};
    Watch watch{lab};
    std::set<MacAddress> served;
    lab.on_frame({});
    for (int minute = 0; minute < 24 * 60; ++minute) {
        lab.run_until(lab.now() + 1min);
        for (const ClientView& view : lab.clients())
            if (!view.address.is_unspecified()) served.insert(view.mac);
    }
    EXPECT_EQ(watch.holders.doubles(), 0U);
    EXPECT_EQ(served.size(), 40U);
}

TEST(Crash, LeasesAreStillKnown)
{
    BoundClient lan;
    const auto lease = lan.lab.server().lease(address("192.168.1.100"));
    lan.lab.restart_server();
    EXPECT_EQ(lan.lab.server().lease(address("192.168.1.100")), lease);
    lan.lab.run_until(lan.start + 2h);
    EXPECT_EQ(lan.held(), address("192.168.1.100"));
    EXPECT_THAT(lan.watch.letters(), ::testing::MatchesRegex("(RA)+"));
}

TEST(Crash, BetweenTheLeaseStoredAndTheAckSentLosesNeither)
{
    Lab lab{small_lan(600, {client(kLaptop)})};
    Watch watch{lab};
    const Instant start = lab.now();
    while (watch.decisions.size() < 2)
        ASSERT_TRUE(lab.step()); // the ACK is decided, not yet sent
    ASSERT_EQ(watch.decisions.back().reply, MessageType::ack);
    lab.restart_server();
    ASSERT_EQ(lab.server().lease(address("192.168.1.100"))->state, server::LeaseState::bound);
    lab.run_until(start + 1s);
    EXPECT_EQ(watch.letters(), "DOR"); // the dead process says nothing more
    lab.run_until(start + 6s);
    EXPECT_EQ(watch.letters(), "DORRA");
    EXPECT_EQ(lab.client(kLaptop)->address(), address("192.168.1.100"));
}

TEST(Crash, AtEveryInstantOfABusyMinute)
{
    // However often and whenever the server dies, no address is used twice, and when it lives everybody is served.
    std::vector<ClientSpec> clients;
    for (unsigned i = 0; i < 12; ++i)
        clients.push_back(client(numbered_mac(i), i * 300us));
    auto made = small_lan(120, clients, "192.168.1.100-192.168.1.111");
    made.lan.loss = 0.05;
    Lab lab{made};
    Watch watch{lab};
    const Instant start = lab.now();
    Random random{11};
    std::size_t crashes = 0;
    while (lab.now() < start + 10min) {
        ASSERT_TRUE(lab.step());
        if (!random.chance(0.1)) continue;
        lab.restart_server();
        ++crashes;
    }
    EXPECT_GT(crashes, 20U);
    EXPECT_EQ(watch.holders.doubles(), 0U);
    lab.run_until(lab.now() + 10min);
    EXPECT_EQ(watch.holders.held(), 12U);
}

TEST(Crash, OffForLongerThanTheLeasesThenBack)
{
    std::vector<ClientSpec> clients;
    for (unsigned i = 0; i < 30; ++i)
        clients.push_back(client(numbered_mac(i), i * 1ms));
    Lab lab{small_lan(300, clients)};
    Watch watch{lab};
    lab.run_until(lab.now() + 10s);
    std::map<MacAddress, Ipv4Address> before;
    for (const ClientView& view : lab.clients())
        before[view.mac] = view.address;
    lab.stop_server();
    lab.run_until(lab.now() + 20min);
    EXPECT_EQ(watch.holders.held(), 0U);
    lab.start_server();
    lab.run_until(lab.now() + 3min);
    for (const ClientView& view : lab.clients())
        EXPECT_EQ(view.address, before[view.mac]); // §4.3.1: previous binding
    EXPECT_EQ(watch.holders.doubles(), 0U);
}

} // namespace
} // namespace dorascope::lab::testing
