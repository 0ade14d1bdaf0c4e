// SPDX-License-Identifier: GPL-3.0-or-later
// Classes: who belongs to one, and what it chooses (options are in option_levels_test.cpp).
#include "tests/server/conversation.h"

#include "engine/server/client_classes.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

using testing::ElementsAre;
namespace option = wire::option;
using Subject = ClassTest::Subject;

ClassTest test_of(Subject subject, std::uint8_t code, std::vector<std::byte> data, bool prefix = false)
{
    return {subject, code, std::move(data), prefix, {}};
}
ClientClass class_of(std::string name, ClassTest test)
{
    ClientClass c;
    c.name = std::move(name);
    c.tests = {std::move(test)};
    return c;
}
ClientClass phones()
{
    return class_of("phones", test_of(Subject::option, option::vendor_class_identifier, octets("phone"), true));
}
void as_phone(wire::Message& m) { m.options.set_text(option::vendor_class_identifier, "phone 7"); }

// ---- who belongs to one --------------------------------------------------------------------------------------------------------

struct MatchCase {
    const char* name;
    ClassTest test;
    Station::Edit edit;
    bool expected;
};
class Match : public testing::TestWithParam<MatchCase> { };
TEST_P(Match, IsWhatTheTestSays)
{
    Config config = office();
    config.classes = {class_of("them", GetParam().test)};
    Conversation talk{config};
    EXPECT_EQ(talk.client(0x0a0b).discover(GetParam().edit).has(StepCode::member_of_class), GetParam().expected);
}

Station::Edit with(std::uint8_t code, std::vector<std::byte> data)
{
    return [code, data = std::move(data)](wire::Message& m) { m.options.set(code, data); };
}
ClassTest either(ClassTest test, std::vector<std::byte> other)
{
    test.alternatives = {std::move(other)};
    return test;
}
const auto kVendorPrefix = test_of(Subject::option, 60, octets("PXEClient"), true);
const auto kVendorWhole = test_of(Subject::option, 60, octets("PXEClient"));
const auto kIpxe = test_of(Subject::option, 77, octets("iPXE"));
const auto kUefi = either(test_of(Subject::option, 93, octets({0, 7})), octets({0, 9}));
const auto kCard = test_of(Subject::hardware, 0, octets({2, 0, 0, 0}), true);
const auto kPort = test_of(Subject::circuit_id, 0, octets("port7"));
const auto kSwitch = test_of(Subject::remote_id, 0, octets("sw1"), true);
ClassTest behind(std::uint16_t offset, ClassTest test)
{
    test.offset = offset;
    return test;
}
ClassTest anywhere(ClassTest test)
{
    test.anywhere = true;
    return test;
}
const auto kArchIn60 = anywhere(either(test_of(Subject::option, 60, octets("00007")), octets("00009")));
const auto kCardIn61 = behind(1, test_of(Subject::option, 61, octets({2, 0, 0}), true));
const auto kRestOf60 = behind(3, test_of(Subject::option, 60, octets("Client")));
const auto kAnyPrinter = test_of(Subject::option, 9, {});

