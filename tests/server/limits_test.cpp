// SPDX-License-Identifier: GPL-3.0-or-later
// Limits: what one sender, and all together, can have; clients with a lease or a reservation come first.
#include "engine/server/limiter.h"
#include "tests/server/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

const auto k100 = address("192.168.1.100");
constexpr Instant kStart{1'700'000'000s};

// ---- buckets -------------------------------------------------------------------------------------------------------------------

TEST(Bucket, HoldsTwiceItsRateAndFillsWithTime)
{
    Bucket bucket;
    Instant now = kStart;
    const auto take_all = [&] {
        int taken = 0;
        while (taken < 1000 && bucket.take(now, 10))
            ++taken;
        return taken;
    };
    EXPECT_EQ(take_all(), 20);
    now += 500ms;
    EXPECT_EQ(take_all(), 5);
    now += 1h;
    EXPECT_EQ(take_all(), 20) << "and no more, however long nobody came";
    now -= 1h;
    EXPECT_EQ(take_all(), 20) << "a clock that is set back does not leave it empty";
}

TEST(SenderTable, ForgetsWhoWasQuietLongestAndNeverGrows)
{
    Limiter limiter;
    for (int i = 0; i < 20; ++i)
        limiter.client_may_speak(1, kStart, 10);
    EXPECT_FALSE(limiter.client_may_speak(1, kStart, 10));
    for (std::uint32_t other = 2; other < 3000; ++other)
        EXPECT_TRUE(limiter.client_may_speak(other * 1024 + 5, kStart, 10)) << "their set is another one";
    EXPECT_FALSE(limiter.client_may_speak(1, kStart, 10));
}

// ---- one client ----------------------------------------------------------------------------------------------------------------

TEST(ClientRate, MessagesBeyondItAreDroppedAndCounted)
{
    Config config = office();
    config.limits.client_per_second = 4;
    Conversation talk{config};
    auto noisy = talk.client(1);
    int answered = 0;
    for (int i = 0; i < 100; ++i)
        answered += !noisy.discover().silent();
    EXPECT_EQ(answered, 8) << "twice as many at once";
    EXPECT_EQ(talk.server.count(StepCode::client_rate_exceeded), 92U);
    EXPECT_FALSE(talk.client(2).discover().silent()) << "others are heard";
    EXPECT_EQ(noisy.discover().decision.outcome, Outcome::dropped);
    talk.wait(1s);
    EXPECT_FALSE(noisy.discover().silent());
}

/// Whoever writes another's chaddr into its messages does not silence it: the frames come from elsewhere.
TEST(ClientRate, ASpoofedChaddrDoesNotSilenceTheClientThatHasIt)
{
    Config config = office();
    config.limits.client_per_second = 4;
    Conversation talk{config};
    auto victim = talk.client(1);
    talk.source_mac = mac(1);
    victim.dora();
    talk.wait(10s);
    int heard = 0;
    for (std::uint32_t i = 0; i < 500; ++i) {
        talk.source_mac = mac(1000 + i);
        heard += !victim.renew(k100).silent();
    }
    EXPECT_EQ(heard, 32) << "four times as much as one sender has, from however many cards";
    talk.source_mac = mac(1);
    EXPECT_EQ(victim.renew(k100).type(), MessageType::ack);
    EXPECT_EQ(victim.discover().type(), MessageType::offer);
}

TEST(ClientRate, NeitherDoesOneBehindAnotherRelay)
{
    Config config = office();
    config.limits.client_per_second = 4;
    Conversation talk{config};
    auto victim = talk.client(1), forged = talk.client(1);
    victim.giaddr = forged.giaddr = address("192.168.1.254");
    talk.source_mac = mac(254);
    victim.dora();
    talk.wait(10s);
    const auto flood = [&] {
        for (int i = 0; i < 100; ++i)
            forged.discover();
    };
    talk.source_mac = mac(66);
    flood(); // on the server's own link, as if a relay had passed it on
    talk.source_mac = mac(254);
    forged.giaddr = address("192.168.1.253");
    flood(); // behind another relay, by the same router
    forged.giaddr = {};
    flood();
    EXPECT_EQ(victim.discover().type(), MessageType::offer);
}

/// However many senders are made up: the relay that carried the client's messages when it got its lease is none of them.
TEST(ClientRate, AnyNumberOfForgedSendersDoesNotSilenceWhoHoldsALeaseBehindARelayOrARepeater)
{
    for (const bool relayed : {true, false}) {
        for (const bool restarted : {false, true}) {
            Config config = office();
            config.subnets.push_back(subnet("10.0.0.0/24", "10.0.0.10-10.0.0.20"));
            config.limits.client_per_second = 4;
            Conversation talk{config};
            auto victim = talk.client(1), forged = talk.client(1);
            if (relayed) victim.giaddr = address("10.0.0.1");
            talk.source_mac = mac(254);
            const Ipv4Address mine = victim.dora();
            talk.wait(10s);
            if (restarted) {
                talk.restart(); // the store does not tell who carried it: the next renewal does
                ASSERT_EQ(victim.rebind(mine).type(), MessageType::ack);
                talk.wait(10s);
            }
            int heard = 0;
            for (std::uint32_t i = 0; i < 200; ++i) {
                talk.source_mac = mac(1000 + i);
                forged.giaddr = relayed ? address("10.0.0.30") + i : Ipv4Address{};
                heard += !forged.discover().has(StepCode::client_rate_exceeded);
            }
            EXPECT_LE(heard, 33) << "nor do they escape by being many";
            talk.source_mac = mac(254);
            EXPECT_EQ(victim.rebind(mine).type(), MessageType::ack) << relayed << restarted;
            if (!relayed) continue;
            victim.giaddr = {}; // RFC 2131 §4.3.2, RENEWING: past the relay, through the same router
            EXPECT_EQ(victim.renew(mine).type(), MessageType::ack) << relayed << restarted;
        }
    }
}

// ---- all together --------------------------------------------------------------------------------------------------------------

TEST(TotalRate, ShedsStrangersAndHearsTheKnown)
{
    Config config = office();
    config.limits.total_per_second = 10;
    config.subnets[0].reservations = {{address("192.168.1.50"), HardwareAddress::of(mac(2)), {}, {}}};
    Conversation talk{config};
    auto bound = talk.client(1), reserved = talk.client(2);
    bound.dora();
    talk.wait(10s);
    int strangers = 0;
    for (std::uint32_t i = 100; i < 200; ++i)
        strangers += !talk.client(i).discover().silent();
    EXPECT_EQ(strangers, 20);
    EXPECT_EQ(talk.server.count(StepCode::total_rate_exceeded), 80U);
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(bound.renew(k100).type(), MessageType::ack);
        EXPECT_EQ(reserved.discover().type(), MessageType::offer);
    }
    talk.wait(1s);
    EXPECT_EQ(talk.client(300).discover().type(), MessageType::offer);
}

