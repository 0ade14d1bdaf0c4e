// SPDX-License-Identifier: GPL-3.0-or-later
// The quick reading says the same as the full parse, and more where that refuses.
#include "capture/observe/reading.h"

#include "engine/wire/cursor.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

namespace dorascope::observe {
namespace {

wire::Buffer payload(std::initializer_list<int> options)
{
    wire::Message message;
    message.xid = 7;
    message.set_hardware(HardwareAddress::of({{2, 0, 0, 0, 0, 1}}));
    wire::Buffer out;
    wire::emit(message, {}, out);
    out.resize(240);
    for (const auto octet : options)
        out.push_back(static_cast<std::byte>(octet));
    return out;
}

std::vector<int> data(const Reading& reading, Watched which)
{
    std::vector<int> octets;
    for (const auto b : reading.option(which))
        octets.push_back(std::to_integer<int>(b));
    return octets;
}

/// Every field and option that both know is the same.
void expect_agreement(std::span<const std::byte> bytes)
{
    Reader reader;
    const Reading reading = reader.read(bytes);
    const auto message = wire::parse(bytes);
    ASSERT_EQ(reading.malformed, !message.has_value());
    if (!message) return;
    EXPECT_TRUE(reading.identified);
    EXPECT_EQ(reading.op, message->op);
    EXPECT_EQ(reading.xid, message->xid);
    EXPECT_EQ(reading.flags, message->flags);
    EXPECT_EQ(reading.ciaddr, message->ciaddr);
    EXPECT_EQ(reading.yiaddr, message->yiaddr);
    EXPECT_EQ(reading.giaddr, message->giaddr);
    EXPECT_EQ(reading.hardware, message->hardware());
    EXPECT_EQ(reading.type, message->type());
    EXPECT_EQ(reading.address(Watched::requested_address), message->options.address(wire::option::requested_address));
    EXPECT_EQ(reading.address(Watched::server_identifier), message->options.address(wire::option::server_identifier));
    EXPECT_EQ(reading.u32(Watched::lease_time), message->options.u32(wire::option::lease_time));
    const auto same = [&](Watched which, std::uint8_t code) {
        const auto mine = reading.option(which);
        const auto theirs = message->options.find(code).value_or(std::span<const std::byte>{});
        EXPECT_TRUE(std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end())) << int{code};
    };
    same(Watched::client_identifier, wire::option::client_identifier);
    same(Watched::host_name, wire::option::host_name);
    same(Watched::dns_servers, wire::option::dns_servers);
    same(Watched::client_fqdn, wire::option::client_fqdn);
}

TEST(Reading, JoinsOptionsInPieces)
{
    const auto bytes = payload({53, 1, 1, 12, 2, 'a', 'b', 12, 1, 'c', 255}); // RFC 3396
    Reader reader;
    const Reading reading = reader.read(bytes);
    EXPECT_EQ(data(reading, Watched::host_name), (std::vector<int>{'a', 'b', 'c'}));
    EXPECT_EQ(reading.type, MessageType::discover);
    expect_agreement(bytes);
}

TEST(Reading, ReadsOverloadedFields)
{
    auto bytes = payload({52, 1, 1, 255});
    const int in_file[] = {53, 1, 5, 51, 4, 0, 0, 14, 16, 255};
    std::transform(std::begin(in_file), std::end(in_file), bytes.begin() + 108, [](int v) { return static_cast<std::byte>(v); });
    Reader reader;
    const Reading reading = reader.read(bytes);
    EXPECT_EQ(reading.type, MessageType::ack);
    EXPECT_EQ(reading.u32(Watched::lease_time), 3600U);
    expect_agreement(bytes);
}

TEST(Reading, DoesNotReadBehindTheEnd)
{
    const auto bytes = payload({53, 1, 1, 255, 12, 1, 'x'});
    Reader reader;
    EXPECT_TRUE(reader.read(bytes).option(Watched::host_name).empty());
    expect_agreement(bytes);
}

TEST(Reading, TakesOptionsOfTheWrongLengthForNone)
{
    const auto bytes = payload({53, 2, 1, 1, 50, 3, 10, 0, 0, 51, 5, 0, 0, 0, 0, 1, 255});
    Reader reader;
    const Reading reading = reader.read(bytes);
    EXPECT_EQ(reading.type, MessageType::none);
    EXPECT_FALSE(reading.address(Watched::requested_address));
    EXPECT_FALSE(reading.u32(Watched::lease_time));
    EXPECT_FALSE(reading.malformed) << "that is for the dissection to say";
    expect_agreement(bytes);
}

TEST(Reading, AgreesWithTheParserOnRandomOptions)
{
    std::mt19937 random{11}; // NOLINT: the same on every run
    constexpr int kCodes[] = {0, 1, 3, 6, 12, 15, 50, 51, 52, 53, 54, 60, 61, 81, 255, 77};
    for (int round = 0; round < 20'000; ++round) {
        auto bytes = payload({});
        if (random() % 8 == 0) bytes[random() % 240] = static_cast<std::byte>(random() % 256);
        for (auto n = random() % 12; n > 0; --n) {
            bytes.push_back(static_cast<std::byte>(kCodes[random() % std::size(kCodes)]));
            if (random() % 40 == 0) continue;
            const auto length = random() % 6;
            bytes.push_back(static_cast<std::byte>(random() % 40 == 0 ? 200 : length));
            for (std::size_t i = 0; i < length; ++i)
                bytes.push_back(static_cast<std::byte>(random() % 8));
        }
        if (random() % 20 == 0) bytes.resize(random() % (bytes.size() + 1));
        expect_agreement(bytes);
        if (HasFailure()) FAIL() << "round " << round;
    }
}

} // namespace
} // namespace dorascope::observe
