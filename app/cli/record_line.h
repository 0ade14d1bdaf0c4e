// SPDX-License-Identifier: GPL-3.0-or-later
// Exchanges, leases and servers, one readable line each.
#pragma once

#include "capture/observe/lan_state.h"

#include <string>

namespace dorascope::cli {

std::string exchange_line(const observe::LanState& state, const observe::Exchange& exchange, bool colour);
std::string lease_line(const observe::LanState& state, const observe::Binding& binding);
std::string server_line(const observe::Server& server);

} // namespace dorascope::cli
