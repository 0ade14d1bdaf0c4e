// SPDX-License-Identifier: GPL-3.0-or-later
// A polite server: it answers a DHCPDISCOVER only if nobody else has. For a laptop on a LAN that may have a server.
#include "tests/server/conversation.h"

#include <algorithm>
#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

const auto k100 = address("192.168.1.100");
const auto kOther = address("192.168.1.1");

Config polite()
{
    Config config = office();
    config.authority = Authority::polite;
    config.polite_delay = 1s;
    return config;
}

wire::Message reply_of(const Station& to, MessageType type, Ipv4Address server)
{
    wire::Message m = to.message(type);
    m.op = 2;
    m.yiaddr = address("192.168.1.66");
    m.options.set_address(wire::option::server_identifier, server);
    return m;
}

TEST(Polite, AnswersADiscoverThatNobodyElseHasAnswered)
{
    Conversation talk{polite()};
    auto a = talk.client(1);
    EXPECT_TRUE(a.discover().has(StepCode::polite_waiting));
    talk.wait(999ms);
    EXPECT_THAT(talk.later, IsEmpty());
    talk.wait(1ms);
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_EQ(talk.later[0].yiaddr(), k100);
    EXPECT_TRUE(talk.later[0].has(StepCode::polite_waited));
    EXPECT_EQ(a.select(k100).type(), MessageType::ack);
}

TEST(Polite, LeavesAClientToTheServerWhoseOfferItOverhears)
{
    for (const MessageType type : {MessageType::offer, MessageType::ack}) {
        Conversation talk{polite()};
        auto a = talk.client(1);
        a.discover();
        talk.wait(20ms);
        talk.overhear(reply_of(a, type, kOther));
        ASSERT_THAT(talk.lapsed, SizeIs(1));
        EXPECT_EQ(talk.lapsed[0].steps[0].code, StepCode::polite_other_answered);
        EXPECT_EQ(talk.lapsed[0].steps[0].address, kOther);
        EXPECT_EQ(talk.lapsed[0].outcome, Outcome::silent);
        EXPECT_EQ(talk.use().offered, 0U) << "nothing is held for it";
        talk.wait(5s);
        EXPECT_THAT(talk.later, IsEmpty());
    }
}

TEST(Polite, HeedsNeitherItsOwnRepliesNorThoseToOthers)
{
    Conversation talk{polite()};
    auto a = talk.client(1), b = talk.client(2);
    a.discover();
    talk.overhear(reply_of(a, MessageType::offer, talk.local));
    talk.overhear(reply_of(b, MessageType::offer, kOther));
    auto former = a;
    former.xid = 7;
    talk.overhear(reply_of(former, MessageType::offer, kOther));
    talk.overhear(reply_of(a, MessageType::nak, kOther));
    wire::Message request = reply_of(a, MessageType::offer, kOther);
    request.op = 1;
    talk.overhear(request);
    EXPECT_THAT(talk.lapsed, IsEmpty());
    talk.wait(1s);
    EXPECT_THAT(talk.later, SizeIs(1));
}

TEST(Polite, LeavesAClientThatRequestsAnotherServersOffer)
{
    Conversation talk{polite()};
    auto a = talk.client(1);
    a.discover();
    a.select(address("192.168.1.66"), [](wire::Message& m) { m.options.set_address(wire::option::server_identifier, kOther); });
    EXPECT_EQ(talk.use().offered, 0U);
    talk.wait(5s);
    EXPECT_THAT(talk.later, IsEmpty());
}

TEST(Polite, AnswersItsOwnClientsRenewalsAtOnce)
{
    Conversation talk{polite()};
    auto a = talk.client(1);
    a.discover();
    talk.wait(1s);
    a.select(k100);
    EXPECT_EQ(a.renew(k100).type(), MessageType::ack);
    EXPECT_EQ(a.rebind(k100).type(), MessageType::ack);
    EXPECT_EQ(a.init_reboot(k100).type(), MessageType::ack);
    EXPECT_TRUE(talk.client(2).init_reboot(address("192.168.1.77")).silent()) << "not authoritative";
}

/// RFC 2131 §4.3.2: on a link with a second subnet the address may be another server's.
TEST(Polite, DoesNotRefuseAnotherServersClientThatRestarts)
{
    Conversation talk{polite()};
    const Answer answer = talk.client(1).init_reboot(address("10.0.0.5"));
    EXPECT_TRUE(answer.silent());
    EXPECT_TRUE(answer.has(StepCode::silent_unknown_client));
    auto own = talk.client(2);
    own.discover();
    talk.wait(1s);
    own.select(k100);
    EXPECT_EQ(own.init_reboot(address("10.0.0.5")).type(), MessageType::nak) << "one that it knows";
}

TEST(Polite, ProbesWhileItWaits)
{
    Config config = polite();
    config.probe = {true, 1, 300ms};
    Conversation talk{config};
    auto a = talk.client(1), b = talk.client(2), c = talk.client(3);
    a.discover();
    b.discover();
    c.discover();
    EXPECT_THAT(talk.probes, SizeIs(3));
    talk.answered(k100, mac(99));
    talk.overhear(reply_of(c, MessageType::offer, kOther));
    talk.wait(999ms);
    EXPECT_THAT(talk.later, IsEmpty()) << "the probes are over, the delay is not";
    talk.wait(1ms);
    ASSERT_THAT(talk.later, SizeIs(2));
    EXPECT_TRUE(talk.later[0].has(StepCode::probe_unanswered));
    EXPECT_NE(talk.later[0].yiaddr(), talk.later[1].yiaddr());
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::conflict);
}

