// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/name_ranks.h"

#include <algorithm>

namespace dorascope::models {
namespace {

/// Digits by their value, letters without regard to case. A collator would know more languages, and costs tens of times as much.
bool before(const QString& a, const QString& b)
{
    qsizetype i = 0, j = 0;
    const auto run = [](const QString& s, qsizetype at) {
        qsizetype end = at;
        while (end < s.size() && s[end].isDigit())
            ++end;
        return end;
    };
    while (i < a.size() && j < b.size()) {
        if (a[i].isDigit() && b[j].isDigit()) {
            qsizetype endA = run(a, i), endB = run(b, j);
            while (i < endA - 1 && a[i].digitValue() == 0)
                ++i;
            while (j < endB - 1 && b[j].digitValue() == 0)
                ++j;
            if (endA - i != endB - j) return endA - i < endB - j; // without leading zeros the longer one is the greater
            for (; i < endA; ++i, ++j)
                if (a[i].digitValue() != b[j].digitValue()) return a[i].digitValue() < b[j].digitValue();
            continue;
        }
        const QChar x = a[i].toCaseFolded(), y = b[j].toCaseFolded();
        if (x != y) return x < y;
        ++i;
        ++j;
    }
    if (a.size() - i != b.size() - j) return a.size() - i < b.size() - j;
    return false;
}

} // namespace

void NameRanks::build(std::vector<QString> names)
{
    names_ = std::move(names);
    sorted_ = names_;
    std::ranges::sort(sorted_, before);
    const auto equal = [](const QString& a, const QString& b) { return !before(a, b) && !before(b, a); };
    sorted_.erase(std::unique(sorted_.begin(), sorted_.end(), equal), sorted_.end());
    ranks_.resize(names_.size());
    for (std::size_t i = 0; i < names_.size(); ++i) {
        const auto at = std::ranges::lower_bound(sorted_, names_[i], before) - sorted_.begin();
        ranks_[i] = static_cast<std::uint32_t>(2 * at + 1);
    }
}

std::uint64_t NameRanks::rank(std::size_t item, const QString& name) const
{
    if (knows(item, name)) return ranks_[item];
    const auto at = std::ranges::lower_bound(sorted_, name, before);
    const auto position = static_cast<std::uint64_t>(at - sorted_.begin());
    const bool same = at != sorted_.end() && !before(name, *at);
    return 2 * position + (same ? 1 : 0);
}

bool NameRanks::knows(std::size_t item, const QString& name) const { return item < names_.size() && names_[item] == name; }

void NameRanks::clear()
{
    sorted_.clear();
    names_.clear();
    ranks_.clear();
}

} // namespace dorascope::models
