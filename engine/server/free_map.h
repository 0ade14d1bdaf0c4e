// SPDX-License-Identifier: GPL-3.0-or-later
// Which of n places are free: one bit a place, and above it a bit for each word that has one, and so on. Finding the lowest free place
// reads one word a level (four for 2^24), whatever is taken. 65/64 bits a place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace dorascope::server {

class FreeMap {
public:
    /// All of them taken, or all free.
    explicit FreeMap(std::size_t places = 0, bool free = false);

    std::size_t places() const { return places_; }
    bool is_free(std::size_t place) const;
    void set(std::size_t place); ///< free; place < places()
    void clear(std::size_t place); ///< taken
    /// The lowest free place at or above `from`.
    std::optional<std::size_t> first_free(std::size_t from = 0) const;
    std::size_t memory_used() const;

private:
    using Word = std::uint64_t;
    static constexpr std::size_t kBits = 64;

    std::size_t places_ = 0;
    std::vector<std::vector<Word>> levels_; ///< [0] a bit a place, [i + 1] a bit a word of [i]
};

} // namespace dorascope::server
