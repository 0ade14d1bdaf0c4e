// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/anomalies.h"

#include "engine/wire/cursor.h"
#include "engine/wire/layout.h"
#include "engine/wire/option_table.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace dorascope::wire {

namespace {

struct Row {
    AnomalyCode code;
    std::string_view name;
    Severity severity;
    std::string_view clause;
};
using enum AnomalyCode;
using enum Severity;
constexpr std::array kRows{
    Row{truncated_header, "truncated_header", error, "RFC 2131 §2"},
    Row{bad_cookie, "bad_cookie", error, "RFC 2131 §3"},
    Row{missing_cookie, "missing_cookie", error, "RFC 2131 §3"},
    Row{bad_op, "bad_op", error, "RFC 2131 §2"},
    Row{bad_hlen, "bad_hlen", error, "RFC 2131 §2"},
    Row{nonzero_chaddr_padding, "nonzero_chaddr_padding", note, "RFC 2131 §2"},
    Row{option_overruns_area, "option_overruns_area", error, "RFC 2132 §2"},
    Row{missing_end, "missing_end", warning, "RFC 2131 §4.1"},
    Row{data_after_end, "data_after_end", note, "RFC 2132 §3.2"},
    Row{duplicate_option, "duplicate_option", warning, "RFC 2131 §4.1"},
    Row{bad_option_value, "bad_option_value", warning, ""}, // the option's own clause
    Row{missing_message_type, "missing_message_type", note, "RFC 2131 §3"},
    Row{mask_after_router, "mask_after_router", warning, "RFC 2132 §3.3"},
    Row{bad_overload, "bad_overload", error, "RFC 2132 §9.3"},
    Row{overload_repeated, "overload_repeated", error, "RFC 2132 §9.3"},
    Row{text_has_nul, "text_has_nul", note, "RFC 2132 §2"},
    Row{reserved_flags_set, "reserved_flags_set", warning, "RFC 2131 §2"},
    Row{option_82_not_last, "option_82_not_last", warning, "RFC 3046 §2.1"},
    Row{empty_option, "empty_option", warning, ""}, // the option's own clause
    Row{message_below_bootp_minimum, "message_below_bootp_minimum", note, "RFC 1542 §2.1"},
    Row{unknown_message_type, "unknown_message_type", warning, "RFC 2132 §9.6"},
};
constexpr bool covers_every_code()
{
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        if (kRows[i].code != static_cast<AnomalyCode>(i)) return false;
    }
    return kRows.size() == static_cast<std::size_t>(unknown_message_type) + 1;
}
static_assert(covers_every_code(), "one row for each AnomalyCode, in the order of the enumeration");

class Inspector {
public:
    Inspector(std::span<const std::byte> payload, const AreaScans& scans, Dissection& dissection)
        : payload_{payload}, scans_{scans}, dissection_{dissection}
    { }

    void run()
    {
        header();
        if (!scans_.has_cookie) return sort();
        structure(scans_.options, Area::options, payload_.size());
        structure(scans_.file, Area::file, layout::file + layout::file_size);
        structure(scans_.sname, Area::sname, layout::sname + layout::sname_size);
        overload();
        for (const auto& each : dissection_.options)
            option_value(each);
        repeated();
        order();
        type();
        sort();
    }

private:
    void report(AnomalyCode code, std::size_t offset, std::size_t length, std::string text, int concerned = -1)
    {
        const auto& row = kRows[static_cast<std::size_t>(code)];
        // Where the table names no clause, the option's own is meant.
        const auto clause =
            row.clause.empty() && concerned >= 0 ? option_info(static_cast<std::uint8_t>(concerned)).rfc : row.clause;
        dissection_.anomalies.push_back({code, row.severity, offset, length, concerned, std::move(text), clause});
    }

    std::uint8_t octet(std::size_t i) const { return load_u8(payload_.data() + i); }
    /// Octets from the code to the end of the data; an option at the end of its area may lack even its length octet.
    static std::size_t extent(const WireOption& o) { return o.data_offset - o.offset + o.data_length; }
    static std::string option_name(std::uint8_t code) { return fmt::format("option {} ({})", code, option_info(code).name); }

