// SPDX-License-Identifier: GPL-3.0-or-later
// A hash map from small plain keys to 32-bit indices, in one block of memory: a look-up is one cache line, a copy (keyframe) is one
// memcpy. Open addressing, linear probing, erasing by shifting back, so that there are no graves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace dorascope::observe {

/// Spreads 64 bits over 64 bits (the finaliser of MurmurHash3).
constexpr std::uint64_t spread(std::uint64_t x)
{
    x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdULL;
    x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53ULL;
    return x ^ (x >> 33);
}

struct SpreadHash {
    constexpr std::uint64_t operator()(std::uint64_t key) const { return spread(key); }
};

template <class Key, class Hash = SpreadHash> class FlatMap {
public:
    static constexpr std::uint32_t kAbsent = 0xffffffffU; ///< never a value

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    std::size_t memory_used() const { return slots_.capacity() * sizeof(Slot); }

    std::uint32_t find(const Key& key) const
    {
        if (slots_.empty()) return kAbsent;
        for (std::size_t i = home(key);; i = next(i)) {
            if (slots_[i].value == kAbsent) return kAbsent;
            if (slots_[i].key == key) return slots_[i].value;
        }
    }

    /// Inserts or replaces.
    void set(const Key& key, std::uint32_t value)
    {
        if ((size_ + 1) * 3 > slots_.size() * 2) grow();
        std::size_t i = home(key);
        while (slots_[i].value != kAbsent && !(slots_[i].key == key))
            i = next(i);
        size_ += slots_[i].value == kAbsent ? 1 : 0;
        slots_[i] = {key, value};
    }

    void erase(const Key& key)
    {
        if (slots_.empty()) return;
        std::size_t hole = home(key);
        while (!(slots_[hole].key == key) || slots_[hole].value == kAbsent) {
            if (slots_[hole].value == kAbsent) return;
            hole = next(hole);
        }
        for (std::size_t i = next(hole); slots_[i].value != kAbsent; i = next(i)) {
            // An entry may fill the hole unless its home lies between the hole and itself.
            const std::size_t mask = slots_.size() - 1;
            if (((i - home(slots_[i].key)) & mask) >= ((i - hole) & mask)) {
                slots_[hole] = slots_[i];
                hole = i;
            }
        }
        slots_[hole].value = kAbsent;
        --size_;
    }

    template <class Visit> void for_each(Visit visit) const
    {
        for (const auto& slot : slots_) {
            if (slot.value != kAbsent) visit(slot.key, slot.value);
        }
    }

    void clear()
    {
        slots_.clear();
        size_ = 0;
    }

private:
    struct Slot {
        Key key{};
        std::uint32_t value = kAbsent;
    };

    std::size_t home(const Key& key) const { return static_cast<std::size_t>(Hash{}(key)) & (slots_.size() - 1); }
    std::size_t next(std::size_t i) const { return (i + 1) & (slots_.size() - 1); }

    void grow()
    {
        std::vector<Slot> old(slots_.empty() ? 16 : slots_.size() * 2);
        old.swap(slots_);
        for (const auto& slot : old) {
            if (slot.value == kAbsent) continue;
            std::size_t i = home(slot.key);
            while (slots_[i].value != kAbsent)
                i = next(i);
            slots_[i] = slot;
        }
    }

    std::vector<Slot> slots_; // a power of two
    std::size_t size_ = 0;
};

} // namespace dorascope::observe
