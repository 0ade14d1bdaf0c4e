// SPDX-License-Identifier: GPL-3.0-or-later
// RFC 2131 §4.3.2: the four states of a DHCPREQUEST, and when a server answers ACK, NAK or nothing.
#include "tests/server/conversation.h"

#include "engine/server/request_state.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

const auto k100 = address("192.168.1.100"), k101 = address("192.168.1.101"), k150 = address("192.168.1.150");
const auto kElsewhere = address("10.9.9.9");

Config authoritative()
{
    Config config = office();
    config.authority = Authority::authoritative;
    return config;
}

// ---- telling them apart --------------------------------------------------------------------------------------------------------

struct Table4Row {
    const char* name;
    bool server_id, requested, ciaddr, broadcast;
    RequestState expected;
};

class RequestTable : public testing::TestWithParam<Table4Row> { };

TEST_P(RequestTable, IsToldApartByWhatItFillsIn)
{
    const Table4Row& row = GetParam();
    wire::Message m;
    if (row.server_id) m.options.set_address(wire::option::server_identifier, address("192.168.1.2"));
    if (row.requested) m.options.set_address(wire::option::requested_address, k100);
    if (row.ciaddr) m.ciaddr = k100;
    EXPECT_EQ(classify_request(m, row.broadcast).state, row.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc2131Table4, RequestTable,
    testing::Values(Table4Row{"Selecting", true, true, false, true, RequestState::selecting},
                    Table4Row{"InitReboot", false, true, false, true, RequestState::init_reboot},
                    Table4Row{"Renewing", false, false, true, false, RequestState::renewing},
                    Table4Row{"Rebinding", false, false, true, true, RequestState::rebinding},
                    Table4Row{"SelectingWithSurplusCiaddr", true, true, true, true, RequestState::selecting},
                    Table4Row{"RenewingWithSurplusServerId", true, false, true, false, RequestState::renewing},
                    Table4Row{"RenewingWithSurplusOption50", false, true, true, false, RequestState::renewing},
                    Table4Row{"NothingAtAll", false, false, false, true, RequestState::ambiguous},
                    Table4Row{"OnlyAServerId", true, false, false, true, RequestState::ambiguous}),
    [](const auto& row) { return row.param.name; });

TEST(RequestStates, ContradictingAddressesAreNotGuessedAt)
{
    Conversation talk;
    auto a = talk.client(1);
    const auto mine = a.dora();
    const Answer answer = a.init_reboot(k150, [&](wire::Message& m) { m.ciaddr = mine; });
    EXPECT_TRUE(answer.silent());
    EXPECT_TRUE(answer.has(StepCode::request_ambiguous));
    EXPECT_EQ(answer.decision.outcome, Outcome::silent);
}

/// §4.3.2: a client that took our offer names us. Four octets would; twice four, or three, name nobody.
TEST(RequestStates, AServerIdentifierThatIsNoAddressIsNotTakenForOurs)
{
    const auto none = octets({192, 168, 1}), two = octets({192, 168, 1, 2, 192, 168, 1, 2});
    for (const auto& identifier : {none, two}) {
        const auto naming = [&](wire::Message& m) { m.options.set(wire::option::server_identifier, identifier); };
        Conversation talk;
        auto a = talk.client(1), b = talk.client(2);
        const auto offered = a.discover().yiaddr(), mine = b.dora();
        for (const Answer& answer : {a.select(offered, naming), b.renew(mine, naming), b.init_reboot(mine, naming)}) {
            EXPECT_TRUE(answer.silent());
            EXPECT_TRUE(answer.has(StepCode::request_ambiguous));
            EXPECT_TRUE(answer.writes.empty());
        }
        EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::offered) << "nor is the offer declined";
    }
}

// ---- SELECTING -----------------------------------------------------------------------------------------------------------------

TEST(Selecting, OurOfferTakenIsAcknowledged)
{
    Conversation talk;
    auto a = talk.client(1);
    const Answer ack = a.select(a.discover().yiaddr());
    EXPECT_EQ(ack.type(), MessageType::ack);
    EXPECT_EQ(ack.yiaddr(), k100);
    EXPECT_TRUE(ack.has(StepCode::request_selecting));
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::bound);
}

TEST(Selecting, AnotherServersIdentifierIsMetWithSilenceAndFreesTheOffer)
{
    Conversation talk;
    auto a = talk.client(1);
    a.discover();
    const Answer answer =
        a.select(k150, [](wire::Message& m) { m.options.set_address(wire::option::server_identifier, address("192.168.1.66")); });
    EXPECT_TRUE(answer.silent());
    EXPECT_EQ(answer.decision.outcome, Outcome::silent);
    EXPECT_TRUE(answer.has(StepCode::offer_released));
    EXPECT_EQ(talk.state("192.168.1.100"), std::nullopt);
    EXPECT_EQ(talk.client(2).discover().yiaddr(), k100) << "at once, not when the offer would have timed out";
}

