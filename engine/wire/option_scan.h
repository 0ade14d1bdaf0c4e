// SPDX-License-Identifier: GPL-3.0-or-later
// The structure of the option areas of a payload, whatever it is worth: runs of pad, options, END and what follows it.
#pragma once

#include "engine/wire/dissection.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dorascope::wire {

/// A stretch of an area. The runs of an area follow each other without gaps and cover it.
struct Run {
    enum class Kind : std::uint8_t {
        pad, ///< one or more pad octets
        option, ///< code, length, data
        overrun, ///< an option that reaches past its area; the last run
        end,
        padding, ///< zeros after END
        trailing, ///< anything else after END
    };
    Kind kind{};
    std::uint8_t code = 0;
    std::size_t offset = 0;
    std::size_t length = 0;

    bool is_option() const { return kind == Kind::option || kind == Kind::overrun; }
    /// Octets of data within the area: what is left after code and length octet.
    std::size_t data_length() const { return length > 2 ? length - 2 : 0; }
};

struct AreaScan {
    std::vector<Run> runs;
    bool has_end = false;
};

/// How often a code stands in the payload, in the order options → file → sname.
struct Pieces {
    std::size_t count = 0;
    std::size_t first_offset = 0, last_length = 0;
    bool split = false; ///< a full piece with another behind it, or a list by definition: RFC 3396, not a duplicate
};

/// The option areas of one payload.
struct AreaScans {
    AreaScan options, file, sname; ///< file and sname are empty unless option 52 says that they hold options
    std::vector<WireOption> list; ///< options → file → sname
    std::array<Pieces, 256> pieces{};
    bool has_cookie = false; ///< without it there are no options
};

AreaScans scan_areas(std::span<const std::byte> payload);

/// The data of all pieces of an option, joined.
std::vector<std::byte> joined_data(std::span<const std::byte> payload, const AreaScans& scans, std::uint8_t code);

} // namespace dorascope::wire
