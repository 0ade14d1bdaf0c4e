// SPDX-License-Identifier: GPL-3.0-or-later
// What each order that comes over the control socket does to the server that runs.
#pragma once

#include "engine/host/config_reload.h"
#include "engine/host/control_server.h"
#include "engine/host/server_orders.h"

#include <filesystem>
#include <optional>

namespace dorascope::host {

/// What the orders work on. All of it outlives the ControlServer that is given answer_orders().
struct Controlled {
    ServerOrders& orders;
    ConfigReload& reload;
    std::filesystem::path state_dir;
    std::optional<Instant> stops_at; ///< dead-man's switch
};
ControlServer::Answer answer_orders(Controlled controlled);

} // namespace dorascope::host
