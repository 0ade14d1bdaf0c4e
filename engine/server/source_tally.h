// SPDX-License-Identifier: GPL-3.0-or-later
// How much each sender has of the server's addresses, by a 32-bit tag (a keyed hash, never 0): open addressing, twelve octets a cell. It
// follows the bindings one by one, so that it cannot outgrow them, and forgets a tag with the last address counted for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace dorascope::server {

class SourceTally {
public:
    struct Count {
        std::uint32_t offers = 0; ///< outstanding
        std::uint32_t grants = 0; ///< leases that no offer went before
        bool none() const { return offers == 0 && grants == 0; }
    };

    Count of(std::uint32_t tag) const
    {
        const Cell& cell = cells_[place_of(tag)];
        return cell.tag == tag ? cell.count : Count{};
    }

    void add(std::uint32_t tag, std::uint32_t Count::*what)
    {
        if ((size_ + 1) * 4 > cells_.size() * 3) grow();
        Cell& cell = cells_[place_of(tag)];
        size_ += cell.tag == 0;
        cell.tag = tag;
        ++(cell.count.*what);
    }

    /// One that was added.
    void remove(std::uint32_t tag, std::uint32_t Count::*what)
    {
        const std::size_t place = place_of(tag);
        if (cells_[place].tag != tag || cells_[place].count.*what == 0) return;
        --(cells_[place].count.*what);
        if (cells_[place].count.none()) close_gap(place);
    }

    std::size_t size() const { return size_; }
    std::size_t memory_used() const { return cells_.capacity() * sizeof(Cell); }

private:
    struct Cell {
        std::uint32_t tag = 0;
        Count count;
    };
    std::size_t home(std::uint32_t tag) const { return tag & (cells_.size() - 1); }
    std::size_t next(std::size_t i) const { return (i + 1) & (cells_.size() - 1); }
    /// Where the tag is, or would be.
    std::size_t place_of(std::uint32_t tag) const
    {
        std::size_t i = home(tag);
        while (cells_[i].tag != 0 && cells_[i].tag != tag)
            i = next(i);
        return i;
    }

    void close_gap(std::size_t hole)
    {
        // Pull back each later cell of the cluster whose home is not beyond the hole.
        for (std::size_t i = next(hole); cells_[i].tag != 0; i = next(i)) {
            const std::size_t mask = cells_.size() - 1;
            if (((i - home(cells_[i].tag)) & mask) < ((i - hole) & mask)) continue;
            cells_[hole] = cells_[i];
            hole = i;
        }
        cells_[hole] = {};
        --size_;
    }

    void grow()
    {
        const std::vector<Cell> before = std::exchange(cells_, std::vector<Cell>(cells_.size() * 2));
        for (const Cell& cell : before) {
            if (cell.tag != 0) cells_[place_of(cell.tag)] = cell;
        }
    }

    std::vector<Cell> cells_ = std::vector<Cell>(64); ///< a power of two of them
    std::size_t size_ = 0;
};

} // namespace dorascope::server
