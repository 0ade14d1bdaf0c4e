// SPDX-License-Identifier: GPL-3.0-or-later
// Options with rules of their own: RFC 2563, 3925, 4039, 4702, 8910, 8925.
#include "tests/server/conversation.h"

#include "engine/server/fqdn.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

using testing::Contains;
using testing::ElementsAreArray;
using testing::Not;
namespace option = wire::option;

Config with_extra(std::uint8_t code, std::vector<std::byte> data)
{
    Config config = office();
    config.subnets[0].options.extra = {{code, std::move(data)}};
    return config;
}

// ---- RFC 4039 ------------------------------------------------------------------------------------------------------------------

Config rapid()
{
    Config config = office();
    config.rapid_commit = true;
    return config;
}
void in_a_hurry(wire::Message& m) { m.options.set(option::rapid_commit, {}); }

TEST(Rfc4039, ADiscoverWithOption80GetsAnAckWithOption80AndALease)
{
    Conversation talk{rapid()};
    const Answer ack = talk.client(1).discover(in_a_hurry);
    ASSERT_EQ(ack.type(), MessageType::ack);
    EXPECT_THAT(ack.option_codes(), Contains(option::rapid_commit));
    EXPECT_EQ(ack.message->options.find(option::rapid_commit)->size(), 0U);
    EXPECT_EQ(ack.message->options.u32(option::lease_time), 3600U);
    ASSERT_EQ(ack.writes.size(), 1U) << "stored before it is sent, like any ACK";
    EXPECT_EQ(ack.writes[0].state, LeaseState::bound);
    EXPECT_TRUE(ack.has(StepCode::rapid_commit));
}

TEST(Rfc4039, WithoutTheOptionOrTheConfigurationItIsAnOffer)
{
    Conversation talk{rapid()};
    EXPECT_EQ(talk.client(1).discover().type(), MessageType::offer);
    Conversation plain;
    const Answer offer = plain.client(1).discover(in_a_hurry);
    EXPECT_EQ(offer.type(), MessageType::offer);
    EXPECT_THAT(offer.option_codes(), Not(Contains(option::rapid_commit)));
}

TEST(Rfc4039, ARetransmittedDiscoverGetsTheSameAddress)
{
    Conversation talk{rapid()};
    auto a = talk.client(1);
    const auto mine = a.discover(in_a_hurry).yiaddr();
    EXPECT_EQ(a.discover(in_a_hurry).yiaddr(), mine);
    EXPECT_EQ(talk.server.lease_count(), 1U);
    EXPECT_EQ(talk.client(2).discover(in_a_hurry).yiaddr(), mine + 1);
}

TEST(Rfc4039, AFailedStoreSendsNothingAndLeavesNoLease)
{
    Conversation talk{rapid()};
    talk.storing = false;
    talk.client(1).discover(in_a_hurry);
    EXPECT_EQ(talk.server.lease_count(), 0U);
}

// ---- RFC 8925, RFC 2563 --------------------------------------------------------------------------------------------------------

TEST(Rfc8925, Option108OnlyToAClientThatAsksForIt)
{
    Conversation talk{with_extra(108, octets({0, 0, 7, 8}))};
    auto a = talk.client(1);
    const Answer offer = a.discover(asking_for({108}));
    EXPECT_EQ(offer.message->options.u32(108), 1800U);
    EXPECT_EQ(offer.yiaddr(), address("192.168.1.100")) << "a client may still want the address";
    EXPECT_EQ(a.select(offer.yiaddr(), asking_for({108})).message->options.u32(108), 1800U);
    EXPECT_THAT(talk.client(2).discover(asking_for({3})).option_codes(), Not(Contains(108)));
    EXPECT_THAT(talk.client(3).discover().option_codes(), Not(Contains(108)));
    Conversation plain;
    EXPECT_THAT(plain.client(1).discover(asking_for({108})).option_codes(), Not(Contains(108)));
}

TEST(Rfc8925, AnExhaustedPoolOffersNoAddressButTheOption)
{
    Config config = with_extra(108, octets({0, 0, 7, 8}));
    config.subnets[0].pools = {range("192.168.1.100")};
    Conversation talk{config};
    talk.client(1).dora();
    const Answer offer = talk.client(2).discover(asking_for({3, 108}));
    ASSERT_EQ(offer.type(), MessageType::offer);
    EXPECT_EQ(offer.yiaddr(), Ipv4Address{});
    EXPECT_THAT(offer.option_codes(), testing::ElementsAre(53, 54, 108));
    EXPECT_TRUE(talk.client(3).discover().silent());
    EXPECT_EQ(talk.server.lease_count(), 1U);
}

