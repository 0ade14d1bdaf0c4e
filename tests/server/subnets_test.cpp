// SPDX-License-Identifier: GPL-3.0-or-later
// Which subnet a client is on, and which of its addresses can be leased to whom.
#include "tests/server/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

using testing::ElementsAre;

Config two_subnets()
{
    Config config = office();
    config.subnets.push_back(subnet("10.0.0.0/16", "10.0.5.1-10.0.5.9"));
    return config;
}

TEST(Subnets, TheInterfacesAddressPicksOne)
{
    Conversation talk{two_subnets()};
    EXPECT_EQ(talk.client(1).discover().yiaddr(), address("192.168.1.100"));
    talk.local = address("10.0.0.1");
    const Answer offer = talk.client(2).discover();
    EXPECT_EQ(offer.yiaddr(), address("10.0.5.1"));
    EXPECT_EQ(offer.message->options.address(wire::option::subnet_mask), address("255.255.0.0"));
    EXPECT_EQ(offer.transmit.source, address("10.0.0.1"));
    EXPECT_EQ(offer.decision.steps[0].code, StepCode::subnet_by_interface);
    EXPECT_EQ(offer.decision.steps[0].address, address("10.0.0.0"));
    EXPECT_EQ(offer.decision.steps[0].number, 16);
}

TEST(Subnets, ARelaysAddressOutranksTheInterface)
{
    Conversation talk{two_subnets()};
    auto a = talk.client(1);
    a.giaddr = address("10.0.0.1");
    const Answer offer = a.discover();
    EXPECT_EQ(offer.yiaddr(), address("10.0.5.1"));
    EXPECT_EQ(offer.decision.steps[0].code, StepCode::subnet_by_relay);
    EXPECT_EQ(offer.message->options.address(wire::option::server_identifier), talk.local);
}

TEST(Subnets, AClientsOwnAddressPicksOneWhenItsMessageWasUnicast)
{
    Conversation talk{two_subnets()};
    auto a = talk.client(1);
    a.giaddr = address("10.0.0.1");
    const auto mine = a.dora();
    a.giaddr = {};
    const Answer ack = a.renew(mine); // past the relay, to the server's other interface
    EXPECT_EQ(ack.type(), MessageType::ack);
    EXPECT_EQ(ack.decision.steps[0].code, StepCode::subnet_by_ciaddr);
}

TEST(Subnets, AnUnknownNetworkIsMetWithSilence)
{
    Conversation talk;
    auto a = talk.client(1);
    a.giaddr = address("172.16.0.1");
    const Answer answer = a.discover();
    EXPECT_TRUE(answer.silent());
    EXPECT_EQ(answer.decision.outcome, Outcome::silent);
    EXPECT_THAT(answer.addresses(StepCode::no_subnet), ElementsAre(address("172.16.0.1")));
}

TEST(Subnets, AClientMayHaveAnAddressInEach)
{
    Conversation talk{two_subnets()};
    auto a = talk.client(1);
    EXPECT_EQ(a.dora(), address("192.168.1.100"));
    talk.local = address("10.0.0.1");
    EXPECT_EQ(a.dora(), address("10.0.5.1"));
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::bound);
}

// ---- what is never leased ------------------------------------------------------------------------------------------------------

TEST(Pool, NeverLeasesTheServersTheRoutersOrTheRelaysAddress)
{
    Config config = config_of(subnet("192.168.1.0/29", "192.168.1.1-192.168.1.6")); // .1 is the router
    Conversation talk{config};
    talk.local = address("192.168.1.2");
    auto a = talk.client(1);
    a.giaddr = address("192.168.1.3");
    EXPECT_EQ(a.discover().yiaddr(), address("192.168.1.4"));
    a.giaddr = {};
    for (const char* wanted : {"192.168.1.0", "192.168.1.1", "192.168.1.2", "192.168.1.7"}) {
        const Answer offer = talk.client(9).discover(
            [&](wire::Message& m) { m.options.set_address(wire::option::requested_address, address(wanted)); });
        EXPECT_NE(offer.yiaddr(), address(wanted));
        EXPECT_EQ(talk.client(8).select(address(wanted)).type(), MessageType::nak) << wanted;
    }
}

