// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes to a field tree. The fields are laid out strictly from the first octet to the last, so that none is lost or counted twice.
#include "engine/wire/dissection.h"

#include "engine/wire/anomalies.h"
#include "engine/wire/cursor.h"
#include "engine/wire/hex.h"
#include "engine/wire/layout.h"
#include "engine/wire/option_parts.h"
#include "engine/wire/option_scan.h"
#include "engine/wire/option_table.h"
#include "engine/wire/printable.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace dorascope::wire {

namespace {

using Data = std::span<const std::byte>;

std::string op_text(Data d)
{
    const auto v = load_u8(d.data());
    return v == 1 ? "BOOTREQUEST (1)" : v == 2 ? "BOOTREPLY (2)" : std::to_string(v);
}

std::string htype_text(Data d)
{
    const auto v = load_u8(d.data());
    return v == 1 ? "Ethernet (1)" : v == 6 ? "IEEE 802 (6)" : v == 32 ? "InfiniBand (32)" : std::to_string(v);
}

std::string u8_text(Data d) { return std::to_string(load_u8(d.data())); }
std::string secs_text(Data d) { return fmt::format("{} s", load_u16(d.data())); }
std::string xid_text(Data d) { return fmt::format("0x{:08x}", load_u32(d.data())); }
std::string address_text(Data d) { return Ipv4Address{load_u32(d.data())}.to_string(); }

std::string flags_text(Data d)
{
    const auto v = load_u16(d.data());
    return fmt::format("0x{:04x} ({})", v, (v & kBroadcastFlag) != 0 ? "broadcast" : "unicast");
}

std::string cookie_text(Data d) { return load_u32(d.data()) == layout::magic_cookie ? "DHCP (99.130.83.99)" : to_hex(d); }

std::string field_text(Data d)
{
    return printable(d.first(static_cast<std::size_t>(std::find(d.begin(), d.end(), std::byte{0}) - d.begin())));
}

struct HeaderRow {
    std::string_view key, label;
    std::size_t offset, length;
    std::string (*text)(Data);
};
// RFC 2131 §2, table 1; chaddr, sname and file have their own ways.
constexpr std::array<HeaderRow, 11> kHeader{{
    {"op", "Message op code", layout::op, 1, op_text},
    {"htype", "Hardware type", layout::htype, 1, htype_text},
    {"hlen", "Hardware address length", layout::hlen, 1, u8_text},
    {"hops", "Hops", layout::hops, 1, u8_text},
    {"xid", "Transaction ID", layout::xid, 4, xid_text},
    {"secs", "Seconds elapsed", layout::secs, 2, secs_text},
    {"flags", "Flags", layout::flags, 2, flags_text},
    {"ciaddr", "Client IP address (ciaddr)", layout::ciaddr, 4, address_text},
    {"yiaddr", "Your IP address (yiaddr)", layout::yiaddr, 4, address_text},
    {"siaddr", "Next server IP address (siaddr)", layout::siaddr, 4, address_text},
    {"giaddr", "Relay agent IP address (giaddr)", layout::giaddr, 4, address_text},
}};
constexpr HeaderRow kSname{"sname", "Server host name (sname)", layout::sname, layout::sname_size, field_text};
constexpr HeaderRow kFile{"file", "Boot file name (file)", layout::file, layout::file_size, field_text};
constexpr HeaderRow kCookie{"cookie", "Magic cookie", layout::cookie, 4, cookie_text};

class Dissector {
public:
    explicit Dissector(Data payload) : payload_{payload}, scans_{scan_areas(payload)}
    {
        result_.size = payload.size();
        result_.options = scans_.list;
    }

    Dissection run()
    {
        for (const auto& row : kHeader)
            header_field(row);
        chaddr();
        area_or_text(kSname, Area::sname, scans_.sname);
        area_or_text(kFile, Area::file, scans_.file);
        header_field(kCookie);
        if (scans_.has_cookie) {
            for (const auto& run : scans_.options.runs)
                add_run(run, Area::options, 0);
        } else if (payload_.size() > layout::options) {
            // Without the cookie nobody knows what the vendor area holds (RFC 1542 §2.1).
            add("trailing", "Vendor area", hex(layout::options, payload_.size() - layout::options), layout::options,
                payload_.size() - layout::options, Area::trailer, 0);
        }
        result_.type = message_type();
        find_anomalies(payload_, scans_, result_);
        return std::move(result_);
    }

private:
    Data bytes(std::size_t offset, std::size_t length) const { return payload_.subspan(offset, length); }
    std::string hex(std::size_t offset, std::size_t length) const { return to_hex(bytes(offset, length)); }

    /// As the parser sees it: the pieces of option 53 joined, if that is one octet.
    MessageType message_type() const
    {
        const auto joined = joined_data(payload_, scans_, option::message_type);
        return joined.size() == 1 ? static_cast<MessageType>(load_u8(joined.data())) : MessageType::none;
    }

    void add(std::string_view key, std::string label, std::string value, std::size_t offset, std::size_t length, Area area,
             int depth, int code = -1)
    {
        result_.fields.push_back({key, std::move(label), std::move(value), offset, length, area, code, depth});
    }

