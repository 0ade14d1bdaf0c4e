// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/message.h"
#include "tests/support/allocations.h"
#include "tests/support/raw_message.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace dorascope::wire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

int at(const Buffer& out, std::size_t i) { return std::to_integer<int>(out.at(i)); }

Message offer()
{
    Message m;
    m.op = 2;
    m.xid = 0x3903f326;
    m.flags = kBroadcastFlag;
    m.yiaddr = Ipv4Address::from_octets(192, 168, 1, 101);
    m.set_hardware(HardwareAddress::of(*MacAddress::parse("8c:79:f5:11:02:5e")));
    m.options.set_u8(option::message_type, 2);
    m.options.set_address(option::server_identifier, Ipv4Address::from_octets(192, 168, 1, 1));
    m.options.set_u32(option::lease_time, 3600);
    m.options.set_address(option::subnet_mask, Ipv4Address::from_octets(255, 255, 255, 0));
    return m;
}

/// The codes behind the cookie, in wire order, up to END; the position of END in `end`.
std::vector<int> codes(const Buffer& out, std::size_t begin, std::size_t limit, std::size_t* end = nullptr)
{
    std::vector<int> all;
    auto i = begin;
    while (i < limit && at(out, i) != 255) {
        if (at(out, i) == 0) {
            ++i;
            continue;
        }
        all.push_back(at(out, i));
        i += 2 + static_cast<std::size_t>(at(out, i + 1));
    }
    EXPECT_LT(i, limit) << "no END";
    if (end != nullptr) *end = i;
    return all;
}

void add_text(Message& m, std::uint8_t code, std::size_t length) { m.options.set_text(code, std::string(length, 'x')); }

TEST(Emit, WritesTheFieldsWhereRfc2131PutsThem)
{
    auto m = offer();
    m.hops = 3;
    m.secs = 0x0102;
    m.ciaddr = {1};
    m.siaddr = {2};
    m.giaddr = {3};
    m.sname = "boot";
    m.file = "pxelinux.0";
    Buffer out;
    emit(m, {}, out);
    EXPECT_TRUE(std::ranges::equal(std::span{out}.first(44),
                                   test::hex("02010603 3903f326 01028000 00000001 c0a80165 00000002 00000003 8c79f511025e"
                                             "00000000000000000000")));
    EXPECT_TRUE(std::ranges::equal(std::span{out}.subspan(44, 5), test::hex("626f6f7400")));
    EXPECT_TRUE(std::ranges::equal(std::span{out}.subspan(108, 11), test::hex("7078656c696e75782e3000")));
    EXPECT_TRUE(std::ranges::equal(std::span{out}.subspan(236, 26),
                                   test::hex("63825363 350102 3604c0a80101 330400000e10 0104ffffff00 ff")));
}

TEST(BootpLegacy, RepliesHaveAtLeast300Octets)
{
    Buffer out;
    emit(offer(), {}, out);
    EXPECT_EQ(out.size(), 300U);
    EXPECT_TRUE(std::all_of(out.begin() + 262, out.end(), [](std::byte b) { return b == std::byte{0}; }));
    auto large = offer();
    add_text(large, 15, 100);
    emit(large, {}, out);
    EXPECT_EQ(out.size(), 262U + 102U) << "and no padding beyond that";
}

TEST(Rfc3396, OptionsOver255OctetsAreSplit)
{
    auto m = offer();
    add_text(m, 56, 600);
    EmitRules rules;
    rules.max_payload = 1472;
    Buffer out;
    EXPECT_THAT(emit(m, rules, out).left_out, IsEmpty());
    EXPECT_THAT(codes(out, 240, out.size()), ElementsAre(53, 54, 51, 1, 56, 56, 56));
    EXPECT_EQ(parse(out)->options.text(56)->size(), 600U);
}

TEST(Rfc3396, OfExactly255OctetsAreNot)
{
    auto m = offer();
    add_text(m, 56, 255);
    Buffer out;
    emit(m, {}, out);
    EXPECT_THAT(codes(out, 240, out.size()), ElementsAre(53, 54, 51, 1, 56));
    m.options.set_text(56, "");
    emit(m, {}, out);
    EXPECT_THAT(codes(out, 240, out.size()), ElementsAre(53, 54, 51, 1, 56));
    EXPECT_TRUE(parse(out)->options.has(56));
}

