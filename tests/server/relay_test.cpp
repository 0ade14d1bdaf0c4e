// SPDX-License-Identifier: GPL-3.0-or-later
// What a relay adds in option 82 and a server does about it: RFC 3046, 3527, 5010, 5107, 8357; and RFC 3011, which clients use.
#include "tests/server/conversation.h"

#include "engine/server/relay_information.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

using testing::Contains;
using testing::ElementsAreArray;
using testing::Not;
namespace option = wire::option;

const auto kRelay = address("192.168.1.254");
const auto kStandIn = address("192.168.1.253");

Config two_subnets()
{
    Config config = office();
    config.subnets.push_back(subnet("10.0.0.0/24", "10.0.0.10-10.0.0.20"));
    return config;
}

Station::Edit relay_says(std::vector<std::byte> suboptions)
{
    return [data = std::move(suboptions)](wire::Message& m) {
        m.giaddr = kRelay;
        m.options.set(option::relay_agent_information, data);
    };
}

const auto kLink10 = octets({5, 4, 10, 0, 0, 0});
const auto kOverride = octets({11, 4, 192, 168, 1, 253});

// ---- RFC 3527 ------------------------------------------------------------------------------------------------------------------

TEST(Rfc3527, LinkSelectionPicksTheSubnetAndGiaddrStillGetsTheReply)
{
    Conversation talk{two_subnets()};
    const Answer offer = talk.client(1).discover(relay_says(kLink10));
    EXPECT_EQ(offer.yiaddr(), address("10.0.0.10"));
    EXPECT_EQ(offer.transmit.destination, kRelay);
    EXPECT_TRUE(offer.has(StepCode::subnet_by_link_selection));
    EXPECT_THAT(*offer.message->options.find(option::relay_agent_information), ElementsAreArray(kLink10)) << "echoed";
}

TEST(Rfc3527, LinkSelectionOutranksOption118)
{
    Config config = two_subnets();
    config.subnet_selection = true;
    Conversation talk{config};
    const Answer offer = talk.client(1).discover([](wire::Message& m) {
        relay_says(kLink10)(m);
        m.options.set_address(118, address("192.168.1.0"));
    });
    EXPECT_EQ(offer.yiaddr(), address("10.0.0.10"));
    EXPECT_THAT(offer.option_codes(), Not(Contains(118))) << "it was not heeded";
}

TEST(Rfc3527, ALinkThatNobodyConfiguredIsMetWithSilence)
{
    Conversation talk{two_subnets()};
    const Answer answer = talk.client(1).discover(relay_says(octets({5, 4, 172, 16, 0, 0})));
    EXPECT_TRUE(answer.silent());
    EXPECT_TRUE(answer.has(StepCode::no_subnet));
}

TEST(Rfc3527, AClientOnTheLinkCannotUseIt)
{
    Conversation talk{two_subnets()};
    const Answer offer =
        talk.client(1).discover([](wire::Message& m) { m.options.set(option::relay_agent_information, kLink10); });
    EXPECT_EQ(offer.yiaddr(), address("192.168.1.100")) << "without giaddr no relay said so";
}

TEST(Rfc3527, OfTheWrongLengthItIsNotThere)
{
    Conversation talk{two_subnets()};
    EXPECT_EQ(talk.client(1).discover(relay_says(octets({5, 3, 10, 0, 0}))).yiaddr(), address("192.168.1.100"));
    EXPECT_EQ(talk.client(2).discover(relay_says(octets({5, 9, 10, 0, 0, 0}))).yiaddr(), address("192.168.1.101"));
}

/// RFC 1542 §4.1.1: giaddr is the relay's own address, and where the answer goes. Where link selection says which subnet is meant it could
/// be anything else: everybody, or this machine, at a port of the sender's choice (82.19).
TEST(Rfc3527, AGiaddrThatNoRelayCanHaveIsNotAnsweredTo)
{
    Conversation talk{two_subnets()};
    auto a = talk.client(1);
    for (const char* nobody : {"255.255.255.255", "224.0.0.1", "127.0.0.1", "0.0.0.67", "192.168.1.255", "10.0.0.0"}) {
        a.giaddr = address(nobody);
        const auto far = [&](wire::Message& m) { m.options.set(option::relay_agent_information, kLink10); };
        for (const Answer& answer : {a.discover(far), a.init_reboot(address("172.16.0.9"), far), a.discover()}) {
            EXPECT_TRUE(answer.silent()) << nobody;
            EXPECT_EQ(answer.decision.outcome, Outcome::dropped) << nobody;
        }
    }
    EXPECT_EQ(talk.server.lease_count(), 0U);
}

