// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/name_ranks.h"

#include <algorithm>

namespace dorascope::models {
namespace {

/// A form whose bytes compare as people order names: case folded, and before a number its count of digits. A collator would know more
/// languages, and costs tens of times as much.
std::string folded(const QString& name)
{
    const std::string text = name.toCaseFolded().toStdString();
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    std::string result;
    for (std::size_t i = 0; i < text.size();) {
        if (!digit(text[i])) {
            result += text[i++];
            continue;
        }
        std::size_t end = i;
        while (end < text.size() && digit(text[end]))
            ++end;
        while (i + 1 < end && text[i] == '0')
            ++i; // leading zeros say nothing
        result += '0';
        result += static_cast<char>(std::min<std::size_t>(end - i, 255));
        result.append(text, i, end - i);
        i = end;
    }
    return result;
}

} // namespace

void NameRanks::build(std::vector<QString> names)
{
    names_ = std::move(names);
    std::vector<std::string> keys;
    keys.reserve(names_.size());
    for (const auto& name : names_)
        keys.push_back(folded(name));
    sorted_ = keys;
    std::ranges::sort(sorted_);
    const auto [first, last] = std::ranges::unique(sorted_);
    sorted_.erase(first, last);
    ranks_.resize(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i)
        ranks_[i] = static_cast<std::uint32_t>(2 * (std::ranges::lower_bound(sorted_, keys[i]) - sorted_.begin()) + 1);
}

std::uint64_t NameRanks::rank(const QString& name) const
{
    const std::string key = folded(name);
    const auto at = std::ranges::lower_bound(sorted_, key);
    const auto position = static_cast<std::uint64_t>(at - sorted_.begin());
    return 2 * position + (at != sorted_.end() && *at == key ? 1 : 0);
}

void NameRanks::clear()
{
    names_.clear();
    sorted_.clear();
    ranks_.clear();
}

} // namespace dorascope::models
