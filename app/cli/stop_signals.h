// SPDX-License-Identifier: GPL-3.0-or-later
// SIGINT, SIGTERM and SIGHUP as a question that a loop asks, so that a command ends where it can say goodbye.
#pragma once

namespace dorascope::cli {

/// Make it before any thread is started: threads inherit that these signals do not interrupt them.
class StopSignals {
public:
    StopSignals();
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    /// One of them has arrived, now or before.
    bool requested();

private:
    int fd_ = -1;
    bool requested_ = false;
};

} // namespace dorascope::cli