    void header()
    {
        const auto size = payload_.size();
        if (size < kHeaderSize) {
            report(truncated_header, 0, size, fmt::format("the message has {} octets, its fixed part alone takes 236", size));
        }
        if (size > layout::op && octet(layout::op) != 1 && octet(layout::op) != 2) {
            report(bad_op, layout::op, 1, fmt::format("op is {}, neither BOOTREQUEST (1) nor BOOTREPLY (2)", octet(layout::op)));
        }
        if (size > layout::hlen) hardware_length(octet(layout::htype), octet(layout::hlen));
        if (size >= layout::flags + 2 && (load_u16(payload_.data() + layout::flags) & ~kBroadcastFlag & 0xffff) != 0) {
            report(reserved_flags_set, layout::flags, 2, "flags other than the broadcast flag are set; they must be zero");
        }
        if (size >= kHeaderSize && size < layout::options) {
            report(missing_cookie, kHeaderSize, size - kHeaderSize,
                   "the message ends before the magic cookie: BOOTP without options");
        } else if (size >= layout::options && !scans_.has_cookie) {
            report(bad_cookie, layout::cookie, 4, "the magic cookie is not 99.130.83.99, so this is no DHCP message");
        }
        if (size >= kHeaderSize && size < kBootpMinimum) {
            report(message_below_bootp_minimum, size, 0,
                   fmt::format("the message has {} octets; old relays and servers drop what is shorter than 300", size));
        }
    }

    void hardware_length(std::uint8_t type, std::size_t length)
    {
        if (length > layout::chaddr_size) {
            report(bad_hlen, layout::hlen, 1, fmt::format("hlen is {}, and chaddr has 16 octets", length));
        } else if (type == 1 && length != 6) {
            report(bad_hlen, layout::hlen, 1, fmt::format("hlen is {}, and an Ethernet address has 6 octets", length));
            dissection_.anomalies.back().severity = warning;
        }
        const auto begin = layout::chaddr + length;
        const auto end = std::min(layout::chaddr + layout::chaddr_size, payload_.size());
        if (begin >= end) return;
        const auto rest = payload_.subspan(begin, end - begin);
        if (std::all_of(rest.begin(), rest.end(), [](std::byte b) { return b == std::byte{0}; })) return;
        report(nonzero_chaddr_padding, begin, end - begin, "the octets of chaddr past hlen are not zero");
    }

    void structure(const AreaScan& scan, Area area, std::size_t area_end)
    {
        if (area != Area::options && scan.runs.empty()) return;
        bool overrun = false;
        for (const auto& run : scan.runs) {
            if (run.kind == Run::Kind::overrun) {
                overrun = true;
                const auto claims = run.length < 2
                    ? std::string{"lacks its length octet"}
                    : fmt::format("claims {} octets, {} are left", octet(run.offset + 1), run.data_length());
                report(option_overruns_area, run.offset, run.length, option_name(run.code) + ' ' + claims, run.code);
            } else if (run.kind == Run::Kind::trailing) {
                report(data_after_end, run.offset, run.length,
                       fmt::format("{} octets after END are not zero; nobody reads them", run.length));
            }
        }
        if (!scan.has_end && !overrun) {
            report(missing_end, area_end, 0,
                   fmt::format("the options in the {} field do not end with END (255)", to_string(area)));
        }
    }

    void overload()
    {
        bool seen = false;
        for (const auto& each : dissection_.options) {
            if (each.code != option::overload) continue;
            const auto length = extent(each);
            const bool valid = each.data_length == 1 && octet(each.data_offset) >= 1 && octet(each.data_offset) <= 3;
            if (each.area != Area::options) {
                report(bad_overload, each.offset, length, "option 52 within an overloaded field", option::overload);
            } else if (seen) {
                report(overload_repeated, each.offset, length, "option 52 stands more than once", option::overload);
            } else if (!valid) {
                report(bad_overload, each.offset, length, "option 52 must be one octet: 1 (file), 2 (sname) or 3 (both)",
                       option::overload);
            }
            seen = true;
        }
    }

