// SPDX-License-Identifier: GPL-3.0-or-later
// Everything about one message for the inspector: its bytes, what each of them is, and which field a byte belongs to.
#pragma once

#include "engine/wire/dissection.h"
#include "ui/models/scope.h"

#include <QString>

#include <cstddef>
#include <optional>
#include <vector>

namespace dorascope::models {

/// A field of the whole frame: link, IP and UDP headers, then the payload's dissection. Parents before children.
struct DetailField {
    QString label;
    QString value;
    std::size_t offset = 0; ///< into the frame
    std::size_t length = 0;
    int parent = -1; ///< index of the parent; −1 top level
    int option = -1; ///< option code, else −1
    QString anomaly; ///< one sentence, with its clause; empty: nothing odd here
    std::optional<wire::Severity> severity; ///< of the anomaly
};

struct MessageDetail {
    observe::MessageId id = observe::kNone;
    MessageType type{};
    QString title; ///< "192.168.1.101 → Smartphone B"
    QString subtitle; ///< "frame 11 · 342 bytes · xid 0x3903f326 · broadcast"
    std::vector<std::byte> bytes; ///< of the frame; empty when the recording no longer holds it
    std::size_t payloadOffset = 0; ///< of the DHCP message within bytes
    wire::Dissection dissection; ///< offsets within the payload
    std::vector<DetailField> fields;

    /// The innermost field that byte `offset` of the frame belongs to; −1 for none.
    int fieldAt(std::size_t offset) const;
};

/// Reads message `id` from the scope's recording. Nothing when there is no such message.
std::optional<MessageDetail> messageDetail(const Scope& scope, observe::MessageId id);

/// Hex dump rows of 16: "0000  ff ff …", for copying as text.
QString hexDump(const std::vector<std::byte>& bytes);

} // namespace dorascope::models
