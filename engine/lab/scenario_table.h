// SPDX-License-Identifier: GPL-3.0-or-later
// What the built-in scenarios are made of. Inside the lab only; everybody else asks scenario("office").
#pragma once

#include "engine/lab/scenario.h"

namespace dorascope::lab {

Scenario three_clients();
Scenario office();
Scenario rogue();
Scenario conflict();

/// Server 192.168.1.1 with the pool 192.168.1.100–200, and nobody there yet.
Scenario home_network(std::uint32_t lease_seconds);
std::vector<std::uint8_t> hardware_client_id(const MacAddress& mac);

} // namespace dorascope::lab
