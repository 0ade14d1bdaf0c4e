// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/nearest_name.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace dorascope {

std::size_t edit_distance(std::string_view a, std::string_view b)
{
    // Three rows of the table at a time: a swap looks back two.
    std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
    std::iota(above.begin(), above.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(above);
        above.swap(row);
    }
    return above[b.size()];
}

std::optional<std::string_view> nearest_name(std::string_view text, std::span<const std::string_view> names)
{
    constexpr std::size_t kLongest = 64; // longer is no misspelling, and the distance costs length times length
    if (text.empty() || text.size() > kLongest) return std::nullopt;
    const std::size_t limit = text.size() / 3 + 2; // the first distance that is too far
    std::optional<std::string_view> best;
    std::size_t best_distance = limit;
    for (const std::string_view name : names) {
        const bool begins = text.size() >= 3 && (name.starts_with(text) || text.starts_with(name)); // "lease", "domain_name"
        const std::size_t longer = std::max(name.size(), text.size()), shorter = std::min(name.size(), text.size());
        if (!begins && longer - shorter >= best_distance) continue; // so many letters would have to come or go
        const std::size_t apart = longer > kLongest ? longer : edit_distance(text, name);
        const std::size_t distance = begins ? std::min(apart, limit - 1) : apart;
        if (distance < best_distance) {
            best = name;
            best_distance = distance;
        }
    }
    return best;
}

} // namespace dorascope