/// The network may deliver an old DHCPREQUEST between two copies of a DHCPDISCOVER.
TEST(Polite, LetsOthersGoFirstAlsoWhereTheClientAsksAnewAfterARequest)
{
    Config config = polite();
    config.probe = {true, 1, 300ms};
    Conversation talk{config};
    auto a = talk.client(1);
    a.discover();
    EXPECT_TRUE(a.select(k100).has(StepCode::probe_running)) << "it has chosen";
    EXPECT_TRUE(a.discover().has(StepCode::probe_running)) << "it has not";
    talk.wait(500ms);
    EXPECT_THAT(talk.later, IsEmpty());
    talk.overhear(reply_of(a, MessageType::offer, kOther));
    talk.wait(2s);
    EXPECT_THAT(talk.later, IsEmpty());
}

/// What a probe has found is true of who had the address then.
TEST(Polite, ProbesAnewWhatWasTakenByHandAndOfferedToAnotherMeanwhile)
{
    Config config = polite();
    config.subnets[0].pools = {range("192.168.1.100-192.168.1.100")};
    config.probe = {true, 1, 300ms};
    Conversation talk{config};
    auto a = talk.client(1), b = talk.client(2);
    a.discover();
    talk.wait(300ms); // the probe is over, the delay is not
    talk.out.clear();
    ASSERT_TRUE(talk.server.erase(talk.now, k100, talk.out));
    config.polite_delay = 100ms;
    ASSERT_TRUE(talk.server.reconfigure(talk.now, config, talk.out));
    b.discover();
    talk.wait(300ms);
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_EQ(b.select(talk.later[0].yiaddr()).type(), MessageType::ack);
    b.release(k100);
    talk.wait(400ms);
    EXPECT_THAT(talk.later, SizeIs(1)) << "not offered on the strength of the first probe";
    EXPECT_THAT(talk.probes, SizeIs(3));
    talk.wait(300ms);
    ASSERT_THAT(talk.later, SizeIs(2));
    EXPECT_EQ(talk.later[1].yiaddr(), k100);
}

TEST(Polite, WaitsOutItsDelayAlsoWhereTheNextAddressNeedsNoProbe)
{
    Config config = polite();
    config.probe = {true, 1, 300ms};
    Conversation talk{config};
    auto a = talk.client(1);
    a.discover();
    talk.wait(1s);
    a.select(k100);
    a.release(k100);
    config.subnets[0].reservations = {{address("192.168.1.50"), HardwareAddress::of(mac(1)), {}, {}}};
    talk.out.clear();
    ASSERT_TRUE(talk.server.reconfigure(talk.now, config, talk.out));
    talk.later.clear();
    a.discover();
    talk.wait(100ms);
    talk.answered(address("192.168.1.50"), mac(99)); // then the address it had before
    EXPECT_THAT(talk.later, IsEmpty());
    talk.wait(899ms);
    EXPECT_THAT(talk.later, IsEmpty());
    talk.wait(1ms);
    ASSERT_THAT(talk.later, SizeIs(1));
    EXPECT_EQ(talk.later[0].yiaddr(), k100);
    EXPECT_EQ(talk.server.count(StepCode::probe_answered), 1U);
}

TEST(Polite, IsSilentWhereItCannotWait)
{
    Config config = config_of(subnet("10.0.0.0/16", "10.0.1.0-10.0.200.0"));
    config.authority = Authority::polite;
    Conversation talk{config};
    talk.local = address("10.0.0.2");
    for (std::uint32_t i = 0; i < 768; ++i)
        ASSERT_TRUE(talk.client(i).discover().has(StepCode::polite_waiting));
    EXPECT_TRUE(talk.client(5000).discover().has(StepCode::polite_full));
}

/// Whether or not it probes: a table full of made-up clients has a place for those with a lease or a reservation.
TEST(Polite, AFloodFromMadeUpCardsCannotLockOutTheKnown)
{
    for (const bool probe : {false, true}) {
        Config config = config_of(subnet("10.0.0.0/16", "10.0.1.0-10.0.200.0"));
        config.authority = Authority::polite;
        config.probe = {probe, 1, 300ms};
        config.subnets[0].reservations = {{address("10.0.0.50"), HardwareAddress::of(mac(2)), {}, {}}};
        Conversation talk{config};
        talk.local = address("10.0.0.2");
        auto bound = talk.client(1), reserved = talk.client(2);
        bound.discover();
        talk.wait(1s);
        const auto leased = talk.later.at(0).yiaddr();
        bound.select(leased);
        talk.later.clear();
        for (std::uint32_t i = 1000; i < 4000; ++i) {
            talk.source_mac = mac(i);
            talk.client(i).discover([](wire::Message& m) { m.options.set(250, std::vector<std::byte>(200)); });
        }
        EXPECT_GT(talk.server.count(StepCode::polite_full), 2000U);
        EXPECT_TRUE(bound.discover().has(StepCode::polite_waiting));
        const Answer waits = reserved.discover();
        EXPECT_TRUE(waits.has(StepCode::polite_waiting));
        EXPECT_EQ(waits.has(StepCode::probe_by_arp), probe);
        talk.wait(1s);
        const auto answered = [&](Ipv4Address with) {
            return std::ranges::count_if(talk.later, [&](const Answer& a) { return a.yiaddr() == with; });
        };
        EXPECT_EQ(answered(leased), 1);
        EXPECT_EQ(answered(address("10.0.0.50")), 1);
    }
}

TEST(Overheard, MeansNothingToAServerThatIsNotPolite)
{
    Config config = office();
    config.probe = {true, 1, 300ms};
    Conversation talk{config};
    auto a = talk.client(1);
    a.discover();
    talk.overhear(reply_of(a, MessageType::offer, kOther));
    talk.wait(1s);
    EXPECT_THAT(talk.later, SizeIs(1));
}

} // namespace
} // namespace dorascope::server
