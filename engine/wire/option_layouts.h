// SPDX-License-Identifier: GPL-3.0-or-later
// Options that are a record of their own, each by its RFC: iSNS, locations, softwires, PCP, encrypted DNS, 6rd, subnet allocation, VSS. One
// walk over the octets says whether they are well-formed, what they mean, and where each part lies. Their value stays OpaqueValue.
#pragma once

#include "engine/wire/option_table.h"

#include <optional>

namespace dorascope::wire {

struct LayoutField {
    std::string_view key;
    std::string label;
    std::string value;
    std::size_t length = 0;
};
struct Layout {
    std::vector<LayoutField> fields; ///< in order and without gaps, as far as the octets are well-formed
    std::optional<ValueError> fault;
    std::string text() const; ///< "label value, label value"
};
/// Nothing for options without a layout.
std::optional<Layout> option_layout(std::uint8_t code, std::span<const std::byte> data);

} // namespace dorascope::wire
