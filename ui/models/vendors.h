// SPDX-License-Identifier: GPL-3.0-or-later
// Who made the interface: the MAC's first three octets in IEEE's public list (resources/vendors.txt). The list is read at the first
// question, not at start.
#pragma once

#include "engine/wire/address.h"

#include <QString>

namespace dorascope::models {

/// "Apple"; "random MAC" for locally administered addresses; empty when unknown or not Ethernet.
QString vendorName(const HardwareAddress& hardware);
QString vendorName(const MacAddress& mac);

} // namespace dorascope::models
