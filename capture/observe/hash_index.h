// SPDX-License-Identifier: GPL-3.0-or-later
// Finds 32-bit indices by hash, in one block of memory: eight octets an entry, so that a look-up among a million clients is one or two
// cache lines, and a copy (keyframe) one memcpy. What is behind an index tells whether it is the one sought; several may share a hash.
// Open addressing, linear probing; erasing shifts back, so that there are no graves.
#pragma once

#include "capture/observe/large_vector.h"

#include <cstddef>
#include <cstdint>

namespace dorascope::observe {

/// Spreads 64 bits over 64 bits (the finaliser of MurmurHash3).
constexpr std::uint64_t spread(std::uint64_t x)
{
    x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdULL;
    x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53ULL;
    return x ^ (x >> 33);
}

class HashIndex {
public:
    static constexpr std::uint32_t kAbsent = 0xffffffffU; ///< never a value

    /// The network chooses the keys. A seed that it does not know keeps it from choosing ones that collide. Only while empty.
    void seed(std::uint64_t seed) { seed_ = seed; }
    std::uint32_t hash(std::uint64_t key) const { return static_cast<std::uint32_t>(spread(key ^ seed_)); }

    void prefetch(std::uint32_t hash) const
    {
        if (!slots_.empty()) __builtin_prefetch(&slots_[home(hash)]);
    }

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    std::size_t memory_used() const { return slots_.capacity() * sizeof(Slot); }

    /// The first value under this hash that `matches` accepts.
    template <class Matches> std::uint32_t find(std::uint32_t hash, Matches matches) const
    {
        if (slots_.empty()) return kAbsent;
        for (std::size_t i = home(hash); slots_[i].value != kAbsent; i = next(i)) {
            if (slots_[i].hash == hash && matches(slots_[i].value)) return slots_[i].value;
        }
        return kAbsent;
    }

    void insert(std::uint32_t hash, std::uint32_t value)
    {
        if ((size_ + 1) * 3 > slots_.size() * 2) grow();
        place({hash, value});
        ++size_;
    }

    void erase(std::uint32_t hash, std::uint32_t value)
    {
        if (slots_.empty()) return;
        std::size_t hole = home(hash);
        while (slots_[hole].value != kAbsent && !(slots_[hole].hash == hash && slots_[hole].value == value))
            hole = next(hole);
        if (slots_[hole].value == kAbsent) return;
        for (std::size_t i = next(hole); slots_[i].value != kAbsent; i = next(i)) {
            // An entry may fill the hole unless its home lies between the hole and itself.
            if (((i - home(slots_[i].hash)) & mask()) >= ((i - hole) & mask())) {
                slots_[hole] = slots_[i];
                hole = i;
            }
        }
        slots_[hole].value = kAbsent;
        --size_;
    }

    void clear()
    {
        slots_.clear();
        size_ = 0;
    }

private:
    struct Slot {
        std::uint32_t hash = 0;
        std::uint32_t value = kAbsent;
    };

    std::size_t mask() const { return slots_.size() - 1; }
    std::size_t home(std::uint32_t hash) const { return hash & mask(); }
    std::size_t next(std::size_t i) const { return (i + 1) & mask(); }
    void place(const Slot& slot)
    {
        std::size_t i = home(slot.hash);
        while (slots_[i].value != kAbsent)
            i = next(i);
        slots_[i] = slot;
    }
    void grow()
    {
        LargeVector<Slot> old(slots_.empty() ? 16 : slots_.size() * 2);
        old.swap(slots_);
        for (const auto& slot : old) {
            if (slot.value != kAbsent) place(slot);
        }
    }

    LargeVector<Slot> slots_; // a power of two
    std::size_t size_ = 0;
    std::uint64_t seed_ = 0;
};

} // namespace dorascope::observe
