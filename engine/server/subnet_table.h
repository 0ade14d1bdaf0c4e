// SPDX-License-Identifier: GPL-3.0-or-later
// The subnets served, in order of the configuration, found by an address in them. They do not overlap: validate() sees to that. Those
// that share a link are found together.
#pragma once

#include "engine/server/client_classes.h"
#include "engine/server/served_subnet.h"

#include <span>
#include <utility>
#include <vector>

namespace dorascope::server {

/// The subnets on one link, in order of the configuration: nearly always just one.
using SharedNetwork = std::span<ServedSubnet* const>;

class SubnetTable {
public:
    /// `config` outlives this.
    explicit SubnetTable(const Config& config);

    ServedSubnet* containing(Ipv4Address address);
    ServedSubnet& at(std::size_t index) { return subnets_[index]; }
    const ServedSubnet& at(std::size_t index) const { return subnets_[index]; }
    SharedNetwork network_of(const ServedSubnet& subnet) const { return networks_[subnet.network()]; }
    std::span<ServedSubnet> all() { return subnets_; }
    std::span<const ServedSubnet> all() const { return subnets_; }
    const ClientClasses& classes() const { return classes_; }

    bool leases_the_same(const SubnetTable& other) const;
    /// Takes the place of one that leases the same; `changed` is called for each address whose reservation is new or gone.
    template <class Changed> void take_over(SubnetTable& former, Changed&& changed)
    {
        for (std::size_t i = 0; i < subnets_.size(); ++i) {
            subnets_[i].take_over(former.subnets_[i]);
            for (const auto& [one, other] : {std::pair{&subnets_[i], &former.subnets_[i]}, {&former.subnets_[i], &subnets_[i]}}) {
                for (const Reservation* r : one->reservations().by_address()) {
                    if (other->reservation_at(r->address) == nullptr) changed(r->address);
                }
            }
        }
    }

private:
    ClientClasses classes_;
    std::vector<ServedSubnet> subnets_;
    std::vector<std::vector<ServedSubnet*>> networks_;
    std::vector<std::uint16_t> by_network_;
};

} // namespace dorascope::server
