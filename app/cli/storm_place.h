// SPDX-License-Identifier: GPL-3.0-or-later
// A storm on a LAN where people work is an outage. So it goes to loopback or stays in a network namespace, unless told the interface twice.
#pragma once

#include "app/cli/commands.h"

namespace dorascope::cli {

enum class Network : std::uint8_t {
    own_namespace, ///< not the one that this machine's processes are in
    of_the_machine, ///< the machine's, or nothing that is readable says otherwise
};
/// Compares our network namespace with that of process 1, or where that may not be read, of the farthest ancestor that may.
Network network_here();

/// The refusal, unless this storm may rage there.
Result may_storm(const StormCommand& command, Network network);

} // namespace dorascope::cli
