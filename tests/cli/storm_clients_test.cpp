// SPDX-License-Identifier: GPL-3.0-or-later
// The clients of a storm, in virtual time, against a server that the test itself plays: well, and badly.
#include "app/cli/storm_clients.h"

#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

namespace dorascope::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using wire::Message;
namespace option = wire::option;

constexpr auto kServer = Ipv4Address::from_octets(192, 168, 1, 1), kRelay = Ipv4Address::from_octets(10, 0, 0, 1);
constexpr auto kFirst = Ipv4Address::from_octets(10, 0, 1, 1);

/// What a server that does everything right answers.
Message answer(const Message& request, MessageType type, Ipv4Address yiaddr, std::uint32_t lease = 600)
{
    Message reply;
    reply.op = 2;
    reply.xid = request.xid;
    reply.flags = request.flags;
    reply.giaddr = request.giaddr;
    if (type == MessageType::ack) reply.ciaddr = request.ciaddr;
    reply.yiaddr = yiaddr;
    reply.set_hardware(request.hardware());
    reply.options.set_u8(option::message_type, static_cast<std::uint8_t>(type));
    reply.options.set_address(option::server_identifier, kServer);
    reply.options.set_u32(option::lease_time, lease);
    reply.options.set_u32(option::renewal_time, lease / 2);
    reply.options.set_u32(option::rebinding_time, lease * 7 / 8);
    reply.options.set_address(option::subnet_mask, Ipv4Address::from_octets(255, 0, 0, 0));
    return reply;
}

Message nak(const Message& request)
{
    auto reply = answer(request, MessageType::nak, kAnyAddress);
    reply.options.erase(option::lease_time);
    return reply;
}

class Storm {
public:
    explicit Storm(const StormSettings& settings) : clients{settings} { }

    /// What the clients send now.
    std::vector<Message> turn()
    {
        clients.advance(now);
        clients.fill(now);
        std::vector<Message> messages;
        for (std::size_t i = 0; i < clients.outgoing(); ++i) {
            const auto message = wire::parse(clients.outgoing(i).payload);
            EXPECT_TRUE(message);
            EXPECT_EQ(message->hardware(), HardwareAddress::of(clients.outgoing(i).chaddr));
            messages.push_back(*message);
        }
        for (const auto& ack : clients.acknowledged())
            acknowledged.push_back(ack);
        clients.sent();
        return messages;
    }
    void reply(const Message& message)
    {
        wire::Buffer bytes;
        wire::emit(message, {}, bytes);
        clients.receive(now, bytes);
    }
    /// The one client's handshake as far as its REQUEST.
    Message request_after_offer_of(Ipv4Address address)
    {
        reply(answer(turn().at(0), MessageType::offer, address));
        return turn().at(0);
    }
    void dora(Ipv4Address address, std::uint32_t lease = 600)
    {
        reply(answer(request_after_offer_of(address), MessageType::ack, address, lease));
    }

    StormClients clients;
    Instant now{1'000'000s};
    std::vector<Acknowledged> acknowledged;
};

StormSettings relayed(std::uint32_t in_flight, std::optional<std::uint32_t> clients = std::nullopt)
{
    StormSettings settings;
    settings.in_flight = in_flight;
    settings.clients = clients;
    settings.giaddr = kRelay;
    return settings;
}

StormSettings returning(bool through_relay)
{
    auto settings = relayed(1, 1);
    settings.known = true;
    if (!through_relay) settings.giaddr = kAnyAddress;
    return settings;
}

TEST(StormClients, BeginWhenAnotherHasEnded)
{
    Storm storm{relayed(2, 3)};
    const auto discovers = storm.turn();
    ASSERT_EQ(discovers.size(), 2U) << "two in flight";
    EXPECT_TRUE(storm.turn().empty()) << "and no more until one has ended";
    storm.reply(answer(discovers[0], MessageType::offer, kFirst));
    storm.reply(answer(discovers[1], MessageType::offer, kFirst + 1));
    const auto requests = storm.turn();
    ASSERT_EQ(requests.size(), 2U);
    storm.reply(answer(requests[0], MessageType::ack, kFirst));
    storm.reply(answer(requests[1], MessageType::ack, kFirst + 1));
    ASSERT_EQ(storm.turn().size(), 1U) << "the third and last";
    EXPECT_EQ(storm.clients.figures().exchanges, 2U);
    EXPECT_EQ(storm.clients.phase(), StormClients::Phase::arriving);
}