TEST(Rfc8925, RapidCommitGivesWayToTheClientsChoice)
{
    Config config = with_extra(108, octets({0, 0, 7, 8}));
    config.rapid_commit = true;
    Conversation talk{config};
    const Answer offer = talk.client(1).discover([](wire::Message& m) {
        in_a_hurry(m);
        asking_for({108})(m);
    });
    EXPECT_EQ(offer.type(), MessageType::offer);
}

/// RFC 8925 §3.3, RFC 2563 §2: whichever level of the configuration says it.
TEST(Rfc8925, Option108OfAClassIsHeededBeforeRapidCommitAndWithoutAnAddress)
{
    Config config = office();
    config.rapid_commit = true;
    config.subnets[0].pools = {range("192.168.1.100")};
    config.classes.resize(1);
    config.classes[0].name = "phones";
    config.classes[0].tests = {{ClassTest::Subject::option, option::vendor_class_identifier, octets({'p'}), true, {}}};
    config.classes[0].options.extra = {{108, octets({0, 0, 7, 8})}, {116, octets({0})}};
    Conversation talk{config};
    const auto as_phone = [](wire::Message& m) { m.options.set_text(option::vendor_class_identifier, "phone"); };
    const auto phone = [&](wire::Message& m) {
        as_phone(m);
        in_a_hurry(m);
        asking_for({108})(m);
    };
    EXPECT_EQ(talk.client(1).discover(phone).type(), MessageType::offer);
    talk.wait(1min);
    talk.client(9).dora();
    EXPECT_THAT(talk.client(1).discover(phone).option_codes(), testing::ElementsAre(53, 54, 108));
    const auto told = talk.client(1).discover([&](wire::Message& m) {
        as_phone(m);
        m.options.set_u8(116, 1);
    });
    EXPECT_THAT(told.option_codes(), testing::ElementsAre(53, 54, 116));
    EXPECT_TRUE(talk.client(2).discover(asking_for({108})).silent()) << "no phone";
}

TEST(Rfc8925, AClassMayTakeBackWhatItsSubnetSays)
{
    Config config = with_extra(116, octets({0}));
    config.subnets[0].pools = {range("192.168.1.100")};
    config.classes.resize(1);
    config.classes[0].name = "phones";
    config.classes[0].tests = {{ClassTest::Subject::option, option::vendor_class_identifier, octets({'p'}), true, {}}};
    config.classes[0].options.extra = {{116, octets({1})}};
    Conversation talk{config};
    talk.client(9).dora();
    const Answer answer = talk.client(1).discover([](wire::Message& m) {
        m.options.set_text(option::vendor_class_identifier, "phone");
        m.options.set_u8(116, 1);
    });
    EXPECT_TRUE(answer.silent());
}

TEST(Rfc2563, Option116OnlyToAClientThatHasSentIt)
{
    Conversation talk{with_extra(116, octets({0}))};
    EXPECT_EQ(talk.client(1).discover([](wire::Message& m) { m.options.set_u8(116, 1); }).message->options.u8(116), 0U);
    EXPECT_THAT(talk.client(2).discover(asking_for({116})).option_codes(), Not(Contains(116)));
    EXPECT_THAT(talk.client(3).discover().option_codes(), Not(Contains(116)));
}

TEST(Rfc2563, AClientWithoutAnAddressIsToldNotToChooseOneItself)
{
    Config config = with_extra(116, octets({0}));
    config.subnets[0].pools = {range("192.168.1.100")};
    Conversation talk{config};
    talk.client(1).dora();
    const Answer offer = talk.client(2).discover([](wire::Message& m) { m.options.set_u8(116, 1); });
    ASSERT_EQ(offer.type(), MessageType::offer);
    EXPECT_EQ(offer.yiaddr(), Ipv4Address{});
    EXPECT_THAT(offer.option_codes(), testing::ElementsAre(53, 54, 116));
    EXPECT_TRUE(offer.has(StepCode::pool_exhausted));
    EXPECT_TRUE(offer.has(StepCode::no_auto_configuration));
    EXPECT_TRUE(talk.client(3).discover().silent());
}

