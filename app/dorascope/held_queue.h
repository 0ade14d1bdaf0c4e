// SPDX-License-Identifier: GPL-3.0-or-later
// The leases that a server holds when it begins to serve, on their way from its thread to the window: as they stood then, in parts that
// fit into a display tick.
#pragma once

#include "capture/observe/held_leases.h"
#include "engine/host/server_host.h"

#include <deque>
#include <mutex>
#include <optional>

namespace dorascope::app {

class HeldQueue {
public:
    /// More of them are only counted: what a LanState has room for.
    static constexpr std::size_t kMost = 1'000'000;

    /// On the serving thread, before it serves.
    void fill(const host::ServerHost& host);
    /// The next part; nothing when there is none (yet).
    std::optional<observe::HeldLeases> take();

private:
    std::mutex mutex_;
    std::deque<observe::HeldLeases> parts_;
};

} // namespace dorascope::app
