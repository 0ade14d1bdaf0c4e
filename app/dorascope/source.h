// SPDX-License-Identifier: GPL-3.0-or-later
// Where the frames on screen come from, as Session sees it: something to be pumped once a display tick.
#pragma once

#include "capture/observe/lan_state.h"
#include "capture/observe/recording.h"
#include "ui/models/scope.h"
#include "ui/views/source_control.h"

#include <chrono>
#include <optional>

namespace dorascope::app {

/// Takes frames and decisions into the recording and the live state, and gathers what changed.
class Intake {
public:
    Intake(observe::Recording& recording, observe::LanState& state);
    void frame(const decode::Frame& frame);
    void decision(const Decision& decision);
    void held(observe::HeldLeases held);
    /// What there is to give from now on; before the first frame: since ever.
    void serve(const observe::Pool& pool);
    void advance(Instant now);
    void settle(); ///< the source has ended: nothing more will answer

    std::uint64_t frames() const { return frames_; }
    observe::Changes& changes() { return changes_; }

private:
    observe::Recording& recording_;
    observe::LanState& state_;
    observe::Changes changes_;
    std::uint64_t frames_ = 0;
};

/// How an order went; of a reload when there is no order. With nothing said: the configuration is another, by somebody else's order.
struct OrderOutcome {
    std::optional<ui::LeaseOrder> order;
    Ipv4Address address;
    QString said;
    std::optional<ui::Problem> problem;
};

class Source {
public:
    Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual ~Source() = default;

    /// Hands over what has come since. `elapsed` is the wall clock's time since the last call; takes no longer than about `budget`.
    virtual void pump(Intake& intake, std::chrono::nanoseconds elapsed, std::chrono::nanoseconds budget) = 0;
    virtual void describe(ui::SourceStatus& status) const = 0;
    virtual void stop() { }
    /// A failure not reported yet.
    virtual std::optional<ui::Problem> takeProblem() { return std::nullopt; }
    virtual void order(ui::LeaseOrder, Ipv4Address) { }
    virtual models::Reservations reservations() const { return {}; } ///< by orders and by its configuration
    virtual void reload() { }
    virtual QString configuration() const { return {}; }
    /// One not reported yet.
    virtual std::optional<OrderOutcome> takeOutcome() { return std::nullopt; }
    virtual QString nameOf(const HardwareAddress&) const { return {}; }
    virtual observe::Pool pool() const { return {}; }
};

} // namespace dorascope::app