TEST(TotalRate, TheKnownTakeFromWhatIsLeftForTheOthers)
{
    Config config = office();
    config.limits.total_per_second = 10;
    Conversation talk{config};
    auto bound = talk.client(1);
    bound.dora();
    talk.wait(10s);
    for (int i = 0; i < 20; ++i)
        bound.renew(k100);
    EXPECT_TRUE(talk.client(2).discover().has(StepCode::total_rate_exceeded));
}

// ---- one card ------------------------------------------------------------------------------------------------------------------

TEST(OffersPerMac, AStarvationFloodBehindOneCardHoldsNoMoreThanItsShare)
{
    Config config = office();
    config.limits.offers_per_mac = 5;
    Conversation talk{config};
    auto bound = talk.client(1);
    bound.dora();
    talk.source_mac = mac(66);
    for (std::uint32_t i = 1000; i < 1200; ++i)
        talk.client(i).discover();
    EXPECT_EQ(talk.use().offered, 5U);
    EXPECT_EQ(talk.server.count(StepCode::sender_offers_exhausted), 195U);
    EXPECT_EQ(bound.discover().type(), MessageType::offer) << "a client with a lease, whatever its card";
    talk.source_mac = mac(67);
    EXPECT_EQ(talk.client(3).discover().type(), MessageType::offer) << "another card";
    talk.source_mac = mac(66);
    EXPECT_TRUE(talk.client(2000).discover().silent());
    talk.wait(31s);
    EXPECT_EQ(talk.client(2000).discover().type(), MessageType::offer) << "the offers were not taken";
}

TEST(OffersPerMac, AnOfferThatIsTakenCountsNoMore)
{
    Config config = office();
    config.limits.offers_per_mac = 1;
    Conversation talk{config};
    talk.source_mac = mac(66);
    for (std::uint32_t i = 1; i < 20; ++i)
        EXPECT_NE(talk.client(i).dora(), Ipv4Address{}) << i;
    auto a = talk.client(50);
    a.discover();
    EXPECT_EQ(a.discover().type(), MessageType::offer) << "its own, again";
    a.select(k100, [](wire::Message& m) { m.options.set_address(wire::option::server_identifier, address("192.168.1.9")); });
    EXPECT_EQ(talk.client(51).discover().type(), MessageType::offer);
}

TEST(OffersPerMac, ARelayIsNoClient)
{
    Config config = office();
    config.subnets.push_back(subnet("10.0.0.0/24", "10.0.0.10-10.0.0.100"));
    config.limits.offers_per_mac = 2;
    Conversation talk{config};
    talk.source_mac = mac(66);
    for (std::uint32_t i = 1; i < 20; ++i) {
        auto far = talk.client(i);
        far.giaddr = address("10.0.0.1");
        EXPECT_EQ(far.discover().type(), MessageType::offer);
    }
}

TEST(OffersPerMac, IsKeptThroughRollBackAndReconfiguration)
{
    Config config = office();
    config.limits.offers_per_mac = 2;
    Conversation talk{config};
    talk.source_mac = mac(66);
    talk.client(1).discover();
    talk.storing = false;
    for (int i = 0; i < 5; ++i)
        talk.client(2).discover();
    talk.client(1).select(k100);
    talk.storing = true;
    EXPECT_EQ(talk.client(2).discover().type(), MessageType::offer);
    talk.out.clear();
    ASSERT_TRUE(talk.server.reconfigure(talk.now, config, talk.out));
    EXPECT_TRUE(talk.client(3).discover().has(StepCode::sender_offers_exhausted));
}

TEST(Flood, FromMadeUpCardsCannotLockOutTheKnown)
{
    Config config = office();
    config.max_offers = 50;
    config.subnets[0].reservations = {{address("192.168.1.50"), HardwareAddress::of(mac(2)), {}, {}}};
    Conversation talk{config};
    auto bound = talk.client(1), reserved = talk.client(2);
    bound.dora();
    for (std::uint32_t i = 1000; i < 2000; ++i) {
        talk.source_mac = mac(i);
        talk.client(i).discover();
    }
    EXPECT_EQ(talk.use().offered, 50U);
    EXPECT_EQ(bound.dora(), k100);
    EXPECT_EQ(reserved.dora(), address("192.168.1.50"));
    EXPECT_EQ(talk.server.count(StepCode::offers_exhausted), 950U);
}

} // namespace
} // namespace dorascope::server
