// SPDX-License-Identifier: GPL-3.0-or-later
// Clients that know no DHCP: RFC 951, 1534, 1542. And what goes before their reply: a probe (RFC 5227), other servers' turn.
#include "tests/server/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
namespace option = wire::option;

wire::Message bootp_request(const Station& station)
{
    wire::Message m = station.message(MessageType::discover);
    m.options.clear();
    return m;
}

Config serves_bootp()
{
    Config config = office();
    config.bootp = true;
    config.options.boot_file = "lpxelinux.0";
    return config;
}

TEST(Rfc1534, ABootpClientIsDroppedUnlessConfigured)
{
    Conversation talk{office()};
    auto a = talk.client(1);
    const Answer answer = a.send(bootp_request(a));
    EXPECT_TRUE(answer.silent());
    EXPECT_TRUE(answer.has(StepCode::no_message_type));
}

TEST(Rfc1534, ABootpClientGetsAnAddressForEverAndNoOptionOfDhcps)
{
    Conversation talk{serves_bootp()};
    auto a = talk.client(1);
    const Answer reply = a.send(bootp_request(a));
    ASSERT_FALSE(reply.silent());
    EXPECT_EQ(reply.yiaddr(), address("192.168.1.100"));
    for (const std::uint8_t code : {option::message_type, option::server_identifier, option::lease_time, option::renewal_time})
        EXPECT_FALSE(reply.message->options.has(code)) << unsigned{code};
    EXPECT_EQ(reply.message->options.address(option::subnet_mask), address("255.255.255.0"));
    EXPECT_EQ(reply.message->options.address(option::router), address("192.168.1.1"));
    EXPECT_EQ(reply.message->file, "lpxelinux.0");
    ASSERT_EQ(reply.writes.size(), 1U) << "written before the reply";
    EXPECT_EQ(reply.writes[0].expires, kNever);
    EXPECT_EQ(summary(reply.decision), "BOOTREPLY 192.168.1.100 to 02:00:00:00:00:01");
}

TEST(Rfc1542, ABootReplyIsThreeHundredOctetsNoMoreAndNoLess)
{
    Config config = serves_bootp();
    config.subnets[0].options.dns_servers = std::vector<Ipv4Address>(12, address("9.9.9.9"));
    Conversation talk{config};
    auto a = talk.client(1);
    const Answer reply = a.send(bootp_request(a));
    EXPECT_EQ(reply.octets, 300U);
    EXPECT_TRUE(reply.has(StepCode::option_left_out));
    EXPECT_TRUE(reply.message->options.has(option::router));
}

TEST(Rfc1534, ABootpClientThatAsksAgainGetsTheSameAddress)
{
    Conversation talk{serves_bootp()};
    auto a = talk.client(1);
    EXPECT_EQ(a.send(bootp_request(a)).yiaddr(), address("192.168.1.100"));
    talk.wait(std::chrono::hours{24 * 400});
    const Answer again = a.send(bootp_request(a));
    EXPECT_EQ(again.yiaddr(), address("192.168.1.100"));
    EXPECT_TRUE(again.has(StepCode::lease_repeated));
}

TEST(Rfc951, ABootpClientThatKnowsItsAddressGetsTheBootFileAndNoLease)
{
    Conversation talk{serves_bootp()};
    auto a = talk.client(1);
    wire::Message m = bootp_request(a);
    m.ciaddr = address("192.168.1.20");
    const Answer reply = a.send(m);
    EXPECT_EQ(reply.message->file, "lpxelinux.0");
    EXPECT_EQ(reply.yiaddr(), Ipv4Address{});
    EXPECT_EQ(reply.transmit.destination, address("192.168.1.20"));
    EXPECT_EQ(talk.server.lease_count(), 0U);
}

// ---- BOOTP clients wait for the same things as others ---------------------------------------------------------------------------

Config probes_for_bootp()
{
    Config config = serves_bootp();
    config.probe = {true, 1, 500ms};
    return config;
}

Config polite_to_bootp()
{
    Config config = serves_bootp();
    config.authority = Authority::polite;
    config.polite_delay = 1s;
    return config;
}

