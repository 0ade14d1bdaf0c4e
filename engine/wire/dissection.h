// SPDX-License-Identifier: GPL-3.0-or-later
// The lossless reading of a DHCP payload, for inspectors: every byte belongs to exactly one leaf field, options stand in wire order with
// their duplicates, and whatever is odd is an anomaly with its place. Never fails: rubbish has a dissection too.
#pragma once

#include "engine/wire/message_type.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dorascope::wire {

enum class Area : std::uint8_t { header, options, file, sname, trailer };
std::string_view to_string(Area area); ///< "header", "options", "file", "sname", "trailer"

/// A field of the tree. Children follow their parent and lie within it; a parent's bytes are the union of its children's when it has any.
struct Field {
    /// Stable name for code: the RFC's field names ("xid", "chaddr", …, "cookie"); "option" with its "option_code", "option_length" and
    /// "option_data" or the parts of the data ("route", "suboption", "requested_option", …); "pad", "end", "padding" (zeros after END),
    /// "trailing" (anything else that nobody reads).
    std::string_view key;
    std::string label; ///< for people: "Transaction ID", "Option 53: DHCP Message Type"
    std::string value; ///< for people: "0x3903f326", "DHCPOFFER"
    std::size_t offset = 0; ///< into the payload
    std::size_t length = 0;
    Area area = Area::header;
    int option = -1; ///< option code for an option and its parts, else −1
    int depth = 0; ///< 0 top level; a child has its parent's depth + 1 and follows it in the list
};

enum class Severity : std::uint8_t { note, warning, error };

enum class AnomalyCode : std::uint8_t {
    truncated_header,
    bad_cookie,
    missing_cookie,
    bad_op,
    bad_hlen,
    nonzero_chaddr_padding,
    option_overruns_area,
    missing_end,
    data_after_end,
    duplicate_option,
    bad_option_value,
    missing_message_type,
    mask_after_router,
    bad_overload,
    overload_repeated,
    text_has_nul,
    reserved_flags_set,
    option_82_not_last,
    empty_option,
    message_below_bootp_minimum,
    unknown_message_type,
};
struct Anomaly {
    AnomalyCode code{};
    Severity severity = Severity::note;
    std::size_t offset = 0;
    std::size_t length = 0;
    int option = -1;
    std::string text; ///< one sentence: what is wrong
    std::string_view clause; ///< "RFC 2131 §4.1"
};
std::string_view to_string(AnomalyCode code); ///< snake_case name, as in JSON

/// One option as it stands on the wire (a piece, where RFC 3396 splits it).
struct WireOption {
    std::uint8_t code = 0;
    std::size_t offset = 0; ///< of the code octet
    std::size_t data_offset = 0;
    std::size_t data_length = 0; ///< as far as it lies within its area
    Area area = Area::options;
};

struct Dissection {
    std::size_t size = 0; ///< of the payload
    MessageType type = MessageType::none;
    std::vector<Field> fields; ///< depth-first
    std::vector<WireOption> options; ///< wire order (options, then file, then sname), without pad and end
    std::vector<Anomaly> anomalies; ///< by offset
};

Dissection dissect(std::span<const std::byte> payload);

} // namespace dorascope::wire
