// SPDX-License-Identifier: GPL-3.0-or-later
// How many of the server's addresses each sender has, by a 32-bit tag (a keyed hash, never 0): open addressing, eight octets a cell. It
// follows the bindings one by one, so that it cannot outgrow them, and forgets a tag with the last address counted for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace dorascope::server {

class SourceTally {
public:
    std::uint32_t of(std::uint32_t tag) const
    {
        const Cell& cell = cells_[place_of(tag)];
        return cell.tag == tag ? cell.count : 0;
    }

    void add(std::uint32_t tag)
    {
        if ((size_ + 1) * 4 > cells_.size() * 3) grow();
        Cell& cell = cells_[place_of(tag)];
        size_ += cell.tag == 0;
        cell.tag = tag;
        ++cell.count;
    }

    /// One that was added.
    void remove(std::uint32_t tag)
    {
        const std::size_t place = place_of(tag);
        if (cells_[place].tag != tag || cells_[place].count == 0) return;
        if (--cells_[place].count == 0) close_gap(place);
    }

    std::size_t size() const { return size_; }
    std::size_t memory_used() const { return cells_.capacity() * sizeof(Cell); }

private:
    struct Cell {
        std::uint32_t tag = 0, count = 0;
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
