// SPDX-License-Identifier: GPL-3.0-or-later
// Talking to dorascope-netd as a caller that keeps to nothing would.
#pragma once

#include "engine/host/netd_protocol.h"

#include <optional>
#include <span>
#include <string>

namespace dorascope::test {

host::NetdRequest request(host::NetdVerb verb, const std::string& interface);

/// Starts the built netd, puts `octets` as one message (or none, and closes) and returns its reply, if it gave one. What came with the
/// reply is closed.
std::optional<host::NetdReply> ask(std::span<const std::byte> octets);
std::optional<host::NetdReply> ask(const host::NetdRequest& request);

} // namespace dorascope::test
