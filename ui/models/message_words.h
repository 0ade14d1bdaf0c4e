// SPDX-License-Identifier: GPL-3.0-or-later
// One message in words, for headings.
#pragma once

#include "capture/observe/records.h"
#include "ui/models/scope.h"

#include <QString>

namespace dorascope::models {

QString messageTitle(const Scope& scope, const observe::Message& message); ///< "192.168.1.101 → Smartphone B"
/// "frame 11 · 342 bytes · xid 0x3903f326 · broadcast"; bytes 0: no longer held.
QString messageSubtitle(const observe::Message& message, std::uint32_t bytes);
QString missingWord(); ///< label of an anomaly that has no bytes
QString typeName(MessageType type); ///< "OFFER"

} // namespace dorascope::models
