// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/subnet_table.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace dorascope::server {

SubnetTable::SubnetTable(const Config& config) : classes_{config}
{
    std::map<std::string_view, std::uint16_t> shared;
    subnets_.reserve(config.subnets.size());
    for (const Subnet& subnet : config.subnets) {
        const auto index = static_cast<std::uint16_t>(subnets_.size());
        auto network = static_cast<std::uint16_t>(networks_.size());
        if (!subnet.shared_network.empty()) network = shared.try_emplace(subnet.shared_network, network).first->second;
        if (network == networks_.size()) networks_.emplace_back();
        ServedSubnet& served = subnets_.emplace_back(subnet, ServedSubnet::Place{index, network}, config, classes_);
        networks_[network].push_back(&served); // stays: reserved above
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

bool SubnetTable::leases_the_same(const SubnetTable& other) const
{
    const auto same = [](const ServedSubnet& a, const ServedSubnet& b) { return a.leases_the_same(b); };
    return std::ranges::equal(subnets_, other.subnets_, same);
}

} // namespace dorascope::server
