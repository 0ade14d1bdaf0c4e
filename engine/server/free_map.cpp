// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/server/free_map.h"

#include <bit>

namespace dorascope::server {

FreeMap::FreeMap(std::size_t places, bool free) : places_{places}
{
    std::size_t bits = places;
    do {
        const std::size_t words = (bits + kBits - 1) / kBits;
        levels_.emplace_back(words, free ? ~Word{0} : Word{0});
        if (free && bits % kBits != 0) levels_.back().back() = (Word{1} << (bits % kBits)) - 1;
        bits = words;
    } while (bits > 1);
}

bool FreeMap::is_free(std::size_t place) const
{
    return place < places_ && (levels_[0][place / kBits] >> (place % kBits) & 1) != 0;
}

void FreeMap::set(std::size_t place)
{
    if (place >= places_ || is_free(place)) return;
    for (auto& level : levels_) {
        Word& word = level[place / kBits];
        const bool was_empty = word == 0;
        word |= Word{1} << (place % kBits);
        if (!was_empty) return;
        place /= kBits;
    }
}

void FreeMap::clear(std::size_t place)
{
    if (!is_free(place)) return;
    for (auto& level : levels_) {
        Word& word = level[place / kBits];
        word &= ~(Word{1} << (place % kBits));
        if (word != 0) return;
        place /= kBits;
    }
}

std::optional<std::size_t> FreeMap::first_free(std::size_t from) const
{
    // Up, until a level has a bit at or above `place`; then down along the lowest bits.
    std::size_t place = from;
    for (std::size_t level = 0; level < levels_.size(); ++level) {
        const std::size_t index = place / kBits;
        if (index >= levels_[level].size()) return std::nullopt;
        const Word word = levels_[level][index] & (~Word{0} << (place % kBits));
        if (word == 0) {
            place = index + 1;
            continue;
        }
        std::size_t found = index * kBits + static_cast<std::size_t>(std::countr_zero(word));
        while (level > 0)
            found = found * kBits + static_cast<std::size_t>(std::countr_zero(levels_[--level][found]));
        return found;
    }
    return std::nullopt;
}

std::size_t FreeMap::memory_used() const
{
    std::size_t sum = 0;
    for (const auto& level : levels_)
        sum += level.capacity() * sizeof(Word);
    return sum;
}

} // namespace dorascope::server
