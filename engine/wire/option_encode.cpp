// SPDX-License-Identifier: GPL-3.0-or-later
// Option values to bytes: one writer a format. Each checks what it wrote against what its reader takes, so that what is sent can be read.
#include "engine/wire/cursor.h"
#include "engine/wire/domain_name.h"
#include "engine/wire/instant.h"
#include "engine/wire/message.h"
#include "engine/wire/option_formats.h"
#include "engine/wire/option_table.h"

#include <algorithm>
#include <array>

namespace dorascope::wire {

namespace {

using Out = std::vector<std::byte>;
/// What was expected; empty when the value was written.
using Complaint = std::string_view;
constexpr Complaint kDone{};

void put_octets(Out& out, std::span<const std::uint8_t> octets) { put_bytes(out, std::as_bytes(octets)); }

Complaint write_none(const OptionValue& value, Out&)
{
    return std::holds_alternative<std::monostate>(value) ? kDone : "no value";
}

Complaint write_flag(const OptionValue& value, Out& out)
{
    const auto* flag = std::get_if<Flag>(&value);
    if (flag == nullptr) return "on or off";
    put_u8(out, flag->on ? 1 : 0);
    return kDone;
}

template <std::uint32_t Minimum, std::uint32_t Maximum> Complaint write_u8(const OptionValue& value, Out& out)
{
    const auto* v = std::get_if<std::uint32_t>(&value);
    if (v == nullptr || *v < Minimum || *v > Maximum) return "a number that fits one octet";
    put_u8(out, static_cast<std::uint8_t>(*v));
    return kDone;
}

Complaint write_u16(const OptionValue& value, Out& out)
{
    const auto* v = std::get_if<std::uint32_t>(&value);
    if (v == nullptr || *v > 0xffff) return "a number that fits two octets";
    put_u16(out, static_cast<std::uint16_t>(*v));
    return kDone;
}

Complaint write_u32(const OptionValue& value, Out& out)
{
    const auto* v = std::get_if<std::uint32_t>(&value);
    if (v == nullptr) return "a number";
    put_u32(out, *v);
    return kDone;
}

Complaint write_i32(const OptionValue& value, Out& out)
{
    const auto* v = std::get_if<std::int32_t>(&value);
    if (v == nullptr) return "a signed number";
    put_u32(out, static_cast<std::uint32_t>(*v));
    return kDone;
}

Complaint write_seconds(const OptionValue& value, Out& out)
{
    if (std::holds_alternative<Infinite>(value)) {
        put_u32(out, kInfiniteSeconds);
        return kDone;
    }
    const auto* v = std::get_if<std::uint32_t>(&value);
    if (v == nullptr || *v == kInfiniteSeconds) return "seconds, or infinite";
    put_u32(out, *v);
    return kDone;
}

Complaint write_address(const OptionValue& value, Out& out)
{
    const auto* v = std::get_if<Ipv4Address>(&value);
    if (v == nullptr) return "an address";
    put_u32(out, v->value);
    return kDone;
}

template <std::size_t Minimum> Complaint write_addresses(const OptionValue& value, Out& out)
{
    const auto* list = std::get_if<std::vector<Ipv4Address>>(&value);
    if (list == nullptr || list->size() < Minimum) return "addresses";
    for (const auto address : *list)
        put_u32(out, address.value);
    return kDone;
}

Complaint write_address_pairs(const OptionValue& value, Out& out)
{
    const auto* list = std::get_if<std::vector<std::pair<Ipv4Address, Ipv4Address>>>(&value);
    if (list == nullptr || list->empty()) return "pairs of addresses";
    for (const auto& [first, second] : *list) {
        put_u32(out, first.value);
        put_u32(out, second.value);
    }
    return kDone;
}

Complaint write_u16s(const OptionValue& value, Out& out)
{
    const auto* list = std::get_if<std::vector<std::uint32_t>>(&value);
    const bool fits = list != nullptr && !list->empty() && std::ranges::all_of(*list, [](auto v) { return v <= 0xffff; });
    if (!fits) return "numbers that fit two octets";
    for (const auto v : *list)
        put_u16(out, static_cast<std::uint16_t>(v));
    return kDone;
}

Complaint write_text(const OptionValue& value, Out& out)
{
    const auto* text = std::get_if<std::string>(&value);
    // RFC 2132 §2: a trailing NUL is not to be sent, and would not be read back.
    if (text == nullptr || text->empty() || text->back() == '\0') return "text that does not end with a NUL";
    put_bytes(out, std::as_bytes(std::span{*text}));
    return kDone;
}

Complaint write_codes(const OptionValue& value, Out& out)
{
    const auto* list = std::get_if<std::vector<std::uint32_t>>(&value);
    const bool fits = list != nullptr && !list->empty() && std::ranges::all_of(*list, [](auto v) { return v <= 0xff; });
    if (!fits) return "option codes";
    for (const auto v : *list)
        put_u8(out, static_cast<std::uint8_t>(v));
    return kDone;
}

Complaint write_domain(const OptionValue& value, Out& out)
{
    const auto* name = std::get_if<std::string>(&value);
    if (name == nullptr || !write_names({name, 1}, NameForm::plain, out.size(), out)) return "a domain name";
    return kDone;
}

Complaint write_domains(const OptionValue& value, Out& out)
{
    const auto* names = std::get_if<std::vector<std::string>>(&value);
    const bool written = names != nullptr && !names->empty() && write_names(*names, NameForm::compressed, out.size(), out);
    return written ? kDone : "domain names";
}

Complaint write_routes(const OptionValue& value, Out& out)
{
    const auto* routes = std::get_if<std::vector<Route>>(&value);
    if (routes == nullptr || routes->empty()) return "routes";
    for (const auto& route : *routes) {
        if (route.destination.length > 32) return "routes";
        put_u8(out, route.destination.length);
        // RFC 3442: as many octets of the network as the prefix length needs.
        for (unsigned i = 0; i < (route.destination.length + 7U) / 8; ++i) {
            put_u8(out, static_cast<std::uint8_t>(route.destination.network.value >> (24 - 8 * i) & 0xff));
        }
        put_u32(out, route.router.value);
    }
    return kDone;
}

bool put_suboptions(std::span<const SubOption> options, Out& out)
{
    for (const auto& each : options) {
        if (each.data.size() > 255) return false;
        put_u8(out, each.code);
        put_u8(out, static_cast<std::uint8_t>(each.data.size()));
        put_octets(out, each.data);
    }
    return true;
}

Complaint write_suboptions(const OptionValue& value, Out& out)
{
    const auto* list = std::get_if<std::vector<SubOption>>(&value);
    if (list == nullptr || list->empty() || !put_suboptions(*list, out)) return "suboptions of at most 255 octets";
    return kDone;
}

Complaint write_encapsulated(const OptionValue& value, Out& out)
{
    const auto* list = std::get_if<std::vector<SubOption>>(&value);
    if (list == nullptr) return "suboptions";
    if (list->empty()) { // nothing but structure: END alone
        put_u8(out, option::end);
        return kDone;
    }
    const auto structure = [](const SubOption& s) { return s.code == option::pad || s.code == option::end; };
    if (std::ranges::any_of(*list, structure)) return "suboptions other than 0 and 255";
    return put_suboptions(*list, out) ? kDone : "suboptions of at most 255 octets";
}

/// RFC 3925: enterprise number, length, and what `body` writes.
template <class Body> Complaint write_vendor_blocks(const OptionValue& value, Out& out, Body body)
{
    const auto* blocks = std::get_if<std::vector<VendorBlock>>(&value);
    if (blocks == nullptr || blocks->empty()) return "vendor blocks";
    Out content;
    for (const auto& block : *blocks) {
        content.clear();
        if (!body(block, content) || content.size() > 255) return "vendor blocks of at most 255 octets";
        put_u32(out, block.enterprise);
        put_u8(out, static_cast<std::uint8_t>(content.size()));
        put_bytes(out, content);
    }
    return kDone;
}

Complaint write_vendor_class(const OptionValue& value, Out& out)
{
    return write_vendor_blocks(value, out, [](const VendorBlock& block, Out& content) {
        if (block.options.size() != 1 || block.options.front().code != 0) return false;
        put_octets(content, block.options.front().data);
        return true;
    });
}

Complaint write_vendor_options(const OptionValue& value, Out& out)
{
    return write_vendor_blocks(value, out,
                               [](const VendorBlock& block, Out& content) { return put_suboptions(block.options, content); });
}

Complaint write_user_class(const OptionValue& value, Out& out)
{
    const auto* classes = std::get_if<std::vector<std::string>>(&value);
    const auto fits = [](const std::string& s) { return !s.empty() && s.size() <= 255; };
    if (classes == nullptr || classes->empty() || !std::ranges::all_of(*classes, fits)) return "user classes of 1 to 255 octets";
    for (const auto& each : *classes) {
        put_u8(out, static_cast<std::uint8_t>(each.size()));
        put_bytes(out, std::as_bytes(std::span{each}));
    }
    return kDone;
}

Complaint write_uris(const OptionValue& value, Out& out)
{
    const auto* uris = std::get_if<std::vector<std::string>>(&value);
    const auto fits = [](const std::string& s) { return !s.empty() && s.size() <= 0xffff; };
    if (uris == nullptr || uris->empty() || !std::ranges::all_of(*uris, fits)) return "URIs";
    for (const auto& each : *uris) {
        put_u16(out, static_cast<std::uint16_t>(each.size()));
        put_bytes(out, std::as_bytes(std::span{each}));
    }
    return kDone;
}

Complaint write_fqdn(const OptionValue& value, Out& out)
{
    const auto* fqdn = std::get_if<Fqdn>(&value);
    if (fqdn == nullptr) return "a client FQDN";
    put_u8(out, fqdn->flags);
    put_u8(out, fqdn->rcode1);
    put_u8(out, fqdn->rcode2);
    if ((fqdn->flags & Fqdn::kCanonicalWire) == 0) {
        put_bytes(out, std::as_bytes(std::span{fqdn->name}));
        return kDone;
    }
    return write_names({&fqdn->name, 1}, NameForm::partial, out.size(), out) ? kDone : "a domain name";
}

Complaint write_sip_servers(const OptionValue& value, Out& out)
{
    const bool addresses = std::holds_alternative<std::vector<Ipv4Address>>(value);
    put_u8(out, addresses ? 1 : 0);
    return addresses ? write_addresses<1>(value, out) : write_domains(value, out);
}

/// The bytes as they are; the reader's check follows in encode_option.
Complaint write_opaque(const OptionValue& value, Out& out)
{
    const auto* opaque = std::get_if<OpaqueValue>(&value);
    if (opaque == nullptr) return "octets";
    put_octets(out, opaque->bytes);
    return kDone;
}

using Writer = Complaint (*)(const OptionValue&, Out&);

// In the order of OptionFormat.
constexpr std::array<Writer, kOptionFormats> kWriters{
    write_none,         write_flag,    write_u8<0, 255>,   write_u16,           write_u32,          write_i32,
    write_seconds,      write_address, write_addresses<1>, write_address_pairs, write_u16s,         write_text,
    write_u8<1, 255>, // message_type
    write_u8<1, 3>, // overload
    write_codes,
    write_opaque, // client identifier
    write_domain,       write_domains, write_routes,       write_suboptions,    write_vendor_class, write_vendor_options,
    write_user_class,   write_fqdn,    write_sip_servers,
    write_u16s, // u16s_arch
    write_opaque, // uuid
    write_opaque, // client_ndi
    write_opaque, // auth
    write_opaque, // status
    write_addresses<0>,
    write_opaque, // slp_agents
    write_opaque, // slp_scope
    write_uris,         write_opaque,
};

/// Writes, and reads back what was written.
template <class Read>
tl::expected<void, ValueError> write_checked(Writer writer, const OptionValue& value, Out& out, Read read_back)
{
    const auto start = out.size();
    if (const auto complaint = writer(value, out); !complaint.empty()) {
        out.resize(start);
        return tl::unexpected{ValueError{0, std::string{complaint}}};
    }
    if (const auto back = read_back(std::span{out}.subspan(start)); !back) {
        out.resize(start);
        return tl::unexpected{back.error()};
    }
    return {};
}

} // namespace

tl::expected<void, ValueError> encode_option(std::uint8_t code, const OptionValue& value, std::vector<std::byte>& out)
{
    const auto writer =
        code == option::vendor_specific ? write_encapsulated : kWriters[static_cast<std::size_t>(option_info(code).format)];
    return write_checked(writer, value, out, [code](auto data) { return decode_option(code, data); });
}

tl::expected<void, ValueError> encode_as(OptionFormat format, const OptionValue& value, std::vector<std::byte>& out)
{
    return write_checked(kWriters[static_cast<std::size_t>(format)], value, out,
                         [format](auto data) { return decode_as(format, data); });
}

} // namespace dorascope::wire
