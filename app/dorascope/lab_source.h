// SPDX-License-Identifier: GPL-3.0-or-later
// The virtual LAN at a speed that an eye can follow. Runs on the window's thread: a tick's worth of virtual time costs microseconds.
#pragma once

#include "app/dorascope/source.h"
#include "engine/lab/lab.h"

#include <map>

namespace dorascope::app {

class LabSource : public Source {
public:
    explicit LabSource(lab::Scenario scenario, std::uint64_t seed = 1);

    void pump(Intake& intake, std::chrono::nanoseconds elapsed, std::chrono::nanoseconds budget) override;
    void describe(ui::SourceStatus& status) const override;
    QString nameOf(const HardwareAddress& hardware) const override;
    observe::Pool pool() const override;

    void setPaused(bool paused) { paused_ = paused; }
    void setPace(ui::Pace pace);
    /// Runs to the next frame; time stands still afterwards.
    void step(Intake& intake);
    /// Runs to `sinceStart` of virtual time at once, whatever the pace: for pictures and tests.
    void runTo(Intake& intake, Duration sinceStart);

private:
    Duration passing(std::chrono::nanoseconds elapsed);
    Duration watchable(std::chrono::nanoseconds elapsed);
    void runUntil(Intake& intake, Instant until, std::optional<std::chrono::nanoseconds> budget);

    lab::Lab lab_;
    Intake* intake_ = nullptr; ///< while lab_ runs: its taps write here
    std::uint64_t frames_ = 0;
    Instant clock_{}; ///< virtual time shown; the lab has run up to here
    std::optional<double> gapRate_; ///< virtual seconds a second, while idle time is being skipped
    bool paused_ = false;
    ui::Pace pace_ = ui::Pace::watchable;
    std::map<HardwareAddress, QString> names_;
};

} // namespace dorascope::app