TEST(StormClients, AreDoneWithTheLastOfThem)
{
    Storm storm{relayed(64, 1)};
    storm.dora(kFirst);
    EXPECT_TRUE(storm.turn().empty());
    EXPECT_EQ(storm.clients.phase(), StormClients::Phase::done);
    EXPECT_EQ(storm.clients.fault_count(), 0U);
    ASSERT_EQ(storm.acknowledged.size(), 1U);
    EXPECT_EQ(storm.acknowledged[0].address, kFirst);
    EXPECT_EQ(storm.acknowledged[0].expiry, storm.now + 600s);
    EXPECT_EQ(storm.clients.held(), 1U);
}

/// RFC 1542 §4.1.1: a relay fills in giaddr and counts a hop.
TEST(StormClients, SpeakAsARelayAgent)
{
    const auto discover = Storm{relayed(1)}.turn().at(0);
    EXPECT_EQ(discover.type(), MessageType::discover);
    EXPECT_EQ(discover.giaddr, kRelay);
    EXPECT_EQ(discover.hops, 1);
    EXPECT_FALSE(discover.broadcast());
}

/// RFC 2131 §4.1: who cannot take a unicast yet sets the broadcast bit.
TEST(StormClients, SpeakAsClientsOnTheLink)
{
    const auto discover = Storm{StormSettings{}}.turn().at(0);
    EXPECT_EQ(discover.giaddr, kAnyAddress);
    EXPECT_EQ(discover.hops, 0);
    EXPECT_TRUE(discover.broadcast());
}

/// RFC 2131 §4.3.2.
TEST(StormClients, RequestWhatWasOfferedOfTheServerThatOffered)
{
    Storm storm{relayed(1)};
    const auto request = storm.request_after_offer_of(kFirst);
    EXPECT_EQ(request.type(), MessageType::request);
    EXPECT_EQ(request.options.address(option::requested_address), kFirst);
    EXPECT_EQ(request.options.address(option::server_identifier), kServer);
    EXPECT_EQ(request.ciaddr, kAnyAddress);
}

TEST(StormClients, OfOneSeedAreTheSameAndAllDiffer)
{
    const auto macs = [](std::uint64_t seed) {
        auto settings = relayed(StormSettings::kMostInFlight);
        settings.seed = seed;
        std::set<std::string> all;
        for (const auto& message : Storm{settings}.turn()) {
            EXPECT_TRUE(message.hardware().mac()->is_local());
            EXPECT_FALSE(message.hardware().mac()->is_multicast());
            all.insert(message.hardware().to_string());
        }
        return all;
    };
    const auto first = macs(1);
    EXPECT_EQ(first.size(), StormSettings::kMostInFlight);
    EXPECT_EQ(first, macs(1));
    std::set<std::string> common;
    std::ranges::set_intersection(first, macs(2), std::inserter(common, common.end()));
    EXPECT_TRUE(common.empty()) << "a second storm brings other clients";
}

TEST(StormClients, AskAgainAndAreGivenUp)
{
    auto settings = relayed(1);
    settings.timeout = 100ms;
    settings.tries = 3;
    Storm storm{settings};
    const auto first = storm.turn().at(0);
    storm.now += 99ms;
    EXPECT_TRUE(storm.turn().empty());
    storm.now += 1ms;
    EXPECT_EQ(storm.turn().at(0), first);
    storm.now += 100ms;
    EXPECT_EQ(storm.turn().at(0), first);
    storm.now += 100ms;
    EXPECT_NE(storm.turn().at(0).chaddr, first.chaddr) << "another client's turn";
    EXPECT_EQ(storm.clients.figures().retransmissions, 2U);
    EXPECT_EQ(storm.clients.figures().lost, 1U);
}

