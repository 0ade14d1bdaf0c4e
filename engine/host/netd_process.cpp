// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/netd_process.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dorascope::host {
namespace {

HostError system_error(const std::string& what, int error)
{
    return {HostError::Kind::system, what + ": " + std::strerror(error) + ".", ""};
}

// Between fork() and exec() of a process that may have threads: only calls that are safe in a signal handler (signal-safety(7)).
[[noreturn]] void become_netd(const char* path, int socket)
{
    ::setsid(); // Ctrl-C in the caller's terminal is for the caller
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (socket == kNetdSocket) {
        ::fcntl(socket, F_SETFD, 0);
    } else {
        ::dup2(socket, kNetdSocket);
    }
    char* arguments[] = {const_cast<char*>(path), nullptr};
    char* environment[] = {nullptr};
    ::execve(path, arguments, environment);
    NetdReply reply;
    reply.status = static_cast<std::uint32_t>(NetdStatus::not_started);
    reply.error = errno;
    ::send(kNetdSocket, &reply, sizeof reply, MSG_NOSIGNAL);
    ::_exit(127);
}

/// Our end of the pair. Forks twice: the one between ends at once and is reaped here, netd itself is init's.
tl::expected<Descriptor, HostError> start(const std::filesystem::path& netd)
{
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return tl::unexpected{system_error("socketpair", errno)};
    Descriptor ours{pair[0]};
    Descriptor theirs{pair[1]};
    const std::string path = netd.string();
    const pid_t between = ::fork();
    if (between < 0) return tl::unexpected{system_error("Cannot start dorascope-netd", errno)};
    if (between == 0) {
        const pid_t child = ::fork();
        if (child == 0) become_netd(path.c_str(), theirs.get());
        ::_exit(child < 0 ? 1 : 0); // without a child the caller reads the end of the socket
    }
    while (::waitpid(between, nullptr, 0) < 0 && errno == EINTR) { }
    return ours;
}

bool wait_for_reply(int socket)
{
    constexpr int kMilliseconds = (static_cast<int>(kNetdSetupSeconds) + 1) * 1000;
    pollfd ready{socket, POLLIN, 0};
    int result = 0;
    while ((result = ::poll(&ready, 1, kMilliseconds)) < 0 && errno == EINTR) { }
    return result > 0;
}

/// A whole reply with what came along, or nothing.
bool receive_reply(int socket, std::size_t expected, NetdAnswer& answer)
{
    iovec part{&answer.reply, sizeof answer.reply};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(kNetdMostDescriptors * sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    // One that ends without having read our request leaves ECONNRESET, once, in front of what it said.
    ssize_t length = -1;
    do
        length = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    while (length < 0 && (errno == ECONNRESET || errno == EINTR));
    if (length < 0) return false;
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        for (std::size_t i = 0; i < answer.descriptors.size() && CMSG_LEN((i + 1) * sizeof(int)) <= header->cmsg_len; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
            answer.descriptors[i] = Descriptor{fd};
        }
    }
    answer.reply.detail[sizeof answer.reply.detail - 1] = '\0';
    if (length != static_cast<ssize_t>(sizeof answer.reply) || answer.reply.magic != kNetdMagic) return false;
    if (answer.reply.status != static_cast<std::uint32_t>(NetdStatus::ok)) return true;
    return std::all_of(answer.descriptors.begin(), answer.descriptors.begin() + static_cast<std::ptrdiff_t>(expected),
                       [](const Descriptor& d) { return static_cast<bool>(d); });
}

} // namespace

tl::expected<NetdAnswer, HostError> ask_netd(const std::filesystem::path& netd, const NetdRequest& request)
{
    auto socket = start(netd);
    if (!socket) return tl::unexpected{std::move(socket.error())};
    const std::string name = netd.string();
    // A netd that fails at once has closed its end already: what it said, if anything, is still there to read.
    [[maybe_unused]] const ssize_t sent = ::send(socket->get(), &request, sizeof request, MSG_NOSIGNAL);
    NetdAnswer answer;
    if (!wait_for_reply(socket->get()))
        return tl::unexpected{
            HostError{HostError::Kind::system, name + " does not answer.", "Try again; if it stays so, reinstall DoraScope."}};
    if (!receive_reply(socket->get(), netd_descriptors(NetdVerb{request.verb}), answer))
        return tl::unexpected{HostError{HostError::Kind::helper_missing, name + " ended without an answer.",
                                        "It may be of another version: reinstall DoraScope, so that both are the same."}};
    return answer;
}

} // namespace dorascope::host
