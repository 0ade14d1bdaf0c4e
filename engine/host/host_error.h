// SPDX-License-Identifier: GPL-3.0-or-later
// What goes wrong outside the program, and which kind of wrong it is.
#pragma once

#include <string>

namespace dorascope::host {

/// Something outside said no. Two sentences for a person: what and why, and what to do.
struct HostError {
    enum class Kind {
        no_such_interface,
        interface_down,
        no_address, ///< the interface has no IPv4 address
        no_privilege, ///< dorascope-netd lacks its capabilities, or the server is another user's
        port_taken, ///< another program holds UDP port 67
        helper_missing, ///< dorascope-netd, which opens the sockets, was not found
        system, ///< a call to the kernel failed
        store, ///< the lease file: not ours, damaged, or the disk
        config, ///< the configuration cannot be served
        bad_argument, ///< what was asked for makes no sense
    };
    Kind kind = Kind::system;
    std::string problem; ///< "Interface eth9 does not exist."
    std::string remedy; ///< "Choose one of: eth0, wlan0 (dorascope-cli interfaces)." With the exact command where there is one.
    std::string text() const { return remedy.empty() ? problem : problem + " " + remedy; }
};

} // namespace dorascope::host
