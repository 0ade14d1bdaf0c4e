// SPDX-License-Identifier: GPL-3.0-or-later
// The configuration file of a running server, read again: by order, or because of SIGHUP.
#pragma once

#include "engine/host/config_file.h"
#include "engine/host/server_orders.h"

#include <filesystem>
#include <functional>
#include <mutex>

namespace dorascope::host {

class ConfigReload {
public:
    /// A file as this server takes it: with what its command line says besides.
    using Load = std::function<tl::expected<server::Config, std::vector<FileError>>(const std::filesystem::path&)>;

    /// `file`: in force at the start; empty: none. `orders` outlives this.
    ConfigReload(ServerOrders& orders, std::filesystem::path file, Load load = load_config);
    /// From any thread but the serving one. `file` takes the place of the one in force if it is taken; empty: that one again. A refused
    /// one changes nothing, and every error is in the result.
    ControlResult reload(const std::filesystem::path& file = {});
    std::filesystem::path file() const;

private:
    ServerOrders& orders_;
    Load load_;
    mutable std::mutex mutex_; ///< one reload at a time
    std::filesystem::path file_;
};

} // namespace dorascope::host
