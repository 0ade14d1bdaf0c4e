// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/lease_committer.h"

#include "engine/host/privileged.h"

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <mutex>
#include <pthread.h>
#include <string>
#include <sys/eventfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace dorascope::host {
namespace {

HostError no_thread(int error)
{
    return {HostError::Kind::system,
            std::string{"Serving is impossible: no thread for the lease file: "} + std::strerror(error) + ".", ""};
}

/// Signals are for the program's other threads: its handlers know nothing of this one.
class SignalsBlocked {
public:
    SignalsBlocked()
    {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_{};
};

} // namespace

struct LeaseCommitter::Impl {
    explicit Impl(LeaseStore with) : store{std::move(with)} { }

    LeaseStore store; ///< the thread's while `in_use`, else the owner's
    Descriptor done;
    std::mutex mutex; ///< over what follows
    std::condition_variable changed;
    std::optional<std::span<const server::LeaseWrite>> order;
    bool in_use = false, ending = false;
    std::optional<Outcome> outcome;
    std::optional<HostError> upkeep;
    std::thread thread;

    void work()
    {
        std::unique_lock lock{mutex};
        for (;;) {
            changed.wait(lock, [this] { return order || ending; });
            if (!order) return;
            const auto writes = *std::exchange(order, std::nullopt);
            lock.unlock();
            auto stored = store.commit(writes);
            const bool went_well = stored.has_value();
            lock.lock();
            outcome = std::move(stored);
            tell();
            lock.unlock();
            auto tidied = store.tidy(); // after the outcome: nobody's ACK waits for it
            lock.lock();
            in_use = order.has_value();
            if (tidied || !went_well) { // while nothing can be stored, that is what there is to say
                changed.notify_all();
            } else {
                upkeep = std::move(tidied.error());
                tell();
            }
        }
    }

    void tell()
    {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = ::write(done.get(), &one, sizeof one);
        changed.notify_all();
    }

    /// The mutex is held. Readable as long as there is something left to tell.
    std::optional<Outcome> take_outcome()
    {
        if (!upkeep) was_told();
        return std::exchange(outcome, std::nullopt);
    }
    std::optional<HostError> take_upkeep()
    {
        if (!outcome) was_told();
        return std::exchange(upkeep, std::nullopt);
    }
    void was_told() const
    {
        std::uint64_t times = 0;
        [[maybe_unused]] const ssize_t length = ::read(done.get(), &times, sizeof times);
    }
};

LeaseCommitter::LeaseCommitter(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} { }
LeaseCommitter::LeaseCommitter(LeaseCommitter&&) noexcept = default;

LeaseCommitter::~LeaseCommitter()
{
    if (!impl_ || !impl_->thread.joinable()) return;
    {
        const std::lock_guard lock{impl_->mutex};
        impl_->ending = true;
    }
    impl_->changed.notify_all();
    impl_->thread.join();
}

tl::expected<LeaseCommitter, HostError> LeaseCommitter::open(LeaseStore store)
{
    auto impl = std::make_unique<Impl>(std::move(store));
    impl->done = Descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (!impl->done) return tl::unexpected{no_thread(errno)};
    const SignalsBlocked blocked; // the new thread inherits it
    try {
        impl->thread = std::thread{[self = impl.get()] { self->work(); }};
    } catch (const std::system_error& error) {
        return tl::unexpected{no_thread(error.code().value())};
    }
    return LeaseCommitter{std::move(impl)};
}

LeaseStore& LeaseCommitter::store()
{
    std::unique_lock lock{impl_->mutex};
    impl_->changed.wait(lock, [this] { return !impl_->in_use; });
    return impl_->store;
}

void LeaseCommitter::begin(std::span<const server::LeaseWrite> writes)
{
    {
        const std::lock_guard lock{impl_->mutex};
        impl_->order = writes;
        impl_->in_use = true;
    }
    impl_->changed.notify_all();
}

std::optional<LeaseCommitter::Outcome> LeaseCommitter::ended()
{
    const std::lock_guard lock{impl_->mutex};
    return impl_->outcome ? impl_->take_outcome() : std::nullopt;
}

LeaseCommitter::Outcome LeaseCommitter::wait()
{
    std::unique_lock lock{impl_->mutex};
    impl_->changed.wait(lock, [this] { return impl_->outcome.has_value(); });
    return *impl_->take_outcome();
}

int LeaseCommitter::descriptor() const { return impl_->done.get(); }

std::optional<HostError> LeaseCommitter::upkeep_trouble()
{
    const std::lock_guard lock{impl_->mutex};
    return impl_->upkeep ? impl_->take_upkeep() : std::nullopt;
}

} // namespace dorascope::host
