// SPDX-License-Identifier: GPL-3.0-or-later
// Which messages a ladder shows: those of a time window, or of the exchanges around the selected one as long as there is room.
#pragma once

#include "ui/models/ladder_layout.h"
#include "ui/models/scope.h"

#include <cstddef>
#include <vector>

namespace dorascope::models {

struct LadderRoom {
    std::size_t clients = 3; ///< lifelines there is room for
    std::size_t rows = 20; ///< messages that fit without scrolling
    std::size_t most = 600; ///< messages in any case
};

struct LadderMessages {
    std::vector<observe::MessageId> messages; ///< by time
    std::vector<observe::ClientId> clients; ///< in order of appearance
    std::size_t clientsLeftOut = 0;
    std::size_t messagesLeftOut = 0;
};

LadderMessages chooseLadderMessages(const Scope& scope, const std::optional<TimeRange>& window, const LadderRoom& room);

} // namespace dorascope::models
