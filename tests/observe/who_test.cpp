// SPDX-License-Identifier: GPL-3.0-or-later
// Clients and servers: who they are, and what they say of themselves.
#include "tests/observe/conversation.h"

#include <algorithm>
#include <array>

namespace dorascope::observe {
namespace {

using namespace test;

TEST(Client, TellsItsNameAndVendor)
{
    Lan lan;
    lan.hears(discover("A").text(wire::option::host_name, "laptop-a").text(wire::option::vendor_class_identifier, "MSFT 5.0"));
    EXPECT_EQ(lan.client().hardware, hardware("A"));
    EXPECT_EQ(lan.client().hostname, "laptop-a");
    EXPECT_EQ(lan.client().vendor_class, "MSFT 5.0");
    EXPECT_EQ(lan.changes.clients, std::vector<ClientId>{0});
    lan.wait(1s);
    lan.hears(discover("A").text(wire::option::host_name, "laptop-b"));
    EXPECT_EQ(lan.client().hostname, "laptop-b");
    EXPECT_EQ(lan.client().vendor_class, "MSFT 5.0") << "not said again is not taken back";
    EXPECT_EQ(lan.client().messages, 2U);
    EXPECT_EQ(lan.client().last_seen - lan.client().first_seen, 1s);
}

TEST(Client, TellsItsNameInOption81)
{
    Lan lan;
    lan.hears(discover("A").bytes(wire::option::client_fqdn, {4, 0, 0, 2, 'p', 'c', 3, 'l', 'a', 'b', 0})); // RFC 4702, bit E
    EXPECT_EQ(lan.client().hostname, "pc.lab");
    lan.hears(discover("B").bytes(wire::option::client_fqdn, {0, 0, 0, 'p', 'c', '2'}));
    EXPECT_EQ(lan.client(1).hostname, "pc2");
    lan.hears(discover("C").bytes(wire::option::client_fqdn, {4, 0, 0, 60, 'x'})); // a label longer than the option
    EXPECT_EQ(lan.client(2).hostname, "");
    lan.hears(discover("A").bytes(wire::option::client_fqdn, {4, 0, 0, 1, 'z', 0}).text(wire::option::host_name, "host"));
    EXPECT_EQ(lan.client().hostname, "host") << "option 12 is what the client calls itself";
}

TEST(Client, CannotSaySomethingUnprintableOrEndless)
{
    Lan lan;
    lan.hears(discover("A").text(wire::option::host_name, std::string("a\x1b[31m\xff", 7)).text(60, std::string(250, 'v')));
    EXPECT_EQ(lan.client().hostname, "a\\x1b[31m\\xff");
    EXPECT_LE(lan.client().vendor_class.size(), 64U);
}

TEST(Client, IsNotRenamedByAServer)
{
    Lan lan;
    lan.hears(discover("A").text(wire::option::host_name, "mine"));
    lan.hears(offer("A", "10.0.0.10").text(wire::option::host_name, "yours"));
    EXPECT_EQ(lan.client().hostname, "mine");
}

/// RFC 2131 §4.2: two machines behind one card (containers, a boot loader and its system), each with an identifier of its own.
Said of(Said said, std::uint8_t who) { return said.bytes(wire::option::client_identifier, {0, who}); }

TEST(Client, IsWhoeverSendsOneIdentifier_Rfc2131_4_2)
{
    Lan lan;
    lan.hears(of(discover("A").text(wire::option::host_name, "one"), 1).xid(1));
    lan.hears(of(discover("A").text(wire::option::host_name, "two"), 2).xid(2));
    lan.hears(discover("A").text(wire::option::host_name, "none").xid(3));
    lan.hears(of(discover("A"), 1).xid(4));
    ASSERT_EQ(lan.state.clients().size(), 3U);
    EXPECT_EQ(lan.client(0).hostname, "one");
    EXPECT_EQ(lan.client(1).hostname, "two");
    EXPECT_EQ(lan.client(2).hostname, "none");
    EXPECT_EQ(lan.client(1).client_id, (std::vector<std::uint8_t>{0, 2}));
    EXPECT_TRUE(lan.client(2).client_id.empty());
    EXPECT_EQ(lan.client(0).messages, 2U);
    EXPECT_EQ(lan.client(0).hardware, lan.client(1).hardware);
}

/// A server before RFC 6842 does not echo the identifier: the reply is for whoever asked under its xid.
TEST(Client, OfSeveralIsToldByTheXidOfTheReply)
{
    Lan lan;
    for (const std::uint8_t who : std::array<std::uint8_t, 3>{1, 2, 3})
        lan.hears(of(discover("A"), who).xid(who));
    for (const std::uint8_t who : std::array<std::uint8_t, 3>{3, 1, 2}) {
        const auto address = "10.0.0." + std::to_string(10 + who);
        lan.hears(offer("A", address).xid(who));
        lan.hears(of(request("A", address), who).xid(who));
        lan.hears(ack("A", address).xid(who));
    }
    ASSERT_EQ(lan.state.clients().size(), 3U);
    EXPECT_EQ(lan.state.exchanges().size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(lan.letters(i), "DORA");
        EXPECT_EQ(lan.client(i).address, ip("10.0.0." + std::to_string(11 + i)));
        EXPECT_EQ(lan.state.binding(ip("10.0.0." + std::to_string(11 + i)))->client, i);
    }
}

TEST(Client, OfSeveralIsFollowedToAnotherXid)
{
    Lan lan;
    lan.dora("A", "10.0.0.11", 1);
    lan.hears(of(discover("A"), 2).xid(2));
    lan.hears(offer("A", "10.0.0.12").xid(2));
    lan.hears(of(request("A", "10.0.0.12"), 2).xid(77));
    lan.hears(ack("A", "10.0.0.12").xid(77));
    ASSERT_EQ(lan.state.exchanges().size(), 2U);
    EXPECT_EQ(lan.letters(1), "DORA");
    EXPECT_EQ(lan.state.binding(ip("10.0.0.12"))->client, 1U);
}

/// RFC 6842 §3: the server MUST copy the identifier into its reply, which then needs no xid to tell.
TEST(Client, OfSeveralIsToldByTheIdentifierOfTheReply_Rfc6842_3)
{
    Lan lan;
    lan.hears(of(discover("A"), 1).xid(1));
    lan.hears(of(discover("A"), 2).xid(2));
    lan.hears(of(ack("A", "10.0.0.12"), 2).xid(99));
    lan.hears(of(ack("A", "10.0.0.11"), 1).xid(98));
    EXPECT_EQ(lan.state.clients().size(), 2U);
    EXPECT_EQ(lan.state.binding(ip("10.0.0.12"))->client, 1U);
    EXPECT_EQ(lan.state.binding(ip("10.0.0.11"))->client, 0U);
}

TEST(Client, FirstSeenInAReplyIsWhoAsksLater)
{
    Lan lan;
    lan.hears(ack("A", "10.0.0.10").xid(1));
    lan.hears(of(renew("A", "10.0.0.10"), 1).xid(2));
    EXPECT_EQ(lan.state.clients().size(), 1U);
    EXPECT_EQ(lan.client().client_id, (std::vector<std::uint8_t>{0, 1}));
}

TEST(Client, WhoseIdentifierTheCaptureCutOffIsNotAnother)
{
    Lan lan;
    lan.hears(of(discover("A"), 1).xid(1));
    const auto whole = of(discover("A"), 1).xid(1).frame_bytes().size();
    lan.hears(of(discover("A"), 1).xid(1).cut(whole - 4));
    EXPECT_EQ(lan.state.clients().size(), 1U);
}

TEST(Client, OfSeveralHasItsOwnDecisions)
{
    Lan lan;
    lan.hears(of(discover("A"), 1).xid(1));
    const auto second = lan.hears(of(discover("A"), 2).xid(2));
    auto decision = decided("A", MessageType::discover, MessageType::none);
    decision.xid = 2;
    lan.decides(decision);
    EXPECT_EQ(lan.message(second).decision, 0U);
}

TEST(Client, ThatSendsAThousandIdentifiersUnderOneXidIsAThousand)
{
    Lan lan;
    for (std::uint32_t i = 0; i < 1000; ++i) {
        const auto low = static_cast<std::uint8_t>(i), high = static_cast<std::uint8_t>(i >> 8);
        lan.hears(discover("A").bytes(wire::option::client_identifier, {0, high, low}).xid(7));
    }
    EXPECT_EQ(lan.state.clients().size(), 1000U);
    lan.hears(offer("A", "10.0.0.10").xid(7));
    EXPECT_EQ(lan.state.clients().size(), 1000U) << "for one of them";
}

TEST(Server, IsLearntFromWhatItHandsOut)
{
    Lan lan;
    lan.hears(discover("A"));
    lan.wait(2ms);
    lan.hears(offer("A", "10.0.0.30")
                  .bytes(wire::option::subnet_mask, {255, 255, 255, 0})
                  .bytes(wire::option::router, {10, 0, 0, 1})
                  .bytes(wire::option::dns_servers, {10, 0, 0, 1, 9, 9, 9, 9})
                  .text(wire::option::domain_name, "lab.example"));
    lan.hears(offer("B", "10.0.0.10"));
    const Server& server = lan.server();
    EXPECT_EQ(server.identifier, ip("10.0.0.1"));
    EXPECT_EQ(server.mac->to_string(), "02:00:00:00:00:01");
    EXPECT_EQ(server.subnet_mask, ip("255.255.255.0"));
    EXPECT_EQ(server.routers, std::vector{ip("10.0.0.1")});
    EXPECT_EQ(server.dns_servers, (std::vector{ip("10.0.0.1"), ip("9.9.9.9")}));
    EXPECT_EQ(server.domain_name, "lab.example");
    EXPECT_EQ(server.lease_seconds, 3600U);
    EXPECT_EQ(server.lowest, ip("10.0.0.10"));
    EXPECT_EQ(server.highest, ip("10.0.0.30"));
    EXPECT_EQ(server.offers, 2U);
    EXPECT_EQ(server.response_ms, std::vector<float>{2}) << "B's question was not seen";
    EXPECT_FALSE(server.embedded);
}

TEST(Server, ThatBorrowsAnIdentifierIsASecondOne)
{
    Lan lan;
    lan.hears(offer("A", "10.0.0.10"));
    lan.hears(offer("A", "10.0.0.66").server("10.0.0.1", "02:00:00:00:00:66"));
    ASSERT_EQ(lan.state.servers().size(), 2U);
    EXPECT_EQ(lan.server(0).identifier, lan.server(1).identifier);
    EXPECT_NE(lan.server(0).mac, lan.server(1).mac);
}

TEST(Server, BehindARelayHasNoMac)
{
    Lan lan;
    const auto through = [](const Said& said, const char* relay_mac) {
        Said relayed = said.relayed("10.0.5.1");
        relayed.frame.source_mac = MacAddress::parse(relay_mac).value();
        return relayed;
    };
    lan.hears(through(offer("A", "10.0.5.10"), "02:00:00:00:05:01"));
    lan.hears(through(offer("B", "10.0.5.11"), "02:00:00:00:05:02")); // the relay's second leg
    ASSERT_EQ(lan.state.servers().size(), 1U);
    EXPECT_FALSE(lan.server().mac);

    // A renewal goes round the relay: the frame of the answer bears a router's address.
    lan.hears(renew("A", "10.0.5.10").xid(5));
    Said answer = ack("A", "10.0.5.10").xid(5).unicast("10.0.0.1", "10.0.5.10");
    answer.message.ciaddr = ip("10.0.5.10");
    answer.frame.source_mac = {{2, 0, 0, 0, 5, 1}};
    lan.hears(answer);
    EXPECT_EQ(lan.state.servers().size(), 1U);
}

TEST(Server, OnThisLinkIsNotTheOneBehindTheRelayWhoseIdentifierItBorrows)
{
    Lan lan;
    lan.hears(offer("A", "10.0.5.10").relayed("10.0.5.1"));
    lan.hears(offer("A", "10.0.66.20"));
    ASSERT_EQ(lan.state.servers().size(), 2U);
    EXPECT_TRUE(lan.server(1).mac);
}

TEST(Server, WithoutIdentifierIsItsAddress)
{
    Lan lan;
    lan.hears(offer("A", "10.0.0.10").without(wire::option::server_identifier));
    EXPECT_EQ(lan.server().identifier, ip("10.0.0.1"));
}

TEST(Server, IsWhomARequestNames)
{
    Lan lan;
    lan.hears(request("A", "10.0.0.10"));
    EXPECT_EQ(lan.message(0).server, kNone) << "it has not been seen yet";
    lan.hears(ack("A", "10.0.0.10"));
    lan.hears(renew("A", "10.0.0.10").xid(2));
    EXPECT_EQ(lan.message(2).server, 0U) << "by where it is sent";
    lan.hears(release("A", "10.0.0.10").xid(3));
    EXPECT_EQ(lan.message(3).server, 0U) << "by option 54";
    EXPECT_EQ(lan.state.servers().size(), 1U);
}

TEST(Server, KeepsAFairSampleOfItsResponseTimes)
{
    Lan lan;
    for (std::uint32_t i = 0; i < 3000; ++i) {
        lan.hears(discover("A").xid(i));
        lan.wait(i < 1500 ? 1ms : 3ms);
        lan.hears(offer("A", "10.0.0.10").xid(i));
        lan.wait(121s);
    }
    const auto& sample = lan.server().response_ms;
    ASSERT_EQ(sample.size(), 512U);
    const auto slow = std::count(sample.begin(), sample.end(), 3.0F);
    EXPECT_GT(slow, 180);
    EXPECT_LT(slow, 332);
}

TEST(Message, SaysHowItWasSent)
{
    Lan lan;
    lan.hears(discover("A"));
    EXPECT_TRUE(lan.message(0).link_broadcast);
    EXPECT_FALSE(lan.message(0).broadcast_flag);
    EXPECT_FALSE(lan.message(0).from_server);
    Said flagged = discover("A");
    flagged.message.flags = wire::kBroadcastFlag;
    lan.hears(flagged);
    EXPECT_TRUE(lan.message(1).broadcast_flag);
    lan.hears(renew("A", "10.0.0.10"));
    EXPECT_FALSE(lan.message(2).link_broadcast);
    lan.hears(ack("A", "10.0.0.10"));
    EXPECT_TRUE(lan.message(3).from_server);
    EXPECT_EQ(lan.message(3).frame, 4U);
    EXPECT_EQ(lan.message(3).at, lan.now);
}

struct Spoken {
    std::string name;
    Said said;
    std::string address;
};
class MessageAddress : public testing::TestWithParam<Spoken> { };
TEST_P(MessageAddress, IsWhatItIsAbout)
{
    Lan lan;
    lan.hears(GetParam().said);
    EXPECT_EQ(lan.message(0).address, ip(GetParam().address));
}
INSTANTIATE_TEST_SUITE_P(Message, MessageAddress,
                         testing::Values(Spoken{"Discover", discover("A"), "0.0.0.0"},
                                         Spoken{"Offer", offer("A", "10.0.0.10"), "10.0.0.10"},
                                         Spoken{"Request", request("A", "10.0.0.10"), "10.0.0.10"},
                                         Spoken{"Renewal", renew("A", "10.0.0.11"), "10.0.0.11"},
                                         Spoken{"Decline", decline("A", "10.0.0.12"), "10.0.0.12"},
                                         Spoken{"Release", release("A", "10.0.0.13"), "10.0.0.13"},
                                         Spoken{"Inform", inform("A", "10.0.0.14"), "10.0.0.14"}),
                         [](const auto& test) { return test.param.name; });

} // namespace
} // namespace dorascope::observe
