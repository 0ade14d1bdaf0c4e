// SPDX-License-Identifier: GPL-3.0-or-later
// One DHCP message as one line that a person can read: letter and type (coloured on terminals), client, what the message says.
#pragma once

#include "capture/decode/packet.h"
#include "engine/wire/message_type.h"

#include <string>
#include <string_view>

namespace dorascope::cli {

/// " O  OFFER   "; in colour the letter stands on a badge of the message's colour, the same in every view.
std::string type_label(MessageType type, bool colour);
std::string dimmed(std::string_view text, bool colour);

/// " O  OFFER     3c:22:fb:0a:01:02  192.168.1.100 from 192.168.1.1 for 1 h …". `name`: whom the client is known as; may be empty.
std::string message_line(const decode::DhcpPacket& packet, std::string_view name, bool colour);

} // namespace dorascope::cli
