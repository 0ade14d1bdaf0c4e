// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/netd/serve.h"

#include <cerrno>
#include <cstring>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <span>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

namespace dorascope::netd {
namespace {

using host::NetdStatus;

constexpr std::uint16_t kServerPort = 67, kClientPort = 68;
constexpr int kReceiveOctets = 8 << 20;
constexpr std::uint32_t kWhole = 0x40000; // octets of a packet to keep: all

// Classic BPF (linux/filter.h). Jumps name where they lead; request_filter() turns the names into distances.
constexpr std::uint8_t kNext = 0, kEcho = 253, kAccept = 254, kDrop = 255;
constexpr sock_filter load(std::uint16_t size, int offset)
{
    return {static_cast<std::uint16_t>(BPF_LD | size), 0, 0, static_cast<std::uint32_t>(offset)};
}
constexpr sock_filter mask(std::uint32_t bits) { return {BPF_ALU | BPF_AND | BPF_K, 0, 0, bits}; }
constexpr sock_filter jump(std::uint16_t test, std::uint32_t value, std::uint8_t yes, std::uint8_t no)
{
    return {static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), yes, no, value};
}
constexpr sock_filter keep(std::uint32_t octets) { return {BPF_RET | BPF_K, 0, 0, octets}; }

// Of one interface: DHCP to a server (UDP port 67), and to clients (68), among whom a polite server overhears whether another answered;
// ARP; ICMP echo replies to questions with our identifier.
// A packet socket may be bound anew without any capability, so the filter itself says which interface, and that it is Ethernet (the
// offsets would mean something else elsewhere). VLAN id 0 is a priority tag and belongs to the interface. Fragments are left out: only
// the first would show its port.
constexpr auto request_filter(std::uint32_t index, std::uint16_t echo_identifier)
{
    std::array program{
        load(BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_IFINDEX),
        jump(BPF_JEQ, index, kNext, kDrop), //
        load(BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_HATYPE),
        jump(BPF_JEQ, ARPHRD_ETHER, kNext, kDrop), //
        load(BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_VLAN_TAG),
        mask(0xfff),
        jump(BPF_JEQ, 0, kNext, kDrop), //
        load(BPF_H | BPF_ABS, 12),
        jump(BPF_JEQ, ETH_P_ARP, kAccept, kNext),
        jump(BPF_JEQ, ETH_P_IP, kNext, kDrop), //
        load(BPF_B | BPF_ABS, 14),
        jump(BPF_JGE, 0x45, kNext, kDrop),
        jump(BPF_JGT, 0x4f, kDrop, kNext), // IPv4, a whole header
        load(BPF_H | BPF_ABS, 20),
        jump(BPF_JSET, 0x3fff, kDrop, kNext), // more fragments, or an offset
        sock_filter{BPF_LDX | BPF_B | BPF_MSH, 0, 0, 14}, // X = length of the IP header
        load(BPF_B | BPF_ABS, 23),
        jump(BPF_JEQ, IPPROTO_ICMP, kEcho, kNext),
        jump(BPF_JEQ, IPPROTO_UDP, kNext, kDrop), //
        load(BPF_H | BPF_IND, 16),
        jump(BPF_JEQ, kServerPort, kAccept, kNext),
        jump(BPF_JEQ, kClientPort, kAccept, kDrop), //
        load(BPF_B | BPF_IND, 14), // kEcho
        jump(BPF_JEQ, ICMP_ECHOREPLY, kNext, kDrop),
        load(BPF_H | BPF_IND, 18),
        jump(BPF_JEQ, echo_identifier, kAccept, kDrop), //
        keep(kWhole), // kAccept
        keep(0), // kDrop
    };
    const auto distance = [size = program.size()](std::size_t from, std::uint8_t to) {
        const std::size_t back = to == kEcho ? 6 : to == kAccept ? 2 : 1;
        return to == kNext ? kNext : static_cast<std::uint8_t>(size - back - from - 1);
    };
    for (std::size_t i = 0; i < program.size(); ++i) {
        if (BPF_CLASS(program[i].code) != BPF_JMP) continue;
        program[i].jt = distance(i, program[i].jt);
        program[i].jf = distance(i, program[i].jf);
    }
    return program;
}

/// Attached and locked before the socket can receive: nobody takes it off again, with or without capabilities.
bool lock_filter(int fd, std::span<sock_filter> program)
{
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    const int on = 1;
    return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0
        && ::setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &on, sizeof on) == 0;
}

bool is_ethernet(int fd, const Request& request)
{
    ifreq query{};
    std::memcpy(query.ifr_name, request.interface.data(), request.interface.size());
    return ::ioctl(fd, SIOCGIFHWADDR, &query) == 0 && query.ifr_hwaddr.sa_family == ARPHRD_ETHER;
}

int fail(int fd, Refusal& refusal, const char* call)
{
    const int error = errno;
    NetdStatus status = NetdStatus::system;
    if (error == EPERM || error == EACCES) status = NetdStatus::no_privilege;
    if (error == EADDRINUSE) status = NetdStatus::port_taken;
    if (error == ENODEV) status = NetdStatus::no_such_interface;
    refusal = {status, error, call};
    if (fd >= 0) ::close(fd);
    return -1;
}

