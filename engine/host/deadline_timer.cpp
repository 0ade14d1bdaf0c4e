// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/deadline_timer.h"

#include <algorithm>
#include <sys/timerfd.h>
#include <unistd.h>

namespace dorascope::host {

DeadlineTimer::DeadlineTimer() : timer_{::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK)} { }

void DeadlineTimer::arm(const HostClock& clock, std::optional<Instant> deadline)
{
    // What is set goes off early enough; then it is set anew. Most deadlines move away as leases are renewed and offers taken.
    if (armed_ && (!deadline || *deadline >= *armed_)) return;
    if (!armed_ && !deadline) return;
    armed_ = deadline;
    itimerspec when{}; // zero: off
    if (deadline && *deadline != kNever) {
        const auto boot = std::max(clock.boot_time_of(*deadline), Duration{1});
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(boot);
        when.it_value = {seconds.count(), (boot - seconds).count()};
    }
    ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void DeadlineTimer::fired()
{
    std::uint64_t times = 0;
    [[maybe_unused]] const ssize_t length = ::read(timer_.get(), &times, sizeof times);
    armed_.reset(); // whatever is next is set anew
}

} // namespace dorascope::host
