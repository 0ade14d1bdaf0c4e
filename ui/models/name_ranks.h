// SPDX-License-Identifier: GPL-3.0-or-later
// Names as sort keys: each known name has an odd rank, a name that came later the even one between its neighbours.
#pragma once

#include <QString>

#include <cstdint>
#include <string>
#include <vector>

namespace dorascope::models {

class NameRanks {
public:
    /// `names[i]` is the name of item i (duplicates welcome). Compared without regard to case, digits by their value ("pc-2" before "pc-10").
    void build(std::vector<QString> names);
    void clear();

    std::size_t size() const { return names_.size(); } ///< items known
    std::uint64_t rank(std::size_t item) const { return ranks_[item]; } ///< item < size()
    std::uint64_t rank(const QString& name) const; ///< of any name
    /// So many items came since that the ranks between neighbours no longer tell them apart well: build anew. Seldom, for large numbers.
    bool isOutgrown(std::size_t items) const { return items > size() && (items <= 4096 || items - size() > size() / 8); }
    bool isRenamed(std::size_t item, const QString& name) const { return item < names_.size() && names_[item] != name; }

private:
    std::vector<QString> names_;
    std::vector<std::string> sorted_; ///< names in a form that compares by its bytes, each once
    std::vector<std::uint32_t> ranks_;
};

} // namespace dorascope::models
