// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/storm_socket.h"

#include "app/cli/storm_batch.h"
#include "engine/host/privileged.h"
#include "engine/wire/framing.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/time.h>

namespace dorascope::cli {
namespace {

using host::Descriptor;
using Payloads = std::span<const std::span<const std::byte>>;

sockaddr_in port_of_servers(Ipv4Address address)
{
    sockaddr_in socket{};
    socket.sin_family = AF_INET;
    socket.sin_port = htons(wire::kServerPort);
    socket.sin_addr.s_addr = htonl(address.value);
    return socket;
}

/// Room for every answer at once, and a wait that ends.
void prepare(int fd)
{
    const int room = 8 << 20;
    if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0)
        ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    const timeval patience{0, std::chrono::microseconds{StormSocket::kPatience}.count()};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

class RelaySocket : public StormSocket {
public:
    explicit RelaySocket(Descriptor socket) : socket_{std::move(socket)} { }
    void send(const StormClients& clients) override
    {
        for (std::size_t i = 0; i < clients.outgoing(); ++i)
            out_.add(clients.outgoing(i).payload, socket_.get());
        out_.flush(socket_.get());
    }
    Payloads receive() override
    {
        const unsigned count = in_.receive(socket_.get());
        for (unsigned i = 0; i < count; ++i)
            payloads_[i] = in_[i];
        return Payloads{payloads_}.first(count);
    }

private:
    Descriptor socket_;
    SendBatch out_;
    ReceiveBatch in_;
    std::array<std::span<const std::byte>, kStormBatch> payloads_;
};

class LinkSocket : public StormSocket {
public:
    explicit LinkSocket(Descriptor socket) : socket_{std::move(socket)} { }
    void send(const StormClients& clients) override
    {
        wire::FrameSpec spec;
        spec.destination_mac = kBroadcastMac;
        spec.destination = kBroadcastAddress;
        spec.source_port = wire::kClientPort;
        spec.destination_port = wire::kServerPort;
        for (std::size_t i = 0; i < clients.outgoing(); ++i) {
            const auto message = clients.outgoing(i);
            auto& frame = frames_[i % kStormBatch]; // the batch leaves when it is full, before its first frame is made anew
            spec.source_mac = message.chaddr;
            wire::make_udp_frame(spec, message.payload, frame);
            out_.add(frame, socket_.get());
        }
        out_.flush(socket_.get());
    }
    Payloads receive() override
    {
        const unsigned count = in_.receive(socket_.get());
        std::size_t kept = 0;
        for (unsigned i = 0; i < count; ++i) {
            const auto ethernet = wire::parse_ethernet(in_[i]);
            if (!ethernet || ethernet->ether_type != wire::kEtherIpv4) continue;
            const auto packet = in_[i].subspan(ethernet->payload_offset);
            const auto udp = wire::parse_ipv4_udp(packet);
            // The UDP checksum is not looked at: within a machine it is never filled in.
            if (!udp || udp->cut || udp->destination_port != wire::kClientPort) continue;
            payloads_[kept++] = packet.subspan(udp->payload_offset, udp->payload_length);
        }
        return Payloads{payloads_}.first(kept);
    }

private:
    Descriptor socket_;
    SendBatch out_;
    ReceiveBatch in_;
    std::array<wire::Buffer, kStormBatch> frames_;
    std::array<std::span<const std::byte>, kStormBatch> payloads_;
};

Failure cannot_open(const std::string& what, int error)
{
    const char* remedy = error == EPERM || error == EACCES
        ? "run it as root (CAP_NET_BIND_SERVICE for a relay, CAP_NET_RAW for frames), best in a network namespace: ip netns exec"
        : error == EADDRNOTAVAIL ? "give that address to an interface first, as in: ip address add ADDRESS/24 dev IF"
        : error == EADDRINUSE    ? "another DHCP program has it: stop that, or run this one elsewhere"
                                 : "see whether the interface is up and has a route to the server";
    return system_failure(what, error, remedy);
}

/// Untagged, unfragmented UDP to port 68; everything else stays in the kernel.
bool filter_replies(int fd)
{
    std::array program{
        sock_filter{BPF_LD | BPF_H | BPF_ABS, 0, 0, 12},
        sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 0, 8, wire::kEtherIpv4},
        sock_filter{BPF_LD | BPF_B | BPF_ABS, 0, 0, 23},
        sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 0, 6, IPPROTO_UDP},
        sock_filter{BPF_LD | BPF_H | BPF_ABS, 0, 0, 20},
        sock_filter{BPF_JMP | BPF_JSET | BPF_K, 4, 0, 0x3fff},
        sock_filter{BPF_LDX | BPF_B | BPF_MSH, 0, 0, 14},
        sock_filter{BPF_LD | BPF_H | BPF_IND, 0, 0, 16},
        sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 0, 1, wire::kClientPort},
        sock_filter{BPF_RET | BPF_K, 0, 0, 0x40000},
        sock_filter{BPF_RET | BPF_K, 0, 0, 0},
    };
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0;
}

} // namespace

tl::expected<StormSocketPtr, Failure> open_relay_socket(Ipv4Address giaddr, Ipv4Address server, const std::string& interface)
{
    Descriptor fd{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    if (!fd) return tl::unexpected{cannot_open("a UDP socket", errno)};
    if (!interface.empty()
        && ::setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(), static_cast<socklen_t>(interface.size())) != 0)
        return tl::unexpected{cannot_open("interface " + interface, errno)};
    const auto local = port_of_servers(giaddr), remote = port_of_servers(server);
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0)
        return tl::unexpected{cannot_open(fmt::format("port 67 of {}", giaddr.to_string()), errno)};
    // Connected: the route is looked up once and not for each datagram.
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&remote), sizeof remote) != 0)
        return tl::unexpected{cannot_open(fmt::format("the way to {}", server.to_string()), errno)};
    prepare(fd.get());
    return std::make_unique<RelaySocket>(std::move(fd));
}

tl::expected<StormSocketPtr, Failure> open_link_socket(const std::string& interface)
{
    const unsigned index = ::if_nametoindex(interface.c_str());
    if (index == 0) return tl::unexpected{cannot_open("interface " + interface, errno)};
    Descriptor fd{::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)}; // protocol 0: nothing comes before the filter stands
    if (!fd) return tl::unexpected{cannot_open("a packet socket", errno)};
    const int on = 1;
    if (!filter_replies(fd.get()) || ::setsockopt(fd.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0)
        return tl::unexpected{cannot_open("the filter of a packet socket", errno)};
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(wire::kEtherIpv4);
    address.sll_ifindex = static_cast<int>(index);
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return tl::unexpected{cannot_open("a packet socket on " + interface, errno)};
    prepare(fd.get());
    return std::make_unique<LinkSocket>(std::move(fd));
}

} // namespace dorascope::cli