TEST(Option57, NeverBelow576AndNeverAboveWhatTheClientSays)
{
    EXPECT_EQ(emit_rules_for(std::nullopt).max_payload, 548U);
    EXPECT_EQ(emit_rules_for(0).max_payload, 548U);
    EXPECT_EQ(emit_rules_for(300).max_payload, 548U);
    EXPECT_EQ(emit_rules_for(576).max_payload, 548U);
    EXPECT_EQ(emit_rules_for(1500).max_payload, 1472U);
    for (const unsigned said : {0U, 576U, 600U, 800U, 1500U}) {
        auto m = offer();
        for (std::uint8_t code = 100; code < 112; ++code)
            add_text(m, code, 120);
        Buffer out;
        const auto rules = emit_rules_for(static_cast<std::uint16_t>(said));
        emit(m, rules, out);
        EXPECT_LE(out.size() + 28, std::max<std::size_t>(said, 576)) << said;
        EXPECT_TRUE(parse(out)) << said;
    }
}

TEST(Overload, FileAndSnameTakeWhatDoesNotFit)
{
    auto m = offer();
    add_text(m, 15, 200);
    add_text(m, 17, 100);
    add_text(m, 12, 50);
    Buffer out;
    const auto result = emit(m, {}, out);
    EXPECT_TRUE(result.overloaded);
    EXPECT_THAT(result.left_out, IsEmpty());
    EXPECT_LE(out.size(), 548U);
    EXPECT_THAT(codes(out, 240, out.size()), ElementsAre(53, 54, 51, 1, 15, 12, 52));
    EXPECT_THAT(codes(out, 108, 236), ElementsAre(17));
    const auto back = parse(out);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->options.size(), m.options.size());
    EXPECT_EQ(back->options.text(17)->size(), 100U);
}

TEST(Overload, FieldsInUseAreLeftAlone)
{
    auto m = offer();
    m.file = "pxelinux.0";
    add_text(m, 15, 200);
    add_text(m, 17, 100);
    add_text(m, 12, 50);
    add_text(m, 40, 50);
    Buffer out;
    const auto result = emit(m, {}, out);
    const auto back = parse(out);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->file, "pxelinux.0");
    EXPECT_THAT(result.left_out, ElementsAre(17));
    EXPECT_THAT(codes(out, 44, 108), ElementsAre(40));
}

TEST(Overload, CanBeForbidden)
{
    auto m = offer();
    for (std::uint8_t code = 100; code < 104; ++code)
        add_text(m, code, 90);
    EmitRules rules;
    rules.may_overload = false;
    Buffer out;
    const auto result = emit(m, rules, out);
    EXPECT_FALSE(result.overloaded);
    EXPECT_THAT(result.left_out, ElementsAre(103));
    EXPECT_THAT(codes(out, 240, out.size()), ElementsAre(53, 54, 51, 1, 100, 101, 102));
}

TEST(Rfc3396, ASplitOptionMaySpanTheFieldsInOrder)
{
    auto m = offer();
    std::string long_text;
    for (int i = 0; i < 420; ++i)
        long_text += static_cast<char>('a' + i % 26);
    m.options.set_text(56, long_text);
    Buffer out;
    const auto result = emit(m, {}, out);
    EXPECT_THAT(result.left_out, IsEmpty());
    EXPECT_TRUE(result.overloaded);
    EXPECT_EQ(parse(out)->options.text(56), long_text);
}

TEST(Rfc3046, Option82IsLastWhereverItStood)
{
    auto m = offer();
    m.options.clear();
    m.options.set(82, test::hex("01020304"));
    m.options.set_u8(53, 5);
    m.options.set_text(12, "a");
    Buffer out;
    emit(m, {}, out);
    EXPECT_THAT(codes(out, 240, out.size()), ElementsAre(53, 12, 82));
}

TEST(Rfc3046, Option82IsNeverInOverloadedFields)
{
    for (std::size_t relay = 0; relay < 255; relay += 15) {
        auto m = offer();
        m.options.set(82, Buffer(relay, std::byte{7}));
        for (std::uint8_t code = 100; code < 106; ++code)
            add_text(m, code, 60);
        Buffer out;
        const auto result = emit(m, {}, out);
        ASSERT_TRUE(result.overloaded);
        EXPECT_EQ(codes(out, 240, out.size()).back(), 82);
        EXPECT_THAT(codes(out, 108, 236), testing::Not(testing::Contains(82)));
        const auto back = parse(out);
        ASSERT_TRUE(back);
        EXPECT_EQ(back->options.find(82)->size(), relay) << "echoed whole, or the relay cannot tell whose it is";
        EXPECT_EQ(back->type(), MessageType::offer);
    }
}

