// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/option_parts.h"

#include "engine/wire/cursor.h"
#include "engine/wire/domain_name.h"
#include "engine/wire/hex.h"
#include "engine/wire/message.h"
#include "engine/wire/option_formats.h"
#include "engine/wire/option_layouts.h"
#include "engine/wire/option_table.h"
#include "engine/wire/printable.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace dorascope::wire {

namespace {

using Data = std::span<const std::byte>;

/// Takes parts off the front of the data. What a splitter leaves over, or cannot read, becomes one last part: nothing is lost.
class Splitter {
public:
    Splitter(std::uint8_t code, Data data) : code_{code}, data_{data} { }
    std::uint8_t code() const { return code_; }
    Data rest() const { return data_.subspan(position_); }
    Data all() const { return data_; }
    std::size_t position() const { return position_; }
    bool done() const { return position_ == data_.size(); }
    std::uint8_t peek(std::size_t i = 0) const { return i < rest().size() ? load_u8(rest().data() + i) : std::uint8_t{0}; }

    /// The next `length` octets; shorter at the end of the data.
    Data next(std::size_t length) const { return rest().first(std::min(length, rest().size())); }
    void part(std::string_view key, std::string label, std::size_t length, std::string value)
    {
        length = std::min(length, rest().size());
        if (length == 0) return;
        parts_.push_back({key, std::move(label), std::move(value), length});
        position_ += length;
    }
    void hex_part(std::string_view key, std::string label, std::size_t length)
    {
        auto value = to_hex(next(length));
        part(key, std::move(label), length, std::move(value));
    }
    std::vector<Part> take()
    {
        if (!done()) hex_part("option_data", "Data", rest().size());
        return std::move(parts_);
    }

private:
    std::uint8_t code_;
    Data data_;
    std::size_t position_ = 0;
    std::vector<Part> parts_;
};

std::string address_at(Data data) { return data.size() < 4 ? to_hex(data) : Ipv4Address{load_u32(data.data())}.to_string(); }

void split_addresses(Splitter& s)
{
    for (int n = 1; !s.done(); ++n)
        s.part("address", fmt::format("Address {}", n), 4, address_at(s.next(4)));
}

void split_pairs(Splitter& s)
{
    const bool routes = s.code() == option::static_routes;
    for (int n = 1; !s.done(); ++n) {
        const auto pair = s.next(8);
        const auto second = pair.size() < 8 ? std::string{} : address_at(pair.subspan(4));
        s.part(routes ? "route" : "filter", fmt::format("{} {}", routes ? "Route" : "Filter", n), 8,
               address_at(pair) + (routes ? " via " : " mask ") + second);
    }
}

void split_u16s(Splitter& s)
{
    for (int n = 1; !s.done(); ++n) {
        const auto pair = s.next(2);
        s.part("number", fmt::format("Value {}", n), 2, pair.size() < 2 ? to_hex(pair) : option_text(s.code(), pair));
    }
}

void split_codes(Splitter& s)
{
    while (!s.done()) {
        const auto code = s.peek();
        s.part("requested_option", "Requested", 1, fmt::format("{} {}", code, option_info(code).name));
    }
}

void split_routes(Splitter& s)
{
    for (int n = 1; !s.done(); ++n) {
        const std::size_t length = 1 + (s.peek() + 7U) / 8 + 4;
        s.part("route", fmt::format("Route {}", n), length, option_text(option::classless_routes, s.next(length)));
    }
}

void take_suboption(Splitter& s)
{
    const auto sub = s.peek();
    const std::size_t length = 2 + std::size_t{s.peek(1)};
    const auto name = suboption_name(s.code(), sub);
    const auto whole = s.next(length);
    s.part("suboption", name.empty() ? fmt::format("Suboption {}", sub) : fmt::format("Suboption {}: {}", sub, name), length,
           whole.size() < 2 ? std::string{} : suboption_value_text(s.code(), sub, whole.subspan(2)));
}

void split_suboptions(Splitter& s)
{
    const bool structure = s.code() == option::vendor_specific; // RFC 2132 §8.4: pad and END as in the message
    while (!s.done()) {
        if (structure && s.peek() == option::pad) {
            std::size_t run = 1;
            while (run < s.rest().size() && s.peek(run) == option::pad)
                ++run;
            s.part("pad", "Pad", run, {});
        } else if (structure && s.peek() == option::end) {
            s.part("end", "End", 1, {});
        } else {
            take_suboption(s);
        }
    }
}

void split_vendor(Splitter& s)
{
    const bool suboptions = option_info(s.code()).format == OptionFormat::vendor_options;
    while (!s.done()) {
        const auto head = s.next(4);
        s.part("enterprise", "Enterprise number", 4, head.size() < 4 ? to_hex(head) : std::to_string(load_u32(head.data())));
        const std::size_t length = s.peek();
        s.part("length", "Length", 1, std::to_string(length));
        const auto end = std::min(s.position() + length, s.all().size());
        if (!suboptions) s.part("vendor_class", "Vendor class", length, text_or_hex(s.next(length)));
        while (suboptions && s.position() < end)
            take_suboption(s);
    }
}

void split_user_class(Splitter& s)
{
    for (int n = 1; !s.done(); ++n) {
        const std::size_t length = 1 + std::size_t{s.peek()};
        s.part("user_class", fmt::format("User class {}", n), length, printable(s.next(length).subspan(1)));
    }
}

void split_uris(Splitter& s)
{
    for (int n = 1; !s.done(); ++n) {
        const auto head = s.next(2);
        const std::size_t length = 2 + (head.size() < 2 ? std::size_t{0} : load_u16(head.data()));
        const auto whole = s.next(length);
        s.part("uri", fmt::format("URI {}", n), length, whole.size() < 2 ? std::string{} : printable(whole.subspan(2)));
    }
}

void split_names(Splitter& s, std::size_t base)
{
    for (int n = 1; !s.done(); ++n) {
        auto position = s.position() - base;
        const auto start = position;
        const auto name = read_name(s.all().subspan(base), position, NameForm::compressed);
        if (!name || position == start) return;
        s.part("domain", fmt::format("Name {}", n), position - start, *name);
    }
}

void split_domains(Splitter& s) { split_names(s, 0); }

void split_fqdn(Splitter& s)
{
    s.part("fqdn_flags", "Flags", 1, fmt::format("0x{:02x}", s.peek()));
    s.part("fqdn_rcode1", "RCODE1 (deprecated)", 1, std::to_string(s.peek()));
    s.part("fqdn_rcode2", "RCODE2 (deprecated)", 1, std::to_string(s.peek()));
    const auto value = decode_option(option::client_fqdn, s.all());
    const auto* fqdn = value ? std::get_if<Fqdn>(&*value) : nullptr;
    if (fqdn != nullptr) s.part("fqdn_name", "Name", s.rest().size(), printable(std::as_bytes(std::span{fqdn->name})));
}

void split_sip(Splitter& s)
{
    const bool names = s.peek() == 0;
    s.part("encoding", "Encoding", 1, names ? "0 (names)" : "1 (addresses)");
    names ? split_names(s, 1) : split_addresses(s);
}

void split_client_identifier(Splitter& s)
{
    const auto type = s.peek();
    if (type == 255 && s.rest().size() > 5) { // RFC 4361 §6.1
        s.part("client_id_type", "Type", 1, "255 (IAID and DUID)");
        s.hex_part("iaid", "IAID", 4);
        s.hex_part("duid", "DUID", s.rest().size());
    } else if (type == 1 && s.rest().size() == 7) {
        const auto text = option_text(s.code(), s.all());
        s.part("client_id_type", "Type", 1, "1 (Ethernet)");
        s.part("client_id_address", "Hardware address", 6, text);
    } else {
        s.part("client_id_type", "Type", 1, std::to_string(type));
        s.part("client_id", "Identifier", s.rest().size(), text_or_hex(s.rest()));
    }
}

void split_uuid(Splitter& s)
{
    const auto text = option_text(s.code(), s.all());
    s.part("uuid_type", "Type", 1, std::to_string(s.peek()));
    s.part("uuid", "UUID", 16, text);
}

void split_client_ndi(Splitter& s)
{
    s.part("ndi_type", "Type", 1, s.peek() == 1 ? "1 (UNDI)" : std::to_string(s.peek()));
    s.part("ndi_major", "Major version", 1, std::to_string(s.peek()));
    s.part("ndi_minor", "Minor version", 1, std::to_string(s.peek()));
}

void split_auth(Splitter& s)
{
    s.part("auth_protocol", "Protocol", 1, std::to_string(s.peek()));
    s.part("auth_algorithm", "Algorithm", 1, std::to_string(s.peek()));
    s.part("auth_rdm", "Replay detection method", 1, std::to_string(s.peek()));
    s.hex_part("auth_replay", "Replay detection", 8);
    s.hex_part("auth_information", "Authentication information", s.rest().size());
}

void split_status(Splitter& s)
{
    s.part("status_code", "Status code", 1, std::to_string(s.peek()));
    s.part("status_text", "Status message", s.rest().size(), printable(s.rest()));
}

void split_slp_agents(Splitter& s)
{
    s.part("mandatory", "Mandatory", 1, std::to_string(s.peek()));
    split_addresses(s);
}

void split_slp_scope(Splitter& s)
{
    s.part("mandatory", "Mandatory", 1, std::to_string(s.peek()));
    s.part("scopes", "Scopes", s.rest().size(), printable(s.rest()));
}

struct Row {
    OptionFormat format;
    void (*split)(Splitter&);
};
// Formats whose data is more than one thing.
constexpr std::array kRows{
    Row{OptionFormat::addresses, split_addresses},
    Row{OptionFormat::addresses_or_none, split_addresses},
    Row{OptionFormat::address_pairs, split_pairs},
    Row{OptionFormat::u16s, split_u16s},
    Row{OptionFormat::u16s_arch, split_u16s},
    Row{OptionFormat::codes, split_codes},
    Row{OptionFormat::routes, split_routes},
    Row{OptionFormat::suboptions, split_suboptions},
    Row{OptionFormat::vendor_class, split_vendor},
    Row{OptionFormat::vendor_options, split_vendor},
    Row{OptionFormat::user_class, split_user_class},
    Row{OptionFormat::domains, split_domains},
    Row{OptionFormat::fqdn, split_fqdn},
    Row{OptionFormat::sip_servers, split_sip},
    Row{OptionFormat::hardware_or_opaque, split_client_identifier},
    Row{OptionFormat::uuid, split_uuid},
    Row{OptionFormat::client_ndi, split_client_ndi},
    Row{OptionFormat::auth, split_auth},
    Row{OptionFormat::status, split_status},
    Row{OptionFormat::slp_agents, split_slp_agents},
    Row{OptionFormat::slp_scope, split_slp_scope},
    Row{OptionFormat::uris, split_uris},
};

} // namespace

std::vector<Part> option_parts(std::uint8_t code, std::span<const std::byte> data)
{
    if (auto layout = option_layout(code, data); layout && !layout->fault) {
        std::vector<Part> parts;
        for (auto& field : layout->fields)
            parts.push_back({field.key, std::move(field.label), std::move(field.value), field.length});
        return parts;
    }
    const auto format = option_info(code).format;
    for (const auto& row : kRows) {
        if (row.format != format) continue;
        Splitter splitter{code, data};
        row.split(splitter);
        return splitter.take();
    }
    return {};
}

} // namespace dorascope::wire