/// RFC 1122 §3.2.1.3: 0.0.0.0 is nobody's destination, and there is no other address to send to.
TEST(Rfc2563, AnOfferOfNoAddressIsBroadcast)
{
    Config config = with_extra(116, octets({0}));
    config.subnets[0].pools = {range("192.168.1.100")};
    Conversation talk{config};
    talk.client(7).dora();
    auto a = talk.client(1);
    const auto offer = [&a] { return a.discover([](wire::Message& m) { m.options.set_u8(116, 1); }); };
    EXPECT_EQ(offer().transmit.delivery, Delivery::broadcast);
    EXPECT_EQ(offer().transmit.destination, kBroadcastAddress);
    EXPECT_EQ(offer().transmit.mac, kBroadcastMac);
    a.giaddr = address("192.168.1.254");
    EXPECT_EQ(offer().transmit.destination, a.giaddr) << "a relay broadcasts it itself";
}

TEST(Rfc8910, TheCaptivePortalsUriToAClientThatAsksForIt)
{
    Conversation talk{with_extra(114, octets("https://portal.example/api"))};
    EXPECT_EQ(talk.client(1).discover(asking_for({114})).message->options.text(114), "https://portal.example/api");
    EXPECT_THAT(talk.client(2).discover().option_codes(), Not(Contains(114)));
}

// ---- RFC 3925 ------------------------------------------------------------------------------------------------------------------

const auto kVendor9 = octets({0, 0, 0, 9, 3, 1, 1, 'a'});
const auto kVendor3561 = octets({0, 0, 0x0d, 0xe9, 4, 1, 2, 'b', 'c'});
std::vector<std::byte> both_vendors()
{
    auto all = kVendor9;
    all.insert(all.end(), kVendor3561.begin(), kVendor3561.end());
    return all;
}

TEST(Rfc3925, AClientHearsOfItsOwnVendorOnly)
{
    Conversation talk{with_extra(125, both_vendors())};
    const Answer offer = talk.client(1).discover([](wire::Message& m) {
        asking_for({125})(m);
        m.options.set(124, octets({0, 0, 0x0d, 0xe9, 1, 'x'}));
    });
    EXPECT_THAT(*offer.message->options.find(125), ElementsAreArray(kVendor3561));
}

TEST(Rfc3925, ANumberInOption125CountsToo)
{
    Conversation talk{with_extra(125, both_vendors())};
    const Answer offer = talk.client(1).discover([](wire::Message& m) {
        asking_for({125})(m);
        m.options.set(125, octets({0, 0, 0, 9, 0}));
    });
    EXPECT_THAT(*offer.message->options.find(125), ElementsAreArray(kVendor9));
}

TEST(Rfc3925, SeveralVendorsGetTheirBlocksInOrder)
{
    Conversation talk{with_extra(125, both_vendors())};
    const Answer offer = talk.client(1).discover([](wire::Message& m) {
        asking_for({125, 125})(m);
        m.options.set(124, octets({0, 0, 0x0d, 0xe9, 1, 'x', 0, 0, 0, 9, 0}));
    });
    EXPECT_THAT(*offer.message->options.find(125), ElementsAreArray(both_vendors()));
}

TEST(Rfc3925, AnUnknownVendorGetsNothingAndAClientThatNamesNoneAll)
{
    Conversation talk{with_extra(125, both_vendors())};
    const Answer stranger = talk.client(1).discover([](wire::Message& m) {
        asking_for({125})(m);
        m.options.set(124, octets({0, 0, 0, 1, 0}));
    });
    EXPECT_THAT(stranger.option_codes(), Not(Contains(125)));
    EXPECT_THAT(*talk.client(2).discover(asking_for({125})).message->options.find(125), ElementsAreArray(both_vendors()));
    EXPECT_THAT(talk.client(3).discover().option_codes(), Not(Contains(125)));
}

// ---- RFC 4702 ------------------------------------------------------------------------------------------------------------------

struct FqdnCase {
    const char* name;
    std::vector<std::byte> asked;
    std::string own, domain;
    std::vector<std::byte> answer; ///< empty: none
};
class ClientFqdn : public testing::TestWithParam<FqdnCase> { };
TEST_P(ClientFqdn, IsAnsweredAsByAServerThatUpdatesNoDns)
{
    const FqdnCase& c = GetParam();
    FqdnAnswer answer;
    ASSERT_EQ(answer.write(c.asked, c.own, c.domain), !c.answer.empty());
    if (c.answer.empty()) return;
    EXPECT_THAT(answer.data(), ElementsAreArray(c.answer));
}

