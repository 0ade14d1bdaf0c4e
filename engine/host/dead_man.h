// SPDX-License-Identifier: GPL-3.0-or-later
// Dead-man's switch: a server that was meant for an hour, or for as long as somebody sits in front of it, ends by itself.
#pragma once

#include "engine/host/server_host.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>

namespace dorascope::host {

class DeadMan {
public:
    struct Settings {
        std::optional<Duration> after; ///< time asleep counts (CLOCK_BOOTTIME): the hour is the hour of whoever said it
        std::optional<pid_t> parent; ///< ends with the process that started this one, as it was then: getppid()
        bool with_terminal = false; ///< ends when this process's terminal, if it has one, hangs up
    };
    /// On the serving thread, which ends as soon as this returns: "An hour is over." Must be quick.
    using Said = std::function<void(const std::string& why)>;

    /// Before host.run(). Holds the host's descriptors: it goes before the host does, and after run() has returned.
    static tl::expected<DeadMan, HostError> attach(ServerHost& host, const Settings& settings, Said said);
    DeadMan(DeadMan&&) noexcept;
    DeadMan& operator=(DeadMan&&) noexcept;
    ~DeadMan();

    /// On the clock of the host.
    std::optional<Instant> stops_at() const;

private:
    struct Impl;
    explicit DeadMan(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// "90 s", "1 h 30 min".
std::string duration_in_words(Duration duration);

} // namespace dorascope::host
