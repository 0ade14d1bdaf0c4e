// SPDX-License-Identifier: GPL-3.0-or-later
// What is not a request that a server may act on is dropped with a reason; floods meet bounds.
#include "tests/server/conversation.h"

#include <gmock/gmock.h>

namespace dorascope::server {
namespace {

wire::Buffer bytes_of(const wire::Message& m)
{
    wire::Buffer payload;
    wire::emit(m, {}, payload);
    return payload;
}

struct DroppedCase {
    const char* name;
    void (*spoil)(wire::Buffer&);
    StepCode why;
};
class Dropped : public testing::TestWithParam<DroppedCase> { };

TEST_P(Dropped, WithAReason)
{
    Conversation talk;
    wire::Buffer payload = bytes_of(talk.client(1).message(MessageType::discover));
    GetParam().spoil(payload);
    const Answer answer = talk.hear(payload);
    EXPECT_TRUE(answer.silent());
    EXPECT_EQ(answer.decision.outcome, Outcome::dropped);
    ASSERT_EQ(answer.decision.steps.size(), 1U);
    EXPECT_EQ(answer.decision.steps[0].code, GetParam().why);
    EXPECT_EQ(talk.server.lease_count(), 0U);
}

constexpr std::size_t kOptions = 240;
void set(wire::Buffer& b, std::size_t at, int value) { b[at] = static_cast<std::byte>(value); }

INSTANTIATE_TEST_SUITE_P(
    Packets, Dropped,
    testing::Values(DroppedCase{"Empty", [](wire::Buffer& b) { b.clear(); }, StepCode::malformed},
                    DroppedCase{"CutShort", [](wire::Buffer& b) { b.resize(239); }, StepCode::malformed},
                    DroppedCase{"BadCookie", [](wire::Buffer& b) { set(b, 236, 0); }, StepCode::malformed},
                    DroppedCase{"HlenOver16", [](wire::Buffer& b) { set(b, 2, 17); }, StepCode::malformed},
                    DroppedCase{"OptionOverruns",
                                [](wire::Buffer& b) {
                                    b.resize(kOptions + 2);
                                    set(b, kOptions + 1, 200);
                                },
                                StepCode::malformed},
                    DroppedCase{"AReply", [](wire::Buffer& b) { set(b, 0, 2); }, StepCode::not_bootrequest},
                    DroppedCase{"OpOfNothing", [](wire::Buffer& b) { set(b, 0, 9); }, StepCode::not_bootrequest},
                    DroppedCase{"PlainBootp", [](wire::Buffer& b) { set(b, kOptions, 255); }, StepCode::no_message_type},
                    DroppedCase{"AnOffer", [](wire::Buffer& b) { set(b, kOptions + 2, 2); }, StepCode::unexpected_type},
                    DroppedCase{"AType200", [](wire::Buffer& b) { set(b, kOptions + 2, 200); }, StepCode::unexpected_type},
                    DroppedCase{"NobodyAsking", [](wire::Buffer& b) { set(b, 2, 0); }, StepCode::no_client_address}),
    [](const auto& c) { return c.param.name; });

TEST(Hostile, AnIdentifierLongerThanOneOptionIsDropped)
{
    Conversation talk;
    auto a = talk.client_with_id(1, std::vector<std::uint8_t>(256, 7));
    EXPECT_TRUE(a.discover().has(StepCode::client_id_too_long));
    a.client_id.resize(255);
    EXPECT_EQ(a.dora(), address("192.168.1.100"));
    EXPECT_EQ(talk.server.lease(address("192.168.1.100"))->client.bytes, a.client_id);
}

TEST(Hostile, LongNamesAreCut)
{
    Conversation talk;
    talk.client(1).dora([](wire::Message& m) {
        m.options.set_text(wire::option::host_name, std::string(255, 'h'));
        m.options.set_text(wire::option::vendor_class_identifier, std::string(100, '\xff') + std::string(100, 'v'));
    });
    const auto lease = talk.server.lease(address("192.168.1.100"));
    EXPECT_EQ(lease->hostname, std::string(63, 'h'));
    EXPECT_EQ(lease->vendor_class, std::string(63, 'v'));
}

TEST(Hostile, AFloodOfClientsMeetsTheBoundOnOffers)
{
    Config config = config_of(subnet("10.0.0.0/16", "10.0.1.0-10.0.200.0"));
    config.max_offers = 100;
    Conversation talk{config};
    talk.local = address("10.0.0.2");
    auto known = talk.client(5000);
    const auto mine = known.dora();
    for (std::uint32_t i = 1; i <= 100; ++i)
        EXPECT_FALSE(talk.client(i).discover().silent());
    const Answer refused = talk.client(101).discover();
    EXPECT_TRUE(refused.silent());
    EXPECT_EQ(refused.decision.steps.back().code, StepCode::offers_exhausted);
    EXPECT_EQ(talk.server.lease_count(), 101U);
    EXPECT_EQ(known.discover().yiaddr(), mine) << "a client with a lease is not shut out";
    EXPECT_FALSE(talk.client(7).discover().silent()) << "nor one that repeats itself";
    talk.wait(30s);
    EXPECT_FALSE(talk.client(101).discover().silent());
}

TEST(Hostile, OneClientTakingAndReleasingForEverCostsNoMemory)
{
    Conversation talk;
    auto a = talk.client(1);
    const auto cycle = [&] {
        const auto mine = a.dora();
        talk.wait(31s);
        a.release(mine);
        a.discover();
        talk.wait(31s);
    };
    for (int i = 0; i < 200; ++i)
        cycle();
    const std::size_t after_some = talk.server.memory_used();
    for (int i = 0; i < 2000; ++i)
        cycle();
    EXPECT_EQ(talk.server.memory_used(), after_some);
    EXPECT_EQ(talk.server.lease_count(), 1U);
}

TEST(Hostile, OneClientAskingForEveryAddressHoldsOne)
{
    Conversation talk;
    auto a = talk.client(1);
    for (std::uint32_t i = 100; i <= 200; ++i) {
        a.discover([&](wire::Message& m) {
            m.options.set_address(wire::option::requested_address,
                                  Ipv4Address::from_octets(192, 168, 1, static_cast<std::uint8_t>(i)));
        });
    }
    EXPECT_EQ(talk.use().offered, 1U);
    EXPECT_EQ(talk.server.lease_count(), 1U);
}

TEST(Hostile, TimeAtItsEndDoesNotOverflow)
{
    Conversation talk;
    talk.now = Instant::max() - 1s;
    auto a = talk.client(1);
    EXPECT_EQ(a.dora(), address("192.168.1.100"));
    EXPECT_EQ(talk.server.lease(address("192.168.1.100"))->expires, kNever);
}

} // namespace
} // namespace dorascope::server
