// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/event_loop.h"

#include "engine/host/privileged.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <span>
#include <string>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <vector>

namespace dorascope::host {
namespace {

HostError system_error(const char* call)
{
    return {HostError::Kind::system, std::string{"Serving is impossible: "} + call + ": " + std::strerror(errno) + ".", ""};
}

constexpr std::uint64_t kWaker = 0; ///< token of the eventfd

} // namespace

struct EventLoop::Impl {
    struct Watched {
        std::uint64_t token; ///< not the descriptor: its number may be taken anew while its event still waits in this turn
        int descriptor;
        std::unique_ptr<Handler> on_ready;
    };
    Descriptor epoll, waker;
    std::vector<Watched> watched;
    std::vector<std::unique_ptr<Handler>> forgotten; ///< one of them may be running
    std::uint64_t next_token = kWaker + 1;
    std::atomic<bool> stopped{false};
    static_assert(std::atomic<bool>::is_always_lock_free, "stop() is called in signal handlers");
    std::mutex mutex;
    std::vector<Handler> tasks; ///< under the mutex

    tl::expected<void, HostError> add(int descriptor, std::uint64_t token)
    {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = token;
        if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, descriptor, &event) != 0) return tl::unexpected{system_error("epoll_ctl")};
        return {};
    }
    void wake()
    {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = ::write(waker.get(), &one, sizeof one);
    }
    void dispatch(std::uint64_t token)
    {
        const auto found = std::find_if(watched.begin(), watched.end(), [&](const Watched& w) { return w.token == token; });
        if (found == watched.end()) return; // forgotten by a handler of this turn
        Handler& handler = *found->on_ready;
        handler();
    }
    void run_tasks()
    {
        std::uint64_t times = 0;
        [[maybe_unused]] const ssize_t length = ::read(waker.get(), &times, sizeof times);
        std::vector<Handler> due;
        {
            const std::lock_guard lock{mutex};
            due.swap(tasks);
        }
        for (const auto& task : due)
            task();
    }
};

EventLoop::EventLoop(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} { }
EventLoop::EventLoop(EventLoop&&) noexcept = default;
EventLoop& EventLoop::operator=(EventLoop&&) noexcept = default;
EventLoop::~EventLoop() = default;

tl::expected<EventLoop, HostError> EventLoop::open()
{
    auto impl = std::make_unique<Impl>();
    impl->epoll = Descriptor{::epoll_create1(EPOLL_CLOEXEC)};
    impl->waker = Descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (!impl->epoll || !impl->waker) return tl::unexpected{system_error("epoll")};
    if (auto added = impl->add(impl->waker.get(), kWaker); !added) return tl::unexpected{std::move(added.error())};
    return EventLoop{std::move(impl)};
}

tl::expected<void, HostError> EventLoop::watch(int descriptor, Handler on_ready)
{
    const std::uint64_t token = impl_->next_token++;
    if (auto added = impl_->add(descriptor, token); !added) return added;
    impl_->watched.push_back({token, descriptor, std::make_unique<Handler>(std::move(on_ready))});
    return {};
}

void EventLoop::forget(int descriptor)
{
    auto& watched = impl_->watched;
    const auto found = std::find_if(watched.begin(), watched.end(), [&](const auto& w) { return w.descriptor == descriptor; });
    if (found == watched.end()) return;
    ::epoll_ctl(impl_->epoll.get(), EPOLL_CTL_DEL, descriptor, nullptr);
    impl_->forgotten.push_back(std::move(found->on_ready));
    watched.erase(found);
}

void EventLoop::post(Handler task)
{
    {
        const std::lock_guard lock{impl_->mutex};
        impl_->tasks.push_back(std::move(task));
    }
    impl_->wake();
}

void EventLoop::stop()
{
    impl_->stopped = true;
    impl_->wake();
}

tl::expected<bool, HostError> EventLoop::turn()
{
    std::array<epoll_event, 16> events{};
    const int count = ::epoll_wait(impl_->epoll.get(), events.data(), static_cast<int>(events.size()), -1);
    if (count < 0 && errno != EINTR) return tl::unexpected{system_error("epoll_wait")};
    for (const auto& event : std::span{events}.first(static_cast<std::size_t>(std::max(count, 0)))) {
        if (event.data.u64 == kWaker) {
            impl_->run_tasks();
        } else {
            impl_->dispatch(event.data.u64);
        }
    }
    impl_->forgotten.clear();
    return !impl_->stopped;
}

} // namespace dorascope::host