TEST(Pool, ARelaysAddressIsRefusedToAClientThatAsksForIt)
{
    Conversation talk;
    auto a = talk.client(1);
    a.giaddr = address("192.168.1.103");
    const Answer offer = a.discover([&](wire::Message& m) { m.options.set_address(wire::option::requested_address, a.giaddr); });
    EXPECT_EQ(offer.yiaddr(), address("192.168.1.100"));
    EXPECT_THAT(offer.addresses(StepCode::candidate_excluded), ElementsAre(a.giaddr));
    EXPECT_EQ(a.select(a.giaddr).type(), MessageType::nak);
}

TEST(Pool, ExclusionsAreSkipped)
{
    Config config = office();
    config.subnets[0].exclusions = {range("192.168.1.100-192.168.1.104"), range("192.168.1.106")};
    Conversation talk{config};
    EXPECT_EQ(talk.use().size, 95U);
    EXPECT_EQ(talk.client(1).discover().yiaddr(), address("192.168.1.105"));
    EXPECT_EQ(talk.client(2).discover().yiaddr(), address("192.168.1.107"));
    const Answer answer = talk.client(3).discover(
        [](wire::Message& m) { m.options.set_address(wire::option::requested_address, address("192.168.1.106")); });
    EXPECT_THAT(answer.addresses(StepCode::candidate_excluded), ElementsAre(address("192.168.1.106")));
}

TEST(Pool, SeveralAreUsedInOrderOfAddress)
{
    Config config = office();
    config.subnets[0].pools = {range("192.168.1.50-192.168.1.51"), range("192.168.1.10-192.168.1.11")};
    Conversation talk{config};
    std::vector<Ipv4Address> given;
    for (std::uint32_t i = 1; i <= 4; ++i)
        given.push_back(talk.client(i).dora());
    EXPECT_THAT(given,
                ElementsAre(address("192.168.1.10"), address("192.168.1.11"), address("192.168.1.50"), address("192.168.1.51")));
    EXPECT_EQ(talk.use().size, 4U);
}

TEST(Pool, ARequestedAddressIsGivenWhenItIsFree)
{
    Conversation talk;
    const auto ask = [](wire::Message& m) { m.options.set_address(wire::option::requested_address, address("192.168.1.150")); };
    EXPECT_EQ(talk.client(1).discover(ask).yiaddr(), address("192.168.1.150"));
    const Answer second = talk.client(2).discover(ask);
    EXPECT_EQ(second.yiaddr(), address("192.168.1.100"));
    EXPECT_THAT(second.addresses(StepCode::candidate_held_by_offer), ElementsAre(address("192.168.1.150")));
}

TEST(Pool, ARequestedAddressThatWasAnothersLastIsKeptWhileOthersAreFree)
{
    Conversation talk{config_of(subnet("192.168.1.0/24", "192.168.1.100-192.168.1.101"))};
    const auto wanted = talk.client(1).dora();
    talk.wait(2h);
    const auto ask = [&](wire::Message& m) { m.options.set_address(wire::option::requested_address, wanted); };
    const Answer first = talk.client(2).discover(ask);
    EXPECT_EQ(first.yiaddr(), address("192.168.1.101"));
    EXPECT_THAT(first.addresses(StepCode::candidate_kept), testing::Contains(wanted));
    EXPECT_EQ(talk.client(3).discover(ask).yiaddr(), wanted) << "as the oldest expired";
}

TEST(Pool, ALongListOfRefusedCandidatesIsNamedInPartAndCounted)
{
    Conversation talk;
    for (std::uint32_t i = 1; i <= 40; ++i)
        talk.client(i).dora();
    const Answer offer = talk.client(99).discover();
    EXPECT_EQ(offer.yiaddr(), address("192.168.1.140"));
    EXPECT_THAT(offer.addresses(StepCode::candidate_leased), testing::SizeIs(3));
    const auto& steps = offer.decision.steps;
    const auto rest = std::ranges::find(steps, StepCode::candidates_skipped, &DecisionStep::code);
    ASSERT_NE(rest, steps.end());
    EXPECT_EQ(rest->number, 37);
}

TEST(Pool, AnExhaustedOneIsSilentAndSaysSo)
{
    Conversation talk{config_of(subnet("192.168.1.0/24", "192.168.1.100-192.168.1.119"))};
    for (std::uint32_t i = 1; i <= 20; ++i)
        talk.client(i).dora();
    const Answer answer = talk.client(99).discover();
    EXPECT_TRUE(answer.silent());
    EXPECT_EQ(answer.decision.steps.back().code, StepCode::pool_exhausted);
    EXPECT_THAT(answer.addresses(StepCode::candidate_leased), testing::SizeIs(16));
    EXPECT_TRUE(answer.has(StepCode::candidates_skipped));
}