TEST(Selecting, AnotherServersIdentifierLeavesALeaseAlone)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    a.discover();
    a.select(k150, [](wire::Message& m) { m.options.set_address(wire::option::server_identifier, address("192.168.1.66")); });
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::bound);
}

TEST(Selecting, AnAddressOfferedToAnotherClientIsRefused)
{
    Conversation talk;
    auto a = talk.client(1), b = talk.client(2);
    a.discover();
    const Answer answer = b.select(k100);
    EXPECT_EQ(answer.type(), MessageType::nak);
    EXPECT_TRUE(answer.has(StepCode::candidate_held_by_offer));
    EXPECT_EQ(a.select(k100).type(), MessageType::ack) << "its own offer still stands";
}

TEST(Selecting, AnAddressLeasedToAnotherClientIsRefused)
{
    Conversation talk;
    talk.client(1).dora();
    const Answer answer = talk.client(2).select(k100);
    EXPECT_EQ(answer.type(), MessageType::nak);
    EXPECT_TRUE(answer.has(StepCode::nak_not_available));
}

TEST(Selecting, AnAddressOfAnotherNetworkIsRefused)
{
    Conversation talk;
    EXPECT_TRUE(talk.client(1).select(kElsewhere).has(StepCode::nak_wrong_network));
}

TEST(Selecting, AnOfferForgottenInARestartIsHonouredWhileTheAddressIsFree)
{
    Conversation talk;
    auto a = talk.client(1);
    const auto offered = a.discover().yiaddr();
    talk.restart();
    EXPECT_EQ(a.select(offered).type(), MessageType::ack);
}

TEST(Selecting, AnOfferForgottenInARestartAndGivenAwayIsRefused)
{
    Conversation talk;
    auto a = talk.client(1);
    const auto offered = a.discover().yiaddr();
    talk.restart();
    EXPECT_EQ(talk.client(2).dora(), offered);
    EXPECT_EQ(a.select(offered).type(), MessageType::nak);
}

TEST(Selecting, ABoundClientCannotTakeASecondAddress)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    const Answer answer = a.select(k150);
    EXPECT_TRUE(answer.has(StepCode::nak_other_address));
    EXPECT_EQ(talk.use().bound, 1U);
}

// ---- INIT-REBOOT ---------------------------------------------------------------------------------------------------------------

TEST(InitReboot, TheRememberedAddressIsConfirmed)
{
    Conversation talk;
    auto a = talk.client(1);
    const auto mine = a.dora();
    const Answer answer = a.init_reboot(mine);
    EXPECT_EQ(answer.type(), MessageType::ack);
    EXPECT_EQ(answer.yiaddr(), mine);
    EXPECT_TRUE(answer.has(StepCode::request_init_reboot));
}

TEST(InitReboot, AnAddressOfAnotherNetworkIsRefusedEvenOfAStranger)
{
    Conversation talk;
    const Answer answer = talk.client(1).init_reboot(kElsewhere);
    EXPECT_EQ(answer.type(), MessageType::nak);
    EXPECT_TRUE(answer.has(StepCode::nak_wrong_network));
}

TEST(InitReboot, AKnownClientWithAnotherAddressIsRefused)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    const Answer answer = a.init_reboot(k150);
    EXPECT_EQ(answer.type(), MessageType::nak);
    EXPECT_TRUE(answer.has(StepCode::nak_other_address));
}

TEST(InitReboot, AnUnknownClientIsMetWithSilence)
{
    Conversation talk;
    const Answer answer = talk.client(1).init_reboot(k150);
    EXPECT_TRUE(answer.silent());
    EXPECT_EQ(answer.decision.outcome, Outcome::silent);
    EXPECT_EQ(answer.decision.steps.back().code, StepCode::silent_unknown_client);
}

TEST(InitReboot, AnUnknownClientIsRefusedByAnAuthoritativeServer)
{
    Conversation talk{authoritative()};
    const Answer answer = talk.client(1).init_reboot(k150);
    EXPECT_EQ(answer.type(), MessageType::nak);
    EXPECT_TRUE(answer.has(StepCode::nak_no_binding));
}

TEST(InitReboot, AnExpiredLeaseThatNobodyTookIsGrantedAnew)
{
    Conversation talk;
    auto a = talk.client(1);
    const auto mine = a.dora();
    talk.wait(2h);
    const Answer answer = a.init_reboot(mine);
    EXPECT_EQ(answer.type(), MessageType::ack);
    EXPECT_TRUE(answer.has(StepCode::lease_granted));
}

TEST(InitReboot, AClientIsToldToMoveToItsReservation)
{
    Config config = office();
    config.subnets[0].reservations = {{k150, HardwareAddress::of(mac(1)), {}, {}}};
    Conversation talk{config};
    const Answer answer = talk.client(1).init_reboot(k100);
    EXPECT_TRUE(answer.has(StepCode::nak_other_address));
    EXPECT_EQ(talk.client(1).init_reboot(k150).type(), MessageType::ack);
}

