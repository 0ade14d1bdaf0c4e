// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/message.h"
#include "tests/support/allocations.h"
#include "tests/support/raw_message.h"

#include <gtest/gtest.h>
#include <random>

namespace dorascope::wire {
namespace {

using test::RawMessage;

RawMessage discover()
{
    RawMessage raw;
    raw.type(MessageType::discover).option(50, {192, 168, 1, 100}).option(55, {1, 3, 6}).end();
    return raw;
}

void expect_error(std::span<const std::byte> payload, ParseCode code, std::size_t offset, int option = 0)
{
    const auto result = parse(payload);
    ASSERT_FALSE(result);
    EXPECT_EQ(to_string(result.error().code), to_string(code));
    EXPECT_EQ(result.error().offset, offset);
    EXPECT_EQ(result.error().option, option);
}

TEST(Parse, ReadsEveryHeaderField)
{
    auto raw = discover();
    raw.octet(0, 2).octet(1, 6).octet(2, 16).octet(3, 7).octet(8, 1).octet(9, 2).octet(10, 0x80);
    raw.word(12, 0x0a000001).word(16, 0x0a000002).word(20, 0x0a000003).word(24, 0x0a000004).octet(43, 0xee);
    raw.octet(44, 's').octet(108, 'f').octet(109, 'g');
    const auto message = parse(raw);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->op, 2);
    EXPECT_EQ(message->htype, 6);
    EXPECT_EQ(message->hlen, 16);
    EXPECT_EQ(message->hops, 7);
    EXPECT_EQ(message->xid, 0x3903f326U);
    EXPECT_EQ(message->secs, 0x0102);
    EXPECT_TRUE(message->broadcast());
    EXPECT_EQ(message->ciaddr.to_string(), "10.0.0.1");
    EXPECT_EQ(message->yiaddr.to_string(), "10.0.0.2");
    EXPECT_EQ(message->siaddr.to_string(), "10.0.0.3");
    EXPECT_EQ(message->giaddr.to_string(), "10.0.0.4");
    EXPECT_EQ(message->hardware().to_string(), "02:00:00:00:00:01:00:00:00:00:00:00:00:00:00:ee");
    EXPECT_EQ(message->sname, "s");
    EXPECT_EQ(message->file, "fg");
    EXPECT_EQ(message->type(), MessageType::discover);
    EXPECT_EQ(message->options.address(50)->to_string(), "192.168.1.100");
    EXPECT_EQ(message->options.size(), 3U);
}

TEST(Parse, SnameAndFileMayFillTheirFields)
{
    auto raw = discover();
    for (std::size_t i = 44; i < 236; ++i)
        raw.octet(i, 'x');
    const auto message = parse(raw);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->sname, std::string(64, 'x'));
    EXPECT_EQ(message->file, std::string(128, 'x'));
}

TEST(Parse, SaysWhatIsWrongAndWhere)
{
    const auto good = discover();
    expect_error({}, ParseCode::too_short, 0);
    expect_error(std::span{good.bytes()}.first(239), ParseCode::too_short, 239);
    expect_error(discover().octet(0, 0), ParseCode::bad_op, 0);
    expect_error(discover().octet(0, 3), ParseCode::bad_op, 0);
    expect_error(discover().octet(2, 17), ParseCode::bad_hlen, 2);
    expect_error(discover().octet(239, 0), ParseCode::bad_cookie, 236);
    expect_error(RawMessage{}.type(MessageType::discover).raw({12}), ParseCode::option_overruns, 243, 12);
    expect_error(RawMessage{}.type(MessageType::discover).raw({12, 1}), ParseCode::option_overruns, 243, 12);
    expect_error(RawMessage{}.raw({12, 3, 'a', 'b'}), ParseCode::option_overruns, 240, 12);
    expect_error(RawMessage{}.raw({255}).raw({}).octet(236, 0), ParseCode::bad_cookie, 236);
}