/// What a client waited for counts, also when it had to ask twice.
TEST(StormClients, LatencyCountsFromTheFirstTry)
{
    auto settings = relayed(1);
    settings.timeout = 100ms;
    Storm storm{settings};
    storm.turn();
    storm.now += 100ms;
    const auto again = storm.turn().at(0);
    storm.now += 50ms;
    storm.reply(answer(again, MessageType::offer, kFirst));
    EXPECT_EQ(storm.clients.figures().offer.most(), 150ms);
}

/// RFC 2131 §4.4.1: the lease counts from when the client sent its request; the first try, so that it is never too sure.
TEST(StormClients, LeaseCountsFromTheFirstRequest)
{
    auto settings = relayed(1, 1);
    settings.timeout = 100ms;
    Storm storm{settings};
    storm.request_after_offer_of(kFirst);
    const auto asked = storm.now;
    storm.now += 100ms;
    const auto again = storm.turn().at(0);
    storm.now += 50ms;
    storm.reply(answer(again, MessageType::ack, kFirst, 600));
    storm.turn();
    ASSERT_EQ(storm.acknowledged.size(), 1U);
    EXPECT_EQ(storm.acknowledged[0].expiry, asked + 600s);
}

TEST(StormClients, LateAndRepeatedRepliesAreStrays)
{
    Storm storm{relayed(1, 2)};
    const auto discover = storm.turn().at(0);
    storm.reply(answer(discover, MessageType::ack, kFirst));
    EXPECT_EQ(storm.clients.figures().strays, 1U) << "an ACK that nobody asked for";
    storm.reply(answer(discover, MessageType::offer, kFirst));
    storm.reply(answer(discover, MessageType::offer, kFirst + 9));
    EXPECT_EQ(storm.clients.figures().strays, 2U) << "a second offer";
    const auto request = storm.turn().at(0);
    storm.reply(answer(request, MessageType::ack, kFirst));
    storm.reply(answer(request, MessageType::ack, kFirst));
    EXPECT_EQ(storm.clients.figures().strays, 3U) << "a second ACK";
    auto elsewhere = answer(request, MessageType::ack, kFirst);
    elsewhere.xid = 0xffffffff;
    storm.reply(elsewhere);
    EXPECT_EQ(storm.clients.figures().strays, 4U) << "a transaction of somebody else";
    EXPECT_EQ(storm.clients.fault_count(), 0U);
    EXPECT_EQ(storm.clients.figures().exchanges, 1U);
}

TEST(StormClients, FindAnAddressThatIsAcknowledgedTwice)
{
    Storm storm{relayed(2)};
    const auto discovers = storm.turn();
    storm.reply(answer(discovers[0], MessageType::offer, kFirst));
    storm.reply(answer(discovers[1], MessageType::offer, kFirst));
    EXPECT_EQ(storm.clients.fault_count(), 0U) << "nobody holds it yet";
    for (const auto& request : storm.turn())
        storm.reply(answer(request, MessageType::ack, kFirst));
    ASSERT_EQ(storm.clients.fault_count(), 1U);
    EXPECT_THAT(storm.clients.faults()[0],
                testing::AllOf(HasSubstr("DHCPACK of 10.0.1.1"), HasSubstr(discovers[1].hardware().to_string()),
                               HasSubstr(discovers[0].hardware().to_string() + " holds it")));
    EXPECT_EQ(storm.clients.figures().exchanges, 1U);
}

TEST(StormClients, FindAHeldAddressThatIsOffered)
{
    Storm storm{relayed(1)};
    storm.dora(kFirst);
    storm.reply(answer(storm.turn().at(0), MessageType::offer, kFirst));
    EXPECT_EQ(storm.clients.fault_count(), 1U);
}

TEST(StormClients, AddressMayGoToAnotherWhenItsLeaseIsOver)
{
    Storm storm{relayed(1)};
    storm.dora(kFirst, 60);
    storm.now += 60s;
    storm.turn(); // the second client's DISCOVER, again
    storm.now += 1s;
    storm.reply(answer(storm.turn().at(0), MessageType::offer, kFirst, 60));
    storm.reply(answer(storm.turn().at(0), MessageType::ack, kFirst, 60));
    EXPECT_EQ(storm.clients.fault_count(), 0U);
    EXPECT_EQ(storm.clients.figures().exchanges, 2U);
}

