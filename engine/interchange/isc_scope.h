// SPDX-License-Identifier: GPL-3.0-or-later
// What the parts of the import of a dhcpd.conf work on: the scope that a statement stands in, and the outcome.
#pragma once

#include "engine/interchange/class_tests.h"
#include "engine/interchange/isc_option_names.h"
#include "engine/interchange/isc_syntax.h"
#include "engine/interchange/notes.h"
#include "engine/server/config.h"

#include <optional>

namespace dorascope::interchange {

/// What holds in a scope for what lies within it.
struct IscScope {
    /// What it is; a statement may mean something in some of them only.
    enum Block : std::uint16_t {
        kTop = 1,
        kGroup = 2,
        kNetwork = 4,
        kSubnet = 8,
        kPool = 16,
        kHost = 32,
        kClass = 64,
        kIf = 128,
        kElse = 256,
        kDeclared = 127, ///< all but conditions, which choose what is sent and declare nothing
        kAny = 511
    };

    Block block = kTop;
    server::OptionSettings options; ///< of scopes between ours: groups and shared networks
    std::optional<std::uint32_t> lease, least, most;
    std::string shared_network;
    std::string pool_class; ///< whom a pool is for; empty: everybody
    std::string_view ranges_lost; ///< why its ranges are left out: they would be for more clients here; empty: they are not
    server::OptionSettings* target = nullptr; ///< where an option statement of this scope goes; nothing: into `options`
    server::Subnet* subnet = nullptr;
    server::Reservation* host = nullptr;
    std::optional<std::size_t> client_class;
    const ClassTests* condition = nullptr; ///< of the conditions around it
    Block conditions_in = kTop; ///< where the outermost of these stands
    bool times_of_group = false; ///< a subnet heeds them, a host cannot
    bool refused = false; ///< "deny booting" of a host or the group around it

    server::OptionSettings& options_here() { return target != nullptr ? *target : options; }
};

struct IscOutcome {
    server::Config config; ///< scopes point into its subnets, which are reserved at the start
    Notes notes;
    IscOptionNames names;
    bool times_within = false; ///< a subnet, network or group has lease times of its own

    void drop(const IscStatement& s, std::string why) { notes.add(s.line, s.text(), std::move(why)); }
};

} // namespace dorascope::interchange