TEST(BootpLegacy, MalformedCookieHardwareLengthAndOpAreRefusedWithAReason)
{
    EXPECT_EQ(parse(discover().octet(236, 0)).error().code, ParseCode::bad_cookie);
    EXPECT_EQ(parse(discover().octet(2, 255)).error().code, ParseCode::bad_hlen);
    EXPECT_EQ(parse(discover().octet(0, 255)).error().code, ParseCode::bad_op);
}

TEST(BootpLegacy, ARequestWithoutMessageTypeIsReadAndHasNone)
{
    const auto message = parse(RawMessage{}.option(12, {'p'}).end().pad_to(300));
    ASSERT_TRUE(message);
    EXPECT_EQ(message->type(), MessageType::none);
}

TEST(Parse, AMissingEndIsTolerated)
{
    const auto message = parse(RawMessage{}.type(MessageType::discover));
    ASSERT_TRUE(message);
    EXPECT_EQ(message->type(), MessageType::discover);
    EXPECT_TRUE(parse(RawMessage{})) << "cookie and nothing else";
}

TEST(Parse, PadIsSkippedAndWhatFollowsEndIsIgnored)
{
    const auto message =
        parse(RawMessage{}.raw({0, 0, 0}).type(MessageType::ack).raw({0}).option(12, {'a'}).end().raw({12, 200}));
    ASSERT_TRUE(message);
    EXPECT_EQ(message->options.size(), 2U);
    EXPECT_EQ(message->options.text(12), "a");
}

TEST(Parse, MessageTypeOfTheWrongLengthIsNone)
{
    EXPECT_EQ(parse(RawMessage{}.option(53, {1, 1}).end())->type(), MessageType::none);
    EXPECT_EQ(parse(RawMessage{}.option(53, {1}).option(53, {3}).end())->type(), MessageType::none);
}

TEST(Rfc3396, RepeatedOptionsAreJoinedInTheOrderOptionsFileSname)
{
    RawMessage raw;
    raw.option(56, {'a'}).option(52, {3}).option(12, {'h'}).option(56, {'b'}).end();
    raw.in_sname().option(56, {'e'}).option(12, {'s'}).end();
    raw.in_file().option(56, {'c'}).option(56, {'d'}).end();
    const auto message = parse(raw);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->options.text(56), "abcde");
    EXPECT_EQ(message->options.text(12), "hs");
    EXPECT_EQ(message->options.size(), 2U);
    EXPECT_EQ(message->options.at(0).code, 56);
    EXPECT_EQ(message->sname, "");
    EXPECT_EQ(message->file, "");
}

TEST(Rfc3396, ManyPiecesOfAnyOrderAreJoinedRight)
{
    std::mt19937 random{3396};
    for (int round = 0; round < 200; ++round) {
        RawMessage raw;
        std::array<std::vector<std::byte>, 256> expected;
        for (int i = 0; i < 60; ++i) {
            const auto code = static_cast<std::uint8_t>(100 + random() % 6);
            test::Bytes data(random() % 12);
            for (auto& b : data)
                b = static_cast<std::byte>(random());
            raw.option(code, data);
            expected[code].insert(expected[code].end(), data.begin(), data.end());
        }
        const auto message = parse(raw.end());
        ASSERT_TRUE(message);
        for (std::size_t i = 0; i < message->options.size(); ++i) {
            const auto each = message->options.at(i);
            ASSERT_TRUE(std::ranges::equal(each.data, expected[each.code]));
        }
    }
}

TEST(Rfc3396, TheLargestDatagramFullOfPiecesIsRead)
{
    RawMessage raw;
    std::size_t pieces = 0;
    while (raw.bytes().size() + 3 < 65507)
        raw.option(pieces++ % 2 == 0 ? 100 : 101, {1});
    const auto message = parse(raw);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->options.find(100)->size() + message->options.find(101)->size(), pieces);
}

