// SPDX-License-Identifier: GPL-3.0-or-later
// Names as sort keys: each known name has an odd rank, a name that came later the even one between its neighbours.
#pragma once

#include <QString>

#include <cstdint>
#include <vector>

namespace dorascope::models {

class NameRanks {
public:
    /// `names[i]` is the name of item i (duplicates welcome). Compared without regard to case, digits by their value ("pc-2" before "pc-10").
    void build(std::vector<QString> names);
    /// Of item i, or of a later item by its name.
    std::uint64_t rank(std::size_t item, const QString& name) const;
    bool knows(std::size_t item, const QString& name) const; ///< false: the item's name is another one now
    void clear();

private:
    std::vector<QString> sorted_;
    std::vector<QString> names_;
    std::vector<std::uint32_t> ranks_;
};

} // namespace dorascope::models