INSTANTIATE_TEST_SUITE_P(
    Rfc4702, ClientFqdn,
    testing::Values(
        // flags: S 1, O 2, E 4, N 8
        FqdnCase{"SIsOverriddenAndNothingIsUpdated", octets({5, 0, 0, 1, 'a', 1, 'b', 0}), "", "lab",
                 octets({4 | 2 | 8, 255, 255, 1, 'a', 1, 'b', 0})},
        FqdnCase{"WithoutSThereIsNothingToOverride", octets({4, 0, 0, 1, 'a', 0}), "", "lab",
                 octets({4 | 8, 255, 255, 1, 'a', 0})},
        FqdnCase{"NIsAgreedTo", octets({4 | 8, 0, 0, 1, 'a', 0}), "", "lab", octets({4 | 8, 255, 255, 1, 'a', 0})},
        FqdnCase{"APartialNameIsCompleted", octets({4, 0, 0, 1, 'a'}), "", "x.lab.",
                 octets({4 | 8, 255, 255, 1, 'a', 1, 'x', 3, 'l', 'a', 'b', 0})},
        FqdnCase{"APartialNameWithoutADomainStaysPartial", octets({4, 0, 0, 1, 'a'}), "", "", octets({4 | 8, 255, 255, 1, 'a'})},
        FqdnCase{"TheReservationsNameCounts", octets({4, 0, 0, 1, 'a', 0}), "pc", "lab",
                 octets({4 | 8, 255, 255, 2, 'p', 'c', 3, 'l', 'a', 'b', 0})},
        FqdnCase{"AQualifiedReservationIsLeftAlone", octets({4, 0, 0}), "pc.org", "lab",
                 octets({4 | 8, 255, 255, 2, 'p', 'c', 3, 'o', 'r', 'g', 0})},
        FqdnCase{"NoNameAtAll", octets({4, 0, 0}), "", "lab", octets({4 | 8, 255, 255})},
        FqdnCase{"AsciiAsOldClientsSendIt", octets({1, 0, 0, 'p', 'c'}), "", "lab",
                 octets({2 | 8, 255, 255, 'p', 'c', '.', 'l', 'a', 'b'})},
        FqdnCase{"AsciiQualified", octets({0, 0, 0, 'a', '.', 'b'}), "", "lab", octets({8, 255, 255, 'a', '.', 'b'})},
        FqdnCase{"TooShort", octets({4, 0}), "", "lab", {}}, FqdnCase{"LabelOverruns", octets({4, 0, 0, 9, 'a'}), "", "lab", {}},
        FqdnCase{"CompressionPointer", octets({4, 0, 0, 0xc0, 0}), "", "lab", {}},
        FqdnCase{"OctetsBehindTheRoot", octets({4, 0, 0, 1, 'a', 0, 1}), "", "lab", {}}),
    [](const auto& c) { return c.param.name; });

TEST(Rfc4702, TheAnswerComesInOfferAndAckAndOnlyIfAskedFor)
{
    Config config = office();
    config.subnets[0].options.domain_name = "lab.example";
    Conversation talk{config};
    const auto named = [](wire::Message& m) { m.options.set(option::client_fqdn, octets({5, 0, 0, 2, 'p', 'c'})); };
    const auto expected = octets({4 | 2 | 8, 255, 255, 2, 'p', 'c', 3, 'l', 'a', 'b', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0});
    auto a = talk.client(1);
    const Answer offer = a.discover(named);
    EXPECT_THAT(*offer.message->options.find(option::client_fqdn), ElementsAreArray(expected));
    EXPECT_TRUE(offer.has(StepCode::no_dns_updates));
    EXPECT_THAT(*a.select(offer.yiaddr(), named).message->options.find(option::client_fqdn), ElementsAreArray(expected));
    EXPECT_THAT(talk.client(2).discover(asking_for({81})).option_codes(), Not(Contains(option::client_fqdn)));
}

TEST(Rfc4702, ANameTooLongToCompleteIsNotAnswered)
{
    std::vector<std::byte> asked = octets({4, 0, 0});
    for (int i = 0; i < 4; ++i) {
        asked.push_back(std::byte{62});
        asked.insert(asked.end(), 62, std::byte{'a'});
    }
    FqdnAnswer answer;
    EXPECT_FALSE(answer.write(asked, "", "example.org"));
    EXPECT_TRUE(answer.write(asked, "", "")) << "as it came, it fits";
}

} // namespace
} // namespace dorascope::server
