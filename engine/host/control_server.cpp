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
    Clock::time_point progress; ///< since when it is waited for: to send a whole request, or to take what is in `out`
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
        client.in.append(octets.data(), static_cast<std::size_t>(got)); // less than a line is no progress
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
        if (client.out.empty()) client.progress = Clock::now(); // an octet now and then is none either
    } else if (errno != EAGAIN && errno != EINTR) {
        client.closing = true;
        client.out.clear();
        client.lines = nullptr;
    }
}

/// A whole request has come, and nothing is in its way.
bool due(const Client& client)
{
    return !client.closing && !client.lines && client.out.empty() && client.in.find('\n') != std::string::npos;
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
    bool make_room();
    void start_answer(Client& client);
    void go_on(Client& client);
    void drop_finished();
    int poll_timeout() const;

    Clock::time_point woke{}; ///< while somebody's order is carried out the others are not impatient
    std::optional<Clock::time_point> deaf_until; ///< accepts nobody: the process is out of descriptors, and poll() would not wait
};

/// Poll's descriptors: the stopper, the listener, the clients in order. False when it is to end.
bool ControlServer::Impl::wait()
{
    const short listens = deaf_until && Clock::now() < *deaf_until ? 0 : POLLIN;
    std::vector<pollfd> watched{{stopper.get(), POLLIN, 0}, {socket.descriptor(), listens, 0}};
    for (const auto& c : clients) {
        // What comes beyond one request waits in the kernel until that one is answered.
        const bool reads = !c.closing && !c.at_end && !c.lines && c.in.find('\n') == std::string::npos;
        watched.push_back(
            {c.socket.get(), static_cast<short>((reads ? POLLIN : 0) | (c.out.empty() && !c.lines ? 0 : POLLOUT)), 0});
    }
    if (::poll(watched.data(), watched.size(), poll_timeout()) < 0 && errno != EINTR) return false;
    woke = Clock::now();
    if (watched[0].revents != 0) return false;
    std::size_t i = 2;
    for (auto& c : clients) {
        const auto ready = watched[i++].revents;
        if ((ready & (POLLERR | POLLHUP)) != 0 && c.out.empty() && !c.lines) c.at_end = true;
        if ((ready & POLLIN) != 0) receive(c);
    }
    if ((watched[1].revents & POLLIN) != 0) accept_one();
    return true;
}

void ControlServer::Impl::accept_one()
{
    Descriptor accepted{::accept4(socket.descriptor(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (!accepted) {
        const bool exhausted = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        if (exhausted) deaf_until = Clock::now() + kGrace;
        return;
    }
    const bool owner = peer_is_owner(accepted.get());
    const bool room = clients.size() < kMostClients || (owner && make_room());
    auto& client = clients.emplace_back();
    client.socket = std::move(accepted);
    client.progress = Clock::now();
    if (!owner)
        return refuse(client, "This server takes orders from its owner only.",
                      "Run this as the user that started it, or as root.");
    if (!room)
        refuse(client, "The server has " + std::to_string(kMostClients) + " others who give it orders.",
               "Try again in a moment.");
}

/// Whoever keeps the server waiting longest goes; not one who only just came, or takes what it asked for.
bool ControlServer::Impl::make_room()
{
    const auto waited_for = [](const Client& c) { return due(c) ? Clock::time_point::max() : c.progress; };
    const auto longest = std::ranges::min_element(clients, {}, waited_for);
    if (longest == clients.end() || waited_for(*longest) > Clock::now() - kGrace) return false;
    clients.erase(longest);
    return true;
}

/// The next request of a client, if it has come whole and the one before is answered.
void ControlServer::Impl::start_answer(Client& client)
{
    if (client.closing || client.lines || !client.out.empty()) return;
    const auto end = client.in.find('\n');
    if (std::min(end, client.in.size()) > kLongestRequest)
        return refuse(client, "The request is too long.", "Keep to " + std::to_string(kLongestRequest) + " octets a line.");
    if (end == std::string::npos) return;
    const std::string request = client.in.substr(0, end);
    client.in.erase(0, end + 1);
    client.lines = answer(request);
    client.progress = Clock::now();
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
    std::erase_if(clients, [&](const Client& c) { return finished(c) || woke - c.progress >= patience; });
}

/// Until the first client is out of time; a request that has come already does not wait at all.
int ControlServer::Impl::poll_timeout() const
{
    std::optional<Clock::time_point> next = deaf_until;
    for (const auto& c : clients) {
        next = std::min(next.value_or(Clock::time_point::max()), due(c) ? Clock::time_point{} : c.progress + patience);
    }
    if (!next) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000));
}

void ControlServer::Impl::run()
{
    while (wait()) {
        if (deaf_until && Clock::now() >= *deaf_until) deaf_until.reset();
        for (auto& client : clients) {
            start_answer(client);
            go_on(client);
        }
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