TEST(Overload, FileAndSnameHoldOptionsWhenOption52SaysSo)
{
    RawMessage raw;
    raw.type(MessageType::offer).option(52, {1}).end();
    raw.in_file().option(15, {'x'}).end();
    raw.octet(44, 'n');
    const auto file_only = parse(raw);
    ASSERT_TRUE(file_only);
    EXPECT_EQ(file_only->options.text(15), "x");
    EXPECT_EQ(file_only->sname, "n");
    EXPECT_FALSE(file_only->options.has(52));

    RawMessage other;
    other.option(52, {2}).end().octet(108, 'f');
    other.in_sname().option(15, {'y'}).end();
    const auto sname_only = parse(other);
    ASSERT_TRUE(sname_only);
    EXPECT_EQ(sname_only->options.text(15), "y");
    EXPECT_EQ(sname_only->file, "f");
}

TEST(Overload, InvalidOrRepeatedIsRefused)
{
    expect_error(RawMessage{}.option(52, {0}).end(), ParseCode::bad_overload, 240, 52);
    expect_error(RawMessage{}.option(52, {4}).end(), ParseCode::bad_overload, 240, 52);
    expect_error(RawMessage{}.option(52, {}).end(), ParseCode::bad_overload, 240, 52);
    expect_error(RawMessage{}.option(52, {1, 1}).end(), ParseCode::bad_overload, 240, 52);
    expect_error(RawMessage{}.option(52, {1}).option(52, {1}).end(), ParseCode::bad_overload, 243, 52);
    RawMessage nested;
    nested.option(52, {1}).end().in_file().option(52, {2}).end();
    expect_error(nested, ParseCode::bad_overload, 108, 52);
}

TEST(Overload, AnOptionMayNotLeaveItsField)
{
    RawMessage raw;
    raw.option(52, {1}).end();
    raw.octet(108, 12).octet(109, 127); // 2 + 127 octets in a field of 128
    expect_error(raw, ParseCode::option_overruns, 108, 12);
}

TEST(Rfc6842, AClientIdentifierIsReadAsItIsWhateverTheMessage)
{
    const auto id = test::hex("ff a1b2c3d4 0001 0001 2a3b4c5d 020000000001");
    for (const auto type : {MessageType::discover, MessageType::offer, MessageType::ack, MessageType::nak}) {
        const auto message = parse(RawMessage{}.type(type).option(61, id).end());
        ASSERT_TRUE(message);
        EXPECT_TRUE(std::ranges::equal(*message->options.find(61), id));
    }
    EXPECT_EQ(parse(RawMessage{}.option(61, {}).end())->options.find(61)->size(), 0U);
}

TEST(Parse, IntoAReusedMessageAllocatesNothingAndLeavesNothingBehind)
{
    RawMessage full;
    full.type(MessageType::request).option(12, test::text("a-host-name-of-some-length")).option(55, {1, 3, 6, 15}).end();
    full.octet(44, 's').octet(108, 'f');
    const auto plain = discover();
    Message message;
    ASSERT_TRUE(parse_into(full, message));
    ASSERT_TRUE(parse_into(plain, message));
    EXPECT_EQ(test::allocations_of([&] {
                  for (int i = 0; i < 100; ++i) {
                      (void)parse_into(full, message);
                      (void)parse_into(plain, message);
                  }
              }),
              0U);
    EXPECT_EQ(message, *parse(plain));
}

TEST(Parse, RubbishNeverBreaksIt)
{
    std::mt19937 random{1};
    Message message;
    int read = 0;
    for (int i = 0; i < 40000; ++i) {
        auto bytes = discover().bytes();
        if (i % 3 == 0) bytes.resize(random() % 400);
        for (auto& b : std::span{bytes}.subspan(std::min<std::size_t>(bytes.size(), 240)))
            b = static_cast<std::byte>(random() % 64);
        for (unsigned n = random() % 4; n > 0 && !bytes.empty(); --n)
            bytes[random() % bytes.size()] = static_cast<std::byte>(random());
        const auto result = parse_into(bytes, message);
        if (result) {
            ++read;
            ASSERT_LE(message.hlen, 16);
        } else {
            ASSERT_LE(result.error().offset, bytes.size());
        }
    }
    EXPECT_GT(read, 100);
}

} // namespace
} // namespace dorascope::wire
