// SPDX-License-Identifier: GPL-3.0-or-later
// The other end of the control socket: asks a running server, and reads what it answers.
#pragma once

#include "engine/host/control_protocol.h"

#include <chrono>
#include <filesystem>
#include <functional>

namespace dorascope::host {

/// One request and its whole answer. `line` gets each line but the last; the last is the result. An error when there is no such server, it
/// is not ours, it ends in the middle, or says nothing for as long as `patience`.
tl::expected<ControlResult, HostError> ask_server(const std::filesystem::path& socket, const ControlRequest& request,
                                                  const std::function<void(std::string_view)>& line,
                                                  std::chrono::milliseconds patience = std::chrono::seconds{30});

} // namespace dorascope::host
