// SPDX-License-Identifier: GPL-3.0-or-later
// The subnets served, in order of the configuration, found by an address in them. They do not overlap: validate() sees to that.
#pragma once

#include "engine/server/served_subnet.h"

#include <span>
#include <vector>

namespace dorascope::server {

class SubnetTable {
public:
    /// `config` outlives this.
    explicit SubnetTable(const Config& config);

    ServedSubnet* containing(Ipv4Address address);
    ServedSubnet& at(std::size_t index) { return subnets_[index]; }
    std::span<ServedSubnet> all() { return subnets_; }
    std::span<const ServedSubnet> all() const { return subnets_; }

private:
    std::vector<ServedSubnet> subnets_;
    std::vector<std::uint16_t> by_network_;
};

} // namespace dorascope::server