// ---- reservations --------------------------------------------------------------------------------------------------------------

Config with_reservations()
{
    Config config = office();
    config.subnets[0].reservations = {
        {address("192.168.1.10"), HardwareAddress::of(mac(1)), {}, {}}, // outside the pool
        {address("192.168.1.100"), HardwareAddress::of(mac(2)), {}, {}}, // inside
        {address("192.168.1.11"), std::nullopt, {0xff, 1, 2}, {}},
    };
    return config;
}

TEST(Reservation, ByHardwareAddressHoldsWhateverIdentifierIsSent)
{
    Conversation talk{with_reservations()};
    const Answer offer = talk.client_with_id(1, {0, 'x'}).discover();
    EXPECT_EQ(offer.yiaddr(), address("192.168.1.10"));
    EXPECT_TRUE(offer.has(StepCode::reservation_found));
}

TEST(Reservation, ByClientIdentifierHoldsWhateverTheCard)
{
    Conversation talk{with_reservations()};
    EXPECT_EQ(talk.client_with_id(77, {0xff, 1, 2}).dora(), address("192.168.1.11"));
    EXPECT_EQ(talk.client(77).dora(), address("192.168.1.101"));
}

TEST(Reservation, AReservedAddressGoesToNobodyElse)
{
    Conversation talk{with_reservations()};
    EXPECT_EQ(talk.client(9).discover().yiaddr(), address("192.168.1.101"));
    const Answer answer = talk.client(8).discover(
        [](wire::Message& m) { m.options.set_address(wire::option::requested_address, address("192.168.1.100")); });
    const auto& steps = answer.decision.steps;
    const auto refused = std::ranges::find(steps, StepCode::candidate_reserved_for_other, &DecisionStep::code);
    ASSERT_NE(refused, steps.end());
    EXPECT_EQ(refused->who, HardwareAddress::of(mac(2)));
    EXPECT_EQ(talk.client(7).select(address("192.168.1.10")).type(), MessageType::nak);
}

TEST(Reservation, ComesBeforeTheCurrentBindingAndEndsIt)
{
    Conversation before;
    const auto old = before.client(1).dora();
    Conversation after{with_reservations(), before.stored};
    auto a = after.client(1);
    EXPECT_EQ(a.renew(old).type(), MessageType::nak) << "it is to come for its reservation";
    EXPECT_EQ(a.discover().yiaddr(), address("192.168.1.10"));
    EXPECT_EQ(after.state(old.to_string()), LeaseState::bound) << "until the new one is acknowledged";
    const Answer ack = a.select(address("192.168.1.10"));
    EXPECT_EQ(ack.type(), MessageType::ack);
    EXPECT_EQ(after.state(old.to_string()), LeaseState::released);
    EXPECT_THAT(ack.writes, testing::SizeIs(2));
}

TEST(Reservation, ABoundClientIsToldToMoveInInitRebootToo)
{
    Conversation before;
    const auto old = before.client(1).dora();
    Conversation after{with_reservations(), before.stored};
    EXPECT_TRUE(after.client(1).init_reboot(old).has(StepCode::nak_other_address));
}

TEST(Reservation, ThatBecomesFreeTakesThePlaceOfTheOfferMadeInstead)
{
    Conversation before;
    before.client(7).dora(); // .100, before it was reserved for client 2
    Conversation after{with_reservations(), before.stored};
    auto reserved = after.client(2);
    EXPECT_EQ(reserved.discover().yiaddr(), address("192.168.1.101"));
    after.client(7).release(address("192.168.1.100"));
    EXPECT_EQ(reserved.discover().yiaddr(), address("192.168.1.100"));
    EXPECT_EQ(after.use().offered, 1U) << "one offer a client";
    EXPECT_EQ(after.state("192.168.1.101"), std::nullopt);
}

TEST(Reservation, ThatIsTakenGivesWayToAnotherAddress)
{
    Conversation before;
    before.client(7).dora(); // .100, before it was reserved
    Conversation after{with_reservations(), before.stored};
    const Answer offer = after.client(2).discover();
    EXPECT_EQ(offer.yiaddr(), address("192.168.1.101"));
    EXPECT_THAT(offer.addresses(StepCode::candidate_leased), testing::Contains(address("192.168.1.100")));
}

} // namespace
} // namespace dorascope::server
