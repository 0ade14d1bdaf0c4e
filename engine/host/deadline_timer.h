// SPDX-License-Identifier: GPL-3.0-or-later
// A descriptor that becomes readable at an instant.
#pragma once

#include "engine/host/host_clock.h"
#include "engine/host/privileged.h"

#include <optional>

namespace dorascope::host {

class DeadlineTimer {
public:
    DeadlineTimer(); ///< descriptor() is -1 when the system has none left
    int descriptor() const { return timer_.get(); }
    /// Goes off at `deadline`, or once before.
    void arm(const HostClock& clock, std::optional<Instant> deadline);
    /// Readable: read, or it stays so.
    void fired();

private:
    Descriptor timer_;
    std::optional<Instant> armed_;
};

} // namespace dorascope::host
