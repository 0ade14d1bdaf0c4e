// SPDX-License-Identifier: GPL-3.0-or-later
// What can be told of a message without its sender's own words.
#pragma once

#include "capture/observe/records.h"
#include "engine/wire/message.h"
#include "ui/models/scope.h"
#include "ui/models/why.h"

#include <optional>
#include <vector>

namespace dorascope::models {

/// Of a server that is not ours: where the address came from, how long it took, why it was sent where it was.
std::vector<WhyStep> deduceReply(const Scope& scope, const observe::Message& message, const std::optional<wire::Message>& parsed);
/// Of a client: its state (RFC 2131 §4.3.2), what it asks for, who answered.
std::vector<WhyStep> deduceRequest(const Scope& scope, const observe::Message& message,
                                   const std::optional<wire::Message>& parsed);

} // namespace dorascope::models
