// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/netd/conversation.h"

#include <cstring>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace dorascope::test {

host::NetdRequest request(host::NetdVerb verb, const std::string& interface)
{
    host::NetdRequest made;
    made.verb = static_cast<std::uint32_t>(verb);
    interface.copy(made.interface, sizeof made.interface);
    return made;
}

std::optional<host::NetdReply> ask(std::span<const std::byte> octets)
{
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return std::nullopt;
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(pair[1], host::kNetdSocket);
        ::execl(DORASCOPE_BIN_DIR "/dorascope-netd", "dorascope-netd", nullptr);
        ::_exit(127);
    }
    ::close(pair[1]);
    if (!octets.empty()) ::send(pair[0], octets.data(), octets.size(), MSG_NOSIGNAL);
    if (octets.empty()) ::shutdown(pair[0], SHUT_WR);
    host::NetdReply reply;
    const ssize_t length = ::recv(pair[0], &reply, sizeof reply, 0); // descriptors are not asked for, so the kernel closes them
    ::close(pair[0]);
    ::waitpid(child, nullptr, 0);
    if (length != static_cast<ssize_t>(sizeof reply)) return std::nullopt;
    return reply;
}

std::optional<host::NetdReply> ask(const host::NetdRequest& request) { return ask(std::as_bytes(std::span{&request, 1})); }

} // namespace dorascope::test
