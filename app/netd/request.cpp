// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/netd/request.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

namespace dorascope::netd {
namespace {

using host::NetdReply;
using host::NetdRequest;
using host::NetdStatus;
using host::NetdVerb;

static_assert(host::kNetdInterfaceSize == IF_NAMESIZE);

int socket_option(int fd, int option)
{
    int value = -1;
    socklen_t length = sizeof value;
    return ::getsockopt(fd, SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
}

// As the kernel's dev_valid_name(), and narrower: printable ASCII only.
bool is_interface_name(const char (&name)[host::kNetdInterfaceSize])
{
    const auto* const end = std::find(std::begin(name), std::end(name), '\0');
    if (end == std::begin(name) || end == std::end(name)) return false;
    if (!std::all_of(end, std::end(name), [](char c) { return c == '\0'; })) return false;
    if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0) return false;
    return std::all_of(std::begin(name), end, [](char c) { return c > ' ' && c < 0x7f && c != '/' && c != ':'; });
}

bool send_reply(int socket, const NetdReply& reply, std::span<const int> descriptors)
{
    iovec part{const_cast<NetdReply*>(&reply), sizeof reply};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(host::kNetdMostDescriptors * sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
    }
    return ::sendmsg(socket, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(sizeof reply);
}

} // namespace

bool is_request_socket(int fd) { return socket_option(fd, SO_DOMAIN) == AF_UNIX && socket_option(fd, SO_TYPE) == SOCK_SEQPACKET; }

bool receive_request(int socket, Request& request, Refusal& refusal)
{
    struct {
        NetdRequest request;
        char excess = 0; // a longer message is a bad one; the kernel would cut it silently
    } received;
    const ssize_t length = ::recv(socket, &received, sizeof received, 0);
    refusal = {NetdStatus::ok, 0, ""};
    if (length <= 0) return false;

    const NetdRequest& asked = received.request;
    refusal = {NetdStatus::bad_request, 0, "request"};
    if (length != static_cast<ssize_t>(sizeof asked) || asked.magic != host::kNetdMagic) return false;
    if (asked.verb != static_cast<std::uint32_t>(NetdVerb::serve) && asked.verb != static_cast<std::uint32_t>(NetdVerb::capture))
        return false;
    request.verb = static_cast<NetdVerb>(asked.verb);
    const std::uint32_t known_flags = request.verb == NetdVerb::capture ? host::kNetdPromiscuous : 0;
    if ((asked.flags & ~known_flags) != 0) return false;
    request.promiscuous = (asked.flags & host::kNetdPromiscuous) != 0;
    refusal.detail = "interface name";
    if (!is_interface_name(asked.interface)) return false;
    std::copy(std::begin(asked.interface), std::end(asked.interface), request.interface.begin());

    request.index = ::if_nametoindex(request.interface.data());
    refusal = {NetdStatus::no_such_interface, errno, "if_nametoindex"};
    return request.index != 0;
}

bool reply_ok(int socket, std::span<const int> descriptors, std::uint16_t echo_identifier)
{
    NetdReply reply;
    reply.pid = ::getpid();
    reply.echo_identifier = echo_identifier;
    return send_reply(socket, reply, descriptors);
}

void reply_refusal(int socket, const Refusal& refusal)
{
    NetdReply reply;
    reply.status = static_cast<std::uint32_t>(refusal.status);
    reply.error = refusal.error;
    reply.pid = ::getpid();
    const std::size_t length = std::min(std::strlen(refusal.detail), sizeof reply.detail - 1);
    std::memcpy(reply.detail, refusal.detail, length);
    send_reply(socket, reply, {});
}

} // namespace dorascope::netd
