// SPDX-License-Identifier: GPL-3.0-or-later
// Ranges of addresses that may overlap, in any number: whose each address is, and the same addresses in as few ranges as can be.
#pragma once

#include "engine/wire/address.h"

#include <compare>
#include <cstdint>
#include <map>
#include <vector>

namespace dorascope::server {

/// Each range takes its addresses from whoever had them. So a range stays in as few pieces as there are ranges, and n of them cost
/// n log n however they overlap; the price is that of several earlier owners of one address only the last is known.
class RangeOwners {
public:
    struct Owner {
        std::size_t group = 0, place = 0;
        auto operator<=>(const Owner&) const = default;
    };

    /// From now on the range, in which the first address is not behind the last, is `owner`'s. Returns whose its addresses were, each once
    /// and in ascending order.
    std::vector<Owner> claim(Ipv4Range range, Owner owner);

private:
    struct Piece {
        Ipv4Address last;
        Owner owner;
    };
    std::map<Ipv4Address, Piece> pieces_; ///< by their first address; they do not overlap
};

/// In ascending order, none of which touches the next. What ends before it begins holds no address.
std::vector<Ipv4Range> merged(std::vector<Ipv4Range> ranges);

} // namespace dorascope::server
