// SPDX-License-Identifier: GPL-3.0-or-later
// The server's own addresses: never leased while it has them; when they change, neither its identity nor its pool remembers the old ones.
#include "tests/server/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

const auto k100 = address("192.168.1.100"), k101 = address("192.168.1.101");
const auto kOld = address("192.168.1.2"), kNew = address("192.168.1.3");

void move_to(Conversation& talk, Ipv4Address local)
{
    talk.local = local;
    talk.server.own_addresses(local, talk.also_local);
}

/// RFC 2131 §4.3.2: "server identifier" tells whose offer was taken, and that address may be another machine's by now.
TEST(OwnAddresses, ARequestThatNamesAnAddressTheServerNoLongerHasIsAnotherServers)
{
    Conversation talk;
    auto a = talk.client(1);
    a.discover();
    move_to(talk, kNew);
    const auto to_old = [](wire::Message& m) { m.options.set_address(wire::option::server_identifier, kOld); };
    const Answer answer = a.select(k100, to_old);
    EXPECT_TRUE(answer.silent());
    EXPECT_TRUE(answer.has(StepCode::other_server_chosen));
    EXPECT_EQ(talk.use().offered, 0U);
    EXPECT_EQ(a.dora(), k100);
    EXPECT_TRUE(a.decline(k100, to_old).has(StepCode::other_server_chosen));
    EXPECT_TRUE(a.release(k100, to_old).has(StepCode::other_server_chosen));
}

TEST(OwnAddresses, AClientThatKnowsTheServerByItsFormerAddressRebinds)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    move_to(talk, kNew);
    const Answer ack = a.rebind(k100);
    EXPECT_EQ(ack.type(), MessageType::ack);
    EXPECT_EQ(ack.message->options.address(wire::option::server_identifier), kNew);
}

TEST(OwnAddresses, AFormerOneMayBeLeased)
{
    Conversation talk;
    move_to(talk, k100);
    EXPECT_EQ(talk.client(1).dora(), k101);
    move_to(talk, kOld);
    EXPECT_EQ(talk.client(2).dora(), k100);
    EXPECT_EQ(talk.use().bound, 2U);
}

TEST(OwnAddresses, AFormerLeaseThereIsReclaimedOnceTheServerHasLeft)
{
    Conversation talk{config_of(subnet("192.168.1.0/24", "192.168.1.100-192.168.1.100"))};
    talk.client(1).dora();
    talk.wait(2h);
    move_to(talk, k100);
    EXPECT_TRUE(talk.client(2).discover().silent());
    move_to(talk, kOld);
    EXPECT_EQ(talk.client(2).dora(), k100);
}

TEST(OwnAddresses, AFormerOneThatIsReservedOrInNoPoolStaysSo)
{
    Config config = office();
    config.subnets[0].reservations = {{k101, HardwareAddress::of(mac(9)), {}, {}}};
    config.subnets[0].exclusions = {range("192.168.1.102-192.168.1.110")};
    Conversation talk{config};
    for (const auto where : {k101, address("192.168.1.102"), address("192.168.1.50"), address("10.0.0.1"), kOld})
        move_to(talk, where);
    EXPECT_EQ(talk.client(1).dora(), k100);
    EXPECT_EQ(talk.client(2).dora(), address("192.168.1.111"));
    EXPECT_EQ(talk.client(9).dora(), k101);
}

TEST(OwnAddresses, WhatWaitsIsAnsweredUnderTheNewOne)
{
    Config config = office();
    config.probe = {true, 1, 500ms};
    Conversation talk{config};
    talk.client(1).discover();
    move_to(talk, kNew);
    talk.wait(1s);
    ASSERT_THAT(talk.later, testing::SizeIs(1));
    EXPECT_EQ(talk.later[0].message->options.address(wire::option::server_identifier), kNew);
    EXPECT_EQ(talk.later[0].transmit.source, kNew);
}

} // namespace
} // namespace dorascope::server
