// SPDX-License-Identifier: GPL-3.0-or-later
// What an ordinary user can do with the sockets of a server, and what not, whatever is tried.
#include "engine/host/privileged.h"
#include "engine/wire/cursor.h"
#include "tests/netd/netd_on_cable.h"
#include "tests/netd/traffic.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace dorascope::test {
namespace {

using host::Descriptor;

class Serve : public NetdOnCable { };

/// Frames up to the one that holds `last`: the wire keeps its order, so nothing sent before can come after it.
std::vector<wire::Buffer> receive_until(int socket, const std::string& last)
{
    std::vector<wire::Buffer> frames;
    for (;;) {
        pollfd ready{socket, POLLIN, 0};
        if (::poll(&ready, 1, 60000) <= 0) {
            ADD_FAILURE() << last << " did not arrive";
            return frames;
        }
        wire::Buffer frame(2048);
        const ssize_t length = ::recv(socket, frame.data(), frame.size(), 0);
        if (length < 0) continue;
        frame.resize(static_cast<std::size_t>(length));
        if (holds(frame, last)) return frames;
        frames.push_back(std::move(frame));
    }
}

host::ServeSockets sockets_of(const std::string& interface)
{
    auto sockets = host::request_serve(interface);
    EXPECT_TRUE(sockets) << sockets.error().text();
    return sockets ? std::move(*sockets) : host::ServeSockets{};
}

class ServeAsNobody : public Serve {
protected:
    /// Nobody holds the sockets; root, who makes the traffic, does one of `turns` at each call of the second argument.
    void converse(const std::function<void(const host::ServeSockets&, const std::function<void()>& turn)>& child,
                  const std::vector<std::function<void()>>& turns)
    {
        EXPECT_TRUE(as_nobody(turns, [&](const auto& turn) {
            const auto sockets = sockets_of("srv");
            ASSERT_TRUE(sockets.packet && sockets.udp && sockets.udp_to_relay && sockets.echo);
            child(sockets, turn);
        }));
    }
};

/// A number that the process which holds the sockets tells the one that makes the traffic.
class SharedNumber {
public:
    SharedNumber()
        : place_{static_cast<std::uint16_t*>(
            ::mmap(nullptr, sizeof(std::uint16_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))}
    {
        if (place_ == MAP_FAILED) throw std::system_error{errno, std::generic_category(), "mmap"};
    }
    ~SharedNumber() { ::munmap(place_, sizeof *place_); }
    SharedNumber(const SharedNumber&) = delete;
    SharedNumber& operator=(const SharedNumber&) = delete;
    std::uint16_t& operator*() const { return *place_; }

private:
    std::uint16_t* place_;
};

TEST_F(ServeAsNobody, SeesDhcpArpAndTheEchoRepliesToItsOwnQuestionsAndNothingElse)
{
    const SharedNumber ours;
    converse(
        [&](const host::ServeSockets& sockets, const auto& turn) {
            *ours = sockets.echo_identifier;
            turn();
            const auto seen = receive_until(sockets.packet.get(), "sentinel");
            ASSERT_EQ(seen.size(), 4U);
            EXPECT_TRUE(holds(seen[0], "a request"));
            EXPECT_TRUE(holds(seen[1], "a reply")) << "of another server, which a polite one has to overhear";
            EXPECT_EQ(wire::load_u16(seen[2].data() + 12), wire::kEtherArp);
            EXPECT_TRUE(holds(seen[3], "echo reply to us"));
        },
        {[&] {
            send(udp_frame(67, "a request"));
            send(udp_frame(9999, "secret of port 9999"));
            send(udp_frame(68, "a reply", 67));
            send(udp_frame(69, "secret of port 69"));
            send(tcp_frame(67, "secret of TCP"));
            send(tcp_frame(68, "secret of TCP"));
            send(tcp_frame(80, "secret of the web"));
            send(arp_frame());
            send(icmp_frame(8, "echo request", *ours));
            send(icmp_frame(0, "echo reply to us", *ours));
            send(icmp_frame(0, "echo reply to somebody's ping", static_cast<std::uint16_t>(*ours + 1)));
            send(icmp_frame(3, "unreachable", *ours));
            send(tagged(udp_frame(67, "another VLAN"), 7));
            send(fragment(udp_frame(67, "first fragment"), 0x2000));
            send(fragment(udp_frame(67, "second fragment"), 0x0010));
            send(udp_frame(67, "sentinel"));
        }});
}

TEST_F(ServeAsNobody, CannotTakeTheFilterOffNorPutAnotherOn)
{
    converse(
        [](const host::ServeSockets& sockets, const auto&) {
            sock_filter everything{BPF_RET | BPF_K, 0, 0, 0x40000};
            const sock_fprog program{1, &everything};
            const int off = 0;
            for (const int fd : {sockets.packet.get(), sockets.udp.get(), sockets.udp_to_relay.get(), sockets.echo.get()}) {
                EXPECT_EQ(::setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &off, sizeof off), -1);
                EXPECT_EQ(errno, EPERM);
                EXPECT_EQ(::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), -1);
                EXPECT_EQ(errno, EPERM);
                EXPECT_EQ(::setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &off, sizeof off), -1);
                EXPECT_EQ(errno, EPERM);
            }
        },
        {});
}

void bind_to(int socket, unsigned index)
{
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = static_cast<int>(index);
    EXPECT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << std::strerror(errno);
}

