// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/e2e/raw_client.h"

#include <cstring>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace dorascope::test {

RawClient::RawClient(const Machine& machine, MacAddress mac)
    : PacketClient{[&](const auto& what) { machine.enter(what); }, "eth0", mac, 0x70000000U + mac.octets[5]}
{
    machine.enter([&] { arp_ = packet_socket(interface(), ETH_P_ARP); });
    // Replies may go to the hand-made link address alone.
    packet_mreq promiscuous{static_cast<int>(interface()), PACKET_MR_PROMISC, 0, {}};
    EXPECT_EQ(::setsockopt(socket(), SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous), 0);
}

void RawClient::broadcast(const wire::Message& message) const { broadcast_as(mac(), message); }

void RawClient::broadcast_as(const MacAddress& mac, wire::Message message) const
{
    message.set_hardware(HardwareAddress::of(mac));
    send(frame_of(message, mac, kBroadcastMac, kBroadcastAddress));
}

void RawClient::broadcast_for_another(const wire::Message& message) const
{
    send(frame_of(message, mac(), kBroadcastMac, kBroadcastAddress));
}

void RawClient::answer_arp(const MacAddress& card, const MacAddress& sender, Ipv4Address address) const
{
    wire::Buffer frame;
    wire::make_arp_frame({2, sender, {}, address, kAnyAddress}, kBroadcastMac, frame);
    std::memcpy(frame.data() + card.octets.size(), card.octets.data(), card.octets.size());
    send(frame);
}

std::optional<Ipv4Address> RawClient::next_asked() const
{
    wire::Buffer frame(2048);
    const ssize_t length = ::recv(arp_.get(), frame.data(), frame.size(), 0);
    if (length <= 0) return std::nullopt;
    frame.resize(static_cast<std::size_t>(length));
    const auto ethernet = wire::parse_ethernet(frame);
    if (!ethernet || ethernet->ether_type != wire::kEtherArp) return std::nullopt;
    const auto arp = wire::parse_arp(std::span{frame}.subspan(ethernet->payload_offset));
    return arp && arp->operation == 1 ? std::optional{arp->target} : std::nullopt;
}

void RawClient::send(const wire::Buffer& frame) const
{
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(ETH_P_IP);
    to.sll_ifindex = static_cast<int>(interface());
    const ssize_t sent = ::sendto(socket(), frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    EXPECT_TRUE(sent == static_cast<ssize_t>(frame.size()) || errno == ENOBUFS || errno == EAGAIN) << std::strerror(errno);
}

std::optional<wire::Message> RawClient::receive() const
{
    auto reply = PacketClient::receive();
    return reply ? std::optional{std::move(reply->message)} : std::nullopt;
}

std::vector<wire::Message> RawClient::replies_within(std::chrono::milliseconds time) const
{
    std::vector<wire::Message> replies;
    eventually(
        [&] {
            while (ready())
                if (auto reply = take()) replies.push_back(std::move(reply->message));
            return false;
        },
        time);
    return replies;
}

} // namespace dorascope::test
