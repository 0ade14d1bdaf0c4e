// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/control_client.h"

#include "engine/host/control_socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>

namespace dorascope::host {
namespace {

constexpr std::size_t kLongestLine = std::size_t{1} << 20; ///< errors of a whole configuration come in one

HostError broken_off(const std::string& why)
{
    return {HostError::Kind::system, "The server broke off" + (why.empty() ? std::string{} : ": " + why) + ".",
            "See what it printed last; dorascope-cli ctl status says whether it still runs."};
}

HostError silent(std::chrono::milliseconds patience)
{
    return {HostError::Kind::system, "The server has said nothing for " + std::to_string(patience.count() / 1000) + " s.",
            "It may wait for its disk, or have been suspended; when it goes on it may still do what it was asked."};
}

bool send_all(int socket, std::string_view text)
{
    while (!text.empty()) {
        const ssize_t sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) return false;
        if (sent > 0) text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

} // namespace

tl::expected<ControlResult, HostError> ask_server(const std::filesystem::path& path, const ControlRequest& request,
                                                  const std::function<void(std::string_view)>& line,
                                                  std::chrono::milliseconds patience)
{
    const auto socket = connect_control(path);
    if (!socket) return tl::unexpected{socket.error()};
    const timeval longest{patience.count() / 1000, patience.count() % 1000 * 1000};
    ::setsockopt(socket->get(), SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest);
    ::setsockopt(socket->get(), SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof longest);
    // One that hangs up at once has said why, so that a failed send is no reason not to read.
    const bool sent = send_all(socket->get(), to_line(request) + "\n");
    std::string pending;
    std::array<char, 65536> octets{};
    for (;;) {
        const ssize_t got = ::recv(socket->get(), octets.data(), octets.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return tl::unexpected{silent(patience)};
        if (got <= 0) return tl::unexpected{broken_off(got < 0 ? std::strerror(errno) : (sent ? "" : "it took no request"))};
        pending.append(octets.data(), static_cast<std::size_t>(got));
        std::size_t begin = 0;
        for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n', begin)) {
            const auto whole = std::string_view{pending}.substr(begin, end - begin);
            if (whole.find(R"("kind":"done")") != std::string_view::npos)
                if (auto result = parse_result(whole)) return std::move(*result);
            line(whole);
            begin = end + 1;
        }
        pending.erase(0, begin);
        if (pending.size() > kLongestLine) return tl::unexpected{broken_off("its answer has no end")};
    }
}

} // namespace dorascope::host
