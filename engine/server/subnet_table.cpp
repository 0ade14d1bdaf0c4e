// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/subnet_table.h"

#include <algorithm>

namespace dorascope::server {

SubnetTable::SubnetTable(const Config& config)
{
    subnets_.reserve(config.subnets.size());
    for (const Subnet& subnet : config.subnets) {
        const auto index = static_cast<std::uint16_t>(subnets_.size());
        subnets_.emplace_back(subnet, index);
        by_network_.push_back(index);
    }
    std::ranges::sort(by_network_, {}, [this](std::uint16_t i) { return subnets_[i].prefix().network; });
}

ServedSubnet* SubnetTable::containing(Ipv4Address address)
{
    const auto network_of = [this](std::uint16_t i) { return subnets_[i].prefix().network; };
    const auto after = std::ranges::upper_bound(by_network_, address, {}, network_of);
    if (after == by_network_.begin()) return nullptr;
    ServedSubnet& subnet = subnets_[*std::prev(after)];
    return subnet.prefix().contains(address) ? &subnet : nullptr;
}

} // namespace dorascope::server
