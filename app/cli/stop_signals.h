// SPDX-License-Identifier: GPL-3.0-or-later
// SIGINT, SIGTERM and SIGHUP as a question that a loop asks, so that a command ends where it can say goodbye.
#pragma once

namespace dorascope::cli {

/// Make it before any thread is started: threads inherit that these signals do not interrupt them.
class StopSignals {
public:
    /// What SIGHUP means: end, as for a program on a terminal, or read the configuration again, as for a server.
    enum class Hangup { stops, reloads };
    explicit StopSignals(Hangup hangup = Hangup::stops);
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    /// One that ends has arrived, now or before.
    bool requested();
    /// SIGHUP has arrived since this was last asked; with Hangup::reloads only.
    bool reload_requested();
    /// This was started so that a hangup does not end it (nohup).
    bool hangup_ignored() const { return hangup_ignored_; }

private:
    void read_all();

    int fd_ = -1;
    Hangup hangup_;
    bool hangup_ignored_ = false;
    bool requested_ = false, reload_requested_ = false;
};

} // namespace dorascope::cli
