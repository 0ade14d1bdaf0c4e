// SPDX-License-Identifier: GPL-3.0-or-later
// Domain names as RFC 1035 §3.1 and §4.1.4 write them, and in presentation form: "example.com", with "\." and "\\" for a dot or backslash
// within a label and "\DDD" for octets that are not printable ASCII (§5.1), so that a name is safe to show and reads back the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dorascope::wire {

enum class NameForm : std::uint8_t {
    plain, ///< ends with the root label; no compression
    compressed, ///< may point to earlier octets of the same option (RFC 3397)
    partial, ///< may end with the data instead of the root label (RFC 4702); a name that has the root label ends with a dot
};

/// Reads the name at `position` and moves past it. Nothing when it is malformed, longer than 255 octets, or points forward: pointers that
/// only lead back, and few of them, always end. `position` is then where the fault is.
std::optional<std::string> read_name(std::span<const std::byte> data, std::size_t& position, NameForm form);

/// Appends names in wire form. Later names share the tails of earlier ones when compressed; `base` is where the names' pointers count
/// from in `out`. False when a name is not one: empty or over-long labels, over 255 octets, a bad escape.
bool write_names(std::span<const std::string> names, NameForm form, std::size_t base, std::vector<std::byte>& out);

} // namespace dorascope::wire
