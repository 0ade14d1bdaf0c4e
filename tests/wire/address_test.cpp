// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/address.h"
#include "engine/wire/message_type.h"

#include <gtest/gtest.h>

namespace dorascope {
namespace {

TEST(Ipv4, ReadsAndWritesDottedQuads)
{
    for (const auto* text : {"0.0.0.0", "10.0.0.1", "192.168.1.100", "255.255.255.255"}) {
        const auto address = Ipv4Address::parse(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(address->to_string(), text);
    }
    EXPECT_EQ(Ipv4Address::parse("192.168.1.100"), Ipv4Address::from_octets(192, 168, 1, 100));
}

TEST(Ipv4, RefusesWhatTwoReadersCouldTakeDifferently)
{
    for (const auto* text :
         {"", "1", "1.2.3", "1.2.3.", ".1.2.3", "1.2.3.4.", "1.2.3.4.5", "256.1.1.1", "010.0.0.1", "1.2.3.04", " 1.2.3.4",
          "1.2.3.4 ", "+1.2.3.4", "-1.2.3.4", "0x1.2.3.4", "1.2.3.4294967300", "1..2.3", "1,2,3,4"}) {
        EXPECT_FALSE(Ipv4Address::parse(text)) << text;
    }
    EXPECT_FALSE(Ipv4Address::parse(std::string_view{"1.2.3.4\0", 8}));
}

TEST(Ipv4, KnowsWhatAHostMayUse)
{
    EXPECT_TRUE(Ipv4Address::parse("192.168.1.1")->is_host());
    for (const auto* text : {"0.1.2.3", "127.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"}) {
        EXPECT_FALSE(Ipv4Address::parse(text)->is_host()) << text;
    }
}

TEST(Prefix, ReadsAndWrites)
{
    for (const auto* text : {"0.0.0.0/0", "10.0.0.0/8", "192.168.1.128/25", "192.168.1.1/32"}) {
        const auto prefix = Ipv4Prefix::parse(text);
        ASSERT_TRUE(prefix) << text;
        EXPECT_EQ(prefix->to_string(), text);
    }
}

TEST(Prefix, RefusesHostBitsAndNonsense)
{
    for (const auto* text :
         {"192.168.1.1/24", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/8/8", "/8", "10.0.0.0/-1"}) {
        EXPECT_FALSE(Ipv4Prefix::parse(text)) << text;
    }
}

TEST(Prefix, MaskAndBroadcast)
{
    const auto prefix = *Ipv4Prefix::parse("192.168.1.128/25");
    EXPECT_EQ(prefix.mask().to_string(), "255.255.255.128");
    EXPECT_EQ(prefix.broadcast().to_string(), "192.168.1.255");
    EXPECT_TRUE(prefix.contains(*Ipv4Address::parse("192.168.1.129")));
    EXPECT_FALSE(prefix.contains(*Ipv4Address::parse("192.168.1.127")));
    EXPECT_TRUE(Ipv4Prefix::of({}, 0).contains(kBroadcastAddress));
}

TEST(Prefix, LengthOfAMask)
{
    for (unsigned length = 0; length <= 32; ++length) {
        const auto mask = Ipv4Prefix::of(kBroadcastAddress, static_cast<std::uint8_t>(length)).mask();
        EXPECT_EQ(prefix_length(mask), length);
    }
    EXPECT_FALSE(prefix_length({0xff00ff00}));
    EXPECT_FALSE(prefix_length({1}));
}

TEST(Range, ReadsOneAddressOrTwo)
{
    EXPECT_EQ(Ipv4Range::parse("10.0.0.5")->size(), 1U);
    const auto range = *Ipv4Range::parse("192.168.1.100-192.168.1.200");
    EXPECT_EQ(range.size(), 101U);
    EXPECT_EQ(range.to_string(), "192.168.1.100-192.168.1.200");
    EXPECT_EQ(Ipv4Range::parse("0.0.0.0-255.255.255.255")->size(), 0x100000000ULL);
    for (const auto* text : {"", "-", "10.0.0.5-", "-10.0.0.5", "10.0.0.5-10.0.0.4", "10.0.0.1-10.0.0.2-10.0.0.3"}) {
        EXPECT_FALSE(Ipv4Range::parse(text)) << text;
    }
}

TEST(Mac, ReadsAndWrites)
{
    EXPECT_EQ(MacAddress::parse("3C:22:fb:0a:01:02")->to_string(), "3c:22:fb:0a:01:02");
    EXPECT_EQ(MacAddress::parse("3c-22-fb-0a-01-02")->to_string(), "3c:22:fb:0a:01:02");
    for (const auto* text : {"", "3c:22:fb:0a:01", "3c:22:fb:0a:01:0g", "3c:22:fb:0a:01-02", "3c22fb0a0102",
                             "3c:22:fb:0a:01:02:", "+1:22:fb:0a:01:02", "-1:22:fb:0a:01:02"}) {
        EXPECT_FALSE(MacAddress::parse(text)) << text;
    }
}

TEST(Hardware, ShowsSignificantOctetsOnly)
{
    const auto hw = HardwareAddress::of(*MacAddress::parse("3c:22:fb:0a:01:02"));
    EXPECT_EQ(hw.to_string(), "3c:22:fb:0a:01:02");
    EXPECT_EQ(hw.mac(), MacAddress::parse("3c:22:fb:0a:01:02"));
    EXPECT_EQ((HardwareAddress{32, 0, {}}).to_string(), "");
    EXPECT_FALSE((HardwareAddress{32, 6, {}}).mac());
}

TEST(MessageTypes, HaveTheNamesOfTheRfcs)
{
    EXPECT_EQ(rfc_name(MessageType::discover), "DHCPDISCOVER");
    EXPECT_EQ(rfc_name(MessageType::nak), "DHCPNAK");
    EXPECT_EQ(rfc_name(MessageType::lease_active), "DHCPLEASEACTIVE");
    EXPECT_EQ(rfc_name(MessageType::none), "BOOTP");
    EXPECT_EQ(rfc_name(static_cast<MessageType>(18)), "DHCPTLS");
    EXPECT_EQ(rfc_name(static_cast<MessageType>(19)), "unassigned");
    EXPECT_EQ(short_name(MessageType::ack), "ACK");
    std::string letters;
    for (std::uint8_t type = 1; type <= 9; ++type)
        letters += letter(static_cast<MessageType>(type));
    EXPECT_EQ(letters, "DORXANLI?");
}

} // namespace
} // namespace dorascope
