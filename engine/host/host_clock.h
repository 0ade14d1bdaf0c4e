// SPDX-License-Identifier: GPL-3.0-or-later
// The time that the server is told.
#pragma once

#include "engine/wire/instant.h"

namespace dorascope::host {

/// The wall clock as it stood when the host began, carried on by CLOCK_BOOTTIME. A lease is a promise of a duration, so a wall clock
/// that is set (NTP after a boot without a battery, somebody's hand) must neither end leases nor prolong them; time asleep counts, as
/// it does for the clients. The price: after such a step the times stored and shown are off by it until the next start, which moves them
/// (run_clock.h).
class HostClock {
public:
    HostClock();
    /// One that shows another wall time: see run_clock.h.
    explicit HostClock(Duration wall_at_boot) : start_{Instant{wall_at_boot}} { }
    Duration wall_at_boot() const { return start_.time_since_epoch(); }
    static Duration since_boot();
    Instant now() const;
    /// What CLOCK_BOOTTIME shows at `at`; for timers.
    Duration boot_time_of(Instant at) const { return at - start_; }

private:
    Instant start_; ///< wall time at boot
};

} // namespace dorascope::host
