// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/interchange/notes.h"

#include "engine/interchange/text.h"

#include <algorithm>
#include <fmt/format.h>

namespace dorascope::interchange {

std::string to_string(const NotCarried& item)
{
    return (item.line > 0 ? fmt::format("{}: ", item.line) : std::string{}) + item.text + ": " + item.why;
}

void Notes::add(std::size_t line, std::string_view text, std::string why)
{
    if (list_.size() == kMost) list_.push_back({line, "…", "and more that is not listed"});
    if (list_.size() < kMost) list_.push_back({line, shortened(text), std::move(why)});
}

std::vector<NotCarried> Notes::take_sorted()
{
    std::ranges::stable_sort(list_, {}, &NotCarried::line);
    return take();
}

std::string reason_of(std::string_view key, std::span<const Reason> reasons)
{
    const auto found = std::ranges::find_if(reasons, [&](const Reason& row) { return key.starts_with(row.prefix); });
    return found == reasons.end() ? "has no equivalent here" : std::string{found->why};
}

} // namespace dorascope::interchange
