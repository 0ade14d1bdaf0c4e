// SPDX-License-Identifier: GPL-3.0-or-later
// The client's state machine against a scripted server, up to its first lease: RFC 2131 §4.4, figure 5 and table 5.
#include "tests/lab/scripted_server.h"

#include <cmath>
#include <gmock/gmock.h>

namespace dorascope::lab::testing {
namespace {

namespace option = wire::option;

TEST(ClientDiscover, SaysWhatTable5Allows)
{
    Client client{laptop(), 1};
    const auto sent = client.start(kStart);
    const auto discover = read(sent);
    EXPECT_EQ(client.state(), ClientState::selecting);
    EXPECT_EQ(sent->source, kAnyAddress);
    EXPECT_EQ(sent->destination, kBroadcastAddress);
    EXPECT_EQ(discover.op, 1);
    EXPECT_EQ(discover.type(), MessageType::discover);
    EXPECT_EQ(discover.hardware(), HardwareAddress::of(laptop().mac));
    EXPECT_EQ(discover.ciaddr, kAnyAddress);
    EXPECT_EQ(discover.secs, 0);
    EXPECT_TRUE(discover.broadcast());
    EXPECT_EQ(discover.options.text(option::host_name), "Laptop-A");
    EXPECT_EQ(discover.options.text(option::vendor_class_identifier), "MSFT 5.0");
    EXPECT_EQ(discover.options.find(option::client_identifier)->size(), 7U);
    EXPECT_EQ(discover.options.find(option::parameter_request_list)->size(), 4U);
    EXPECT_FALSE(discover.options.has(option::server_identifier));
    EXPECT_FALSE(discover.options.has(option::requested_address));
}

TEST(ClientDiscover, BacksOffFourEightSixteenThirtyTwoSixtyFour)
{
    Client client{laptop(), 1};
    const auto first = read(client.start(kStart));
    Instant now = kStart, before = kStart;
    for (const double expected : {4, 8, 16, 32, 64, 64, 64}) {
        const auto again = read(wait(client, now, kNever - 1s));
        EXPECT_EQ(again.type(), MessageType::discover);
        EXPECT_EQ(again.xid, first.xid);
        const double pause = std::chrono::duration<double>(now - before).count();
        EXPECT_NEAR(pause, expected, 1.0);
        EXPECT_EQ(again.secs, std::floor(std::chrono::duration<double>(now - kStart).count()));
        before = now;
    }
}

TEST(ClientDiscover, DelaysAreRandomised)
{
    Client a{laptop(), 1}, b{laptop(), 2};
    a.start(kStart);
    b.start(kStart);
    EXPECT_NE(a.next_deadline(), b.next_deadline());
}

TEST(ClientSelecting, TakesTheFirstOfferAndNamesItsServer)
{
    Client client{laptop(), 1};
    const auto discover = read(client.start(kStart));
    const auto sent = hear(client, kStart + 1ms, reply_to(discover, MessageType::offer, address("192.168.1.100")));
    const auto request = read(sent);
    EXPECT_EQ(client.state(), ClientState::requesting);
    EXPECT_EQ(request.type(), MessageType::request);
    EXPECT_EQ(request.xid, discover.xid);
    EXPECT_EQ(request.ciaddr, kAnyAddress);
    EXPECT_EQ(request.options.address(option::requested_address), address("192.168.1.100"));
    EXPECT_EQ(request.options.address(option::server_identifier), address("192.168.1.1"));
    EXPECT_EQ(sent->destination, kBroadcastAddress);
    EXPECT_TRUE(request.broadcast());

    auto late = reply_to(discover, MessageType::offer, address("192.168.1.20"));
    late.options.set_address(option::server_identifier, address("192.168.1.66"));
    EXPECT_FALSE(hear(client, kStart + 2ms, late));
}

TEST(ClientSelecting, RequestRepeatsTheSecsOfItsDiscover)
{
    Client client{laptop(), 1};
    client.start(kStart);
    Instant now = kStart;
    wait(client, now, kNever - 1s);
    const auto second = read(wait(client, now, kNever - 1s));
    ASSERT_GT(second.secs, 8);
    const auto request = read(hear(client, now + 3s, reply_to(second, MessageType::offer, address("192.168.1.100"))));
    EXPECT_EQ(request.secs, second.secs); // §4.4.1
}

struct SpoiltReply {
    const char* name;
    void (*spoil)(wire::Message&);
};
class ClientRefuses : public ::testing::TestWithParam<SpoiltReply> { };

TEST_P(ClientRefuses, TheOffer)
{
    Client client{laptop(), 1};
    auto offer = reply_to(read(client.start(kStart)), MessageType::offer, address("192.168.1.100"));
    GetParam().spoil(offer);
    EXPECT_FALSE(hear(client, kStart, offer));
    EXPECT_EQ(client.state(), ClientState::selecting);
}

TEST_P(ClientRefuses, TheAck)
{
    Client client{laptop(), 1};
    const auto discover = read(client.start(kStart));
    const auto request = read(hear(client, kStart, reply_to(discover, MessageType::offer, address("192.168.1.100"))));
    auto ack = reply_to(request, MessageType::ack, address("192.168.1.100"));
    GetParam().spoil(ack);
    hear(client, kStart, ack);
    EXPECT_EQ(client.state(), ClientState::requesting);
    EXPECT_EQ(client.address(), kAnyAddress);
}

INSTANTIATE_TEST_SUITE_P(
    Replies, ClientRefuses,
    ::testing::Values(
        SpoiltReply{"of_another_exchange", [](wire::Message& m) { ++m.xid; }},
        SpoiltReply{"for_another_machine", [](wire::Message& m) { m.chaddr[5] = std::byte{0x77}; }},
        SpoiltReply{"that_is_a_request", [](wire::Message& m) { m.op = 1; }},
        SpoiltReply{"without_server_identifier", [](wire::Message& m) { m.options.erase(option::server_identifier); }},
        SpoiltReply{"from_no_host",
                    [](wire::Message& m) { m.options.set_address(option::server_identifier, kBroadcastAddress); }},
        SpoiltReply{"without_lease_time", [](wire::Message& m) { m.options.erase(option::lease_time); }},
        SpoiltReply{"for_no_time_at_all", [](wire::Message& m) { m.options.set_u32(option::lease_time, 0); }},
        SpoiltReply{"of_no_address", [](wire::Message& m) { m.yiaddr = kAnyAddress; }},
        SpoiltReply{"of_a_multicast_address", [](wire::Message& m) { m.yiaddr = Ipv4Address::from_octets(224, 0, 0, 1); }},
        // RFC 6842 §3
        SpoiltReply{"with_another_client_identifier", [](wire::Message& m) { m.options.set_u32(option::client_identifier, 7); }}),
    [](const auto& row) { return row.param.name; });

TEST(ClientRequesting, AnotherServersAckIsNotOurs)
{
    Client client{laptop(), 1};
    const auto discover = read(client.start(kStart));
    const auto request = read(hear(client, kStart, reply_to(discover, MessageType::offer, address("192.168.1.100"))));
    auto ack = reply_to(request, MessageType::ack, address("192.168.1.100"));
    ack.options.set_address(option::server_identifier, address("192.168.1.66"));
    hear(client, kStart, ack);
    EXPECT_EQ(client.state(), ClientState::requesting);
}

TEST(ClientRequesting, GivesUpAfterFourRetransmissionsAndBeginsAnew)
{
    Client client{laptop(), 1};
    const auto discover = read(client.start(kStart));
    const auto request = read(hear(client, kStart, reply_to(discover, MessageType::offer, address("192.168.1.100"))));
    Instant now = kStart;
    for (int i = 0; i < 4; ++i) {
        const auto again = read(wait(client, now, kNever - 1s));
        EXPECT_EQ(again.type(), MessageType::request);
        EXPECT_EQ(again.xid, request.xid);
    }
    EXPECT_NEAR(std::chrono::duration<double>(now - kStart).count(), 60, 4);
    const auto anew = read(wait(client, now, kNever - 1s));
    EXPECT_EQ(anew.type(), MessageType::discover);
    EXPECT_NE(anew.xid, request.xid);
}

TEST(ClientRequesting, NakSendsItToInitAtOnceButALoopOfThemDoesNotSpin)
{
    Client client{laptop(), 1};
    auto discover = read(client.start(kStart));
    auto request = read(hear(client, kStart, reply_to(discover, MessageType::offer, address("192.168.1.100"))));
    discover = read(hear(client, kStart, reply_to(request, MessageType::nak)));
    EXPECT_EQ(discover.type(), MessageType::discover);
    EXPECT_FALSE(discover.options.has(option::requested_address));

    request = read(hear(client, kStart, reply_to(discover, MessageType::offer, address("192.168.1.100"))));
    EXPECT_FALSE(hear(client, kStart, reply_to(request, MessageType::nak)));
    EXPECT_EQ(client.state(), ClientState::init);
    Instant now = kStart;
    EXPECT_EQ(read(wait(client, now, kNever - 1s)).type(), MessageType::discover);
    EXPECT_EQ(now, kStart + 10s);
}

/// A client that probes, at the point where it has its DHCPACK.
struct Checking {
    Checking()
    {
        auto identity = laptop();
        identity.probes = true;
        client.emplace(identity, 1);
        const auto discover = read(client->start(kStart));
        request = read(hear(*client, kStart, reply_to(discover, MessageType::offer, address("192.168.1.100"))));
        probe = hear(*client, kStart, reply_to(request, MessageType::ack, address("192.168.1.100")));
    }
    std::optional<Client> client;
    wire::Message request;
    std::optional<ClientTransmit> probe;
};

TEST(ClientChecks, ThreeProbesThenTheAddressIsItsOwn)
{
    Checking checking;
    Client& client = *checking.client;
    Instant now = kStart;
    auto probe = checking.probe;
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(probe);
        EXPECT_EQ(probe->kind, ClientTransmit::Kind::arp_probe);
        EXPECT_EQ(probe->source, kAnyAddress);
        EXPECT_EQ(probe->destination, address("192.168.1.100"));
        EXPECT_EQ(client.address(), kAnyAddress);
        now = client.next_deadline();
        probe = client.advance(now);
    }
    EXPECT_FALSE(probe);
    EXPECT_EQ(client.state(), ClientState::bound);
    EXPECT_GE(now, kStart + 4s); // RFC 5227 §1.1: two pauses of 1 … 2 s, then 2 s
    EXPECT_LE(now, kStart + 6s);
    EXPECT_EQ(client.lease()->expires, kStart + 3600s);
}

TEST(ClientChecks, AnAddressInUseIsDeclinedAndTenSecondsPass)
{
    Checking checking;
    Client& client = *checking.client;
    EXPECT_FALSE(client.address_in_use(kStart + 1ms, address("192.168.1.7")));
    const auto sent = client.address_in_use(kStart + 1ms, address("192.168.1.100"));
    const auto decline = read(sent);
    EXPECT_EQ(sent->destination, kBroadcastAddress);
    EXPECT_EQ(sent->source, kAnyAddress);
    EXPECT_EQ(decline.type(), MessageType::decline);
    EXPECT_EQ(decline.ciaddr, kAnyAddress);
    EXPECT_EQ(decline.options.address(option::requested_address), address("192.168.1.100"));
    EXPECT_EQ(decline.options.address(option::server_identifier), address("192.168.1.1"));
    EXPECT_FALSE(decline.options.has(option::parameter_request_list)); // table 5: MUST NOT
    EXPECT_EQ(client.state(), ClientState::init);
    Instant now = kStart;
    const auto discover = read(wait(client, now, kNever - 1s));
    EXPECT_EQ(now, kStart + 1ms + 10s); // §3.1 (5)
    EXPECT_EQ(discover.type(), MessageType::discover);
    EXPECT_FALSE(discover.options.has(option::requested_address));
}

TEST(ClientChecks, NothingElseDisturbsIt)
{
    Checking checking;
    Client& client = *checking.client;
    const Instant deadline = client.next_deadline();
    EXPECT_FALSE(hear(client, kStart + 1ms, reply_to(checking.request, MessageType::ack, address("192.168.1.100"))));
    EXPECT_FALSE(hear(client, kStart + 1ms, reply_to(checking.request, MessageType::nak)));
    EXPECT_EQ(client.next_deadline(), deadline);
    client.power_off();
    EXPECT_EQ(client.next_deadline(), kNever);
    EXPECT_FALSE(client.address_in_use(kStart + 2ms, address("192.168.1.100")));
    EXPECT_EQ(read(client.start(kStart + 1min)).type(), MessageType::request); // it remembers what it was given
}

TEST(ClientChecks, ABoundClientDoesNotDecline)
{
    Client client{laptop(), 1};
    bind(client, kStart);
    EXPECT_FALSE(client.address_in_use(kStart + 1s, address("192.168.1.100")));
    EXPECT_EQ(client.state(), ClientState::bound);
}

TEST(ClientHears, UnicastBeforeItHasAnAddressOnlyWithoutTheBroadcastFlag)
{
    for (const bool flag : {true, false}) {
        auto identity = laptop();
        identity.broadcast_flag = flag;
        Client client{identity, 1};
        const auto offer = reply_to(read(client.start(kStart)), MessageType::offer, address("192.168.1.100"));
        EXPECT_EQ(hear(client, kStart, offer, address("192.168.1.100")).has_value(), !flag);
    }
}

TEST(ClientHears, RubbishOfAnyLengthWithoutHarm)
{
    Client client{laptop(), 1};
    const auto discover = read(client.start(kStart));
    wire::Buffer offer;
    wire::emit(reply_to(discover, MessageType::offer, address("192.168.1.100")), {}, offer);
    Random random{7};
    for (int round = 0; round < 20000; ++round) {
        wire::Buffer bytes = offer;
        bytes.resize(random.next() % (offer.size() + 40));
        for (auto flips = random.next() % 8; flips > 0 && bytes.size() > 8; --flips)
            bytes[8 + random.next() % (bytes.size() - 8)] = static_cast<std::byte>(random.next());
        Client victim = client;
        victim.receive(kStart, {bytes, kBroadcastAddress});
        EXPECT_THAT(victim.state(), ::testing::AnyOf(ClientState::selecting, ClientState::requesting));
    }
}

} // namespace
} // namespace dorascope::lab::testing
