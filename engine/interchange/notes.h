// SPDX-License-Identifier: GPL-3.0-or-later
// The list of what was left out, as it is put together.
#pragma once

#include "engine/interchange/not_carried.h"

#include <span>
#include <string_view>
#include <vector>

namespace dorascope::interchange {

class Notes {
public:
    /// A hostile file does not get an endless list.
    static constexpr std::size_t kMost = 10'000;

    void add(std::size_t line, std::string_view text, std::string why);
    std::vector<NotCarried> take() { return std::move(list_); }
    /// In order of the file, for importers that read it in another.
    std::vector<NotCarried> take_sorted();

private:
    std::vector<NotCarried> list_;
};

/// Why a key has no equivalent; the first row whose prefix it has counts.
struct Reason {
    std::string_view prefix, why;
};
std::string reason_of(std::string_view key, std::span<const Reason> reasons);

} // namespace dorascope::interchange