TEST(Rfc951, ABootpClientThatHasNoHostsAddressIsNotAnsweredThere)
{
    Config config = office();
    config.bootp = true;
    Conversation talk{config};
    wire::Message m = talk.client(1).message(MessageType::discover);
    m.options.clear();
    for (const char* nobody : {"255.255.255.255", "224.0.0.1", "127.0.0.1", "192.168.1.255"}) {
        m.ciaddr = address(nobody);
        EXPECT_TRUE(talk.client(1).send(m).silent()) << nobody;
    }
}

/// RFC 2131 table 5: ciaddr of a DHCPDISCOVER is 0. What it says all the same is where a reply would go.
TEST(Destination, ADiscoverIsNotAnsweredWhereNoHostCanBe)
{
    Conversation talk;
    for (const char* nobody : {"255.255.255.255", "224.0.0.1", "127.0.0.1"}) {
        const Answer offer = talk.client(1).discover([nobody](wire::Message& m) { m.ciaddr = address(nobody); });
        EXPECT_EQ(offer.transmit.delivery, Delivery::link_unicast) << nobody;
        EXPECT_EQ(offer.transmit.destination, address("192.168.1.100")) << nobody;
    }
}

// ---- RFC 3011 ------------------------------------------------------------------------------------------------------------------

TEST(Rfc3011, SubnetSelectionIsHeededWhenConfiguredAndComesBack)
{
    Config config = two_subnets();
    config.subnet_selection = true;
    Conversation talk{config};
    const Answer offer = talk.client(1).discover([](wire::Message& m) { m.options.set_address(118, address("10.0.0.0")); });
    EXPECT_EQ(offer.yiaddr(), address("10.0.0.10"));
    EXPECT_EQ(offer.message->options.address(118), address("10.0.0.0"));
}

TEST(Rfc3011, IsOffByDefault)
{
    Conversation talk{two_subnets()};
    const Answer offer = talk.client(1).discover([](wire::Message& m) { m.options.set_address(118, address("10.0.0.0")); });
    EXPECT_EQ(offer.yiaddr(), address("192.168.1.100"));
    EXPECT_THAT(offer.option_codes(), Not(Contains(118)));
}

TEST(Rfc3011, OutranksGiaddr)
{
    Config config = two_subnets();
    config.subnet_selection = true;
    Conversation talk{config};
    auto a = talk.client(1);
    a.giaddr = kRelay;
    const Answer offer = a.discover([](wire::Message& m) { m.options.set_address(118, address("10.0.0.0")); });
    EXPECT_EQ(offer.yiaddr(), address("10.0.0.10"));
    EXPECT_EQ(offer.transmit.destination, kRelay);
}

// ---- RFC 5107 ------------------------------------------------------------------------------------------------------------------

TEST(Rfc5107, TheOverrideBecomesTheServerIdentifierButNotTheSource)
{
    Conversation talk;
    const Answer offer = talk.client(1).discover(relay_says(kOverride));
    EXPECT_EQ(offer.message->options.address(option::server_identifier), kStandIn);
    EXPECT_EQ(offer.decision.server, kStandIn);
    EXPECT_EQ(offer.transmit.source, talk.local) << "an address of this machine";
}

TEST(Rfc5107, ARequestThatNamesTheOverrideIsOurs)
{
    Conversation talk;
    auto a = talk.client(1);
    const auto offered = a.discover(relay_says(kOverride)).yiaddr();
    const Answer ack = a.select(offered, [](wire::Message& m) {
        relay_says(kOverride)(m);
        m.options.set_address(option::server_identifier, kStandIn);
    });
    EXPECT_EQ(ack.type(), MessageType::ack);
    EXPECT_EQ(ack.message->options.address(option::server_identifier), kStandIn);
    EXPECT_TRUE(ack.has(StepCode::server_id_override));
}

TEST(Rfc5107, WithoutTheRelaysWordItIsAnotherServer)
{
    Conversation talk;
    auto a = talk.client(1);
    const auto offered = a.discover(relay_says(kOverride)).yiaddr();
    const Answer answer = a.select(offered, [](wire::Message& m) { m.options.set_address(option::server_identifier, kStandIn); });
    EXPECT_TRUE(answer.silent());
    EXPECT_TRUE(answer.has(StepCode::other_server_chosen));
}

