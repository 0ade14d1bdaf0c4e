// SPDX-License-Identifier: GPL-3.0-or-later
// Time down the ladder: proportional where there is room, never closer than a row, long silences folded.
#pragma once

#include "ui/models/ladder_layout.h"

#include <span>
#include <vector>

namespace dorascope::models {

struct LadderTime {
    std::vector<double> y; ///< of each instant
    std::vector<LadderGap> gaps;
    std::vector<LadderMark> marks;
    double bottom = 0; ///< below the last one
};

/// `instants` ascend.
LadderTime layOutTime(std::span<const Instant> instants, const LadderRequest& request);

} // namespace dorascope::models
