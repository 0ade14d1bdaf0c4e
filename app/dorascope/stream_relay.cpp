// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/stream_relay.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace dorascope::app {
namespace {

constexpr std::size_t kLongestLine = 4096;

} // namespace

StreamRelay::StreamRelay(host::Descriptor input, host::Descriptor status)
    : input_(std::move(input)), status_(std::move(status)), wake_(::eventfd(0, EFD_CLOEXEC))
{
    std::array<int, 2> pair{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0 || !wake_) return;
    relay_ = host::Descriptor{pair[0]};
    output_ = host::Descriptor{pair[1]};
    thread_ = std::thread([this] { run(); });
}

StreamRelay::~StreamRelay()
{
    stop();
    if (thread_.joinable()) thread_.join();
}

void StreamRelay::stop()
{
    const std::uint64_t one = 1;
    if (wake_) [[maybe_unused]]
        const auto written = ::write(wake_.get(), &one, sizeof one);
    // A reader that has stopped reading must not hold the relay in send().
    if (relay_) ::shutdown(relay_.get(), SHUT_RDWR);
}

std::string StreamRelay::error() const
{
    const std::scoped_lock lock(mutex_);
    return error_;
}

void StreamRelay::run()
{
    for (;;) {
        std::array<pollfd, 3> fds{pollfd{wake_.get(), POLLIN, 0}, pollfd{input_.get(), POLLIN, 0},
                                  pollfd{status_.get(), POLLIN, 0}};
        if (::poll(fds.data(), fds.size(), -1) < 0) { // a descriptor of −1 is ignored by poll
            if (errno == EINTR) continue;
            break;
        }
        if (fds[0].revents != 0) break;
        if (fds[2].revents != 0 && !listen()) status_ = host::Descriptor{};
        if (fds[1].revents != 0 && !pass()) {
            while (status_ && listen()) { } // the reason for the end, if it gave one
            break;
        }
    }
    ::shutdown(relay_.get(), SHUT_RDWR);
    input_ = host::Descriptor{}; // the sender notices and ends
}

bool StreamRelay::pass()
{
    std::array<std::byte, 65536> buffer;
    const ssize_t got = ::read(input_.get(), buffer.data(), buffer.size());
    if (got < 0) return errno == EINTR || errno == EAGAIN;
    for (ssize_t sent = 0; sent < got;) {
        const ssize_t n = ::send(relay_.get(), buffer.data() + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        sent += n;
    }
    return got > 0;
}

bool StreamRelay::listen()
{
    pollfd ready{status_.get(), POLLIN, 0};
    if (::poll(&ready, 1, 0) <= 0) return false;
    std::array<char, 1024> buffer{};
    const ssize_t got = ::read(status_.get(), buffer.data(), buffer.size());
    if (got <= 0) return false;
    partial_.append(buffer.data(), static_cast<std::size_t>(got));
    for (std::size_t end; (end = partial_.find('\n')) != std::string::npos; partial_.erase(0, end + 1))
        line(partial_.substr(0, end));
    if (partial_.size() > kLongestLine) partial_.clear();
    return true;
}

void StreamRelay::line(const std::string& text)
{
    if (text.starts_with("drops ")) {
        std::uint64_t drops = 0;
        if (std::from_chars(text.data() + 6, text.data() + text.size(), drops).ec == std::errc{}) drops_ = drops;
    } else if (text.starts_with("error ")) {
        const std::scoped_lock lock(mutex_);
        error_ = text.substr(6);
    }
}

} // namespace dorascope::app