TEST(Rfc5227Probe, ABootpClientsAddressIsAskedForBeforeItIsGiven)
{
    Conversation talk{probes_for_bootp()};
    auto a = talk.client(1);
    const Answer first = a.send(bootp_request(a));
    EXPECT_TRUE(first.silent());
    EXPECT_TRUE(first.has(StepCode::probe_by_arp));
    EXPECT_THAT(first.writes, IsEmpty());
    ASSERT_THAT(talk.probes, SizeIs(1));
    EXPECT_EQ(talk.probes[0].address, address("192.168.1.100"));
    EXPECT_TRUE(a.send(bootp_request(a)).has(StepCode::probe_running)) << "it repeats itself";
    auto b = talk.client(2);
    EXPECT_EQ(b.send(bootp_request(b)).addresses(StepCode::probe_by_arp).at(0), address("192.168.1.101")) << "held meanwhile";
    talk.wait(500ms);
    ASSERT_THAT(talk.later, SizeIs(2));
    EXPECT_EQ(talk.later[0].yiaddr(), address("192.168.1.100"));
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::bound);
    EXPECT_EQ(talk.use().offered, 0U);
    EXPECT_FALSE(a.send(bootp_request(a)).silent()) << "its own is not asked for again";
    EXPECT_THAT(talk.probes, SizeIs(2));
}

TEST(Rfc5227Probe, ABootpClientGetsTheNextAddressWhereSomebodyUsesTheFirst)
{
    Conversation talk{probes_for_bootp()};
    auto a = talk.client(1);
    a.send(bootp_request(a));
    talk.answered(address("192.168.1.100"), mac(99));
    talk.wait(500ms);
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_EQ(talk.later[0].yiaddr(), address("192.168.1.101"));
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::conflict);
}

TEST(Rfc5227Probe, ABootpClientBehindARelayIsProbedForByEcho)
{
    Config config = probes_for_bootp();
    config.subnets.push_back(subnet("10.0.0.0/24", "10.0.0.10-10.0.0.20"));
    Conversation talk{config};
    auto a = talk.client(1);
    a.giaddr = address("10.0.0.1");
    a.send(bootp_request(a));
    ASSERT_THAT(talk.probes, SizeIs(1));
    EXPECT_EQ(talk.probes[0].method, ProbeRequest::Method::icmp_echo);
    talk.wait(500ms);
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_EQ(talk.later[0].transmit.destination, address("10.0.0.1"));
}

/// What waits holds an address: one card's made-up BOOTP clients hold no more of them than its DHCP clients would.
TEST(Rfc5227Probe, BootpClientsOfOneCardHoldNoMoreThanItsShare)
{
    Config config = probes_for_bootp();
    config.limits.offers_per_mac = 5;
    Conversation talk{config};
    talk.source_mac = mac(66);
    for (int round = 0; round < 4; ++round) {
        for (std::uint32_t i = 0; i < 60; ++i) {
            auto made_up = talk.client(1000 + 100 * static_cast<std::uint32_t>(round) + i);
            made_up.send(bootp_request(made_up));
        }
        EXPECT_LE(talk.use().offered, 5U);
        talk.wait(1s);
        EXPECT_EQ(talk.use().offered, 0U);
    }
    EXPECT_EQ(talk.use().bound, 5U);
}

TEST(Rfc5227Probe, ABootpClientsProbeThatCouldNotBeSentIsBegunAnew)
{
    Conversation talk{probes_for_bootp()};
    auto a = talk.client(1);
    a.send(bootp_request(a));
    talk.restart();
    talk.wait(5s);
    EXPECT_THAT(talk.later, IsEmpty());
    EXPECT_TRUE(a.send(bootp_request(a)).has(StepCode::probe_by_arp));
    talk.wait(500ms);
    EXPECT_THAT(talk.later, SizeIs(1));
}