INSTANTIATE_TEST_SUITE_P(
    Tests, Match,
    testing::Values(MatchCase{"VendorPrefix", kVendorPrefix, with(60, octets("PXEClient:Arch:00007")), true},
                    MatchCase{"VendorPrefixOfAnother", kVendorPrefix, with(60, octets("MSFT 5.0")), false},
                    MatchCase{"VendorTooShortForThePrefix", kVendorPrefix, with(60, octets("PXE")), false},
                    MatchCase{"WholeIsNotPrefix", kVendorWhole, with(60, octets("PXEClient:Arch:00007")), false},
                    MatchCase{"Whole", kVendorWhole, with(60, octets("PXEClient")), true},
                    MatchCase{"NotThereAtAll", kVendorWhole, {}, false},
                    MatchCase{"Rfc3004BlocksOfUserClass", kIpxe, with(77, octets({3, 'a', 'b', 'c', 4, 'i', 'P', 'X', 'E'})),
                              true},
                    MatchCase{"Rfc3004OtherBlocks", kIpxe, with(77, octets({3, 'a', 'b', 'c', 4, 'i', 'P', 'X', 'D'})), false},
                    MatchCase{"UserClassAsBareText", kIpxe, with(77, octets("iPXE")), true},
                    MatchCase{"UserClassThatOverruns", kIpxe, with(77, octets({9, 'i', 'P', 'X', 'E'})), false},
                    MatchCase{"UserClassOfLengthZero", kIpxe, with(77, octets({0, 4, 'i', 'P', 'X', 'E'})), false},
                    MatchCase{"Rfc4578Architecture7IsX64Uefi", kUefi, with(93, octets({0, 7})), true},
                    MatchCase{"Rfc4578Architecture9IsX64UefiToo", kUefi, with(93, octets({0, 9})), true},
                    MatchCase{"Rfc4578OneOfAList", kUefi, with(93, octets({0, 0, 0, 9})), true},
                    MatchCase{"Rfc4578NotAcrossEntries", kUefi, with(93, octets({1, 0, 7, 1})), false},
                    MatchCase{"Rfc4578OddOctet", kUefi, with(93, octets({0, 0, 0})), false},
                    MatchCase{"MacPrefix", kCard, {}, true},
                    MatchCase{"MacPrefixOfAnother", test_of(Subject::hardware, 0, octets({2, 1}), true), {}, false},
                    MatchCase{"Rfc3046CircuitId", kPort, with(82, octets({1, 5, 'p', 'o', 'r', 't', '7'})), true},
                    MatchCase{"Rfc3046CircuitIdOfAnother", kPort, with(82, octets({1, 5, 'p', 'o', 'r', 't', '8'})), false},
                    MatchCase{"Rfc3046CircuitIdOverruns", kPort, with(82, octets({1, 9, 'p', 'o', 'r', 't', '7'})), false},
                    MatchCase{"Rfc3046RemoteId", kSwitch, with(82, octets({1, 1, 'x', 2, 4, 's', 'w', '1', '2'})), true},
                    MatchCase{"Anywhere", kArchIn60, with(60, octets("PXEClient:Arch:00009:UNDI")), true},
                    MatchCase{"AnywhereAtTheEnd", kArchIn60, with(60, octets("Arch:00007")), true},
                    MatchCase{"AnywhereCutShort", kArchIn60, with(60, octets("Arch:0000")), false},
                    MatchCase{"AnywhereFromAnOffset", behind(2, kArchIn60), with(60, octets("Arch:00007")), true},
                    MatchCase{"AnywhereBeforeTheOffset", behind(6, kArchIn60), with(60, octets("Arch:00007")), false},
                    MatchCase{"AtAnOffset", kCardIn61, with(61, octets({1, 2, 0, 0, 9, 9, 9})), true},
                    MatchCase{"AtAnotherOffset", kCardIn61, with(61, octets({1, 1, 2, 0, 0, 9, 9})), false},
                    MatchCase{"ShorterThanTheOffset", behind(3, kCardIn61), with(61, octets({1})), false},
                    MatchCase{"AllFromAnOffset", kRestOf60, with(60, octets("PXEClient")), true},
                    MatchCase{"NotAllFromAnOffset", kRestOf60, with(60, octets("PXEClient:Arch")), false},
                    MatchCase{"ThatItIsThere", kAnyPrinter, with(9, octets({1})), true},
                    MatchCase{"ThatItIsNot", kAnyPrinter, with(10, octets({1})), false}),
    [](const auto& c) { return c.param.name; });

TEST(Match, AClientBelongsToAClassAllOfWhoseTestsHold)
{
    Config config = office();
    config.classes = {phones()};
    config.classes[0].tests.push_back(test_of(Subject::hardware, 0, octets({2, 0, 0, 0, 0, 1})));
    Conversation talk{config};
    EXPECT_TRUE(talk.client(1).discover(as_phone).has(StepCode::member_of_class));
    EXPECT_FALSE(talk.client(2).discover(as_phone).has(StepCode::member_of_class));
    EXPECT_FALSE(talk.client(1).discover().has(StepCode::member_of_class));
}

// ---- what it chooses -----------------------------------------------------------------------------------------------------------

TEST(Class, DeniedIsNeverAnsweredAndTheDecisionSaysWhichClass)
{
    Config config = office();
    config.classes = {phones()};
    config.classes[0].deny = true;
    Conversation talk{config};
    auto a = talk.client(1);
    const Answer answer = a.discover(as_phone);
    EXPECT_TRUE(answer.silent());
    EXPECT_EQ(answer.decision.outcome, Outcome::silent);
    EXPECT_EQ(explain(answer.decision.steps.back()).text, "no answer: clients of class \"phones\" are denied");
    EXPECT_TRUE(a.select(address("192.168.1.100"), as_phone).silent());
    EXPECT_TRUE(a.inform(address("192.168.1.20"), as_phone).silent());
    EXPECT_EQ(a.discover().type(), MessageType::offer) << "the same card as something else";
    EXPECT_EQ(talk.server.count(StepCode::denied_by_class), 3U);
}

TEST(Class, ADeniedClientsReleaseIsHeard)
{
    Config config = office();
    config.classes = {phones()};
    config.classes[0].deny = true;
    Conversation talk{config};
    auto a = talk.client(1);
    const auto mine = a.dora();
    a.release(mine, as_phone);
    EXPECT_EQ(talk.state("192.168.1.100"), LeaseState::released);
}

