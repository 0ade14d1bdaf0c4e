// SPDX-License-Identifier: GPL-3.0-or-later
// Who holds a UDP port of this network namespace, as far as this process may see (/proc/net/udp, /proc/PID/fd).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace dorascope::host {

struct PortHolder {
    std::string user; ///< name, else number
    int pid = 0; ///< 0: not ours to see
    std::string process; ///< comm, when pid is known
};
std::optional<PortHolder> find_udp_port_holder(std::uint16_t port);

} // namespace dorascope::host
