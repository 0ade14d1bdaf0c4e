// SPDX-License-Identifier: GPL-3.0-or-later
// Finds bindings by a 32-bit tag (an address, or the hash of a client's key): open addressing, linear probing, eight octets a cell. Tags
// may repeat. Grows by two fifths at 7/8 full, which keeps it under 14 octets an entry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace dorascope::server {

class SlotIndex {
public:
    static constexpr std::uint32_t kNone = 0xffffffffU;

    SlotIndex() : cells_(kSmallest) { }

    /// The first slot under `tag` that `matches(slot)`, or kNone.
    template <class Matches> std::uint32_t find(std::uint32_t tag, Matches&& matches) const
    {
        for (std::size_t i = home(tag); cells_[i].slot != kNone; i = next(i)) {
            if (cells_[i].tag == tag && matches(cells_[i].slot)) return cells_[i].slot;
        }
        return kNone;
    }

    void insert(std::uint32_t tag, std::uint32_t slot)
    {
        if ((size_ + 1) * 8 > cells_.size() * 7) grow(cells_.size() * 7 / 5 + 1);
        place({tag, slot});
        ++size_;
    }

    /// Forgets one pair that is there.
    void erase(std::uint32_t tag, std::uint32_t slot)
    {
        std::size_t hole = home(tag);
        while (cells_[hole].tag != tag || cells_[hole].slot != slot) {
            if (cells_[hole].slot == kNone) return;
            hole = next(hole);
        }
        // Close the gap: pull back each later cell of the cluster whose home is not beyond the hole.
        for (std::size_t i = next(hole); cells_[i].slot != kNone; i = next(i)) {
            if (distance(home(cells_[i].tag), i) >= distance(hole, i)) {
                cells_[hole] = cells_[i];
                hole = i;
            }
        }
        cells_[hole] = {};
        --size_;
    }

    /// Starts fetching the cell where `tag` begins: an index of many leases is larger than the processor's cache.
    void prefetch(std::uint32_t tag) const { __builtin_prefetch(&cells_[home(tag)], 1); }

    /// Makes room for `entries` at once.
    void reserve(std::size_t entries)
    {
        if (entries * 8 > cells_.size() * 7) grow(entries * 8 / 7 + 1);
    }
    std::size_t size() const { return size_; }
    std::size_t memory_used() const { return cells_.capacity() * sizeof(Cell); }

private:
    static constexpr std::size_t kSmallest = 16;
    struct Cell {
        std::uint32_t tag = 0, slot = kNone;
    };

    std::size_t home(std::uint32_t tag) const
    {
        const std::uint32_t mixed = tag * 0x9e3779b1U;
        return static_cast<std::size_t>((std::uint64_t{mixed} * cells_.size()) >> 32);
    }
    std::size_t next(std::size_t i) const { return ++i == cells_.size() ? 0 : i; }
    std::size_t distance(std::size_t from, std::size_t to) const { return to >= from ? to - from : to + cells_.size() - from; }

    void place(Cell cell)
    {
        std::size_t i = home(cell.tag);
        while (cells_[i].slot != kNone)
            i = next(i);
        cells_[i] = cell;
    }
    void grow(std::size_t cells)
    {
        const std::vector<Cell> old = std::exchange(cells_, std::vector<Cell>(cells));
        for (const Cell& cell : old) {
            if (cell.slot != kNone) place(cell);
        }
    }

    std::vector<Cell> cells_;
    std::size_t size_ = 0;
};

} // namespace dorascope::server
