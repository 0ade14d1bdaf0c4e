// SPDX-License-Identifier: GPL-3.0-or-later
// JSON lines: one object each, without the line's end. Always valid UTF-8. The names are listed in help.h.
#pragma once

#include "capture/decode/packet.h"
#include "capture/observe/lan_state.h"

#include <string>

namespace dorascope::cli {

std::string message_json(const decode::Frame& frame, const decode::DhcpPacket& packet);
std::string exchange_json(const observe::LanState& state, const observe::Exchange& exchange);
std::string lease_json(const observe::LanState& state, const observe::Binding& binding);
std::string server_json(const observe::Server& server);

} // namespace dorascope::cli
