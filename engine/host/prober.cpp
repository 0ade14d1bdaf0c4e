// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/prober.h"

#include "engine/wire/framing.h"
#include "engine/wire/icmp.h"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace dorascope::host {
namespace {

constexpr std::uint16_t kArpRequest = 1, kArpReply = 2;

bool send_to(int fd, const wire::Buffer& bytes, const void* address, socklen_t length)
{
    return ::sendto(fd, bytes.data(), bytes.size(), MSG_DONTWAIT, static_cast<const sockaddr*>(address), length) >= 0;
}

} // namespace

Prober::Prober(const ServeSockets& sockets, std::uint32_t interface, MacAddress mac)
    : packet_{sockets.packet.get()}, echo_{sockets.echo.get()}, echo_identifier_{sockets.echo_identifier},
      interface_{interface}, mac_{mac}, sequence_{std::random_device{}()}
{ }

Prober::Result Prober::ask(Instant now, std::span<const server::ProbeRequest> probes)
{
    forget(now);
    Result result;
    for (const auto& probe : probes) {
        remember(now, probe);
        const bool sent = probe.method == Method::arp ? send_arp(probe) : send_echo(probe);
        ++(sent ? result.sent : result.failed);
        if (!sent) result.error = errno;
    }
    return result;
}

std::optional<Prober::Answer> Prober::read(Instant now, const wire::EthernetView& frame, std::span<const std::byte> packet)
{
    forget(now);
    if (asked_.empty()) return std::nullopt;
    if (frame.ether_type == wire::kEtherArp) return read_arp(frame.source, packet);
    if (frame.ether_type == wire::kEtherIpv4) return read_echo(packet);
    return std::nullopt;
}

/// A row of `order_` that is older than the address's last question says nothing.
void Prober::forget(Instant now)
{
    while (!order_.empty() && (order_.front().first <= now || order_.size() > kMostAsked)) {
        const auto row = asked_.find(order_.front().second);
        if (row != asked_.end() && row->second.until == order_.front().first) asked_.erase(row);
        order_.pop_front();
    }
}

void Prober::remember(Instant now, const server::ProbeRequest& probe)
{
    const Instant until = now + kAnswerTime;
    Asked& asked = asked_[probe.address];
    if (asked.until != until) order_.emplace_back(until, probe.address);
    asked = {probe.method, probe.source, static_cast<std::uint16_t>(sequence_() >> 8), until};
    forget(now);
}

// RFC 5227 §2.1.1: sender IP address all zero, "to avoid polluting ARP caches"; target hardware address zero; broadcast.
bool Prober::send_arp(const server::ProbeRequest& probe)
{
    wire::make_arp_frame({kArpRequest, mac_, {}, kAnyAddress, probe.address}, kBroadcastMac, frame_);
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(wire::kEtherArp);
    to.sll_ifindex = static_cast<int>(interface_);
    to.sll_halen = static_cast<unsigned char>(kBroadcastMac.octets.size());
    std::memcpy(to.sll_addr, kBroadcastMac.octets.data(), kBroadcastMac.octets.size());
    return send_to(packet_, frame_, &to, sizeof to);
}

bool Prober::send_echo(const server::ProbeRequest& probe)
{
    wire::make_ipv4_echo(
        {wire::EchoView::Type::request, probe.source, probe.address, echo_identifier_, asked_.at(probe.address).sequence},
        frame_);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(probe.address.value);
    return send_to(echo_, frame_, &to, sizeof to);
}

const Prober::Asked* Prober::find(Ipv4Address address, Method method) const
{
    const auto row = asked_.find(address);
    return row != asked_.end() && row->second.method == method ? &row->second : nullptr;
}

/// RFC 5227 §2.1.1: any ARP packet, request or reply, "where the packet's 'sender IP address' is the address being probed for". Another
/// station's Probe for it has none: it asks as we do, maybe a second server, and does not have the address yet. A station speaks for itself
/// (RFC 826): what names another sender than the frame has is made up, or a repeater's, and no ground to take an address away.
std::optional<Prober::Answer> Prober::read_arp(const MacAddress& from, std::span<const std::byte> packet) const
{
    const auto arp = wire::parse_arp(packet);
    if (!arp || (arp->operation != kArpRequest && arp->operation != kArpReply)) return std::nullopt;
    const MacAddress& by = arp->sender_mac;
    if (by == mac_ || by.is_zero() || by.is_multicast() || !find(arp->sender, Method::arp)) return std::nullopt;
    return Answer{arp->sender, by, by != from};
}

std::optional<Prober::Answer> Prober::read_echo(std::span<const std::byte> packet) const
{
    const auto echo = wire::parse_ipv4_echo(packet);
    if (!echo || echo->type != wire::EchoView::Type::reply || echo->identifier != echo_identifier_) return std::nullopt;
    const Asked* const asked = find(echo->source, Method::icmp_echo);
    if (!asked || echo->sequence != asked->sequence || echo->destination != asked->source) return std::nullopt;
    return Answer{echo->source, {}, false};
}

} // namespace dorascope::host
