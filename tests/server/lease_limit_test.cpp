// SPDX-License-Identifier: GPL-3.0-or-later
// limits.leases_per_mac, limits.leases_per_circuit: whole handshakes under made-up names, a few at a time, must not take a pool either.
#include "tests/server/conversation.h"

#include <gmock/gmock.h>
#include <map>
#include <random>
#include <utility>

namespace dorascope::server {
namespace {

const auto k100 = address("192.168.1.100"), k200 = address("192.168.1.200");

/// Five leases a card, three a circuit; a second subnet beyond relays.
Config bounded()
{
    Config config = office();
    config.subnets.push_back(subnet("10.0.0.0/23", "10.0.0.10-10.0.1.200"));
    config.limits.leases_per_mac = 5;
    config.limits.leases_per_circuit = 3;
    return config;
}

/// As dhcpstarv does it: one card, any chaddr.
std::uint32_t doras(Conversation& talk, std::uint32_t first, std::uint32_t count = 20)
{
    std::uint32_t leases = 0;
    for (std::uint32_t i = 0; i < count; ++i)
        leases += talk.client(first + i).dora() != Ipv4Address{};
    return leases;
}

Station::Edit circuit(int number)
{
    return [number](wire::Message& m) {
        m.options.set(wire::option::relay_agent_information, octets({1, 2, number & 255, number >> 8}));
    };
}

// ---- one card ------------------------------------------------------------------------------------------------------------------

TEST(LeasesOfACard, UnderMadeUpNamesAreNoMoreThanItsShare)
{
    Conversation talk{bounded()};
    talk.source_mac = mac(66);
    EXPECT_EQ(doras(talk, 1000, 300), 5U);
    EXPECT_EQ(talk.use().bound, 5U);
    const Answer refused = talk.client(2000).discover();
    EXPECT_TRUE(refused.silent());
    EXPECT_EQ(refused.decision.outcome, Outcome::silent);
    EXPECT_EQ(verdict(refused.decision), StepCode::sender_leases_exhausted);
    EXPECT_EQ(refused.decision.steps.back().who, HardwareAddress::of(mac(66)));
    EXPECT_EQ(refused.decision.steps.back().number, 5);
    EXPECT_EQ(talk.server.count(StepCode::sender_leases_exhausted), 296U);
    EXPECT_EQ(talk.use().offered, 0U) << "nothing is held for who is refused";
    talk.source_mac = mac(67);
    EXPECT_NE(talk.client(2000).dora(), Ipv4Address{}) << "another card";
}

/// Sixteen offers can be open while one lease is left.
TEST(LeasesOfACard, ARequestForAnOfferMadeBeforeTheLastLeaseIsRefused)
{
    Conversation talk{bounded()};
    talk.source_mac = mac(66);
    std::vector<std::pair<Station, Ipv4Address>> offers;
    for (std::uint32_t i = 0; i < 8; ++i) {
        Station made_up = talk.client(1000 + i);
        const Ipv4Address offered = made_up.discover().yiaddr();
        offers.emplace_back(made_up, offered);
    }
    EXPECT_EQ(talk.use().offered, 8U);
    std::map<MessageType, int> answers;
    Answer last;
    for (auto& [made_up, offered] : offers)
        ++answers[(last = made_up.select(offered)).type()];
    EXPECT_EQ(answers[MessageType::ack], 5);
    EXPECT_EQ(answers[MessageType::nak], 3);
    EXPECT_TRUE(last.has(StepCode::sender_leases_exhausted));
    EXPECT_EQ(verdict(last.decision), StepCode::nak_leases_exhausted);
    EXPECT_EQ(last.decision.outcome, Outcome::replied);
    EXPECT_EQ(talk.use().offered, 0U) << "what was offered is free again";
}

/// RFC 2131 §4.2: who sends an identifier is a client for each of them.
TEST(LeasesOfACard, CountUnderMadeUpIdentifiersToo)
{
    Conversation talk{bounded()};
    talk.source_mac = mac(1);
    std::uint32_t leases = 0;
    for (std::uint8_t i = 0; i < 50; ++i)
        leases += talk.client_with_id(1, {0xff, 0, i}).dora() != Ipv4Address{};
    EXPECT_EQ(leases, 5U);
    EXPECT_NE(talk.client(1).dora(), Ipv4Address{}) << "in its own name it has one all the same";
    EXPECT_NE(talk.client_with_id(1, {1, 2, 0, 0, 0, 0, 1}).dora(), Ipv4Address{}) << "or two: its address as an identifier";
    HardwareAddress odd = HardwareAddress::of(mac(1));
    odd.type = 6; // nor does another htype make a name its own
    Station sly = talk.client(1);
    sly.hardware = odd;
    EXPECT_TRUE(sly.discover().has(StepCode::sender_leases_exhausted));
}

TEST(LeasesOfACard, OfManyCardsEachInItsOwnNameHaveNoLimit)
{
    Conversation talk{bounded()};
    for (std::uint32_t i = 1; i <= 100; ++i) {
        talk.source_mac = mac(i);
        EXPECT_NE(talk.client(i).dora(), Ipv4Address{}) << i;
    }
}

TEST(LeasesOfACard, HaveNoLimitWhereItIsNought)
{
    Config config = bounded();
    config.limits.leases_per_mac = 0;
    Conversation talk{config};
    talk.source_mac = mac(66);
    EXPECT_EQ(doras(talk, 1000, 90), 90U);
}

TEST(LeasesOfACard, NeitherHolderNorReservationIsEverRefused)
{
    Config config = bounded();
    for (std::uint32_t i = 0; i < 10; ++i)
        config.subnets[0].reservations.push_back({k100 + 80 + i, HardwareAddress::of(mac(500 + i))});
    Conversation talk{config};
    talk.source_mac = mac(66);
    EXPECT_EQ(doras(talk, 500, 10), 10U) << "a repeater's reserved clients";
    EXPECT_EQ(doras(talk, 1000), 5U) << "beside them its share";
    for (std::uint32_t i = 0; i < 5; ++i) {
        EXPECT_EQ(talk.client(1000 + i).dora(), k100 + i) << "who has a lease begins anew";
        EXPECT_EQ(talk.client(1000 + i).init_reboot(k100 + i).type(), MessageType::ack);
        EXPECT_EQ(talk.client(1000 + i).renew(k100 + i).type(), MessageType::ack);
        EXPECT_EQ(talk.client(1000 + i).rebind(k100 + i).type(), MessageType::ack);
    }
    EXPECT_EQ(doras(talk, 500, 10), 10U);
}

TEST(LeasesOfACard, ThatAreGivenBackOrRunOutOrAreTakenAwayCountNoMore)
{
    Conversation talk{bounded()};
    talk.source_mac = mac(66);
    ASSERT_EQ(doras(talk, 1000), 5U);
    talk.client(1000).release(k100);
    talk.client(1001).decline(k100 + 1);
    talk.out.clear();
    ASSERT_TRUE(talk.server.release(talk.now, k100 + 2, talk.out));
    ASSERT_TRUE(talk.server.erase(talk.now, k100 + 3, talk.out));
    EXPECT_EQ(doras(talk, 2000), 4U);
    // Whose place was taken meanwhile has no claim to come back beyond it.
    EXPECT_TRUE(talk.client(1000).discover().has(StepCode::sender_leases_exhausted));
    EXPECT_EQ(verdict(talk.client(1000).init_reboot(k100).decision), StepCode::nak_leases_exhausted);
    talk.wait(2h);
    EXPECT_EQ(doras(talk, 3000), 5U);
}

TEST(LeasesOfACard, CountWithoutAnOfferToo)
{
    Config config = bounded();
    config.rapid_commit = config.bootp = true;
    Conversation talk{config};
    talk.source_mac = mac(66);
    for (std::uint32_t i = 0; i < 3; ++i)
        EXPECT_EQ(talk.client(1000 + i).select(k100 + i).type(), MessageType::ack);
    const auto hasty = [](wire::Message& m) { m.options.set(wire::option::rapid_commit, {}); };
    EXPECT_EQ(talk.client(1100).discover(hasty).type(), MessageType::ack);
    const auto bootp = [&](std::uint32_t i) {
        wire::Message m = talk.client(i).message(MessageType::discover);
        m.options.clear();
        return talk.client(i).send(m);
    };
    EXPECT_FALSE(bootp(1200).silent());
    EXPECT_EQ(verdict(bootp(1201).decision), StepCode::sender_leases_exhausted);
    EXPECT_FALSE(bootp(1200).silent()) << "its own again";
    EXPECT_TRUE(talk.client(1101).discover(hasty).silent());
    EXPECT_EQ(talk.client(1003).select(k100 + 50).type(), MessageType::nak);
    EXPECT_EQ(talk.use().bound, 5U);
}

/// What is held while an answer waits is let go when the last lease went to another meanwhile.
TEST(LeasesOfACard, AreCountedAgainWhenAnAnswerHasWaited)
{
    Config config = bounded();
    config.probe = {true, 1, 500ms};
    Conversation talk{config};
    talk.source_mac = mac(66);
    for (std::uint32_t i = 0; i < 8; ++i)
        talk.client(1000 + i).select(k100 + i);
    EXPECT_EQ(talk.use().offered, 8U);
    talk.wait(1s);
    EXPECT_EQ(talk.use().bound, 5U);
    EXPECT_EQ(talk.use().offered, 0U);
    EXPECT_EQ(talk.server.count(StepCode::nak_leases_exhausted), 3U);
}

// ---- another process, another configuration, a bad disk ------------------------------------------------------------------------

/// The store does not tell who carried a lease's messages: it counts from its next renewal on.
TEST(LeasesOfACard, FromBeforeARestartCountOnceTheyAreRenewed)
{
    Conversation talk{bounded()};
    talk.source_mac = mac(66);
    ASSERT_EQ(doras(talk, 1000), 5U);
    talk.restart();
    EXPECT_EQ(doras(talk, 2000, 3), 3U);
    for (std::uint32_t i = 0; i < 5; ++i)
        EXPECT_EQ(talk.client(1000 + i).renew(k100 + i).type(), MessageType::ack) << "who has a lease is never refused";
    EXPECT_TRUE(talk.client(2003).discover().has(StepCode::sender_leases_exhausted)) << "eight of five";
    for (std::uint32_t i = 0; i < 3; ++i)
        talk.client(1000 + i).release(k100 + i);
    EXPECT_TRUE(talk.client(2003).discover().has(StepCode::sender_leases_exhausted)) << "five of five";
    talk.client(1003).release(k100 + 3);
    EXPECT_NE(talk.client(2003).dora(), Ipv4Address{});
}

TEST(LeasesOfACard, AreCountedThroughRollBackAndReconfiguration)
{
    Conversation talk{bounded()};
    talk.source_mac = mac(66);
    ASSERT_EQ(doras(talk, 1000, 3), 3U);
    talk.storing = false;
    doras(talk, 1003, 4);
    talk.client(1000).release(k100);
    talk.storing = true;
    Config other = bounded();
    other.subnets[0].reservations.push_back({k200, HardwareAddress::of(mac(5))}); // the same pools
    talk.out.clear();
    ASSERT_TRUE(talk.server.reconfigure(talk.now, other, talk.out));
    EXPECT_EQ(doras(talk, 3000), 2U);
    other.subnets[0].pools[0].last = address("192.168.1.199"); // other pools: every binding is looked at
    talk.out.clear();
    ASSERT_TRUE(talk.server.reconfigure(talk.now, other, talk.out));
    EXPECT_EQ(doras(talk, 4000), 0U);
    talk.client(1000).release(k100);
    EXPECT_EQ(doras(talk, 5000), 1U);
    // Who gets a reservation of what it has makes room.
    other.subnets[0].reservations.push_back({k100 + 1, HardwareAddress::of(mac(1001))});
    talk.out.clear();
    ASSERT_TRUE(talk.server.reconfigure(talk.now, other, talk.out));
    EXPECT_EQ(doras(talk, 6000), 1U);
}

/// Against books of its own, whatever happens to leases.
TEST(LeasesOfACard, AgreeWithAModelUnderRandomEvents)
{
    Config config = bounded();
    config.limits.offers_per_mac = 0;
    Conversation talk{config};
    std::mt19937 random{5}; // NOLINT(*-msc51-cpp): the same each time
    const auto pick = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
    struct Held {
        std::uint32_t client, card;
        Instant expires;
    };
    std::map<Ipv4Address, Held> held;
    for (int turn = 0; turn < 3000; ++turn) {
        const std::uint32_t card = 1 + pick(4), client = 1000 + pick(40);
        talk.source_mac = mac(card);
        std::erase_if(held, [&](const auto& entry) { return entry.second.expires <= talk.now; });
        const auto mine = std::ranges::find_if(held, [&](const auto& entry) { return entry.second.client == client; });
        switch (pick(8)) {
        case 0:
            if (mine == held.end()) break;
            talk.client(client).release(mine->first);
            held.erase(mine);
            break;
        case 1:
            if (mine == held.end()) break;
            ASSERT_EQ(talk.client(client).renew(mine->first).type(), MessageType::ack);
            mine->second.expires = talk.now + 3600s;
            break;
        case 2: talk.wait(std::chrono::seconds{pick(900)}); break;
        case 3:
            talk.out.clear();
            config.subnets[0].pools[0].last = k100 + 99 + pick(2);
            ASSERT_TRUE(talk.server.reconfigure(talk.now, config, talk.out));
            break;
        default: {
            talk.storing = pick(8) != 0;
            const auto has = std::ranges::count_if(held, [&](const auto& entry) { return entry.second.card == card; });
            const Ipv4Address got = talk.client(client).dora();
            if (!std::exchange(talk.storing, true)) break; // nothing comes of it
            if (mine != held.end()) {
                ASSERT_EQ(got, mine->first) << turn;
                mine->second.expires = talk.now + 3600s;
            } else {
                ASSERT_EQ(got == Ipv4Address{}, has >= 5) << turn;
                if (got != Ipv4Address{}) held[got] = {client, card, talk.now + 3600s};
            }
        }
        }
    }
}

// ---- behind relays -------------------------------------------------------------------------------------------------------------

TEST(LeasesOfACircuit, AreNoMoreThanItsShare)
{
    Conversation talk{bounded()};
    talk.source_mac = mac(66); // the relay's
    const auto doras_of = [&](std::uint32_t first, const Station::Edit& edit, Ipv4Address relay = address("10.0.0.1")) {
        std::uint32_t leases = 0;
        for (std::uint32_t i = 0; i < 10; ++i) {
            Station far = talk.client(first + i);
            far.giaddr = relay;
            leases += far.dora(edit) != Ipv4Address{};
        }
        return leases;
    };
    EXPECT_EQ(doras_of(1000, circuit(1)), 3U);
    EXPECT_EQ(doras_of(2000, circuit(2)), 3U) << "another port";
    EXPECT_EQ(doras_of(3000, circuit(1), address("10.0.0.2")), 3U) << "another relay";
    EXPECT_EQ(doras_of(4000,
                       [](wire::Message& m) { // RFC 3046 §3.2: another switch behind the same relay
                           m.options.set(wire::option::relay_agent_information, octets({1, 2, 1, 0, 2, 1, 9}));
                       }),
              3U);
    EXPECT_EQ(doras_of(5000, {}), 10U) << "of a relay that names none nothing is known";
    Station far = talk.client(6000);
    far.giaddr = address("10.0.0.1");
    const Answer refused = far.discover(circuit(1));
    EXPECT_TRUE(refused.silent());
    EXPECT_EQ(verdict(refused.decision), StepCode::circuit_leases_exhausted);
    EXPECT_EQ(verdict(far.select(address("10.0.0.99"), circuit(1)).decision), StepCode::nak_leases_exhausted)
        << "nor without an offer";
    EXPECT_EQ(doras(talk, 7000), 5U) << "the relay's card has a share of its own on this link";
}

TEST(LeasesOfACircuit, HaveNoLimitUnlessOneIsSet)
{
    EXPECT_EQ(Limits{}.leases_per_circuit, 0U) << "a relay may name its interface, with a whole subnet behind it";
    EXPECT_EQ(Limits{}.leases_per_mac, 64U);
}

/// RFC 2131 §4.3.2: who renews writes straight to the server, through a router, whose card the frame is of then.
TEST(LeasesOfACard, DoNotCountForTheRouterThatARenewalComesThrough)
{
    Conversation talk{bounded()};
    std::vector<Ipv4Address> far;
    for (std::uint32_t i = 0; i < 10; ++i) {
        Station client = talk.client(1000 + i);
        client.giaddr = address("10.0.0.1");
        far.push_back(client.dora());
    }
    talk.restart();
    talk.source_mac = mac(66);
    for (std::uint32_t i = 0; i < 10; ++i)
        EXPECT_EQ(talk.client(1000 + i).renew(far[i]).type(), MessageType::ack);
    EXPECT_EQ(doras(talk, 2000), 5U);
}

/// A giaddr of the server's own link, or one that selects it, is no way round (RFC 3527).
TEST(LeasesOfACard, CountBehindAForgedGiaddrOfTheLink)
{
    Conversation talk{bounded()};
    talk.source_mac = mac(66);
    std::uint32_t leases = 0;
    for (std::uint32_t i = 0; i < 40; ++i) {
        Station made_up = talk.client(1000 + i);
        made_up.giaddr = address("192.168.1.3") + i;
        leases += made_up.dora(circuit(static_cast<int>(i))) != Ipv4Address{};
    }
    EXPECT_EQ(leases, 5U);
}

} // namespace
} // namespace dorascope::server
