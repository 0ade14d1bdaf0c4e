// SPDX-License-Identifier: GPL-3.0-or-later
// From the bytes of a frame to a DHCP payload, an ARP, or the reason why it is neither.
#include "capture/decode/packet.h"

#include "engine/wire/cursor.h"

#include <gtest/gtest.h>
#include <random>
#include <string>

namespace dorascope::decode {
namespace {

const MacAddress kClient{{2, 0, 0, 0, 0, 0x41}};
constexpr std::size_t kPayload = 300;

wire::Buffer ethernet(std::uint16_t source_port = 68, std::uint16_t destination_port = 67)
{
    const wire::FrameSpec spec{kClient, kBroadcastMac, kAnyAddress, kBroadcastAddress, source_port, destination_port};
    wire::Buffer out;
    wire::make_udp_frame(spec, wire::Buffer(kPayload, std::byte{0xd7}), out);
    return out;
}

/// An IPv4 packet behind other link headers.
wire::Buffer behind(std::initializer_list<int> header)
{
    wire::Buffer out;
    for (const auto octet : header)
        out.push_back(static_cast<std::byte>(octet));
    const auto frame = ethernet();
    out.insert(out.end(), frame.begin() + 14, frame.end());
    return out;
}

wire::Buffer tagged(std::initializer_list<int> tags)
{
    wire::Buffer out = ethernet();
    wire::Buffer octets;
    for (const auto octet : tags)
        octets.push_back(static_cast<std::byte>(octet));
    out.insert(out.begin() + 12, octets.begin(), octets.end());
    return out;
}

Frame frame(LinkType link, std::span<const std::byte> bytes)
{
    return {1, Instant{}, link, static_cast<std::uint32_t>(bytes.size()), bytes};
}

std::string reason(LinkType link, std::span<const std::byte> bytes)
{
    const auto packet = decode(frame(link, bytes));
    const auto* const ignored = std::get_if<Ignored>(&packet);
    if (ignored == nullptr) return "not ignored";
    EXPECT_LE(ignored->offset, bytes.size());
    return std::string{to_string(ignored->reason)};
}

struct Layer {
    std::string name;
    LinkType link;
    wire::Buffer bytes;
    std::optional<MacAddress> source;
    std::optional<std::uint16_t> vlan;
    std::size_t header; ///< before the IPv4 packet
};

std::vector<Layer> layers()
{
    // 0x0004 0x0001 0x0006: outgoing, Ethernet, six octets of address, padded to eight
    const auto sll = behind({0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 0x41, 0, 0, 8, 0});
    const auto sll_tagged = behind({0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 0x41, 0, 0, 0x81, 0, 0, 7, 8, 0});
    const auto sll_loopback = behind({0, 0, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0});
    const auto sll2 = behind({8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6, 2, 0, 0, 0, 0, 0x41, 0, 0});
    const auto sll2_no_address = behind({8, 0, 0, 0, 0, 0, 0, 3, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    return {
        {"Ethernet", LinkType::ethernet, ethernet(), kClient, std::nullopt, 14},
        {"Vlan", LinkType::ethernet, tagged({0x81, 0, 0x20, 42}), kClient, std::uint16_t{42}, 18},
        {"QinQ", LinkType::ethernet, tagged({0x88, 0xa8, 0, 100, 0x81, 0, 0, 42}), kClient, std::uint16_t{42}, 22},
        {"PriorityTag", LinkType::ethernet, tagged({0x81, 0, 0xe0, 0}), kClient, std::uint16_t{0}, 18},
        {"LinuxCooked", LinkType::linux_sll, sll, kClient, std::nullopt, 16},
        {"LinuxCookedVlan", LinkType::linux_sll, sll_tagged, kClient, std::uint16_t{7}, 20},
        {"LinuxCookedLoopback", LinkType::linux_sll, sll_loopback, std::nullopt, std::nullopt, 16},
        {"LinuxCooked2", LinkType::linux_sll2, sll2, kClient, std::nullopt, 20},
        {"LinuxCooked2WithoutAddress", LinkType::linux_sll2, sll2_no_address, std::nullopt, std::nullopt, 20},
        {"Raw", LinkType::raw, behind({}), std::nullopt, std::nullopt, 0},
        {"RawIpv4", LinkType::ipv4, behind({}), std::nullopt, std::nullopt, 0},
        {"NullLittleEndian", LinkType::null, behind({2, 0, 0, 0}), std::nullopt, std::nullopt, 4},
        {"NullBigEndian", LinkType::null, behind({0, 0, 0, 2}), std::nullopt, std::nullopt, 4},
        {"Loop", LinkType::loop, behind({0, 0, 0, 2}), std::nullopt, std::nullopt, 4},
    };
}

class EveryLink : public testing::TestWithParam<Layer> { };

TEST_P(EveryLink, LeadsToTheDhcpPayload)
{
    const Layer& layer = GetParam();
    EXPECT_TRUE(is_known(layer.link));
    const auto packet = decode(frame(layer.link, layer.bytes));
    const auto* const dhcp = std::get_if<DhcpPacket>(&packet);
    ASSERT_NE(dhcp, nullptr) << reason(layer.link, layer.bytes);
    EXPECT_EQ(dhcp->link.source, layer.source);
    EXPECT_EQ(dhcp->link.vlan, layer.vlan);
    EXPECT_EQ(dhcp->payload_offset, layer.header + 28);
    EXPECT_EQ(dhcp->payload.size(), kPayload);
    EXPECT_EQ(dhcp->payload.data(), layer.bytes.data() + dhcp->payload_offset);
    EXPECT_EQ(dhcp->udp.destination, kBroadcastAddress);
    EXPECT_EQ(dhcp->udp.source_port, 68);
    EXPECT_EQ(dhcp->udp.udp_checksum, wire::Checksum::good);
    EXPECT_FALSE(dhcp->udp.cut);
}

TEST_P(EveryLink, MayBeCutAnywhere)
{
    const Layer& layer = GetParam();
    for (std::size_t n = 0; n < layer.bytes.size(); ++n) {
        // A copy of its own, so that a sanitizer sees a read behind the end.
        const wire::Buffer bytes(layer.bytes.begin(), layer.bytes.begin() + static_cast<std::ptrdiff_t>(n));
        if (n < layer.header + 28) {
            EXPECT_EQ(reason(layer.link, bytes), "truncated") << n;
            continue;
        }
        const auto packet = decode(frame(layer.link, bytes));
        const auto* const dhcp = std::get_if<DhcpPacket>(&packet);
        ASSERT_NE(dhcp, nullptr) << n;
        EXPECT_TRUE(dhcp->udp.cut);
        EXPECT_EQ(dhcp->payload.size(), n - layer.header - 28) << "as far as it is there";
        EXPECT_EQ(dhcp->udp.udp_checksum, wire::Checksum::unverifiable);
    }
}

INSTANTIATE_TEST_SUITE_P(Decode, EveryLink, testing::ValuesIn(layers()), [](const auto& test) { return test.param.name; });

TEST(Decode, KnowsWhomAnEthernetFrameIsFor)
{
    const auto bytes = ethernet();
    const auto packet = decode(frame(LinkType::ethernet, bytes));
    EXPECT_EQ(std::get<DhcpPacket>(packet).link.destination, kBroadcastMac);
}

TEST(Decode, TakesPort67Or68AtEitherEnd)
{
    for (const auto& [from, to] : {std::pair{68, 67}, {67, 68}, {67, 67}, {4000, 67}, {67, 4000}, {68, 4000}, {4000, 68}}) {
        const auto bytes = ethernet(static_cast<std::uint16_t>(from), static_cast<std::uint16_t>(to));
        EXPECT_EQ(reason(LinkType::ethernet, bytes), "not ignored") << from << "→" << to;
    }
    EXPECT_EQ(reason(LinkType::ethernet, ethernet(53, 4000)), "other port");
    EXPECT_EQ(reason(LinkType::ethernet, ethernet(69, 66)), "other port");
}

TEST(Decode, ReadsArp)
{
    const wire::ArpView said{1, kClient, {}, Ipv4Address::from_octets(10, 0, 0, 1), Ipv4Address::from_octets(10, 0, 0, 10)};
    wire::Buffer bytes;
    wire::make_arp_frame(said, kBroadcastMac, bytes);
    const auto packet = decode(frame(LinkType::ethernet, bytes));
    const auto* const arp = std::get_if<ArpPacket>(&packet);
    ASSERT_NE(arp, nullptr);
    EXPECT_EQ(arp->arp.sender, said.sender);
    EXPECT_EQ(arp->arp.target, said.target);
    EXPECT_EQ(arp->link.source, kClient);
    bytes.resize(30);
    EXPECT_EQ(reason(LinkType::ethernet, bytes), "truncated");
}

struct Refused {
    std::string name;
    LinkType link;
    wire::Buffer bytes;
    std::string reason;
};
wire::Buffer udp_length(std::uint16_t length)
{
    auto bytes = ethernet();
    wire::store_u16(bytes.data() + 14 + 20 + 4, length);
    return bytes;
}
wire::Buffer with(std::size_t offset, int value)
{
    auto bytes = ethernet();
    bytes[offset] = static_cast<std::byte>(value);
    return bytes;
}
class WhatIsNoDhcp : public testing::TestWithParam<Refused> { };
TEST_P(WhatIsNoDhcp, IsIgnoredWithItsReason) { EXPECT_EQ(reason(GetParam().link, GetParam().bytes), GetParam().reason); }
INSTANTIATE_TEST_SUITE_P(Decode, WhatIsNoDhcp,
                         testing::Values(Refused{"UnknownLink", static_cast<LinkType>(127), ethernet(), "unknown link type"},
                                         Refused{"Ipv6EtherType", LinkType::ethernet, with(12, 0x86), "not IPv4"},
                                         Refused{"Version6", LinkType::raw, behind({0x60}), "not IPv4"},
                                         Refused{"OtherFamily", LinkType::null, behind({30, 0, 0, 0}), "not IPv4"},
                                         Refused{"ShortIpHeader", LinkType::ethernet, with(14, 0x44), "bad header"},
                                         Refused{"Tcp", LinkType::ethernet, with(14 + 9, 6), "not UDP"},
                                         Refused{"FirstFragment", LinkType::ethernet, with(14 + 6, 0x20), "fragment"},
                                         Refused{"LaterFragment", LinkType::ethernet, with(14 + 7, 3), "fragment"},
                                         Refused{"UdpLongerThanIp", LinkType::ethernet, udp_length(309), "bad header"},
                                         Refused{"UdpShorterThanItself", LinkType::ethernet, udp_length(7), "bad header"},
                                         Refused{"Empty", LinkType::ethernet, {}, "truncated"},
                                         Refused{"EmptyRaw", LinkType::raw, {}, "truncated"}),
                         [](const auto& test) { return test.param.name; });

TEST(Decode, LeavesEthernetPaddingOut)
{
    wire::Buffer bytes;
    wire::make_udp_frame({kClient, kBroadcastMac, kAnyAddress, kBroadcastAddress, 68, 67}, wire::Buffer(4), bytes);
    bytes.resize(60);
    EXPECT_EQ(std::get<DhcpPacket>(decode(frame(LinkType::ethernet, bytes))).payload.size(), 4U);
}

TEST(Decode, StaysWithinAnyBytes)
{
    std::mt19937 random{17}; // NOLINT: the same on every run
    const auto samples = layers();
    for (int round = 0; round < 20'000; ++round) {
        const Layer& layer = samples[random() % samples.size()];
        wire::Buffer bytes(layer.bytes.begin(), layer.bytes.begin() + 80);
        for (auto n = random() % 6; n > 0; --n)
            bytes[random() % bytes.size()] = static_cast<std::byte>(random());
        bytes.resize(random() % (bytes.size() + 1));
        const auto packet = decode(frame(layer.link, bytes));
        if (const auto* dhcp = std::get_if<DhcpPacket>(&packet)) {
            EXPECT_LE(dhcp->payload_offset + dhcp->payload.size(), bytes.size());
        }
    }
}

TEST(Decode, NamesEveryReason)
{
    for (std::size_t i = 0; i < kIgnoredReasons; ++i)
        EXPECT_NE(to_string(static_cast<IgnoredReason>(i)), "unknown") << i;
    EXPECT_EQ(to_string(static_cast<IgnoredReason>(kIgnoredReasons)), "unknown");
}

} // namespace
} // namespace dorascope::decode
