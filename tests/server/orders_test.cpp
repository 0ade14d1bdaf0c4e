// SPDX-License-Identifier: GPL-3.0-or-later
// What a person orders: an address taken back, forgotten, freed from quarantine; each durable, each taken back where it could not be stored.
#include "tests/server/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

const auto k100 = address("192.168.1.100"), k101 = address("192.168.1.101");
using Order = tl::expected<void, OrderError> (DhcpServer::*)(Instant, Ipv4Address, Outbox&);

/// As the host does it: in an outbox of its own, stored or taken back.
tl::expected<void, OrderError> order(Conversation& talk, Order what, Ipv4Address where)
{
    talk.out.clear();
    auto done = (talk.server.*what)(talk.now, where, talk.out);
    EXPECT_EQ(talk.out.decisions().size(), done ? 1U : 0U) << "an order carried out is one decision";
    talk.keep();
    return done;
}

TEST(Order, ReleaseFreesALeaseAndTheClientKeepsItsClaimToComeBack)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    ASSERT_TRUE(order(talk, &DhcpServer::release, k100));
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::released);
    EXPECT_EQ(a.dora(), k100);
    EXPECT_EQ(talk.server.count(StepCode::order_released), 1U);
}

TEST(Order, ReleaseOfAnOfferWritesNothing)
{
    Conversation talk;
    talk.client(1).discover();
    ASSERT_TRUE(order(talk, &DhcpServer::release, k100));
    EXPECT_THAT(talk.out.writes(), IsEmpty());
    EXPECT_EQ(talk.server.lease(k100), std::nullopt);
}

TEST(Order, ReleaseOfWhatNobodyHasIsRefused)
{
    Conversation talk;
    EXPECT_EQ(order(talk, &DhcpServer::release, k100).error(), OrderError::unknown_address);
    auto a = talk.client(1);
    a.dora();
    a.release(k100);
    EXPECT_EQ(order(talk, &DhcpServer::release, k100).error(), OrderError::not_leased);
    EXPECT_FALSE(to_string(OrderError::not_leased).empty());
}

TEST(Order, EraseForgetsALeaseForGood)
{
    Conversation talk;
    talk.client(1).dora();
    ASSERT_TRUE(order(talk, &DhcpServer::erase, k100));
    EXPECT_EQ(talk.server.lease(k100), std::nullopt);
    EXPECT_THAT(talk.stored, IsEmpty());
    talk.restart();
    EXPECT_EQ(talk.client(2).dora(), k100);
}

TEST(Order, EraseReachesALeaseThatIsKeptAside)
{
    Conversation talk;
    talk.client(1).dora();
    talk.out.clear();
    ASSERT_TRUE(talk.server.reconfigure(talk.now, config_of(subnet("10.0.0.0/24", "10.0.0.10-10.0.0.20")), talk.out));
    ASSERT_TRUE(order(talk, &DhcpServer::erase, k100));
    EXPECT_THAT(talk.stored, IsEmpty());
    EXPECT_EQ(order(talk, &DhcpServer::erase, k100).error(), OrderError::unknown_address);
}

TEST(Order, ClearQuarantineFreesTheAddressAtOnce)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    EXPECT_EQ(order(talk, &DhcpServer::clear_quarantine, k100).error(), OrderError::not_quarantined);
    a.decline(k100);
    ASSERT_TRUE(order(talk, &DhcpServer::clear_quarantine, k100));
    EXPECT_THAT(talk.stored, IsEmpty());
    EXPECT_EQ(talk.use().declined, 0U);
    EXPECT_EQ(talk.client(2).dora(), k100);
    EXPECT_EQ(order(talk, &DhcpServer::clear_quarantine, k101).error(), OrderError::unknown_address);
}

TEST(Order, WhatCouldNotBeStoredIsTakenBack)
{
    Conversation talk;
    auto bound = talk.client(1), declining = talk.client(2);
    bound.dora();
    declining.decline(declining.dora());
    const auto before = talk.server.leases();
    const PoolUse use = talk.use();
    talk.storing = false;
    EXPECT_TRUE(order(talk, &DhcpServer::release, k100));
    EXPECT_EQ(talk.server.leases(), before);
    EXPECT_TRUE(order(talk, &DhcpServer::erase, k100));
    EXPECT_TRUE(order(talk, &DhcpServer::clear_quarantine, k101));
    EXPECT_EQ(talk.server.leases(), before);
    EXPECT_EQ(talk.use().declined, use.declined);
    talk.storing = true;
    EXPECT_EQ(talk.client(2).discover().yiaddr(), address("192.168.1.102")) << "who declined has no claim to the address";
}

// ---- counting ------------------------------------------------------------------------------------------------------------------

TEST(Count, EveryVerdictIsCountedByReason)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    a.renew(k100);
    a.select(k101, [](wire::Message& m) { m.options.set_address(wire::option::server_identifier, address("192.168.1.9")); });
    wire::Message vague = a.message(MessageType::request); // a server, and nothing else
    vague.options.set_address(wire::option::server_identifier, talk.local);
    a.send(vague);
    talk.hear(octets({1, 2, 3}));
    talk.hear({});
    talk.storing = false;
    a.renew(k100);
    const std::vector<std::pair<StepCode, std::uint64_t>> expected{
        {StepCode::offer_made, 1},          {StepCode::lease_granted, 1},  {StepCode::lease_extended, 1},
        {StepCode::other_server_chosen, 1}, {StepCode::malformed, 2},      {StepCode::request_ambiguous, 1},
        {StepCode::pool_exhausted, 0},      {StepCode::storage_failed, 1},
    };
    for (const auto& [code, times] : expected)
        EXPECT_EQ(talk.server.count(code), times) << testing::PrintToString(code);
}

TEST(Count, WhatCouldNotBeStoredIsNotCountedAsDone)
{
    Conversation talk;
    auto a = talk.client(1), b = talk.client(2);
    a.dora();
    b.dora();
    talk.storing = false;
    EXPECT_TRUE(order(talk, &DhcpServer::release, k100));
    EXPECT_TRUE(order(talk, &DhcpServer::erase, k100));
    a.release(k100);
    b.decline(k101);
    for (const auto code : {StepCode::order_released, StepCode::order_erased, StepCode::released, StepCode::declined})
        EXPECT_EQ(talk.server.count(code), 0U) << testing::PrintToString(code);
    EXPECT_EQ(talk.server.count(StepCode::change_not_stored), 4U);
    talk.storing = true;
    a.release(k100);
    EXPECT_EQ(talk.server.count(StepCode::released), 1U);
    EXPECT_EQ(talk.state("192.168.1.101"), LeaseState::bound);
}

/// How a reply travels, and what the client is told beside, is not what it came to.
TEST(Count, TheReasonOfAReplyIsNotHowItTravels)
{
    Conversation talk;
    talk.source_port = 5000;
    auto a = talk.client(1);
    a.giaddr = address("192.168.1.254");
    a.dora([](wire::Message& m) {
        m.options.set(wire::option::relay_agent_information, octets({19, 0}));
        m.options.set(wire::option::client_fqdn, octets({4, 0, 0, 1, 'a', 0}));
    });
    EXPECT_EQ(talk.server.count(StepCode::offer_made), 1U);
    EXPECT_EQ(talk.server.count(StepCode::lease_granted), 1U);
}

} // namespace
} // namespace dorascope::server