/// RFC 2131 §3.1, 5: a refused REQUEST begins anew; the offer may have lapsed.
TEST(StormClients, RefusedOnesDiscoverAgain)
{
    Storm storm{relayed(1)};
    const auto request = storm.request_after_offer_of(kFirst);
    storm.reply(nak(request));
    const auto again = storm.turn().at(0);
    EXPECT_EQ(again.type(), MessageType::discover);
    EXPECT_EQ(again.chaddr, request.chaddr);
    EXPECT_NE(again.xid, request.xid);
    EXPECT_EQ(storm.clients.figures().naks, 1U);
    EXPECT_EQ(storm.clients.fault_count(), 0U);
}

/// RFC 2131 §4.3.2, REBINDING: ciaddr, neither option 50 nor 54.
TEST(StormClients, KnownOnesRebindThroughTheRelay)
{
    Storm storm{returning(true)};
    storm.dora(kFirst);
    const auto renewal = storm.turn().at(0);
    EXPECT_EQ(storm.clients.phase(), StormClients::Phase::returning);
    EXPECT_EQ(storm.clients.figures().exchanges, 0U) << "only renewals are counted now";
    EXPECT_EQ(renewal.type(), MessageType::request);
    EXPECT_EQ(renewal.ciaddr, kFirst);
    EXPECT_EQ(renewal.giaddr, kRelay);
    EXPECT_FALSE(renewal.options.has(option::requested_address));
    EXPECT_FALSE(renewal.options.has(option::server_identifier));
    storm.now += 10s;
    storm.reply(answer(renewal, MessageType::ack, kFirst));
    EXPECT_EQ(storm.turn().size(), 1U) << "and once more, and so on";
    EXPECT_EQ(storm.clients.figures().exchanges, 1U);
    EXPECT_EQ(storm.clients.fault_count(), 0U);
    EXPECT_EQ(storm.clients.held(), 1U);
}

/// RFC 2131 §4.3.2, INIT-REBOOT: option 50, no ciaddr, no 54.
TEST(StormClients, KnownOnesRebootOnTheLink)
{
    Storm storm{returning(false)};
    storm.dora(kFirst);
    const auto renewal = storm.turn().at(0);
    EXPECT_EQ(renewal.options.address(option::requested_address), kFirst);
    EXPECT_EQ(renewal.ciaddr, kAnyAddress);
    EXPECT_FALSE(renewal.options.has(option::server_identifier));
    storm.reply(answer(renewal, MessageType::ack, kFirst));
    EXPECT_EQ(storm.clients.fault_count(), 0U);
}

TEST(StormClients, NobodyRenewsTwiceAtTheSameTime)
{
    auto settings = returning(true);
    settings.in_flight = 8;
    Storm storm{settings};
    storm.dora(kFirst);
    EXPECT_EQ(storm.turn().size(), 1U);
    EXPECT_TRUE(storm.turn().empty());
}

TEST(StormClients, RefusalOfALeaseThatIsAliveIsAFault)
{
    Storm storm{returning(true)};
    storm.dora(kFirst);
    storm.reply(nak(storm.turn().at(0)));
    ASSERT_EQ(storm.clients.fault_count(), 1U);
    EXPECT_THAT(storm.clients.faults()[0], HasSubstr("whose lease of 10.0.1.1 is alive"));
    EXPECT_TRUE(storm.turn().empty()) << "it has no lease to renew any more";
    EXPECT_EQ(storm.clients.phase(), StormClients::Phase::done);
}

TEST(StormClients, FinishLetsThoseInFlightEnd)
{
    Storm storm{relayed(1)};
    const auto request = storm.request_after_offer_of(kFirst);
    storm.clients.finish();
    storm.reply(answer(request, MessageType::ack, kFirst));
    EXPECT_TRUE(storm.turn().empty());
    EXPECT_EQ(storm.clients.phase(), StormClients::Phase::done);
    EXPECT_EQ(storm.clients.figures().exchanges, 1U);
}

