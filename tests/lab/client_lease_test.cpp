// SPDX-License-Identifier: GPL-3.0-or-later
// What a client makes of a lease: BOUND, RENEWING, REBINDING, the way back by INIT-REBOOT, and DHCPRELEASE.
#include "tests/lab/scripted_server.h"

namespace dorascope::lab::testing {
namespace {

namespace option = wire::option;

TEST(ClientBound, LeaseCountsFromWhenTheRequestLeft)
{
    Client client{laptop(), 1};
    const auto discover = read(client.start(kStart));
    read(hear(client, kStart + 1s, reply_to(discover, MessageType::offer, address("192.168.1.100"))));
    Instant now = kStart + 1s;
    const auto again = read(wait(client, now, kNever - 1s)); // the first DHCPREQUEST was lost
    hear(client, now + 1s, reply_to(again, MessageType::ack, address("192.168.1.100"), 600));
    ASSERT_EQ(client.state(), ClientState::bound);
    EXPECT_EQ(client.address(), address("192.168.1.100"));
    EXPECT_EQ(client.lease()->expires, kStart + 1s + 600s); // §4.4.1: "the original request"
    EXPECT_EQ(client.lease()->renewal, kStart + 1s + 300s);
    EXPECT_EQ(client.lease()->rebinding, kStart + 1s + 525s);
}

TEST(ClientBound, AnAckThatIsOverBeforeItArrivesBindsNothing)
{
    Client client{laptop(), 1};
    const auto discover = read(client.start(kStart));
    const auto request = read(hear(client, kStart, reply_to(discover, MessageType::offer, address("192.168.1.100"), 2)));
    hear(client, kStart + 2s, reply_to(request, MessageType::ack, address("192.168.1.100"), 2));
    EXPECT_EQ(client.state(), ClientState::requesting);
}

TEST(ClientBound, TakesTheServersTimesAndDistrustsContradictoryOnes)
{
    for (const bool sensible : {true, false}) {
        Client client{laptop(), 1};
        const auto discover = read(client.start(kStart));
        const auto request = read(hear(client, kStart, reply_to(discover, MessageType::offer, address("192.168.1.100"))));
        auto ack = reply_to(request, MessageType::ack, address("192.168.1.100"), 1000);
        ack.options.set_u32(option::renewal_time, 100);
        ack.options.set_u32(option::rebinding_time, sensible ? 200 : 50);
        hear(client, kStart, ack);
        EXPECT_EQ(client.lease()->renewal, kStart + (sensible ? 100s : 500s));
        EXPECT_EQ(client.lease()->rebinding, kStart + (sensible ? 200s : 875s));
    }
}

TEST(ClientBound, AnInfiniteLeaseIsNeverRenewed)
{
    Client client{laptop(), 1};
    bind(client, kStart, kInfiniteSeconds);
    EXPECT_EQ(client.next_deadline(), kNever);
    EXPECT_EQ(client.lease()->expires, kNever);
}

TEST(ClientRenewing, AsksItsServerAloneAtHalfOfTheTime)
{
    Client client{laptop(), 1};
    bind(client, kStart);
    Instant now = kStart;
    const auto sent = wait(client, now, kNever - 1s);
    EXPECT_EQ(now, kStart + 1800s);
    EXPECT_EQ(client.state(), ClientState::renewing);
    EXPECT_EQ(sent->source, address("192.168.1.100"));
    EXPECT_EQ(sent->destination, address("192.168.1.1"));
    const auto request = read(sent);
    EXPECT_EQ(request.ciaddr, address("192.168.1.100"));
    EXPECT_FALSE(request.broadcast());
    EXPECT_FALSE(request.options.has(option::requested_address)); // §4.3.6
    EXPECT_FALSE(request.options.has(option::server_identifier));

    hear(client, now + 1ms, reply_to(request, MessageType::ack, address("192.168.1.100")), address("192.168.1.100"));
    EXPECT_EQ(client.state(), ClientState::bound);
    EXPECT_EQ(client.lease()->expires, now + 3600s);
}

TEST(ClientRenewing, RetransmitsAtHalfOfTheRestThenRebindsThenLosesTheLease)
{
    Client client{laptop(), 1};
    bind(client, kStart); // T1 1800, T2 3150, expiry 3600
    struct Step {
        std::chrono::seconds at;
        ClientState state;
        bool broadcast;
    };
    using enum ClientState;
    // §4.4.5: half of what remains to T2, then to expiry, never under a minute
    const Step steps[] = {{1800s, renewing, false}, {2475s, renewing, false}, {2812s, renewing, false}, {2981s, renewing, false},
                          {3065s, renewing, false}, {3125s, renewing, false}, {3150s, rebinding, true}, {3375s, rebinding, true},
                          {3487s, rebinding, true}, {3547s, rebinding, true}, {3600s, selecting, true}};
    Instant now = kStart;
    for (const Step& step : steps) {
        const auto sent = wait(client, now, kNever - 1s);
        EXPECT_EQ(std::chrono::floor<std::chrono::seconds>(now - kStart), step.at);
        EXPECT_EQ(client.state(), step.state);
        EXPECT_EQ(sent->destination.is_broadcast(), step.broadcast);
        const auto message = read(sent);
        EXPECT_EQ(message.type(), step.state == selecting ? MessageType::discover : MessageType::request);
    }
    EXPECT_EQ(now, kStart + 3600s);
    EXPECT_EQ(client.address(), kAnyAddress);
}

TEST(ClientRenewing, AfterExpiryItWishesForTheSameAddress)
{
    Client client{laptop(), 1};
    bind(client, kStart);
    Instant now = kStart;
    wire::Message last;
    do
        last = read(wait(client, now, kNever - 1s));
    while (last.type() == MessageType::request);
    EXPECT_EQ(last.options.address(option::requested_address), address("192.168.1.100"));
    EXPECT_EQ(last.ciaddr, kAnyAddress);
}

TEST(ClientRenewing, NakTakesTheAddressAwayAtOnce)
{
    Client client{laptop(), 1};
    bind(client, kStart);
    Instant now = kStart;
    const auto request = read(wait(client, now, kNever - 1s));
    const auto sent = hear(client, now, reply_to(request, MessageType::nak));
    EXPECT_EQ(client.address(), kAnyAddress);
    EXPECT_EQ(sent->source, kAnyAddress);
    EXPECT_EQ(read(sent).type(), MessageType::discover);
}

TEST(ClientRenewing, OnlyItsServerMayAnswerButWhenRebindingAnyMay)
{
    Client client{laptop(), 1};
    bind(client, kStart);
    Instant now = kStart;
    auto foreign = reply_to(read(wait(client, now, kNever - 1s)), MessageType::ack, address("192.168.1.100"));
    foreign.options.set_address(option::server_identifier, address("192.168.1.2"));
    hear(client, now, foreign, address("192.168.1.100"));
    EXPECT_EQ(client.state(), ClientState::renewing);
    while (client.state() == ClientState::renewing)
        read(wait(client, now, kNever - 1s));
    hear(client, now, foreign, address("192.168.1.100"));
    EXPECT_EQ(client.state(), ClientState::bound);
    EXPECT_EQ(client.lease()->server, address("192.168.1.2"));
}

TEST(ClientRebooting, AsksForTheLeaseItRemembers)
{
    Client client{laptop(), 1};
    bind(client, kStart);
    client.power_off();
    EXPECT_EQ(client.address(), kAnyAddress);
    const auto sent = client.start(kStart + 600s);
    EXPECT_EQ(client.state(), ClientState::rebooting);
    EXPECT_EQ(client.address(), kAnyAddress); // not before the server agrees
    const auto request = read(sent);
    EXPECT_EQ(sent->destination, kBroadcastAddress);
    EXPECT_EQ(request.type(), MessageType::request);
    EXPECT_EQ(request.ciaddr, kAnyAddress);
    EXPECT_EQ(request.options.address(option::requested_address), address("192.168.1.100"));
    EXPECT_FALSE(request.options.has(option::server_identifier));
    hear(client, kStart + 600s, reply_to(request, MessageType::ack, address("192.168.1.100")));
    EXPECT_EQ(client.state(), ClientState::bound);
    EXPECT_EQ(client.lease()->expires, kStart + 4200s);
}

TEST(ClientRebooting, ALeaseThatIsOverIsNotAskedFor)
{
    Client client{laptop(), 1};
    bind(client, kStart);
    client.power_off();
    const auto discover = read(client.start(kStart + 3600s));
    EXPECT_EQ(discover.type(), MessageType::discover);
    EXPECT_EQ(discover.options.address(option::requested_address), address("192.168.1.100"));
}

TEST(ClientRebooting, SilenceEndsInDiscover)
{
    Client client{laptop(), 1};
    bind(client, kStart);
    client.power_off();
    client.start(kStart + 60s);
    Instant now = kStart + 60s;
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(read(wait(client, now, kNever - 1s)).type(), MessageType::request);
    EXPECT_EQ(read(wait(client, now, kNever - 1s)).type(), MessageType::discover);
}

TEST(ClientRelease, TellsItsServerAndForgetsTheLease)
{
    Client client{laptop(), 1};
    bind(client, kStart);
    const auto sent = client.release(kStart + 60s);
    EXPECT_EQ(sent->source, address("192.168.1.100"));
    EXPECT_EQ(sent->destination, address("192.168.1.1"));
    const auto release = read(sent);
    EXPECT_EQ(release.type(), MessageType::release);
    EXPECT_EQ(release.ciaddr, address("192.168.1.100"));
    EXPECT_EQ(release.secs, 0);
    EXPECT_EQ(release.options.address(option::server_identifier), address("192.168.1.1"));
    EXPECT_TRUE(release.options.has(option::client_identifier));
    EXPECT_FALSE(release.options.has(option::parameter_request_list)); // table 5: MUST NOT
    EXPECT_FALSE(release.options.has(option::requested_address));
    EXPECT_FALSE(release.options.has(option::host_name));
    EXPECT_EQ(client.state(), ClientState::off);
    EXPECT_EQ(read(client.start(kStart + 90s)).type(), MessageType::discover);
}

TEST(ClientRelease, WithoutALeaseItJustGoes)
{
    Client client{laptop(), 1};
    client.start(kStart);
    EXPECT_FALSE(client.release(kStart));
    EXPECT_EQ(client.state(), ClientState::off);
    EXPECT_EQ(client.next_deadline(), kNever);
}

} // namespace
} // namespace dorascope::lab::testing
