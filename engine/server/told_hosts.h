// SPDX-License-Identifier: GPL-3.0-or-later
// Hosts that clients are told of: routers, the gateways of routes, servers of names, time and files. They have their addresses already,
// whatever pool those lie in, and a client reaches the next hop of a route on its own link alone.
#pragma once

#include "engine/server/option_sheet.h"

#include "engine/wire/message.h"

#include <array>
#include <string_view>
#include <vector>

namespace dorascope::server {

/// An option that names such hosts.
struct HostOption {
    std::uint8_t code;
    std::string_view who; ///< before the address: "the router 192.168.1.1"
    std::string_view where; ///< behind it
    bool next_hop; ///< else a host that is reached through a router
};
inline constexpr std::uint8_t kMicrosoftRoutes = 249; ///< as 121, for clients that are older than RFC 3442
inline constexpr std::uint8_t kTftpServers = 150; ///< RFC 5859
inline constexpr std::array kHostOptions{
    HostOption{wire::option::router, "router", "", true},
    HostOption{wire::option::static_routes, "gateway", " of option 33", true},
    HostOption{wire::option::classless_routes, "gateway", " of option 121", true},
    HostOption{kMicrosoftRoutes, "gateway", " of option 249", true},
    HostOption{wire::option::dns_servers, "DNS server", "", false},
    HostOption{wire::option::ntp_servers, "NTP server", "", false},
    HostOption{kTftpServers, "TFTP server", " of option 150", false},
};

/// What one of these options says.
struct ToldHosts {
    bool said = false; ///< also where it names nobody
    std::vector<Ipv4Address> hosts;
    /// Those of them that have to be in the client's subnet. RFC 3442, "Local Subnet Routes": what else is on its link a route says whose
    /// router is 0.0.0.0.
    std::vector<Ipv4Address> next_hops;
};
/// Nobody where the octets are not of the option's format.
ToldHosts told_hosts(const OptionSheet& sheet, std::uint8_t code);
/// Those of all these options.
void append_told_hosts(const OptionSheet& sheet, std::vector<Ipv4Address>& hosts);

} // namespace dorascope::server
