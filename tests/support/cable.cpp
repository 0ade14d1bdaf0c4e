// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/cable.h"

#include "tests/support/child_process.h"
#include "tests/support/open_root.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sstream>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dorascope::test {
namespace {

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error{what + ": " + std::strerror(errno)}; }

int this_network()
{
    const int fd = ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    return fd >= 0 ? fd : (fail("/proc/thread-self/ns/net"), -1);
}
void enter(int network)
{
    if (::setns(network, CLONE_NEWNET) != 0) fail("setns");
}
int new_network()
{
    if (::unshare(CLONE_NEWNET) != 0) fail("unshare(CLONE_NEWNET)");
    Cable::ip("link set lo up");
    return this_network();
}

MacAddress mac_of(const char* interface)
{
    ifreq query{};
    std::strncpy(query.ifr_name, interface, sizeof query.ifr_name - 1);
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const int result = ::ioctl(fd, SIOCGIFHWADDR, &query);
    ::close(fd);
    if (result != 0) fail(interface);
    MacAddress mac;
    std::memcpy(mac.octets.data(), query.ifr_hwaddr.sa_data, mac.octets.size());
    return mac;
}

} // namespace

bool may_make_networks() { return ::geteuid() == 0; }

Cable::Cable() : home_{this_network()}
{
    client_ = new_network();
    server_ = new_network();
    ip("link add srv type veth peer name cli");
    ip("link set cli netns /proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(client_));
    ip("address add 192.168.77.1/24 dev srv");
    ip("link set srv up");
    on_client([] { ip("link set cli up"); });
}

Cable::~Cable()
{
    ::setns(home_, CLONE_NEWNET);
    for (const int fd : {home_, client_, server_})
        ::close(fd);
}

void Cable::on_client(const std::function<void()>& what) const
{
    enter(client_);
    try {
        what();
    } catch (...) {
        enter(server_);
        throw;
    }
    enter(server_);
}

MacAddress Cable::server_mac() const { return mac_of("srv"); }

MacAddress Cable::client_mac() const
{
    MacAddress mac;
    on_client([&] { mac = mac_of("cli"); });
    return mac;
}

void Cable::ip(const std::string& arguments)
{
    std::vector<std::string> argv{"ip"};
    std::istringstream words{arguments};
    for (std::string word; words >> word;)
        argv.push_back(word);
    const Finished finished = run_program(argv);
    if (finished.status != 0) throw std::runtime_error{"ip " + arguments + ": " + finished.err};
}

unsigned interface_index(const std::string& name)
{
    const unsigned index = ::if_nametoindex(name.c_str());
    return index > 0 ? index : (fail(name), 0U);
}

void send_frames(const std::string& interface, std::span<const std::vector<std::byte>> frames)
{
    const int fd = ::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    sockaddr_ll to{};
    to.sll_family = AF_PACKET;
    to.sll_protocol = htons(ETH_P_ALL);
    to.sll_ifindex = static_cast<int>(interface_index(interface));
    bool sent = true;
    for (const auto& frame : frames) {
        const ssize_t length = ::sendto(fd, frame.data(), frame.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
        sent = sent && length == static_cast<ssize_t>(frame.size());
    }
    ::close(fd);
    if (!sent) fail("sending a frame");
}

void send_frame(const std::string& interface, const std::vector<std::byte>& frame) { send_frames(interface, {&frame, 1}); }

bool in_child(const std::function<void()>& what)
{
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            what();
        } catch (const std::exception& e) {
            ADD_FAILURE() << e.what();
        }
        std::fflush(nullptr);
        ::_exit(testing::Test::HasFailure() ? 1 : 0);
    }
    int status = -1;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) { }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool as_nobody(const std::function<void()>& what)
{
    return in_child([&] {
        open_root();
        const bool changed = ::setgroups(0, nullptr) == 0 && ::setresgid(kNobody, kNobody, kNobody) == 0
            && ::setresuid(kNobody, kNobody, kNobody) == 0;
        ASSERT_TRUE(changed) << std::strerror(errno);
        ::prctl(PR_SET_DUMPABLE, 1); // as any program of that user: /proc/self/exe is its own
        what();
    });
}

bool as_nobody(const std::vector<std::function<void()>>& turns,
               const std::function<void(const std::function<void()>& turn)>& what)
{
    std::array<int, 2> asked{}, done{};
    if (::pipe2(asked.data(), O_CLOEXEC) != 0 || ::pipe2(done.data(), O_CLOEXEC) != 0) fail("pipe");
    char octet = 'x';
    std::fflush(nullptr);
    const pid_t root = ::fork();
    if (root == 0) {
        ::close(asked[1]);
        ::close(done[0]);
        for (const auto& turn : turns) {
            if (::read(asked[0], &octet, 1) != 1) ::_exit(1); // the other one ended before its time
            turn();
            if (::write(done[1], &octet, 1) != 1) ::_exit(1);
        }
        ::_exit(0);
    }
    ::close(asked[0]);
    ::close(done[1]);
    const bool went_well = as_nobody([&] {
        what([&] {
            EXPECT_EQ(::write(asked[1], &octet, 1), 1);
            EXPECT_EQ(::read(done[0], &octet, 1), 1);
        });
    });
    ::close(asked[1]);
    ::close(done[0]);
    int status = -1;
    while (::waitpid(root, &status, 0) < 0 && errno == EINTR) { }
    return went_well && status == 0;
}

} // namespace dorascope::test
