// SPDX-License-Identifier: GPL-3.0-or-later
// Commit, then speak: what was not stored did not happen; what was stored is known after a restart.
#include "tests/server/conversation.h"

#include <array>
#include <gmock/gmock.h>
#include <ostream>
#include <random>

namespace dorascope::server {
namespace {

const auto k100 = address("192.168.1.100"), k101 = address("192.168.1.101");

// ---- roll_back -----------------------------------------------------------------------------------------------------------------

/// Everything a server says about its state.
struct Picture {
    std::vector<Lease> leases;
    std::size_t bound, offered, declined;
    bool operator==(const Picture&) const = default;
};
void PrintTo(const Picture& p, std::ostream* out)
{
    *out << p.bound << " bound, " << p.offered << " offered, " << p.declined << " declined:";
    for (const Lease& lease : p.leases)
        *out << ' ' << lease.address.to_string() << ' ' << to_string(lease.state) << " of " << lease.hardware.to_string()
             << " until " << lease.expires.time_since_epoch().count();
}
Picture picture(const Conversation& talk)
{
    const PoolUse use = talk.server.pool_use().front();
    return {talk.server.leases(), use.bound, use.offered, use.declined};
}

TEST(RollBack, AnAckThatCouldNotBeStoredLeavesTheOffer)
{
    Conversation talk;
    auto a = talk.client(1);
    a.discover();
    const Picture before = picture(talk);
    talk.storing = false;
    a.select(k100);
    EXPECT_EQ(picture(talk), before);
    talk.storing = true;
    EXPECT_EQ(a.select(k100).type(), MessageType::ack) << "the client's next try succeeds";
}

TEST(RollBack, EveryKindOfChangeIsTakenBack)
{
    Config config = config_of(subnet("192.168.1.0/24", "192.168.1.100-192.168.1.102"));
    config.subnets[0].reservations = {{address("192.168.1.50"), HardwareAddress::of(mac(4)), {}, {}}};
    Conversation talk{config};
    auto bound = talk.client(1), offered = talk.client_with_id(2, {9, 9, 9, 9}), expired = talk.client(3);
    expired.dora([](wire::Message& m) { m.options.set_u32(wire::option::lease_time, 60); });
    talk.wait(10min);
    bound.dora([](wire::Message& m) { m.options.set_text(wire::option::host_name, "kept"); });
    offered.discover();
    const Picture before = picture(talk);
    ASSERT_EQ(before.leases.size(), 3U);
    talk.storing = false;

    const std::vector<std::pair<const char*, std::function<void()>>> changes{
        {"an extension", [&] { bound.renew(k101); }},
        {"a release", [&] { bound.release(k101); }},
        {"a decline", [&] { bound.decline(k101); }},
        {"an acknowledgement", [&] { offered.select(address("192.168.1.102")); }},
        {"a declined offer", [&] { offered.decline(address("192.168.1.102")); }},
        {"a former client's return", [&] { expired.discover(); }},
        {"a former client's new lease", [&] { expired.init_reboot(k100); }},
        {"a former client's loss", [&] { talk.client(9).discover(); }},
        {"a new lease by reservation", [&] { talk.client(4).select(address("192.168.1.50")); }},
        {"a first name",
         [&] { offered.discover([](wire::Message& m) { m.options.set_text(wire::option::host_name, "first"); }); }},
        {"a changed name",
         [&] { bound.renew(k101, [](wire::Message& m) { m.options.set_text(wire::option::host_name, "changed"); }); }},
    };
    for (const auto& [name, change] : changes) {
        change();
        EXPECT_EQ(picture(talk), before) << name;
    }
    talk.storing = true;
    EXPECT_EQ(bound.renew(k101).type(), MessageType::ack);
    EXPECT_EQ(offered.select(address("192.168.1.102")).type(), MessageType::ack);
    EXPECT_EQ(expired.dora(), k100);
}

TEST(RollBack, ABatchIsTakenBackAsAWhole)
{
    Conversation talk;
    auto a = talk.client(1), b = talk.client(2);
    const auto say = [&](wire::Message m) {
        wire::Buffer payload;
        wire::emit(m, {}, payload);
        Inbound inbound;
        inbound.payload = payload;
        inbound.local = talk.local;
        inbound.destination = kBroadcastAddress;
        talk.server.receive(talk.now, inbound, talk.out);
    };
    talk.out.clear();
    for (const Station* s : {&a, &b})
        say(s->message(MessageType::discover));
    auto take = a.message(MessageType::request);
    take.options.set_address(wire::option::requested_address, k100);
    take.options.set_address(wire::option::server_identifier, talk.local);
    say(take);
    say(take);
    EXPECT_EQ(talk.out.decisions().size(), 4U);
    talk.server.roll_back(talk.out);
    EXPECT_EQ(talk.server.lease_count(), 0U);
    EXPECT_EQ(talk.server.pool_use()[0].bound + talk.server.pool_use()[0].offered, 0U);
    EXPECT_EQ(b.dora(), k100);
}

/// While one batch waits for the disk the next ones are decided: taken back, the last one first.
TEST(RollBack, BatchesThatWereDecidedOneAfterTheOtherAreTakenBackInReverse)
{
    Config config = config_of(subnet("192.168.1.0/24", "192.168.1.100-192.168.1.105"));
    config.subnets[0].lease_seconds = 60;
    std::mt19937 chance{20261201};
    const auto pick = [&](std::uint32_t n) { return static_cast<std::uint32_t>(chance() % n); };
    for (int round = 0; round < 300; ++round) {
        Conversation talk{config};
        const auto say = [&](Outbox& out) {
            const Station who = talk.client(1 + pick(8));
            wire::Message m = who.message(static_cast<MessageType>(std::array{1, 1, 3, 3, 3, 4, 7}[pick(7)]));
            const Ipv4Address where = k100 + pick(6);
            if (m.type() == MessageType::request && pick(2) == 0)
                m.options.set_address(wire::option::server_identifier, talk.local);
            if (m.type() != MessageType::discover) m.options.set_address(wire::option::requested_address, where);
            if (m.type() == MessageType::release) m.ciaddr = where;
            wire::Buffer payload;
            wire::emit(m, {}, payload);
            Inbound inbound;
            inbound.payload = payload;
            inbound.local = talk.local;
            inbound.destination = kBroadcastAddress;
            talk.server.receive(talk.now, inbound, out);
        };
        Outbox stored; // what time has ended stays ended: it passes here, and no further
        for (std::uint32_t i = pick(30); i > 0; --i) {
            say(stored);
            talk.now += std::chrono::seconds{pick(12)};
            if (talk.server.next_deadline() <= talk.now) talk.server.advance(talk.now, stored);
        }
        std::array<Outbox, 3> unstored;
        std::vector<Picture> before;
        for (Outbox& out : unstored) {
            before.push_back(picture(talk));
            for (std::uint32_t i = pick(20); i > 0; --i)
                say(out);
        }
        for (std::size_t i = unstored.size(); i-- > 0;) {
            talk.server.roll_back(unstored[i]);
            ASSERT_EQ(picture(talk), before[i]) << "round " << round << ", batch " << i;
        }
    }
}

TEST(RollBack, AStoreThatKeepsFailingCostsNoMemory)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    talk.wait(2h);
    talk.storing = false;
    for (int i = 0; i < 200; ++i)
        a.dora();
    const std::size_t after_some = talk.server.memory_used();
    for (int i = 0; i < 5000; ++i)
        a.init_reboot(k100);
    EXPECT_EQ(talk.server.memory_used(), after_some);
}

// ---- restarts ------------------------------------------------------------------------------------------------------------------

TEST(Restart, AStoreOfManyIsTakenInAndLookedAtInParts)
{
    Config config;
    Subnet& subnet = config.subnets.emplace_back();
    subnet.prefix = Ipv4Prefix::parse("10.0.0.0/16").value();
    subnet.pools = {Ipv4Range::parse("10.0.0.0-10.0.200.255").value()};
    subnet.pools[0].first = Ipv4Address::parse("10.0.0.1").value();
    LeaseTable table(1000);
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        table[i].address = subnet.pools[0].first + i;
        table[i].client = {ClientKey::Kind::identifier, {1, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}};
        table[i].expires = kNever;
    }
    const Instant now{std::chrono::hours{1}};
    auto server = DhcpServer::create(config, {}, now).value();
    server.expect(table.size());
    server.restore(now, std::span{table}.first(700));
    server.restore(now, std::span{table}.last(301)); // one of them for the second time: the last wins
    EXPECT_EQ(server.leases(), table);