TEST(Rfc5107, ANakCarriesTheOverrideToo)
{
    Conversation talk;
    const Answer nak = talk.client(1).init_reboot(address("10.9.9.9"), relay_says(kOverride));
    ASSERT_EQ(nak.type(), MessageType::nak);
    EXPECT_EQ(nak.message->options.address(option::server_identifier), kStandIn);
}

TEST(Rfc5107, AnOverrideThatIsNoHostsAddressIsIgnored)
{
    Conversation talk;
    const Answer offer = talk.client(1).discover(relay_says(octets({11, 4, 255, 255, 255, 255})));
    EXPECT_EQ(offer.message->options.address(option::server_identifier), talk.local);
}

// ---- RFC 5010 ------------------------------------------------------------------------------------------------------------------

TEST(Rfc5010, TheUnicastFlagTellsRenewingFromRebindingBehindARelay)
{
    Conversation talk;
    auto a = talk.client(1);
    const auto mine = a.dora();
    EXPECT_TRUE(a.renew(mine, relay_says(octets({10, 1, 0x80}))).has(StepCode::request_renewing));
    EXPECT_TRUE(a.renew(mine, relay_says(octets({10, 1, 0x00}))).has(StepCode::request_rebinding));
    EXPECT_TRUE(a.renew(mine, relay_says(octets({1, 1, 'x'}))).has(StepCode::request_rebinding)) << "nothing said";
}

// ---- RFC 8357 ------------------------------------------------------------------------------------------------------------------

Answer from_port(Conversation& talk, std::uint16_t port, std::vector<std::byte> suboptions, Ipv4Address giaddr)
{
    auto a = talk.client(1);
    wire::Message m = a.message(MessageType::discover);
    m.options.set(option::relay_agent_information, suboptions);
    m.giaddr = giaddr;
    talk.source_port = port;
    return a.send(std::move(m));
}

TEST(Rfc8357, TheReplyGoesToThePortThatTheRelaySentFrom)
{
    Conversation talk;
    const Answer offer = from_port(talk, 5000, octets({19, 0}), kRelay);
    EXPECT_EQ(offer.transmit.destination, kRelay);
    EXPECT_EQ(offer.transmit.destination_port, 5000);
    EXPECT_TRUE(offer.has(StepCode::sent_to_relay_port));
    EXPECT_THAT(*offer.message->options.find(option::relay_agent_information), ElementsAreArray(octets({19, 0})));
}

TEST(Rfc8357, WithoutTheSuboptionItIsPort67)
{
    Conversation talk;
    EXPECT_EQ(from_port(talk, 5000, octets({1, 1, 'x'}), kRelay).transmit.destination_port, 67);
}

TEST(Rfc8357, AClientOnTheLinkCannotChooseItsPort)
{
    Conversation talk;
    EXPECT_EQ(from_port(talk, 5000, octets({19, 0}), {}).transmit.destination_port, 68);
}

// ---- RFC 3046 ------------------------------------------------------------------------------------------------------------------

TEST(Rfc3046, SuboptionsAreReadUpToTheFirstThatOverruns)
{
    wire::Message m;
    m.giaddr = kRelay;
    m.options.set(option::relay_agent_information, octets({1, 2, 'a', 'b', 2, 1, 'r', 5, 200, 10, 0, 0, 0}));
    const RelayInformation relay{m};
    EXPECT_THAT(relay.circuit_id, testing::ElementsAre('a', 'b'));
    EXPECT_THAT(relay.remote_id, testing::ElementsAre('r'));
    EXPECT_FALSE(relay.link_selection.has_value());
}

TEST(Rfc3046, ComesBackInANakUnchanged)
{
    Conversation talk;
    const auto data = octets({1, 2, 'a', 'b', 151, 3, 1, 2, 3});
    const Answer nak = talk.client(1).init_reboot(address("10.9.9.9"), relay_says(data));
    ASSERT_EQ(nak.type(), MessageType::nak);
    EXPECT_THAT(*nak.message->options.find(option::relay_agent_information), ElementsAreArray(data));
    EXPECT_EQ(nak.option_codes().back(), option::relay_agent_information);
}

} // namespace
} // namespace dorascope::server
