// SPDX-License-Identifier: GPL-3.0-or-later
// What the server that runs here dropped or left unanswered, by the reason that its decisions give. It counts what `ctl list` counts, as it
// is decided: to ask the server for its own counts would wait for the serving thread.
#pragma once

#include "engine/wire/decision.h"
#include "ui/views/source_control.h"

#include <array>

namespace dorascope::app {

class RefusalTally {
public:
    void add(const Decision& decision);
    /// Appends to serverDrops and unanswered, in the order of the reasons.
    void describe(ui::SourceStatus& status) const;

private:
    using Counts = std::array<std::uint64_t, static_cast<std::size_t>(StepCode::count_)>;
    Counts dropped_{}, unanswered_{};
};

} // namespace dorascope::app
