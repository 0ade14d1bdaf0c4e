// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/nearest.h"

#include <algorithm>
#include <vector>

namespace dorascope::cli {
namespace {

constexpr std::size_t kLongest = 64; ///< more of a word is not looked at: it comes from the outside

} // namespace

std::size_t edit_distance(std::string_view a, std::string_view b)
{
    a = a.substr(0, kLongest);
    b = b.substr(0, kLongest);
    std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        above[j] = j;
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

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> words)
{
    // A word broken off ("three") is nearer to what it begins than its missing letters say.
    const auto distance = [&](const std::string& w) { return !word.empty() && w.starts_with(word) ? 0 : edit_distance(word, w); };
    const auto best = std::ranges::min_element(words, {}, distance);
    return best == words.end() ? std::nullopt : std::optional{*best};
}

} // namespace dorascope::cli
