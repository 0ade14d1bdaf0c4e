// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/icmp.h"

#include "engine/wire/cursor.h"
#include "engine/wire/framing.h"
#include "tests/support/raw_message.h"

#include <gtest/gtest.h>

namespace dorascope::wire {
namespace {

const EchoView kQuestion{EchoView::Type::request, Ipv4Address::from_octets(192, 168, 1, 1), Ipv4Address::from_octets(10, 9, 0, 7),
                         0x1234, 0xabcd};

Buffer packet(const EchoView& echo = kQuestion)
{
    Buffer out;
    make_ipv4_echo(echo, out);
    return out;
}

/// Another octet at `at`, and the checksums good again.
Buffer with(std::size_t at, std::uint8_t octet)
{
    auto made = packet();
    store_u8(made.data() + at, octet);
    store_u16(made.data() + 10, 0);
    store_u16(made.data() + 10, internet_checksum(std::span{made}.first(20)));
    store_u16(made.data() + 22, 0);
    store_u16(made.data() + 22, internet_checksum(std::span{made}.subspan(20)));
    return made;
}

TEST(Echo, Rfc792LayoutOctetByOctet)
{
    const auto made = packet();
    EXPECT_EQ(made,
              test::hex("45000024000000004001"
                        "af20" // ones' complement sum of the header
                        "c0a801010a090007"
                        "0800"
                        "39fe" // ones' complement sum of what follows, with itself zero
                        "1234abcd0000000000000000"));
}

TEST(Echo, IsReadBackAsItWasMade)
{
    for (const auto type : {EchoView::Type::request, EchoView::Type::reply}) {
        auto echo = kQuestion;
        echo.type = type;
        const auto read = parse_ipv4_echo(packet(echo));
        ASSERT_TRUE(read);
        EXPECT_EQ(read->type, type);
        EXPECT_EQ(read->source, kQuestion.source);
        EXPECT_EQ(read->destination, kQuestion.destination);
        EXPECT_EQ(read->identifier, 0x1234);
        EXPECT_EQ(read->sequence, 0xabcd);
    }
}

TEST(Echo, PaddingOfEthernetIsNotPartOfIt)
{
    auto padded = packet();
    padded.resize(46, std::byte{0xff});
    EXPECT_TRUE(parse_ipv4_echo(padded));
}

TEST(Echo, DamagedOrCutIsNothing)
{
    const auto good = packet();
    for (std::size_t length = 0; length < good.size(); ++length)
        EXPECT_FALSE(parse_ipv4_echo(std::span{good}.first(length))) << length;
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        auto damaged = good;
        damaged[bit / 8] ^= std::byte{1} << bit % 8;
        EXPECT_FALSE(parse_ipv4_echo(damaged)) << bit;
    }
}

TEST(Echo, OtherMessagesAreNothing)
{
    ASSERT_TRUE(parse_ipv4_echo(with(1, 0))) << "unchanged";
    EXPECT_FALSE(parse_ipv4_echo(with(0, 0x65))) << "no IPv4";
    EXPECT_FALSE(parse_ipv4_echo(with(0, 0x44))) << "a header of 16 octets";
    EXPECT_FALSE(parse_ipv4_echo(with(3, 27))) << "no room for the ICMP header";
    EXPECT_FALSE(parse_ipv4_echo(with(6, 0x20))) << "more fragments";
    EXPECT_FALSE(parse_ipv4_echo(with(7, 1))) << "a later fragment";
    EXPECT_FALSE(parse_ipv4_echo(with(9, 17))) << "UDP";
    EXPECT_FALSE(parse_ipv4_echo(with(20, 3))) << "destination unreachable";
    EXPECT_FALSE(parse_ipv4_echo(with(21, 1))) << "a code that echo does not have";
}

} // namespace
} // namespace dorascope::wire