    std::vector<Lease> seen;
    std::size_t bites = 0;
    for (std::size_t cursor = 0; cursor != kEndOfLeases; ++bites) {
        const std::size_t before = seen.size();
        cursor = server.copy_leases(cursor, 64, seen);
        EXPECT_LE(seen.size() - before, 64U);
    }
    EXPECT_GE(bites, 1000U / 64);
    std::ranges::sort(seen, {}, &Lease::address);
    EXPECT_EQ(seen, table) << "each once";
}

TEST(Restart, ALeaseIsStillKnown)
{
    Conversation talk;
    auto a = talk.client_with_id(1, {0xff, 3, 4, 5});
    a.dora([](wire::Message& m) { m.options.set_text(wire::option::host_name, "laptop"); });
    const auto before = talk.server.leases();
    talk.restart();
    EXPECT_EQ(talk.server.leases(), before);
    EXPECT_EQ(talk.server.next_deadline(), talk.now + 1h);
    EXPECT_EQ(a.renew(k100).type(), MessageType::ack);
    EXPECT_EQ(talk.client(2).dora(), k101);
}

TEST(Restart, ALeaseThatEndedMeanwhileIsOver)
{
    Conversation talk;
    talk.client(1).dora();
    talk.sleep(2h);
    talk.restart();
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::expired);
    EXPECT_EQ(talk.use().bound, 0U);
    EXPECT_EQ(talk.client(1).dora(), k100);
}