TEST(StormClients, UnreadableRepliesAreFaultsAndOnlySomeAreKept)
{
    Storm storm{relayed(1)};
    storm.turn();
    const std::vector<std::byte> nonsense(100);
    for (std::size_t i = 0; i < 3 * StormClients::kMostFaultsKept; ++i)
        storm.clients.receive(storm.now, nonsense);
    EXPECT_EQ(storm.clients.fault_count(), 3 * StormClients::kMostFaultsKept);
    EXPECT_EQ(storm.clients.faults().size(), StormClients::kMostFaultsKept);
    EXPECT_THAT(storm.clients.faults()[0], HasSubstr("100 octets cannot be read"));
}

struct WrongAck {
    const char* name;
    void (*spoil)(Message& ack);
    const char* rule; ///< in the fault
};
void PrintTo(const WrongAck& row, std::ostream* out) { *out << row.name; }

class WrongAcks : public testing::TestWithParam<WrongAck> { };

TEST_P(WrongAcks, AreFaults)
{
    Storm storm{relayed(1)};
    auto ack = answer(storm.request_after_offer_of(kFirst), MessageType::ack, kFirst);
    GetParam().spoil(ack);
    storm.reply(ack);
    ASSERT_EQ(storm.clients.fault_count(), 1U);
    EXPECT_THAT(storm.clients.faults()[0], HasSubstr(GetParam().rule));
    EXPECT_EQ(storm.clients.figures().exchanges, 0U);
    EXPECT_EQ(storm.clients.held(), 0U);
}

constexpr std::array kWrongAcks{
    WrongAck{"bootrequest", [](Message& m) { m.op = 1; }, "BOOTREPLY"},
    WrongAck{"chaddr", [](Message& m) { m.chaddr[5] ^= std::byte{1}; }, "chaddr"},
    WrongAck{"hlen", [](Message& m) { m.hlen = 5; }, "hlen"},
    WrongAck{"giaddr", [](Message& m) { m.giaddr = kAnyAddress; }, "giaddr"},
    WrongAck{"ciaddr", [](Message& m) { m.ciaddr = kFirst; }, "ciaddr"},
    WrongAck{"no_yiaddr", [](Message& m) { m.yiaddr = kAnyAddress; }, "a host can have"},
    WrongAck{"other_yiaddr", [](Message& m) { m.yiaddr = kFirst + 1; }, "that was offered"},
    WrongAck{"no_server", [](Message& m) { m.options.erase(option::server_identifier); }, "there is a server identifier"},
    WrongAck{"other_server", [](Message& m) { m.options.set_address(option::server_identifier, kRelay); }, "of the offer"},
    WrongAck{"no_lease_time", [](Message& m) { m.options.erase(option::lease_time); }, "lease time"},
    WrongAck{"lease_time_0", [](Message& m) { m.options.set_u32(option::lease_time, 0); }, "lease time"},
    WrongAck{"t2_after_lease", [](Message& m) { m.options.set_u32(option::rebinding_time, 601); }, "T1 <= T2"},
    WrongAck{"t1_after_t2", [](Message& m) { m.options.set_u32(option::renewal_time, 526); }, "T1 <= T2"},
    WrongAck{"no_mask", [](Message& m) { m.options.erase(option::subnet_mask); }, "subnet mask"},
    WrongAck{"mask_with_a_hole",
             [](Message& m) { m.options.set_address(option::subnet_mask, Ipv4Address::from_octets(255, 0, 255, 0)); },
             "subnet mask"},
    WrongAck{"no_answer_at_all",
             [](Message& m) { m.options.set_u8(option::message_type, static_cast<std::uint8_t>(MessageType::inform)); },
             "DHCPINFORM"},
};

INSTANTIATE_TEST_SUITE_P(Table, WrongAcks, testing::ValuesIn(kWrongAcks), [](const auto& row) { return row.param.name; });

} // namespace
} // namespace dorascope::cli