    void option_value(const WireOption& each)
    {
        if (each.code == option::overload || is_cut(each)) return;
        const auto data = payload_.subspan(each.data_offset, each.data_length);
        if (!scans_.pieces[each.code].split) return check_value(each, data);
        // A part of a split option does not read by itself; the whole is judged at its first part.
        if (scans_.pieces[each.code].first_offset == each.offset) check_value(each, joined_data(payload_, scans_, each.code));
    }

    void check_value(const WireOption& each, std::span<const std::byte> data)
    {
        const auto& info = option_info(each.code);
        const auto value = decode_option(each.code, data);
        const auto place = [&](std::size_t at) { return std::min(at, each.data_length); };
        if (!value && data.empty()) {
            report(empty_option, each.offset, 2, option_name(each.code) + " has no data", each.code);
        } else if (!value) {
            const auto at = place(value.error().offset);
            const auto text = fmt::format("{} with {} octets does not read as it should: expected {}", option_name(each.code),
                                          data.size(), value.error().expected);
            report(bad_option_value, each.data_offset + at, each.data_length - at, text, each.code);
        } else if (info.format == OptionFormat::text) {
            const auto nul = std::find(data.begin(), data.end(), std::byte{0});
            if (nul == data.end()) return;
            const auto at = place(static_cast<std::size_t>(nul - data.begin()));
            report(text_has_nul, each.data_offset + at, each.data_length - at, option_name(each.code) + " holds a NUL character",
                   each.code);
        }
    }

    bool is_cut(const WireOption& each) const
    {
        return each.data_offset - each.offset < 2 || octet(each.offset + 1) != each.data_length;
    }

    void repeated()
    {
        std::array<const WireOption*, 256> previous{};
        for (const auto& each : dissection_.options) {
            const auto* before = std::exchange(previous[each.code], &each);
            if (before == nullptr || scans_.pieces[each.code].split || each.code == option::overload) continue;
            report(duplicate_option, each.offset, extent(each),
                   option_name(each.code) + " stands more than once; readers join the parts (RFC 3396) or take one of them",
                   each.code);
        }
    }

    void order()
    {
        const WireOption* router = nullptr;
        const WireOption* relay = nullptr;
        for (const auto& each : dissection_.options) {
            if (each.code == option::subnet_mask && router != nullptr) {
                report(mask_after_router, each.offset, extent(each), "the subnet mask must come before the routers", each.code);
            }
            if (each.code == option::router) router = &each;
            if (relay != nullptr && each.code != option::relay_agent_information && each.area == Area::options) {
                report(option_82_not_last, relay->offset, extent(*relay), "options follow option 82, which relays put last",
                       option::relay_agent_information);
                relay = nullptr; // said once
            }
            if (each.code != option::relay_agent_information) continue;
            if (each.area == Area::options) {
                relay = &each;
            } else {
                report(option_82_not_last, each.offset, extent(each), "option 82 must not stand in an overloaded field",
                       each.code);
            }
        }
    }

    void type()
    {
        const auto found = std::find_if(dissection_.options.begin(), dissection_.options.end(),
                                        [](const WireOption& o) { return o.code == option::message_type; });
        if (found == dissection_.options.end()) {
            report(missing_message_type, layout::options, 0, "no option 53: a BOOTP message, not a DHCP one",
                   option::message_type);
        } else if (dissection_.type != MessageType::none && rfc_name(dissection_.type) == "unassigned") {
            report(unknown_message_type, found->data_offset, found->data_length,
                   fmt::format("message type {} is not assigned", static_cast<unsigned>(dissection_.type)), option::message_type);
        }
    }

    void sort()
    {
        std::stable_sort(dissection_.anomalies.begin(), dissection_.anomalies.end(),
                         [](const Anomaly& a, const Anomaly& b) { return a.offset < b.offset; });
    }

    std::span<const std::byte> payload_;
    const AreaScans& scans_;
    Dissection& dissection_;
};

} // namespace

std::string_view to_string(AnomalyCode code)
{
    const auto i = static_cast<std::size_t>(code);
    return i < kRows.size() ? kRows[i].name : "unknown";
}

void find_anomalies(std::span<const std::byte> payload, const AreaScans& scans, Dissection& dissection)
{
    Inspector{payload, scans, dissection}.run();
}

} // namespace dorascope::wire