TEST(Class, ChoosesTheLeaseTimeAndTheLastOneWins)
{
    Config config = office();
    config.classes = {phones(), phones()};
    config.classes[1].name = "more phones";
    config.classes[0].lease_seconds = 600;
    config.classes[1].lease_seconds = 1200;
    Conversation talk{config};
    const Answer offer = talk.client(1).discover(as_phone);
    EXPECT_EQ(offer.message->options.u32(option::lease_time), 1200U);
    EXPECT_EQ(offer.message->options.u32(option::renewal_time), 600U);
    EXPECT_EQ(talk.client(2).discover().message->options.u32(option::lease_time), 3600U);
}

/// Who is given a short lease as a guest does not get a long one by asking.
TEST(Class, ItsLeaseTimeIsTheMostItsClientsGet)
{
    Config config = office();
    config.classes = {phones()};
    config.classes[0].lease_seconds = 120;
    Conversation talk{config};
    const auto asking = [](std::uint32_t seconds) {
        return [seconds](wire::Message& m) {
            as_phone(m);
            m.options.set_u32(option::lease_time, seconds);
        };
    };
    const auto granted = [&](std::uint32_t seconds) {
        return talk.client(1).discover(asking(seconds)).message->options.u32(option::lease_time);
    };
    EXPECT_EQ(granted(86'400), 120U);
    EXPECT_EQ(granted(kInfiniteSeconds), 120U);
    EXPECT_EQ(granted(90), 90U);
    EXPECT_EQ(granted(1), 60U) << "the subnet's least";
}

TEST(Class, MayNameBoundsOfItsOwn)
{
    struct Case {
        const char* what;
        std::optional<std::uint32_t> lease, least, most;
        std::uint32_t unasked, asked_1, asked_2000, asked_for_ever; // within the subnet's 60, 3600, 86400
    };
    const Case cases[]{
        {"a most above its lease time", 600, {}, 7200, 600, 60, 2000, 7200},
        {"a most alone", {}, {}, 1200, 1200, 60, 1200, 1200},
        {"a most beyond the subnet's", {}, {}, 604'800, 3600, 60, 2000, 604'800},
        {"no end", {}, {}, kInfiniteSeconds, 3600, 60, 2000, kInfiniteSeconds},
        {"a least", 600, 300, {}, 600, 300, 600, 600},
        {"a least alone", {}, 7200, {}, 7200, 7200, 7200, 86400},
        {"one time only", 600, 600, 600, 600, 600, 600, 600},
        {"a most below the subnet's least", {}, {}, 30, 30, 30, 30, 30},
    };
    for (const Case& c : cases) {
        Config config = office();
        config.classes = {phones()};
        config.classes[0].lease_seconds = c.lease;
        config.classes[0].min_lease_seconds = c.least;
        config.classes[0].max_lease_seconds = c.most;
        Conversation talk{config};
        const auto granted = [&](std::optional<std::uint32_t> seconds) {
            const Answer offer = talk.client(1).discover([seconds](wire::Message& m) {
                as_phone(m);
                if (seconds) m.options.set_u32(option::lease_time, *seconds);
            });
            return offer.message->options.u32(option::lease_time).value_or(0);
        };
        EXPECT_EQ(granted({}), c.unasked) << c.what;
        EXPECT_EQ(granted(1), c.asked_1) << c.what;
        EXPECT_EQ(granted(2000), c.asked_2000) << c.what;
        EXPECT_EQ(granted(kInfiniteSeconds), c.asked_for_ever) << c.what;
        EXPECT_EQ(talk.client(2).discover().message->options.u32(option::lease_time), 3600U) << "who is of no class";
    }
}

TEST(Class, OfSeveralTheLastThatNamesABoundWins)
{
    Config config = office();
    config.classes = {phones(), phones()};
    config.classes[1].name = "more phones";
    config.classes[0].max_lease_seconds = 7200;
    config.classes[0].lease_seconds = 900;
    config.classes[1].max_lease_seconds = 1800;
    Conversation talk{config};
    const Answer offer = talk.client(1).discover([](wire::Message& m) {
        as_phone(m);
        m.options.set_u32(option::lease_time, 86'400);
    });
    EXPECT_EQ(offer.message->options.u32(option::lease_time), 1800U);
}

Config with_class_pool()
{
    Config config = office();
    config.classes = {phones()};
    config.subnets[0].pools = {range("192.168.1.100-192.168.1.102"), {range("192.168.1.200-192.168.1.201"), "phones"}};
    return config;
}

TEST(ClassPool, IsForMembersOnly)
{
    Conversation talk{with_class_pool()};
    for (std::uint32_t i = 1; i <= 3; ++i)
        EXPECT_EQ(talk.client(i).dora(), address("192.168.1.99") + i);
    const Answer fourth = talk.client(4).discover();
    EXPECT_TRUE(fourth.silent());
    EXPECT_TRUE(fourth.has(StepCode::pool_exhausted));
}

TEST(ClassPool, MembersTryItFirstAndOpenPoolsThen)
{
    Conversation talk{with_class_pool()};
    EXPECT_EQ(talk.client(1).dora(as_phone), address("192.168.1.200"));
    EXPECT_EQ(talk.client(2).dora(as_phone), address("192.168.1.201"));
    EXPECT_EQ(talk.client(3).dora(as_phone), address("192.168.1.100"));
}

TEST(ClassPool, AnAddressOfItIsRefusedToAStrangerThatAsksForIt)
{
    Conversation talk{with_class_pool()};
    const Answer offer = talk.client(1).discover(
        [](wire::Message& m) { m.options.set_address(option::requested_address, address("192.168.1.200")); });
    EXPECT_EQ(offer.yiaddr(), address("192.168.1.100"));
    EXPECT_THAT(offer.addresses(StepCode::candidate_of_class), ElementsAre(address("192.168.1.200")));
    EXPECT_EQ(talk.client(2).select(address("192.168.1.200")).type(), MessageType::nak);
}

TEST(ClassPool, AClientThatIsNoMemberAnyMoreHasToMove)
{
    Conversation talk{with_class_pool()};
    auto a = talk.client(1);
    const auto mine = a.dora(as_phone);
    EXPECT_EQ(a.renew(mine, as_phone).type(), MessageType::ack);
    EXPECT_EQ(a.renew(mine).type(), MessageType::nak);
    EXPECT_EQ(a.dora(), address("192.168.1.100"));
    EXPECT_EQ(talk.state("192.168.1.200"), LeaseState::released) << "one address a client";
}

TEST(ClassPool, ItsFormerLeasesAreReclaimedByItsMembersOnlyOldestFirst)
{
    Config config = with_class_pool();
    config.subnets[0].pools = {range("192.168.1.100"), {range("192.168.1.200-192.168.1.201"), "phones"}};
    Conversation talk{config};
    EXPECT_EQ(talk.client(1).dora(as_phone), address("192.168.1.200"));
    talk.wait(1s);
    EXPECT_EQ(talk.client(2).dora(), address("192.168.1.100"));
    talk.wait(1s);
    EXPECT_EQ(talk.client(3).dora(as_phone), address("192.168.1.201"));
    talk.wait(std::chrono::hours{2});
    EXPECT_EQ(talk.client(4).dora(), address("192.168.1.100")) << "the oldest of the open pool, not the oldest of all";
    EXPECT_EQ(talk.client(5).dora(as_phone), address("192.168.1.200"));
    EXPECT_EQ(talk.client(6).dora(as_phone), address("192.168.1.201"));
    EXPECT_TRUE(talk.client(7).discover(as_phone).silent());
}

TEST(ClassPool, MembersReclaimTheOldestOfAllThatIsOpenToThem)
{
    Config config = with_class_pool();
    config.subnets[0].pools = {range("192.168.1.100"), {range("192.168.1.200"), "phones"}};
    Conversation talk{config};
    talk.client(1).dora();
    talk.wait(1s);
    talk.client(2).dora(as_phone);
    talk.wait(std::chrono::hours{2});
    EXPECT_EQ(talk.client(3).dora(as_phone), address("192.168.1.100"));
    EXPECT_EQ(talk.client(4).dora(as_phone), address("192.168.1.200"));
}

TEST(ClassPool, AReservationInItHoldsForAnybody)
{
    Config config = with_class_pool();
    config.subnets[0].reservations = {{address("192.168.1.200"), HardwareAddress::of(mac(9))}};
    Conversation talk{config};
    EXPECT_EQ(talk.client(9).dora(), address("192.168.1.200"));
    EXPECT_EQ(talk.client(1).dora(as_phone), address("192.168.1.201"));
}

TEST(ClassPool, StaleQueueItemsOfAReusedRecordDoNotCrossPools)
{
    Config config = with_class_pool();
    config.subnets[0].pools = {range("192.168.1.100-192.168.1.101"), {range("192.168.1.200-192.168.1.201"), "phones"}};
    Conversation talk{config};
    int given = 0;
    for (int round = 0; round < 50; ++round) {
        for (std::uint32_t i = 1; i <= 4; ++i) {
            auto a = talk.client(10 + i + static_cast<std::uint32_t>(round % 3) * 4);
            const auto mine = i % 2 == 0 ? a.dora(as_phone) : a.dora();
            ASSERT_TRUE(i % 2 == 0 || mine < address("192.168.1.200")) << round;
            given += !mine.is_unspecified();
            if (round % 2 == 0) a.release(mine);
        }
        talk.wait(std::chrono::hours{2});
    }
    EXPECT_GT(given, 150);
}

} // namespace
} // namespace dorascope::server