// For a burst while the caller's disk is waited for. Beyond net.core.rmem_max only for root (CAP_NET_ADMIN), who may fill the memory anyway.
void enlarge_receive_buffer(int fd)
{
    if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveOctets, sizeof kReceiveOctets) == 0) return;
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kReceiveOctets, sizeof kReceiveOctets); // the kernel takes what it allows of it
}

int open_packet_socket(const Request& request, std::uint16_t echo_identifier, Refusal& refusal)
{
    // Protocol 0 receives nothing until bind() names one, so no unfiltered packet is ever queued.
    const int fd = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return fail(fd, refusal, "socket(AF_PACKET)");
    if (!is_ethernet(fd, request)) {
        refusal = {NetdStatus::unsupported_link, 0, "not Ethernet"};
        ::close(fd);
        return -1;
    }
    auto program = request_filter(request.index, echo_identifier);
    if (!lock_filter(fd, program)) return fail(fd, refusal, "packet filter");
    const int on = 1;
    if (::setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0)
        return fail(fd, refusal, "PACKET_IGNORE_OUTGOING");
    // With it the receiver learns that a checksum is still to be filled in: frames of this machine have none yet.
    if (::setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof on) != 0) return fail(fd, refusal, "PACKET_AUXDATA");
    enlarge_receive_buffer(fd);
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL); // IPv4 and ARP; the filter leaves the rest behind
    address.sll_ifindex = static_cast<int>(request.index);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return fail(fd, refusal, "bind(AF_PACKET)");
    return fd;
}

/// The filter lets nothing in, and what goes out goes through the interface as long as the caller leaves it at that: connect(2) to
/// AF_UNSPEC takes a socket off its interface without any capability, and nothing filters what a socket sends. README.md says who may.
bool bind_for_sending(int fd, const Request& request, Refusal& refusal)
{
    std::array nothing{keep(0)};
    if (!lock_filter(fd, nothing)) return fail(fd, refusal, "filter"), false;
    const auto name_length = static_cast<socklen_t>(std::strlen(request.interface.data()));
    if (::setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, request.interface.data(), name_length) != 0)
        return fail(fd, refusal, "SO_BINDTODEVICE"), false;
    return true;
}

bool may_share_port(int fd, bool may)
{
    const int value = may ? 1 : 0;
    return ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, sizeof value) == 0;
}

// Holds port 67, so that no second server starts and no ICMP "port unreachable" answers our clients; and sends what is routed. It never
// receives: the packet socket does that.
int open_udp_socket(const Request& request, Refusal& refusal, bool shares_port)
{
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return fail(fd, refusal, "socket(AF_INET)");
    if (!bind_for_sending(fd, request, refusal)) return -1;
    const int on = 1;
    if (::setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on) != 0) return fail(fd, refusal, "SO_BROADCAST");
    if (shares_port && !may_share_port(fd, true)) return fail(fd, refusal, "SO_REUSEADDR");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(kServerPort);
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return fail(fd, refusal, "bind(UDP 67)");
    return fd;
}

// Beside the one that holds the port: the caller connects it to the relay that most replies go to, which spares the kernel looking for the
// way each time. Were there only one, connected, what others send to port 67 would be answered with "port unreachable". The two share the
// port with each other and, as soon as both have it, with nobody else.
int open_second_udp_socket(int first, const Request& request, Refusal& refusal)
{
    if (!may_share_port(first, true)) return fail(-1, refusal, "SO_REUSEADDR");
    const int second = open_udp_socket(request, refusal, true);
    if (second < 0) return -1;
    if (!may_share_port(first, false) || !may_share_port(second, false)) return fail(second, refusal, "SO_REUSEADDR");
    return second;
}

// Echo requests to hosts behind a relay need the kernel's routes. A socket of IPPROTO_ICMP receives from the moment it is made, before
// a filter can be put on; one of IPPROTO_RAW only sends (raw(7)). The replies come through the packet socket. It sends nothing that the
// caller could not send as a frame through that one, which takes any interface as the address of a frame (packet(7)).
int open_echo_socket(const Request& request, Refusal& refusal)
{
    const int fd = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW);
    if (fd < 0) return fail(fd, refusal, "socket(IPPROTO_RAW)");
    return bind_for_sending(fd, request, refusal) ? fd : -1;
}

} // namespace

std::optional<ServeDescriptors> open_serve_sockets(const Request& request, Refusal& refusal)
{
    ServeDescriptors sockets;
    if (::getrandom(&sockets.echo_identifier, sizeof sockets.echo_identifier, 0)
        != static_cast<ssize_t>(sizeof sockets.echo_identifier)) {
        fail(-1, refusal, "getrandom");
        return std::nullopt;
    }
    sockets.packet = open_packet_socket(request, sockets.echo_identifier, refusal);
    if (sockets.packet >= 0) sockets.udp = open_udp_socket(request, refusal, false);
    if (sockets.udp >= 0) sockets.udp_to_relay = open_second_udp_socket(sockets.udp, request, refusal);
    if (sockets.udp_to_relay >= 0) sockets.echo = open_echo_socket(request, refusal);
    if (sockets.echo < 0) return std::nullopt;
    return sockets;
}

} // namespace dorascope::netd
