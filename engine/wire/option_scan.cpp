// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/option_scan.h"

#include "engine/wire/cursor.h"
#include "engine/wire/layout.h"
#include "engine/wire/message.h"
#include "engine/wire/option_table.h"

#include <algorithm>

namespace dorascope::wire {

namespace {

/// The runs of [begin, end).
AreaScan scan_area(std::span<const std::byte> payload, std::size_t begin, std::size_t end)
{
    AreaScan scan;
    const auto octet = [&](std::size_t i) { return load_u8(payload.data() + i); };
    for (std::size_t i = begin; i < end;) {
        Run run{Run::Kind::option, octet(i), i, 0};
        if (run.code == option::pad) {
            run.kind = Run::Kind::pad;
            while (i + run.length < end && octet(i + run.length) == option::pad)
                ++run.length;
        } else if (run.code == option::end) {
            scan.has_end = true;
            scan.runs.push_back({Run::Kind::end, option::end, i, 1});
            if (++i == end) break;
            const auto rest = payload.subspan(i, end - i);
            const bool zeros = std::all_of(rest.begin(), rest.end(), [](std::byte b) { return b == std::byte{0}; });
            run = {zeros ? Run::Kind::padding : Run::Kind::trailing, 0, i, rest.size()};
        } else if (end - i < 2 || end - i - 2 < octet(i + 1)) {
            run.kind = Run::Kind::overrun;
            run.length = end - i;
        } else {
            run.length = 2 + std::size_t{octet(i + 1)};
        }
        scan.runs.push_back(run);
        i += run.length;
    }
    return scan;
}

/// The first valid option 52 of the options field, else 0.
std::uint8_t overload_of(std::span<const std::byte> payload, const AreaScan& options)
{
    for (const auto& run : options.runs) {
        if (run.kind != Run::Kind::option || run.code != option::overload || run.data_length() != 1) continue;
        const auto value = load_u8(payload.data() + run.offset + 2);
        if (value >= 1 && value <= 3) return value;
    }
    return 0;
}

/// Options that are by definition one list however many pieces hold it (RFC 3397 §2, 3361 §3, 3442, 3925 §3): "concatenation-requiring".
bool is_always_joined(std::uint8_t code)
{
    const auto format = option_info(code).format;
    return format == OptionFormat::domains || format == OptionFormat::sip_servers || format == OptionFormat::routes
        || format == OptionFormat::vendor_class || format == OptionFormat::vendor_options;
}

void list_options(const AreaScan& scan, Area area, AreaScans& scans)
{
    for (const auto& run : scan.runs) {
        if (!run.is_option()) continue;
        const auto header = std::min<std::size_t>(run.length, 2);
        scans.list.push_back({run.code, run.offset, run.offset + header, run.data_length(), area});
        auto& pieces = scans.pieces[run.code];
        if (pieces.count > 0 && (pieces.last_length == 255 || is_always_joined(run.code))) pieces.split = true;
        if (pieces.count++ == 0) pieces.first_offset = run.offset;
        pieces.last_length = run.data_length();
    }
}

} // namespace

AreaScans scan_areas(std::span<const std::byte> payload)
{
    AreaScans scans;
    scans.has_cookie = payload.size() >= layout::options && load_u32(payload.data() + layout::cookie) == layout::magic_cookie;
    if (!scans.has_cookie) return scans;
    scans.options = scan_area(payload, layout::options, payload.size());
    const auto overload = overload_of(payload, scans.options);
    if ((overload & layout::overload_file) != 0) {
        scans.file = scan_area(payload, layout::file, layout::file + layout::file_size);
    }
    if ((overload & layout::overload_sname) != 0) {
        scans.sname = scan_area(payload, layout::sname, layout::sname + layout::sname_size);
    }
    list_options(scans.options, Area::options, scans);
    list_options(scans.file, Area::file, scans);
    list_options(scans.sname, Area::sname, scans);
    return scans;
}

std::vector<std::byte> joined_data(std::span<const std::byte> payload, const AreaScans& scans, std::uint8_t code)
{
    std::vector<std::byte> joined;
    for (const auto& piece : scans.list) {
        if (piece.code == code) put_bytes(joined, payload.subspan(piece.data_offset, piece.data_length));
    }
    return joined;
}

} // namespace dorascope::wire
