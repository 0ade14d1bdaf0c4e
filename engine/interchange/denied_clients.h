// SPDX-License-Identifier: GPL-3.0-or-later
// Clients that another server's file says are never to be answered: they become classes that are denied.
#pragma once

#include "engine/server/config.h"

#include <string_view>

namespace dorascope::interchange {

class DeniedClients {
public:
    /// `name`: of the first class.
    explicit DeniedClients(std::string_view name) : name_{name} { }

    /// One class for all that are told by the same thing. False: it would be one too many.
    bool add(server::Config& config, server::ClassTest test);

private:
    std::string_view name_;
    std::vector<std::size_t> classes_;
};

} // namespace dorascope::interchange
