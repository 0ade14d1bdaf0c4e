// SPDX-License-Identifier: GPL-3.0-or-later
// Network interfaces of this machine, as far as a DHCP server cares.
#pragma once

#include "engine/host/host_error.h"
#include "engine/wire/address.h"

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace dorascope::host {

struct InterfaceAddress {
    Ipv4Address address;
    Ipv4Prefix prefix;
};
struct Interface {
    std::string name;
    std::uint32_t index = 0;
    MacAddress mac;
    bool up = false;
    bool carrier = false; ///< IFF_RUNNING
    bool loopback = false;
    bool ethernet = false; ///< ARPHRD_ETHER
    std::uint16_t mtu = 1500; ///< octets of the largest IP datagram in one frame
    std::vector<InterfaceAddress> addresses;
};

/// All interfaces, in the kernel's order.
tl::expected<std::vector<Interface>, HostError> interfaces();
/// Says that there is no such interface, and which there are.
HostError unknown_interface(const std::string& name);
/// One that can be served on: exists, is Ethernet, is up, has an IPv4 address; the error names the cause and the remedy.
tl::expected<Interface, HostError> interface_to_serve(const std::string& name);

/// Without their prefixes.
std::vector<Ipv4Address> own_addresses(const Interface& interface);

} // namespace dorascope::host
