// SPDX-License-Identifier: GPL-3.0-or-later
// Who uses which address at this moment: the lab's stand-in for ARP, and the ground truth about double use.
#pragma once

#include "engine/wire/address.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace dorascope::lab {

/// One row a user, in order of address. A LAN has few stations, and a short sorted list costs less than a hash of lists.
class Neighbours {
public:
    void add(Ipv4Address address, std::uint32_t station);
    void remove(Ipv4Address address, std::uint32_t station);
    /// The first to have come, where several use one address (as ARP would have it cached).
    std::optional<std::uint32_t> find(Ipv4Address address) const;
    std::size_t users(Ipv4Address address) const;

private:
    struct Row {
        Ipv4Address address;
        std::uint32_t station;
    };
    std::vector<Row>::const_iterator first(Ipv4Address address) const;
    std::vector<Row> rows_;
};

} // namespace dorascope::lab
