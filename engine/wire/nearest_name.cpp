// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/nearest_name.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

namespace dorascope {
namespace {

/// Levenshtein's, one row at a time.
std::size_t edit_distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, substituted}));
        }
    }
    return row[b.size()];
}

} // namespace

std::optional<std::string_view> nearest_name(std::string_view text, std::span<const std::string_view> names)
{
    constexpr std::size_t kLongest = 64; // longer is no misspelling, and the distance costs length times length
    if (text.empty() || text.size() > kLongest) return std::nullopt;
    std::optional<std::string_view> best;
    std::size_t best_distance = text.size() / 3 + 2;
    for (const std::string_view name : names) {
        const bool begins = text.size() >= 3 && (name.starts_with(text) || text.starts_with(name)); // "lease", "domain_name"
        const std::size_t distance = begins ? 1 : edit_distance(text, name);
        if (distance < best_distance) {
            best = name;
            best_distance = distance;
        }
    }
    return best;
}

} // namespace dorascope
