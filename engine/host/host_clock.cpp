// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/host_clock.h"

#include <ctime>

namespace dorascope::host {
namespace {

Duration read_clock(clockid_t clock)
{
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

} // namespace

HostClock::HostClock() : start_{read_clock(CLOCK_REALTIME) - read_clock(CLOCK_BOOTTIME)} { }

Duration HostClock::since_boot() { return read_clock(CLOCK_BOOTTIME); }

Instant HostClock::now() const { return start_ + read_clock(CLOCK_BOOTTIME); }

} // namespace dorascope::host