TEST(Polite, AnswersABootpClientThatNobodyElseHasAnswered)
{
    Conversation talk{polite_to_bootp()};
    auto a = talk.client(1);
    const Answer first = a.send(bootp_request(a));
    EXPECT_TRUE(first.has(StepCode::polite_waiting));
    EXPECT_THAT(first.writes, IsEmpty()) << "nothing is leased yet";
    talk.wait(999ms);
    EXPECT_THAT(talk.later, IsEmpty());
    talk.wait(1ms);
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_TRUE(talk.later[0].has(StepCode::polite_waited));
    EXPECT_EQ(talk.later[0].yiaddr(), address("192.168.1.100"));
    EXPECT_TRUE(a.send(bootp_request(a)).silent()) << "nor does who has a lease here come first";
    talk.wait(1s);
    EXPECT_THAT(talk.later, SizeIs(2));
}

TEST(Polite, LeavesABootpClientToTheServerWhoseReplyItOverhears)
{
    for (const bool dhcp_server : {false, true}) {
        Conversation talk{polite_to_bootp()};
        auto a = talk.client(1);
        wire::Message reply = bootp_request(a);
        a.send(reply);
        reply.op = 2;
        reply.yiaddr = address("192.168.1.66");
        if (dhcp_server) reply.options.set_address(option::server_identifier, address("192.168.1.1"));
        talk.wait(20ms);
        talk.overhear(reply);
        ASSERT_THAT(talk.lapsed, SizeIs(1));
        EXPECT_EQ(talk.lapsed[0].steps[0].code, StepCode::polite_other_answered);
        EXPECT_EQ(talk.lapsed[0].received, MessageType::none);
        talk.wait(5s);
        EXPECT_THAT(talk.later, IsEmpty());
        EXPECT_EQ(talk.server.lease_count(), 0U);
    }
}

/// RFC 1534 §3: a DHCP client may do with a BOOTREPLY, and as well wait for an offer.
TEST(Polite, ABootReplyToADhcpClientIsNotYetAnAnswer)
{
    Conversation talk{polite_to_bootp()};
    auto a = talk.client(1);
    a.discover();
    wire::Message reply = bootp_request(a);
    reply.op = 2;
    talk.overhear(reply);
    talk.wait(1s);
    EXPECT_THAT(talk.later, SizeIs(1));
}

TEST(Polite, TellsABootpClientItsBootFileOnlyWhereNobodyElseDoes)
{
    Conversation talk{polite_to_bootp()};
    auto a = talk.client(1);
    wire::Message m = bootp_request(a);
    m.ciaddr = address("192.168.1.20");
    EXPECT_TRUE(a.send(m).has(StepCode::polite_waiting));
    talk.wait(1s);
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_EQ(talk.later[0].message->file, "lpxelinux.0");
    a.send(m);
    m.op = 2;
    talk.overhear(m);
    talk.wait(1s);
    EXPECT_THAT(talk.later, SizeIs(1)) << "left to the other";
    EXPECT_EQ(talk.server.lease_count(), 0U);
}

TEST(SharedNetwork, ABootpClientIsToldTheBootFileOfItsOwnSubnet)
{
    Config config = serves_bootp();
    config.subnets.push_back(subnet("192.168.7.0/24", "192.168.7.10-192.168.7.20"));
    config.subnets[1].options.boot_file = "upstairs.0";
    config.subnets[0].shared_network = config.subnets[1].shared_network = "floor";
    Conversation talk{config};
    auto a = talk.client(1);
    wire::Message m = bootp_request(a);
    m.ciaddr = address("192.168.7.77");
    EXPECT_EQ(a.send(m).message->file, "upstairs.0");
}

TEST(SharedNetwork, ABootpClientMayGetAnAddressOfAnySubnet)
{
    Config config = serves_bootp();
    config.subnets[0].pools = {range("192.168.1.100-192.168.1.100")};
    config.subnets.push_back(subnet("192.168.7.0/24", "192.168.7.10-192.168.7.20"));
    config.subnets[0].shared_network = config.subnets[1].shared_network = "floor";
    Conversation talk{config};
    auto a = talk.client(1), b = talk.client(2);
    a.send(bootp_request(a));
    const Answer second = b.send(bootp_request(b));
    EXPECT_EQ(second.yiaddr(), address("192.168.7.10"));
    EXPECT_EQ(second.message->options.address(option::router), address("192.168.7.1"));
    EXPECT_EQ(talk.server.pool_use()[1].bound, 1U) << "counted where it lies";
}

} // namespace
} // namespace dorascope::server
