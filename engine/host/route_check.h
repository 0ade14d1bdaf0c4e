// SPDX-License-Identifier: GPL-3.0-or-later
// Do routed replies reach whom they are for? They leave by the served interface, to which UDP 67 is bound; with a bound socket Linux takes
// what no route of that interface leads to for a neighbour, and fails in silence.
#pragma once

#include "engine/host/interface.h"
#include "engine/wire/instant.h"

#include <optional>
#include <string>
#include <vector>

namespace dorascope::host {

class RouteCheck {
public:
    /// A sentence when this machine's route to `destination` does not lead through `interface`; once for each. Asks the kernel at most
    /// once a second, whatever is sent: a relay writes often.
    std::optional<std::string> check(Instant now, Ipv4Address destination, const Interface& interface);

private:
    Instant next_{}; ///< not before
    std::vector<Ipv4Address> said_;
};

} // namespace dorascope::host