TEST_F(ServeAsNobody, SeesNothingOfAnotherInterface)
{
    Cable::ip("link add other type veth peer name rehto");
    Cable::ip("link set other up");
    Cable::ip("link set rehto up");
    converse(
        [](const host::ServeSockets& sockets, const auto& turn) {
            bind_to(sockets.packet.get(), interface_index("other")); // the kernel allows that
            turn();
            bind_to(sockets.packet.get(), interface_index("srv"));
            turn();
            EXPECT_TRUE(receive_until(sockets.packet.get(), "sentinel").empty());
        },
        {[] { send_frame("rehto", udp_frame(67, "of another network")); }, [&] { send(udp_frame(67, "sentinel")); }});
}

TEST_F(ServeAsNobody, TheUdpSocketsHoldThePortAndReceiveNothing)
{
    converse(
        [](const host::ServeSockets& sockets, const auto& turn) {
            turn();
            EXPECT_TRUE(receive_until(sockets.packet.get(), "sentinel").empty());
            for (const int fd : {sockets.udp.get(), sockets.udp_to_relay.get()}) {
                std::array<char, 16> octets{};
                EXPECT_EQ(::recv(fd, octets.data(), octets.size(), MSG_DONTWAIT), -1);
                EXPECT_EQ(errno, EAGAIN);
                sockaddr_in bound{};
                socklen_t length = sizeof bound;
                EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &length), 0);
                EXPECT_EQ(ntohs(bound.sin_port), 67);
            }
        },
        {[&] { send(udp_frame(67, "sentinel")); }});
}

TEST_F(ServeAsNobody, TheEchoSocketReceivesNothingAndCannotLeaveTheInterface)
{
    const SharedNumber ours;
    converse(
        [&](const host::ServeSockets& sockets, const auto& turn) {
            *ours = sockets.echo_identifier;
            turn();
            EXPECT_EQ(receive_until(sockets.packet.get(), "sentinel").size(), 1U);
            std::array<char, 16> octets{};
            EXPECT_EQ(::recv(sockets.echo.get(), octets.data(), octets.size(), MSG_DONTWAIT), -1);
            EXPECT_EQ(errno, EAGAIN);
            for (const std::string name : {"lo", ""}) {
                EXPECT_EQ(::setsockopt(sockets.echo.get(), SOL_SOCKET, SO_BINDTODEVICE, name.c_str(),
                                       static_cast<socklen_t>(name.size())),
                          -1)
                    << "'" << name << "'";
                EXPECT_EQ(errno, EPERM);
            }
        },
        {[&] {
            auto reply = icmp_frame(0, "echo reply", *ours);
            const auto to_us = cable_->server_mac().octets;
            std::transform(to_us.begin(), to_us.end(), reply.begin(), [](std::uint8_t octet) { return std::byte{octet}; });
            send(reply);
            send(udp_frame(67, "sentinel"));
        }});
}

TEST_F(Serve, RootsReceiveBufferIsNotCutToTheLimitOfOrdinaryUsers)
{
    const auto sockets = sockets_of("srv");
    int octets = 0;
    socklen_t length = sizeof octets;
    ASSERT_EQ(::getsockopt(sockets.packet.get(), SOL_SOCKET, SO_RCVBUF, &octets, &length), 0);
    EXPECT_GE(octets, 8 << 20);
}

TEST_F(Serve, NamesTheProcessThatHoldsThePort)
{
    const Descriptor other{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(67);
    ASSERT_EQ(::bind(other.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const auto refused = host::request_serve("srv");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, host::HostError::Kind::port_taken);
    EXPECT_EQ(refused.error().problem, "UDP port 67 is held by test_netd (process " + std::to_string(::getpid()) + ").");
    EXPECT_TRUE(as_nobody([&] {
        ::close(other.get()); // the child's; the other process is root's, and nobody may not look into it
        const auto unseen = host::request_serve("srv");
        ASSERT_FALSE(unseen);
        EXPECT_EQ(unseen.error().problem, "UDP port 67 is held by a process of user root.");
        EXPECT_NE(unseen.error().remedy.find("ss -lunp"), std::string::npos);
    }));
}

/// For UDP port 67, of a program that lets others have it too, as far as they do the same.
Descriptor sharing_socket(bool& bound)
{
    Descriptor made{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    const int on = 1;
    EXPECT_EQ(::setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(67);
    bound = ::bind(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    return made;
}

TEST_F(Serve, ThePortIsNotTakenFromOneWhoWouldShareIt)
{
    bool bound = false;
    const Descriptor other = sharing_socket(bound);
    ASSERT_TRUE(bound);
    const auto refused = host::request_serve("srv");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, host::HostError::Kind::port_taken);
}

TEST_F(Serve, ThePortIsSharedWithNobody)
{
    const auto sockets = sockets_of("srv");
    ASSERT_TRUE(sockets.udp_to_relay);
    bool bound = false;
    const Descriptor other = sharing_socket(bound);
    EXPECT_FALSE(bound);
    EXPECT_EQ(errno, EADDRINUSE);
    const auto second = host::request_serve("srv");
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, host::HostError::Kind::port_taken);
}

TEST_F(Serve, LoopbackIsNoPlaceForAServer)
{
    const auto refused = host::request_serve("lo");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, host::HostError::Kind::bad_argument) << refused.error().text();
}

} // namespace
} // namespace dorascope::test