    /// A field of the fixed part, or as much of it as there is.
    void header_field(const HeaderRow& row)
    {
        if (payload_.size() <= row.offset) return;
        const auto length = std::min(row.length, payload_.size() - row.offset);
        auto value = length == row.length ? row.text(bytes(row.offset, length)) : hex(row.offset, length) + " (cut off)";
        add(row.key, std::string{row.label}, std::move(value), row.offset, length, Area::header, 0);
    }

    void chaddr()
    {
        if (payload_.size() <= layout::chaddr) return;
        const auto present = std::min(layout::chaddr_size, payload_.size() - layout::chaddr);
        const std::size_t hlen = load_u8(payload_.data() + layout::hlen);
        const auto used = std::min(hlen, present);
        HardwareAddress hw{load_u8(payload_.data() + layout::htype), static_cast<std::uint8_t>(used), {}};
        for (std::size_t i = 0; i < used; ++i)
            hw.octets[i] = load_u8(payload_.data() + layout::chaddr + i);
        add("chaddr", "Client hardware address (chaddr)", used == 0 ? "none" : hw.to_string(), layout::chaddr, present,
            Area::header, 0);
        if (used == present || used == 0) return; // one leaf
        add("chaddr_address", "Hardware address", hw.to_string(), layout::chaddr, used, Area::header, 1);
        add("chaddr_padding", "Padding", hex(layout::chaddr + used, present - used), layout::chaddr + used, present - used,
            Area::header, 1);
    }

    void area_or_text(const HeaderRow& row, Area area, const AreaScan& scan)
    {
        if (scan.runs.empty()) return header_field(row);
        add(row.key, std::string{row.label}, "holds options (option 52)", row.offset, row.length, area, 0);
        for (const auto& run : scan.runs)
            add_run(run, area, 1);
    }

    void add_run(const Run& run, Area area, int depth)
    {
        const auto after_end = area == Area::options ? Area::trailer : area;
        switch (run.kind) {
        case Run::Kind::pad:
            return add("pad", run.length == 1 ? "Pad" : fmt::format("Pad ({} octets)", run.length), {}, run.offset, run.length,
                       area, depth, option::pad);
        case Run::Kind::end: return add("end", "End", {}, run.offset, run.length, area, depth, option::end);
        case Run::Kind::padding:
            return add("padding", "Padding", fmt::format("{} octets", run.length), run.offset, run.length, after_end, depth);
        case Run::Kind::trailing:
            return add("trailing", "Data after END", hex(run.offset, run.length), run.offset, run.length, after_end, depth);
        case Run::Kind::option:
        case Run::Kind::overrun: return add_option(run, area, depth);
        }
    }

    void add_option(const Run& run, Area area, int depth)
    {
        const auto& info = option_info(run.code);
        const auto data = bytes(run.offset + std::min<std::size_t>(run.length, 2), run.data_length());
        const auto& pieces = scans_.pieces[run.code];
        const bool whole = run.kind == Run::Kind::option && !pieces.split;
        auto label = fmt::format("Option {}: {}", run.code, info.name);
        if (pieces.split) label += " (a part)"; // which part it is depends on the area, not on the place in the payload
        add("option", std::move(label), value_of(run, data), run.offset, run.length, area, depth, run.code);
        add("option_code", "Code", std::to_string(run.code), run.offset, 1, area, depth + 1, run.code);
        if (run.length < 2) return;
        add("option_length", "Length", u8_text(bytes(run.offset + 1, 1)), run.offset + 1, 1, area, depth + 1, run.code);
        if (data.empty()) return;
        const auto start = run.offset + 2;
        const auto parts = whole && decode_option(run.code, data) ? option_parts(run.code, data) : std::vector<Part>{};
        if (parts.empty()) return add("option_data", "Data", to_hex(data), start, data.size(), area, depth + 1, run.code);
        std::size_t at = start;
        for (const auto& part : parts) {
            add(part.key, part.label, part.value, at, part.length, area, depth + 1, run.code);
            at += part.length;
        }
    }

    /// The option in words. A split option reads at its first piece; the others refer to it.
    std::string value_of(const Run& run, Data data) const
    {
        if (run.kind == Run::Kind::overrun) return to_hex(data) + " (cut off)";
        if (!scans_.pieces[run.code].split) return option_text(run.code, data);
        if (scans_.pieces[run.code].first_offset != run.offset) return "joined to its first part (RFC 3396)";
        return option_text(run.code, joined_data(payload_, scans_, run.code));
    }

    Data payload_;
    AreaScans scans_;
    Dissection result_;
};

} // namespace

std::string_view to_string(Area area)
{
    static constexpr std::array<std::string_view, 5> kNames{"header", "options", "file", "sname", "trailer"};
    const auto i = static_cast<std::size_t>(area);
    return i < kNames.size() ? kNames[i] : "unknown";
}

Dissection dissect(std::span<const std::byte> payload) { return Dissector{payload}.run(); }

} // namespace dorascope::wire
