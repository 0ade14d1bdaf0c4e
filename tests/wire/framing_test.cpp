// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/framing.h"
#include "tests/support/raw_message.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

namespace dorascope::wire {
namespace {

using test::hex;

FrameSpec spec()
{
    FrameSpec s;
    s.source_mac = *MacAddress::parse("02:00:00:00:00:01");
    s.destination_mac = kBroadcastMac;
    s.source = Ipv4Address::from_octets(192, 168, 1, 1);
    s.destination = kBroadcastAddress;
    s.source_port = kServerPort;
    s.destination_port = kClientPort;
    return s;
}

Buffer frame(std::span<const std::byte> payload)
{
    Buffer out;
    make_udp_frame(spec(), payload, out);
    return out;
}

FrameCode code_of(std::span<const std::byte> packet)
{
    const auto view = parse_ipv4_udp(packet);
    EXPECT_FALSE(view);
    return view ? FrameCode{} : view.error().code;
}

TEST(Checksum, OfTheExampleInRfc1071)
{
    // RFC 1071 §3: the sum of 00 01 f2 03 f4 f5 f6 f7 is ddf2.
    EXPECT_EQ(internet_checksum(hex("0001f203f4f5f6f7")), static_cast<std::uint16_t>(~0xddf2));
    EXPECT_EQ(internet_checksum({}), 0xffff);
    EXPECT_EQ(internet_checksum(hex("0001f203f4f5f6f7220d")), 0) << "with its own checksum";
    EXPECT_EQ(internet_checksum(hex("ab")), internet_checksum(hex("ab00"))) << "odd lengths are padded";
}

TEST(InternetChecksum, IsThePlainSumWhateverTheLength)
{
    std::mt19937 random{11};
    for (std::size_t length = 0; length < 400; ++length) {
        Buffer bytes(length);
        for (auto& octet : bytes)
            octet = length % 3 == 0 ? std::byte{0xff} : static_cast<std::byte>(random());
        const std::uint32_t before = random() & 0xfffff;
        std::uint64_t plain = before;
        for (std::size_t i = 0; i < length; ++i)
            plain += static_cast<std::uint64_t>(std::to_integer<unsigned>(bytes[i])) << (i % 2 == 0 ? 8 : 0);
        while (plain > 0xffff)
            plain = (plain & 0xffff) + (plain >> 16);
        EXPECT_EQ(internet_checksum(bytes, before), static_cast<std::uint16_t>(~plain)) << length;
    }
}

TEST(Checksum, OfAKnownIpHeader)
{
    EXPECT_EQ(internet_checksum(hex("4500003c1c4640004006b1e6ac100a63ac100a0c")), 0);
    EXPECT_EQ(internet_checksum(hex("4500003c1c46400040060000ac100a63ac100a0c")), 0xb1e6);
}

TEST(UdpFrame, IsReadBackWithGoodChecksums)
{
    for (const std::size_t size : {0U, 1U, 2U, 300U, 548U, 1472U}) {
        const Buffer payload(size, std::byte{0xa5});
        const auto bytes = frame(payload);
        const auto ethernet = parse_ethernet(bytes);
        ASSERT_TRUE(ethernet);
        EXPECT_EQ(ethernet->destination, kBroadcastMac);
        EXPECT_EQ(ethernet->source.to_string(), "02:00:00:00:00:01");
        EXPECT_EQ(ethernet->ether_type, kEtherIpv4);
        const auto packet = std::span{bytes}.subspan(ethernet->payload_offset);
        const auto udp = parse_ipv4_udp(packet);
        ASSERT_TRUE(udp);
        EXPECT_EQ(udp->source.to_string(), "192.168.1.1");
        EXPECT_EQ(udp->destination, kBroadcastAddress);
        EXPECT_EQ(udp->source_port, 67);
        EXPECT_EQ(udp->destination_port, 68);
        EXPECT_EQ(udp->ttl, 64);
        EXPECT_EQ(udp->ip_checksum, Checksum::good);
        EXPECT_EQ(udp->udp_checksum, Checksum::good);
        EXPECT_FALSE(udp->cut);
        EXPECT_TRUE(std::ranges::equal(packet.subspan(udp->payload_offset, udp->payload_length), payload));
    }
}

TEST(UdpFrame, AChecksumOfZeroIsSentAsOnes)
{
    // Find a payload whose checksum is zero by taking the checksum of a frame into the payload.
    Buffer payload(2);
    auto bytes = frame(payload);
    payload = {bytes[14 + 20 + 6], bytes[14 + 20 + 7]};
    bytes = frame(payload);
    EXPECT_EQ(bytes[14 + 20 + 6], std::byte{0xff});
    EXPECT_EQ(bytes[14 + 20 + 7], std::byte{0xff});
    EXPECT_EQ(parse_ipv4_udp(std::span{bytes}.subspan(14))->udp_checksum, Checksum::good);
}

TEST(UdpPacket, ABrokenOctetShowsInItsChecksum)
{
    const auto good = frame(test::text("payload"));
    auto ip = Buffer(good.begin() + 14, good.end());
    ip[8] = std::byte{63}; // ttl
    EXPECT_EQ(parse_ipv4_udp(ip)->ip_checksum, Checksum::bad);
    EXPECT_EQ(parse_ipv4_udp(ip)->udp_checksum, Checksum::good);
    ip = Buffer(good.begin() + 14, good.end());
    ip.back() ^= std::byte{1};
    EXPECT_EQ(parse_ipv4_udp(ip)->ip_checksum, Checksum::good);
    EXPECT_EQ(parse_ipv4_udp(ip)->udp_checksum, Checksum::bad);
    EXPECT_EQ(parse_ipv4_udp(ip, true)->udp_checksum, Checksum::unverifiable) << "not filled in yet";
    ip[26] = ip[27] = std::byte{0};
    EXPECT_EQ(parse_ipv4_udp(ip)->udp_checksum, Checksum::absent);
}

TEST(UdpPacket, EthernetPaddingIsIgnored)
{
    auto bytes = frame(test::text("x"));
    bytes.resize(60);
    const auto udp = parse_ipv4_udp(std::span{bytes}.subspan(14));
    ASSERT_TRUE(udp);
    EXPECT_EQ(udp->payload_length, 1U);
    EXPECT_EQ(udp->udp_checksum, Checksum::good);
}

TEST(UdpPacket, CutByTheSnapLengthIsReadAsFarAsItGoes)
{
    const auto bytes = frame(Buffer(300));
    const auto udp = parse_ipv4_udp(std::span{bytes}.subspan(14, 100));
    ASSERT_TRUE(udp);
    EXPECT_TRUE(udp->cut);
    EXPECT_EQ(udp->payload_length, 72U);
    EXPECT_EQ(udp->udp_checksum, Checksum::unverifiable);
}

TEST(UdpPacket, IpOptionsAreSkipped)
{
    auto ip = hex("46000025 00000000 40110000 0a000001 0a000002 01010101 00430044 000d0000 68656c6c6f");
    const auto udp = parse_ipv4_udp(ip);
    ASSERT_TRUE(udp);
    EXPECT_EQ(udp->payload_offset, 32U);
    EXPECT_EQ(udp->payload_length, 5U);
}

TEST(UdpPacket, SaysWhatIsWrong)
{
    const auto good = hex("45000021 00000000 40110000 0a000001 0a000002 00430044 000d0000 68656c6c6f");
    ASSERT_TRUE(parse_ipv4_udp(good));
    const auto with = [&](std::size_t at, std::uint8_t value) {
        auto bytes = good;
        bytes[at] = std::byte{value};
        return bytes;
    };
    EXPECT_EQ(code_of({}), FrameCode::truncated);
    EXPECT_EQ(code_of(std::span{good}.first(19)), FrameCode::truncated);
    EXPECT_EQ(code_of(std::span{good}.first(27)), FrameCode::truncated);
    EXPECT_EQ(code_of(with(0, 0x65)), FrameCode::not_ipv4);
    EXPECT_EQ(code_of(with(0, 0x44)), FrameCode::bad_ip_header);
    EXPECT_EQ(code_of(with(3, 19)), FrameCode::bad_ip_header);
    EXPECT_EQ(code_of(with(3, 27)), FrameCode::bad_udp_length);
    EXPECT_EQ(code_of(with(6, 0x20)), FrameCode::fragment) << "more fragments";
    EXPECT_EQ(code_of(with(7, 1)), FrameCode::fragment) << "not the first";
    EXPECT_TRUE(parse_ipv4_udp(with(6, 0x40))) << "don't fragment is no fragment";
    EXPECT_EQ(code_of(with(9, 6)), FrameCode::not_udp);
    EXPECT_EQ(code_of(with(25, 7)), FrameCode::bad_udp_length);
    EXPECT_EQ(code_of(with(25, 14)), FrameCode::bad_udp_length) << "longer than the IP packet";
    EXPECT_EQ(parse_ipv4_udp(with(25, 10))->payload_length, 2U) << "shorter is the UDP length's right";
}

TEST(Ethernet, VlanTagsAreSkipped)
{
    const auto tagged = hex("ffffffffffff 020000000001 8100 0064 0800 45");
    const auto one = parse_ethernet(tagged);
    ASSERT_TRUE(one);
    EXPECT_EQ(one->ether_type, kEtherIpv4);
    EXPECT_EQ(one->vlan, 100);
    EXPECT_EQ(one->vlan_count, 1);
    EXPECT_EQ(one->payload_offset, 18U);
    const auto two = parse_ethernet(hex("ffffffffffff 020000000001 88a8 e00a 8100 6014 0806"));
    ASSERT_TRUE(two);
    EXPECT_EQ(two->vlan, 20);
    EXPECT_EQ(two->vlan_count, 2);
    EXPECT_EQ(two->ether_type, kEtherArp);
    EXPECT_FALSE(parse_ethernet(hex("ffffffffffff 020000000001 8100 00")));
    EXPECT_FALSE(parse_ethernet(hex("ffffffffffff 0200000000")));
}

TEST(Ethernet, EndlessTagsEnd)
{
    auto bytes = hex("ffffffffffff 020000000001");
    for (int i = 0; i < 1000; ++i) {
        const auto tag = hex("81000001");
        bytes.insert(bytes.end(), tag.begin(), tag.end());
    }
    const auto view = parse_ethernet(bytes);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->ether_type, kEtherVlan) << "left to the caller, who does not know it";
}

TEST(Arp, IsMadeAndReadBack)
{
    const ArpView asked{1,
                        *MacAddress::parse("02:00:00:00:00:01"),
                        {},
                        Ipv4Address::from_octets(10, 0, 0, 1),
                        Ipv4Address::from_octets(10, 0, 0, 2)};
    Buffer out;
    make_arp_frame(asked, kBroadcastMac, out);
    EXPECT_EQ(out.size(), 42U);
    const auto ethernet = parse_ethernet(out);
    EXPECT_EQ(ethernet->ether_type, kEtherArp);
    const auto arp = parse_arp(std::span{out}.subspan(14));
    ASSERT_TRUE(arp);
    EXPECT_EQ(arp->operation, 1);
    EXPECT_EQ(arp->sender_mac, asked.sender_mac);
    EXPECT_EQ(arp->sender, asked.sender);
    EXPECT_EQ(arp->target_mac, MacAddress{});
    EXPECT_EQ(arp->target, asked.target);
    EXPECT_EQ(parse_arp(std::span{out}.subspan(14, 27)).error().code, FrameCode::truncated);
    out[14] = std::byte{9};
    EXPECT_FALSE(parse_arp(std::span{out}.subspan(14)));
}

TEST(Frames, RubbishNeverBreaksThem)
{
    std::mt19937 random{3};
    const auto seed = frame(Buffer(20));
    int read = 0;
    for (int i = 0; i < 50000; ++i) {
        auto bytes = seed;
        for (auto n = random() % 5; n > 0; --n)
            bytes[random() % bytes.size()] = static_cast<std::byte>(random());
        bytes.resize(random() % (bytes.size() + 10));
        const auto ethernet = parse_ethernet(bytes);
        if (!ethernet) continue;
        ASSERT_LE(ethernet->payload_offset, bytes.size());
        const auto packet = std::span{bytes}.subspan(ethernet->payload_offset);
        if (const auto udp = parse_ipv4_udp(packet)) {
            ASSERT_LE(udp->payload_offset + udp->payload_length, packet.size());
            ++read;
        }
        (void)parse_arp(packet);
    }
    EXPECT_GT(read, 1000);
}

} // namespace
} // namespace dorascope::wire
