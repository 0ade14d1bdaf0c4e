// SPDX-License-Identifier: GPL-3.0-or-later
// What an option's data is made of, for the inspector's tree: the routes of option 121, the suboptions of option 82, …
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dorascope::wire {

struct Part {
    std::string_view key;
    std::string label;
    std::string value;
    std::size_t length = 0;
};

/// The parts of well-formed data, in order and without gaps: their lengths add up to the data's. Empty where the data is one thing.
std::vector<Part> option_parts(std::uint8_t code, std::span<const std::byte> data);

} // namespace dorascope::wire
