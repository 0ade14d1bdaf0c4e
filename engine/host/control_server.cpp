// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/control_server.h"

#include "engine/host/control_protocol.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <list>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace dorascope::host {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kGather = std::size_t{64} << 10; ///< octets of an answer that wait for the client

struct Client {
    Descriptor socket;
    std::string in, out; ///< a request as far as it has come; an answer as far as it has not gone
    ControlServer::Lines lines; ///< the rest of the answer
    Clock::time_point progress; ///< last time it took or gave something
    bool at_end = false; ///< sends no more
    bool closing = false; ///< nothing more is read; it is hung up on when `out` is empty
};

void refuse(Client& client, std::string problem, std::string remedy)
{
    client.out += to_line(refused({HostError::Kind::bad_argument, std::move(problem), std::move(remedy)})) + "\n";
    client.closing = true;
}

void receive(Client& client)
{
    std::array<char, 4096> octets{};
    const ssize_t got = ::recv(client.socket.get(), octets.data(), octets.size(), MSG_DONTWAIT);
    if (got > 0) {
        client.in.append(octets.data(), static_cast<std::size_t>(got));
        client.progress = Clock::now();
    } else if (got == 0) {
        client.at_end = true;
    } else if (errno != EAGAIN && errno != EINTR) {
        client.closing = true;
        client.out.clear();
        client.lines = nullptr;
    }
}

void send(Client& client)
{
    const ssize_t sent = ::send(client.socket.get(), client.out.data(), client.out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
        client.out.erase(0, static_cast<std::size_t>(sent));
        client.progress = Clock::now();
    } else if (errno != EAGAIN && errno != EINTR) {
        client.closing = true;
        client.out.clear();
        client.lines = nullptr;
    }
}

bool finished(const Client& client)
{
    const bool nothing_to_say = client.out.empty() && !client.lines;
    return nothing_to_say && (client.closing || (client.at_end && client.in.find('\n') == std::string::npos));
}

} // namespace

struct ControlServer::Impl {
    ControlSocket socket;
    Answer answer;
    std::chrono::milliseconds patience;
    Descriptor stopper{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    std::list<Client> clients;
    std::thread thread;

    Impl(ControlSocket listening, Answer what, std::chrono::milliseconds at_most)
        : socket{std::move(listening)}, answer{std::move(what)}, patience{at_most}
    { }

    void run();
    bool wait();
    void accept_one();
    void start_answer();
    void go_on(Client& client);
    void drop_finished();
    std::optional<Clock::time_point> next_timeout() const;
};

/// Poll's descriptors: the stopper, the listener, the clients in order. False when it is to end.
bool ControlServer::Impl::wait()
{
    std::vector<pollfd> watched{{stopper.get(), POLLIN, 0}, {socket.descriptor(), POLLIN, 0}};
    for (const auto& c : clients) {
        // What comes beyond one request waits in the kernel until that one is answered.
        const bool reads = !c.closing && !c.at_end && !c.lines && c.in.find('\n') == std::string::npos;
        watched.push_back(
            {c.socket.get(), static_cast<short>((reads ? POLLIN : 0) | (c.out.empty() && !c.lines ? 0 : POLLOUT)), 0});
    }
    int timeout = -1;
    if (const auto next = next_timeout()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - Clock::now()).count();
        timeout = static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
    }
    if (::poll(watched.data(), watched.size(), timeout) < 0 && errno != EINTR) return false;
    if (watched[0].revents != 0) return false;
    std::size_t i = 2;
    for (auto& c : clients) {
        const auto ready = watched[i++].revents;
        if ((ready & (POLLERR | POLLHUP)) != 0 && c.out.empty() && !c.lines) c.at_end = true;
        if ((ready & POLLIN) != 0) receive(c);
    }
    if (watched[1].revents != 0) accept_one();
    return true;
}

void ControlServer::Impl::accept_one()
{
    Descriptor accepted{::accept4(socket.descriptor(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (!accepted) return;
    const bool owner = peer_is_owner(accepted.get());
    auto& client = clients.emplace_back();
    client.socket = std::move(accepted);
    client.progress = Clock::now();
    if (!owner)
        return refuse(client, "This server takes orders from its owner only.",
                      "Run this as the user that started it, or as root.");
    if (clients.size() > kMostClients)
        refuse(client, "The server has " + std::to_string(kMostClients) + " others who give it orders.",
               "Try again in a moment.");
}

/// The next whole request of anybody, unless an answer is under way: so only one list of leases is ever held.
void ControlServer::Impl::start_answer()
{
    if (std::ranges::any_of(clients, [](const Client& c) { return static_cast<bool>(c.lines); })) return;
    for (auto& c : clients) {
        if (c.closing) continue;
        const auto end = c.in.find('\n');
        if (std::min(end, c.in.size()) > kLongestRequest) {
            refuse(c, "The request is too long.", "Keep to " + std::to_string(kLongestRequest) + " octets a line.");
        } else if (end != std::string::npos) {
            const std::string request = c.in.substr(0, end);
            c.in.erase(0, end + 1);
            c.lines = answer(request);
            c.progress = Clock::now();
            return;
        }
    }
}

void ControlServer::Impl::go_on(Client& client)
{
    while (client.lines && client.out.size() < kGather) {
        if (auto line = client.lines()) {
            client.out += *line + "\n";
        } else {
            client.lines = nullptr;
        }
    }
    if (!client.out.empty()) send(client);
}

void ControlServer::Impl::drop_finished()
{
    const auto now = Clock::now();
    std::erase_if(clients, [&](const Client& c) { return finished(c) || now - c.progress >= patience; });
}

std::optional<Clock::time_point> ControlServer::Impl::next_timeout() const
{
    std::optional<Clock::time_point> next;
    for (const auto& c : clients)
        next = std::min(next.value_or(Clock::time_point::max()), c.progress + patience);
    return next;
}

void ControlServer::Impl::run()
{
    while (wait()) {
        do {
            start_answer();
            for (auto& client : clients)
                go_on(client);
            // A short answer is out already: whoever asks next need not wait for the kernel to say so.
        } while (std::ranges::none_of(clients, [](const Client& c) { return static_cast<bool>(c.lines); })
                 && std::ranges::any_of(clients, [](const Client& c) {
                        return !c.closing && c.out.empty() && c.in.find('\n') != std::string::npos;
                    }));
        drop_finished();
    }
    for (auto& client : clients)
        if (!client.out.empty()) send(client);
}

ControlServer::ControlServer(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} { }
ControlServer::ControlServer(ControlServer&&) noexcept = default;
ControlServer& ControlServer::operator=(ControlServer&&) noexcept = default;

ControlServer::~ControlServer()
{
    if (!impl_ || !impl_->thread.joinable()) return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(impl_->stopper.get(), &one, sizeof one);
    impl_->thread.join();
}

tl::expected<ControlServer, HostError> ControlServer::open(const std::filesystem::path& path, Answer answer,
                                                           std::chrono::milliseconds patience)
{
    auto socket = ControlSocket::listen(path);
    if (!socket) return tl::unexpected{std::move(socket.error())};
    auto impl = std::make_unique<Impl>(std::move(*socket), std::move(answer), patience);
    impl->thread = std::thread{[raw = impl.get()] { raw->run(); }};
    return ControlServer{std::move(impl)};
}

} // namespace dorascope::host
