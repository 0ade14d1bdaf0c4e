// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/hex.h"

#include <gtest/gtest.h>

namespace dorascope::wire {
namespace {

using Octets = std::vector<std::uint8_t>;

TEST(Hex, IsWrittenInSmallLettersWithOrWithoutASeparator)
{
    const Octets octets{0x01, 0xab, 0xf0};
    EXPECT_EQ(to_hex(octets), "01abf0");
    EXPECT_EQ(to_hex(octets, ':'), "01:ab:f0");
    EXPECT_EQ(to_hex(std::as_bytes(std::span{octets}), '-'), "01-ab-f0");
    EXPECT_EQ(to_hex(Octets{}, ':'), "");
}

TEST(Hex, IsReadInEveryWayThatPeopleWriteIt)
{
    const Octets octets{0x01, 0xab, 0xf0};
    for (const auto* text : {"01abf0", "01:ab:f0", "01-AB-F0", "01 ab f0", "01ab:f0"})
        EXPECT_EQ(from_hex(text), octets) << text;
    EXPECT_EQ(from_hex(""), Octets{});
}

TEST(Hex, IsRefusedWhereItIsNotPairsOfDigits)
{
    for (const auto* text : {"0", "01:", ":01", "01::02", "01  02", "0g", "01,02", "0x01", "01:2"})
        EXPECT_EQ(from_hex(text), std::nullopt) << text;
}

TEST(Hex, EveryOctetComesBack)
{
    Octets all(256);
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = static_cast<std::uint8_t>(i);
    EXPECT_EQ(from_hex(to_hex(all)), all);
    EXPECT_EQ(from_hex(to_hex(all, ':')), all);
}

} // namespace
} // namespace dorascope::wire
