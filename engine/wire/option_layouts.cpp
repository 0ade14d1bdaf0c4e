// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/option_layouts.h"

#include "engine/wire/cursor.h"
#include "engine/wire/domain_name.h"
#include "engine/wire/printable.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace dorascope::wire {

namespace {

using Data = std::span<const std::byte>;

/// RFC 5952, less the zeros that "::" would leave out at other places than the longest run.
std::string ipv6_text(Data octets)
{
    std::array<unsigned, 8> groups{};
    for (std::size_t i = 0; i < 8; ++i)
        groups[i] = load_u16(octets.data() + 2 * i);
    std::size_t best = 8, length = 1;
    for (std::size_t i = 0; i < 8; ++i) {
        std::size_t n = 0;
        while (i + n < 8 && groups[i + n] == 0)
            ++n;
        if (n > length) {
            best = i;
            length = n;
        }
    }
    std::string text;
    for (std::size_t i = 0; i < 8; ++i) {
        if (i == best) {
            text += "::";
            i += length - 1;
            continue;
        }
        if (!text.empty() && !text.ends_with(':')) text += ':';
        text += fmt::format("{:x}", groups[i]);
    }
    return text;
}

/// Takes fields off the front. Fails once: afterwards every field is empty and nothing is taken.
class Walker {
public:
    explicit Walker(Data data) : data_{data} { }

