// SPDX-License-Identifier: GPL-3.0-or-later
// dorascope-netd: the only privileged program of DoraScope. Takes one request from an inherited socket, opens what an ordinary user
// cannot, hands it over, and holds nothing else. See README.md beside this file for what the caller can and cannot do with it.
#include "app/netd/capture.h"
#include "app/netd/confine.h"
#include "app/netd/request.h"
#include "app/netd/seccomp.h"
#include "app/netd/serve.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace dorascope::netd {
namespace {

int refuse(int socket, const Refusal& refusal)
{
    if (refusal.status != host::NetdStatus::ok) reply_refusal(socket, refusal);
    return 1;
}

constexpr Refusal kStillPrivileged{host::NetdStatus::system, 0, "giving up the capabilities"};

int serve(int socket, const Request& request)
{
    Refusal refusal;
    const auto sockets = open_serve_sockets(request, refusal);
    if (!sockets) return refuse(socket, refusal);
    if (!drop_every_privilege()) return refuse(socket, kStillPrivileged);
    return reply_ok(socket, std::array{sockets->packet, sockets->udp, sockets->udp_to_relay, sockets->echo},
                    sockets->echo_identifier)
        ? 0
        : 1;
}

int capture(int socket, const Request& request)
{
    Refusal refusal;
    const Pcap handle = open_capture(request, refusal);
    if (!handle) return refuse(socket, refusal);
    if (!drop_every_privilege()) return refuse(socket, kStillPrivileged);
    int stream[2], status[2];
    if (::pipe2(stream, O_CLOEXEC) != 0 || ::pipe2(status, O_CLOEXEC | O_NONBLOCK) != 0)
        return refuse(socket, {host::NetdStatus::system, errno, "pipe"});
    if (!reply_ok(socket, std::array{stream[0], status[0]})) return 1;
    for (const int fd : {socket, stream[0], status[0]})
        ::close(fd);
    ::alarm(0);
    // A second wall: where the kernel has no seccomp, a process that holds no privilege still streams.
    [[maybe_unused]] const bool walled_in = keep_to_streaming();
    stream_capture(handle.get(), request, stream[1], status[1]);
    return 0;
}

int run(int argc, char** argv)
{
    const bool from_stdin = argc == 2 && std::strcmp(argv[1], host::kNetdStdinArgument) == 0;
    const int socket = from_stdin ? STDIN_FILENO : host::kNetdSocket;
    if (argc < 1 || argc > (from_stdin ? 2 : 1) || !is_request_socket(socket)) {
        constexpr char kUsage[] = "dorascope-netd is started by dorascope and dorascope-cli, with a socket to talk through.\n";
        [[maybe_unused]] const ssize_t said = ::write(STDERR_FILENO, kUsage, sizeof kUsage - 1);
        return 2;
    }
    forget_the_caller(socket);
    Request request;
    Refusal refusal;
    if (!receive_request(socket, request, refusal)) return refuse(socket, refusal);
    return request.verb == host::NetdVerb::serve ? serve(socket, request) : capture(socket, request);
}

} // namespace
} // namespace dorascope::netd

int main(int argc, char** argv)
{
    ::_exit(dorascope::netd::run(argc, argv)); // nothing registered by a library runs any more
}