TEST(Rfc3046, AnOption82ThatLeavesNoRoomForTheEssentialsIsLeftOut)
{
    auto m = offer();
    m.options.set(82, Buffer(400, std::byte{7}));
    Buffer out;
    EXPECT_THAT(emit(m, {}, out).left_out, ElementsAre(82));
    EXPECT_EQ(parse(out)->type(), MessageType::offer);
}

TEST(Emit, StructuralCodesAmongTheOptionsAreNotWritten)
{
    auto m = offer();
    m.options.set_u8(52, 3);
    m.options.set_u8(0, 1);
    m.options.set_u8(255, 1);
    Buffer out;
    emit(m, {}, out);
    EXPECT_THAT(codes(out, 240, out.size()), ElementsAre(53, 54, 51, 1));
}

TEST(Emit, LongTextsAreCutAtTheirFields)
{
    auto m = offer();
    m.sname.assign(100, 's');
    m.file.assign(200, 'f');
    Buffer out;
    emit(m, {}, out);
    const auto back = parse(out);
    EXPECT_EQ(back->sname, std::string(64, 's'));
    EXPECT_EQ(back->file, std::string(128, 'f'));
    EXPECT_EQ(back->type(), MessageType::offer);
}

TEST(Emit, IntoAReusedBufferAllocatesNothing)
{
    auto m = offer();
    add_text(m, 15, 30);
    Buffer out;
    emit(m, {}, out);
    EXPECT_EQ(test::allocations_of([&] {
                  for (int i = 0; i < 100; ++i)
                      emit(m, {}, out);
              }),
              0U);
}

Message random_message(std::mt19937& random, std::size_t most)
{
    Message m;
    m.op = static_cast<std::uint8_t>(1 + random() % 2);
    m.htype = static_cast<std::uint8_t>(random());
    m.hlen = static_cast<std::uint8_t>(random() % 17);
    m.hops = static_cast<std::uint8_t>(random());
    m.xid = static_cast<std::uint32_t>(random());
    m.secs = static_cast<std::uint16_t>(random());
    m.flags = static_cast<std::uint16_t>(random());
    m.yiaddr = {static_cast<std::uint32_t>(random())};
    for (auto& b : m.chaddr)
        b = static_cast<std::byte>(random());
    if (random() % 3 == 0) m.sname.assign(1 + random() % 64, 's');
    if (random() % 3 == 0) m.file.assign(1 + random() % 128, 'f');
    for (auto n = random() % 12; n > 0; --n) {
        const auto code = static_cast<std::uint8_t>(1 + random() % 254);
        if (code == 52 || code == 82) continue;
        Buffer data(random() % most);
        for (auto& b : data)
            b = static_cast<std::byte>(random());
        m.options.set(code, data);
    }
    return m;
}

TEST(RoundTrip, WithRoomForEverythingTheSameMessageComesBack)
{
    std::mt19937 random{1};
    Buffer out;
    EmitRules rules;
    rules.max_payload = 65507;
    for (int i = 0; i < 5000; ++i) {
        const auto m = random_message(random, 700);
        ASSERT_THAT(emit(m, rules, out).left_out, IsEmpty());
        const auto back = parse(out);
        ASSERT_TRUE(back);
        ASSERT_EQ(*back, m);
    }
}

TEST(RoundTrip, WithLittleRoomEachOptionComesBackWholeOrIsNamedAsLeftOut)
{
    std::mt19937 random{2};
    Buffer out;
    int overloaded = 0;
    for (int i = 0; i < 5000; ++i) {
        auto m = random_message(random, 400);
        if (random() % 2 == 0) m.options.set(82, Buffer(random() % 300, std::byte{82}));
        const auto result = emit(m, {}, out);
        overloaded += result.overloaded ? 1 : 0;
        ASSERT_LE(out.size(), 548U);
        ASSERT_GE(out.size(), 300U);
        const auto back = parse(out);
        ASSERT_TRUE(back);
        ASSERT_EQ(back->sname, m.sname);
        ASSERT_EQ(back->file, m.file);
        ASSERT_EQ(back->options.size() + result.left_out.size(), m.options.size());
        for (std::size_t o = 0; o < m.options.size(); ++o) {
            const auto each = m.options.at(o);
            if (std::ranges::find(result.left_out, each.code) != result.left_out.end()) continue;
            ASSERT_TRUE(std::ranges::equal(*back->options.find(each.code), each.data)) << int{each.code};
        }
    }
    EXPECT_GT(overloaded, 500);
}

} // namespace
} // namespace dorascope::wire