    bool more() const { return !layout_.fault && position_ < data_.size(); }
    std::size_t left() const { return data_.size() - position_; }
    std::size_t position() const { return position_; }
    void fail(std::string expected) { fail_at(position_, std::move(expected)); }
    void fail_at(std::size_t offset, std::string expected)
    {
        if (!layout_.fault) layout_.fault = ValueError{offset, std::move(expected)};
    }
    /// The next octets, without taking them; empty and a fault where there are fewer.
    Data need(std::size_t length, std::string_view expected)
    {
        if (layout_.fault) return {};
        if (length <= left()) return data_.subspan(position_, length);
        fail(std::string{expected});
        return {};
    }
    void field(std::string_view key, std::string label, std::string value, std::size_t length)
    {
        if (layout_.fault) return;
        layout_.fields.push_back({key, std::move(label), std::move(value), length});
        position_ += length;
    }
    std::uint32_t number(std::string_view key, std::string_view label, std::size_t width, bool as_hex = false)
    {
        const auto octets = need(width, width == 1 ? "1 octet" : fmt::format("{} octets", width));
        std::uint32_t value = 0;
        for (const auto octet : octets)
            value = value << 8 | std::to_integer<std::uint32_t>(octet);
        field(key, std::string{label}, as_hex ? fmt::format("0x{:0{}x}", value, 2 * width) : std::to_string(value), width);
        return value;
    }
    void address(std::string_view key, std::string_view label)
    {
        const auto octets = need(4, "4 octets");
        if (!octets.empty()) field(key, std::string{label}, Ipv4Address{load_u32(octets.data())}.to_string(), 4);
    }
    void addresses(std::string_view key, std::string_view label, std::size_t count)
    {
        for (; count > 0 && !layout_.fault; --count)
            address(key, label);
    }
    void ipv6(std::string_view key, std::string_view label)
    {
        const auto octets = need(16, "16 octets");
        if (!octets.empty()) field(key, std::string{label}, ipv6_text(octets), 16);
    }
    void text(std::string_view key, std::string label, std::size_t length)
    {
        const auto octets = need(length, fmt::format("{} octets", length));
        if (!octets.empty()) field(key, std::move(label), text_or_hex(octets), length);
    }
    /// A name of exactly `length` octets.
    void name(std::string_view key, std::string_view label, std::size_t length)
    {
        const auto octets = need(length, fmt::format("{} octets", length));
        if (octets.empty()) return;
        std::size_t end = 0;
        const auto value = read_name(octets, end, NameForm::plain);
        if (!value || end != length) return fail_at(position_ + end, "a domain name (RFC 1035 §3.1)");
        field(key, std::string{label}, *value, length);
    }
    /// Names to the end, at least one.
    void names(std::string_view key, std::string_view label)
    {
        do {
            std::size_t end = 0;
            const auto value = layout_.fault ? std::nullopt : read_name(data_.subspan(position_), end, NameForm::plain);
            if (!value || end == 0) return fail_at(position_ + end, "a domain name (RFC 1035 §3.1)");
            field(key, std::string{label}, *value, end);
        } while (more());
    }
    Layout take()
    {
        if (more()) fail("nothing more");
        return std::move(layout_);
    }

private:
    Data data_;
    std::size_t position_ = 0;
    Layout layout_;
};

// RFC 4174 §2: functions, DD access, administrative flags, security bitmap, then the servers: at least one.
void walk_isns(Walker& w)
{
    w.number("isns_functions", "Functions", 2, true);
    w.number("isns_dd_access", "DD access", 2, true);
    w.number("isns_admin_flags", "Administrative flags", 2, true);
    w.number("isns_security", "Security bitmap", 4, true);
    do
        w.address("isns_server", "Server");
    while (w.more());
}

// RFC 4776 §3.1: what, country, then elements of type, length, value.
void walk_civic(Walker& w)
{
    static constexpr std::array<std::string_view, 3> kWhat{"location of the server", "location of the network element",
                                                           "location of the client"};
    const auto what = w.need(1, "1 octet");
    if (what.empty()) return;
    const auto which = load_u8(what.data());
    w.field("civic_what", "What", which < kWhat.size() ? std::string{kWhat[which]} : std::to_string(which), 1);
    w.text("civic_country", "Country", 2);
    while (w.more()) {
        const auto head = w.need(2, "a type and a length");
        if (head.empty()) return;
        const std::size_t length = load_u8(head.data() + 1);
        const auto whole = w.need(2 + length, "an element that ends within the option");
        if (whole.empty()) return;
        w.field("civic_element", fmt::format("CA type {}", load_u8(head.data())), text_or_hex(whole.subspan(2)), 2 + length);
    }
}

/// Bits of the 128 of a location, from the left.
std::uint64_t bits_of(Data octets, std::size_t from, std::size_t count)
{
    std::uint64_t value = 0;
    for (std::size_t i = from; i < from + count; ++i)
        value = value << 1 | (std::to_integer<unsigned>(octets[i / 8]) >> (7 - i % 8) & 1U);
    return value;
}
double fixed_point(std::uint64_t bits, unsigned width, unsigned fraction)
{
    const auto sign = std::int64_t{1} << (width - 1);
    const auto value = (static_cast<std::int64_t>(bits) ^ sign) - sign; // two's complement
    return static_cast<double>(value) / static_cast<double>(std::int64_t{1} << fraction);
}

// RFC 6225 §2.2, §2.3: resolution or uncertainty and 34 bits of latitude, the same of longitude, then altitude and datum.
void walk_location(Walker& w)
{
    const auto all = w.need(16, "16 octets");
    if (all.empty()) return;
    const auto altitude_type = bits_of(all, 80, 4);
    const char* const unit = altitude_type == 1 ? " m" : altitude_type == 2 ? " floors" : "";
    std::string altitude =
        altitude_type == 0 ? "unknown" : fmt::format("{:.2f}{}", fixed_point(bits_of(all, 90, 30), 30, 8), unit);
    w.field("geo", "Location",
            fmt::format("latitude {:.6f}, longitude {:.6f}, altitude {}, datum {}", fixed_point(bits_of(all, 6, 34), 34, 25),
                        fixed_point(bits_of(all, 46, 34), 34, 25), altitude, bits_of(all, 125, 3)),
            16);
}

// RFC 8539 §5: an IPv6 address.
void walk_s46_address(Walker& w) { w.ipv6("s46_address", "Softwire source"); }

// RFC 6704 §3.1.1: algorithms, an octet each.
void walk_algorithms(Walker& w)
{
    do {
        const auto octet = w.need(1, "at least 1 octet");
        if (octet.empty()) return;
        const auto number = load_u8(octet.data());
        w.field("algorithm", "Algorithm", number == 1 ? "1 (HMAC-MD5)" : std::to_string(number), 1);
    } while (w.more());
}

// RFC 6731 §4.3: preference, primary and secondary server, the domains that they are for.
void walk_rdnss(Walker& w)
{
    const auto flags = w.need(1, "1 octet");
    if (flags.empty()) return;
    static constexpr std::array<std::string_view, 4> kPreference{"medium", "high", "reserved", "low"};
    w.field("rdnss_preference", "Preference", std::string{kPreference[load_u8(flags.data()) & 3]}, 1);
    w.address("rdnss_primary", "Primary");
    w.address("rdnss_secondary", "Secondary");
    w.names("rdnss_domain", "Domain");
}

// RFC 7291 §4: lists of addresses, each a server.
void walk_pcp(Walker& w)
{
    do {
        const auto at = w.position();
        const auto length = w.number("pcp_length", "Length", 1);
        if (length == 0 || length % 4 != 0) return w.fail_at(at, "a length that is a multiple of 4, at least 4");
        w.addresses("pcp_server", "Server", length / 4);
    } while (w.more());
}

// RFC 7618 §9: offset, PSID length, PSID.
void walk_port_parameters(Walker& w)
{
    w.number("psid_offset", "Offset", 1);
    const auto at = w.position();
    if (w.number("psid_length", "PSID length", 1) > 16) w.fail_at(at, "a PSID length of at most 16");
    w.number("psid", "PSID", 2, true);
}

// RFC 9463 §5.1: instances of length, priority, name and, unless it is an alias, addresses and service parameters.
void walk_dnr(Walker& w)
{
    do {
        const auto at = w.position();
        const std::size_t length = w.number("dnr_length", "Instance length", 2);
        const auto end = w.position() + length;
        if (w.need(length, "an instance that ends within the option").empty())
            return w.fail_at(at, "an instance of at least 3 octets");
        w.number("dnr_priority", "Priority", 2);
        const auto name = w.number("dnr_name_length", "Name length", 1);
        w.name("dnr_name", "Name", name);
        if (w.position() < end) {
            const auto bytes = w.number("dnr_addresses_length", "Addresses length", 1);
            if (bytes == 0 || bytes % 4 != 0) return w.fail_at(w.position() - 1, "a length that is a multiple of 4, at least 4");
            w.addresses("dnr_address", "Address", bytes / 4);
        }
        if (w.position() > end) return w.fail_at(at, "an instance that holds what it says");
        if (w.position() < end) w.text("dnr_parameters", "Service parameters", end - w.position());
    } while (w.more());
}

// RFC 5969 §7.1.1: IPv4 mask length, prefix length, prefix, border relays: at least one.
void walk_6rd(Walker& w)
{
    auto at = w.position();
    if (w.number("sixrd_mask_length", "IPv4 mask length", 1) > 32) return w.fail_at(at, "a length of at most 32");
    at = w.position();
    if (w.number("sixrd_prefix_length", "Prefix length", 1) > 128) return w.fail_at(at, "a length of at most 128");
    w.ipv6("sixrd_prefix", "Prefix");
    do
        w.address("sixrd_relay", "Border relay");
    while (w.more());
}

// RFC 6656 §3: flags, then suboptions.
void walk_subnet_allocation(Walker& w)
{
    static constexpr std::array<std::string_view, 4> kNames{"", "Subnet request", "Subnet information", "Subnet name"};
    w.number("allocation_flags", "Flags", 1, true);
    while (w.more()) {
        const auto head = w.need(2, "a suboption's code and length");
        if (head.empty()) return;
        const auto code = load_u8(head.data());
        const std::size_t length = load_u8(head.data() + 1);
        const auto whole = w.need(2 + length, "a suboption that ends within the option");
        if (whole.empty()) return;
        w.field("allocation_suboption",
                code > 0 && code < kNames.size() ? std::string{kNames[code]} : fmt::format("Suboption {}", code),
                text_or_hex(whole.subspan(2)), 2 + length);
    }
}

// RFC 6607 §3.5: 0 a name, 1 RFC 2685's VPN-ID of seven octets, 255 the global VPN and nothing more.
void walk_vss(Walker& w)
{
    const auto type = w.number("vss_type", "Type", 1);
    if (type == 255) return;
    if (type == 1 && w.left() != 7) return w.fail("7 octets of VPN-ID (RFC 2685)");
    if (w.left() == 0) return w.fail("what names the VPN");
    w.text("vss_vpn", type == 1 ? "VPN-ID" : "VPN", w.left());
}

struct Row {
    std::uint8_t code;
    void (*walk)(Walker&);
};
constexpr std::array kRows{Row{83, walk_isns},      Row{99, walk_civic},     Row{109, walk_s46_address},
                           Row{123, walk_location}, Row{144, walk_location}, Row{145, walk_algorithms},
                           Row{146, walk_rdnss},    Row{158, walk_pcp},      Row{159, walk_port_parameters},
                           Row{162, walk_dnr},      Row{212, walk_6rd},      Row{220, walk_subnet_allocation},
                           Row{221, walk_vss}};

} // namespace

std::string Layout::text() const
{
    std::string all;
    for (const auto& field : fields)
        all += fmt::format("{}{} {}", all.empty() ? "" : ", ", field.label, field.value);
    return all;
}

std::optional<Layout> option_layout(std::uint8_t code, std::span<const std::byte> data)
{
    const auto row = std::ranges::find(kRows, code, &Row::code);
    if (row == kRows.end()) return std::nullopt;
    Walker walker{data};
    row->walk(walker);
    return walker.take();
}

} // namespace dorascope::wire