// ---- RENEWING, REBINDING -------------------------------------------------------------------------------------------------------

TEST(Renewing, ALeaseIsExtendedFromNow)
{
    Conversation talk;
    auto a = talk.client(1);
    const auto mine = a.dora();
    talk.wait(30min);
    const Answer answer = a.renew(mine);
    ASSERT_EQ(answer.type(), MessageType::ack);
    EXPECT_TRUE(answer.has(StepCode::request_renewing));
    EXPECT_TRUE(answer.has(StepCode::lease_extended));
    EXPECT_EQ(talk.server.lease(mine)->expires, talk.now + 1h);
    EXPECT_EQ(talk.server.lease(mine)->since, talk.now - 30min) << "the lease is the same one";
}

TEST(Rebinding, ALeaseIsExtendedByBroadcastToo)
{
    Conversation talk;
    auto a = talk.client(1);
    const auto mine = a.dora();
    talk.wait(55min);
    const Answer answer = a.rebind(mine);
    EXPECT_EQ(answer.type(), MessageType::ack);
    EXPECT_TRUE(answer.has(StepCode::request_rebinding));
}

TEST(Rebinding, AnUnknownClientIsMetWithSilence)
{
    Conversation talk;
    const Answer answer = talk.client(1).rebind(k150);
    EXPECT_TRUE(answer.silent());
    EXPECT_EQ(answer.decision.steps.back().code, StepCode::silent_unknown_client);
}

TEST(Rebinding, AnUnknownClientIsMetWithSilenceOnAnotherServersNetworkToo)
{
    Conversation talk;
    EXPECT_TRUE(talk.client(1).rebind(kElsewhere).silent());
}

TEST(Rebinding, AnUnknownClientIsRefusedByAnAuthoritativeServer)
{
    Conversation talk{authoritative()};
    EXPECT_EQ(talk.client(1).rebind(k150).type(), MessageType::nak);
    EXPECT_EQ(talk.client(1).rebind(kElsewhere).type(), MessageType::nak);
}

TEST(Rebinding, AKnownClientWithAnotherAddressIsRefused)
{
    Conversation talk;
    auto a = talk.client(1);
    a.dora();
    EXPECT_TRUE(a.rebind(k150).has(StepCode::nak_other_address));
}

TEST(Rebinding, AClientThatMovedToAnotherOfOurSubnetsIsRefused)
{
    Config config = office();
    config.subnets.push_back(subnet("10.0.0.0/24", "10.0.0.10-10.0.0.20"));
    Conversation talk{config};
    auto a = talk.client(1);
    const auto mine = a.dora();
    talk.local = address("10.0.0.1");
    EXPECT_TRUE(a.rebind(mine).has(StepCode::nak_wrong_network));
}

TEST(Renewing, AnAddressInAnotherClientsHandsIsNotExtended)
{
    Conversation talk{authoritative()};
    auto a = talk.client(1), b = talk.client(2);
    const auto mine = a.dora();
    const Answer answer = b.renew(mine);
    EXPECT_EQ(answer.type(), MessageType::nak);
    EXPECT_EQ(talk.server.lease(mine)->hardware, a.hardware);
}

TEST(Renewing, AnAddressTakenOutOfThePoolIsRefusedSoThatTheClientMoves)
{
    Conversation before;
    const auto mine = before.client(1).dora();
    Config config = office();
    config.subnets[0].exclusions = {{mine, mine}};
    Conversation after{config, before.stored};
    const Answer answer = after.client(1).renew(mine);
    EXPECT_EQ(answer.type(), MessageType::nak);
    EXPECT_TRUE(answer.has(StepCode::candidate_excluded));
}

TEST(Renewing, ALeasePastItsTimeIsNotExtendedButGrantedAnew)
{
    Conversation talk;
    auto a = talk.client(1);
    const auto mine = a.dora();
    talk.sleep(61min); // nobody calls advance()
    const Answer answer = a.renew(mine);
    EXPECT_TRUE(answer.has(StepCode::lease_granted));
    EXPECT_FALSE(answer.has(StepCode::lease_extended));
}

TEST(Renewing, ALeasePastItsTimeAndGivenAwayIsRefused)
{
    Conversation talk{config_of(subnet("192.168.1.0/24", "192.168.1.100-192.168.1.100"))};
    auto a = talk.client(1), b = talk.client(2);
    const auto mine = a.dora();
    talk.sleep(61min);
    EXPECT_EQ(b.dora(), mine);
    EXPECT_TRUE(a.renew(mine).silent()) << "its record went with the address";
    EXPECT_EQ(talk.server.lease(mine)->hardware, b.hardware);
}

} // namespace
} // namespace dorascope::server