Lease row(Ipv4Address where, std::uint32_t client, Instant renewed, LeaseState state = LeaseState::bound)
{
    Lease lease;
    lease.address = where;
    lease.hardware = HardwareAddress::of(mac(client));
    lease.client = {ClientKey::Kind::hardware, {1}};
    lease.client.bytes.insert(lease.client.bytes.end(), lease.hardware.octets.begin(), lease.hardware.octets.begin() + 6);
    lease.state = state;
    lease.since = lease.renewed = renewed;
    lease.expires = renewed + 1h;
    return lease;
}
constexpr Instant kStart{1'700'000'000s};

TEST(Load, OfTwoRowsForAnAddressTheLastWins)
{
    Conversation talk{office(), {row(k100, 1, kStart), row(k100, 2, kStart)}};
    EXPECT_EQ(talk.server.lease(k100)->hardware, HardwareAddress::of(mac(2)));
    EXPECT_EQ(talk.server.lease_count(), 1U);
    EXPECT_EQ(talk.use().bound, 1U);
}

TEST(Load, OfTwoLeasesOfAClientTheOneRenewedLastIsIts)
{
    for (const auto& [first, second] : {std::pair{k100, k101}, std::pair{k101, k100}}) {
        Conversation talk{office(), {row(first, 1, kStart - 1min), row(second, 1, kStart - 2min)}};
        EXPECT_EQ(talk.use().bound, 1U);
        EXPECT_EQ(talk.state(first.to_string()), LeaseState::bound);
        EXPECT_EQ(talk.client(1).discover().yiaddr(), first);
    }
}

TEST(Load, LeasesOutsideEverySubnetDoNoHarm)
{
    Conversation talk{office(), {row(address("10.1.1.1"), 1, kStart)}};
    EXPECT_EQ(talk.server.lease_count(), 0U);
    EXPECT_EQ(talk.client(1).dora(), k100);
}

TEST(Load, AnOfferHasNoBusinessInAStore)
{
    Conversation talk{office(), {row(k100, 1, kStart, LeaseState::offered)}};
    EXPECT_EQ(talk.client(2).dora(), k100);
}

TEST(Load, AQuarantineThatIsOverIsForgotten)
{
    Conversation talk{office(), {row(k100, 1, kStart - 2h, LeaseState::declined)}};
    EXPECT_EQ(talk.client(2).dora(), k100);
}

TEST(Load, FormerLeasesAreReclaimedOldestFirstWhateverTheOrderOfTheRows)
{
    Config config = config_of(subnet("192.168.1.0/24", "192.168.1.100-192.168.1.101"));
    Conversation talk{config, {row(k100, 1, kStart - 3h), row(k101, 2, kStart - 5h, LeaseState::released)}};
    EXPECT_EQ(talk.client(3).dora(), k101);
    EXPECT_EQ(talk.client(4).dora(), k100);
}

} // namespace
} // namespace dorascope::server
