// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/neighbours.h"

#include <algorithm>

namespace dorascope::lab {

std::vector<Neighbours::Row>::const_iterator Neighbours::first(Ipv4Address address) const
{
    return std::lower_bound(rows_.begin(), rows_.end(), address, [](const Row& row, Ipv4Address a) { return row.address < a; });
}

void Neighbours::add(Ipv4Address address, std::uint32_t station)
{
    const auto behind =
        std::upper_bound(rows_.begin(), rows_.end(), address, [](Ipv4Address a, const Row& row) { return a < row.address; });
    rows_.insert(behind, {address, station});
}

void Neighbours::remove(Ipv4Address address, std::uint32_t station)
{
    for (auto row = first(address); row != rows_.end() && row->address == address; ++row) {
        if (row->station != station) continue;
        rows_.erase(row);
        return;
    }
}

std::optional<std::uint32_t> Neighbours::find(Ipv4Address address) const
{
    const auto row = first(address);
    return row != rows_.end() && row->address == address ? std::optional{row->station} : std::nullopt;
}

std::size_t Neighbours::users(Ipv4Address address) const
{
    std::size_t count = 0;
    for (auto row = first(address); row != rows_.end() && row->address == address; ++row)
        ++count;
    return count;
}

} // namespace dorascope::lab
