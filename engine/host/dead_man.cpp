// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/dead_man.h"

#include "engine/wire/option_table.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <vector>

namespace dorascope::host {
namespace {

HostError impossible(const char* what)
{
    return {HostError::Kind::system,
            std::string{"The dead-man's switch cannot be set: "} + what + ": " + std::strerror(errno) + ".", ""};
}

Descriptor timer_after(Duration after)
{
    Descriptor timer{::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)};
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(after);
    itimerspec when{};
    when.it_value = {whole.count(), (after - whole).count()};
    if (after <= Duration::zero()) when.it_value = {0, 1};
    if (timer && ::timerfd_settime(timer.get(), 0, &when, nullptr) != 0) return {};
    return timer;
}

/// Readable when the process that started this one has ended. One that ended before it could be watched has left us to another.
Descriptor parent_watch(pid_t parent)
{
    Descriptor watch{static_cast<int>(::syscall(SYS_pidfd_open, parent, 0))};
    if (watch && ::getppid() == parent) return watch;
    if (watch) errno = ESRCH;
    return {};
}

/// Readable when the terminal has hung up. What is typed there is not ours to wait for, so it is asked for no event but the hangup, which
/// always comes; an epoll around it makes that something to wait for.
struct TerminalWatch {
    Descriptor terminal, hangup;
};
std::optional<TerminalWatch> terminal_watch()
{
    TerminalWatch watch;
    watch.terminal = Descriptor{::open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
    if (!watch.terminal) return std::nullopt; // a service has none
    watch.hangup = Descriptor{::epoll_create1(EPOLL_CLOEXEC)};
    epoll_event event{};
    event.events = 0;
    if (!watch.hangup || ::epoll_ctl(watch.hangup.get(), EPOLL_CTL_ADD, watch.terminal.get(), &event) != 0) return std::nullopt;
    return watch;
}

} // namespace

std::string duration_in_words(Duration duration)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    return wire::duration_text(static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 0, kInfiniteSeconds - 1)));
}

struct DeadMan::Impl {
    ServerHost& host;
    Said said;
    std::vector<Descriptor> watched;
    Descriptor terminal;
    std::optional<Instant> stops_at;

    Impl(ServerHost& on, Said sentence) : host{on}, said{std::move(sentence)} { }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl()
    {
        for (const auto& descriptor : watched)
            host.forget(descriptor.get());
    }
    tl::expected<void, HostError> add(Descriptor descriptor, std::string why)
    {
        const int fd = descriptor.get();
        watched.push_back(std::move(descriptor));
        return host.watch(fd, [this, fd, why = std::move(why)] {
            // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): the handler and its `why` go with forget()
            const auto sentence = why;
            host.forget(fd);
            host.stop(); // whatever becomes of the sentence
            if (said) said(sentence);
        });
    }
};

DeadMan::DeadMan(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} { }
DeadMan::DeadMan(DeadMan&&) noexcept = default;
DeadMan& DeadMan::operator=(DeadMan&&) noexcept = default;
DeadMan::~DeadMan() = default;

tl::expected<DeadMan, HostError> DeadMan::attach(ServerHost& host, const Settings& settings, Said said)
{
    auto impl = std::make_unique<Impl>(host, std::move(said));
    if (settings.after) {
        auto timer = timer_after(*settings.after);
        if (!timer) return tl::unexpected{impossible("timerfd")};
        impl->stops_at = host.now() + *settings.after;
        if (auto added =
                impl->add(std::move(timer), "The time that it was to serve is over: " + duration_in_words(*settings.after) + ".");
            !added)
            return tl::unexpected{added.error()};
    }
    if (settings.parent) {
        constexpr const char* kEnded = "The program that started it has ended.";
        auto parent = parent_watch(*settings.parent);
        if (!parent && errno == ESRCH) return tl::unexpected{HostError{HostError::Kind::system, kEnded, ""}};
        if (!parent) return tl::unexpected{impossible("the process that started this one cannot be watched")};
        if (auto added = impl->add(std::move(parent), kEnded); !added) return tl::unexpected{added.error()};
    }
    if (settings.with_terminal) {
        if (auto watch = terminal_watch()) {
            impl->terminal = std::move(watch->terminal);
            if (auto added = impl->add(std::move(watch->hangup), "Its terminal is gone."); !added)
                return tl::unexpected{added.error()};
        }
    }
    return DeadMan{std::move(impl)};
}

std::optional<Instant> DeadMan::stops_at() const { return impl_->stops_at; }

} // namespace dorascope::host
