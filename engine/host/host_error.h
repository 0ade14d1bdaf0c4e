// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace dorascope::host {

/// Something outside said no. Two sentences for a person: what and why, and what to do.
struct HostError {
    enum class Kind {
        no_such_interface,
        interface_down,
        no_address,
        no_privilege,
        port_taken,
        helper_missing,
        system,
        store,
        config,
        bad_argument
    };
    Kind kind = Kind::system;
    std::string problem; ///< "Interface eth9 does not exist."
    std::string remedy; ///< "Choose one of: eth0, wlan0 (dorascope-cli interfaces)." With the exact command where there is one.
    std::string text() const { return remedy.empty() ? problem : problem + " " + remedy; }
};

} // namespace dorascope::host
