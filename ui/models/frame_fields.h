// SPDX-License-Identifier: GPL-3.0-or-later
// The headers before the DHCP message, as fields of the inspector.
#pragma once

#include "capture/decode/packet.h"
#include "ui/models/message_detail.h"

#include <cstddef>
#include <span>
#include <vector>

namespace dorascope::models {

/// Link, IPv4 and UDP headers of a frame that decode() took for `packet`.
void appendFrameFields(std::span<const std::byte> frame, const decode::DhcpPacket& packet, std::vector<DetailField>& fields);

} // namespace dorascope::models
