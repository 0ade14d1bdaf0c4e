// SPDX-License-Identifier: GPL-3.0-or-later
// Option bytes to values: one reader a format.
#include "engine/wire/cursor.h"
#include "engine/wire/domain_name.h"
#include "engine/wire/instant.h"
#include "engine/wire/message.h"
#include "engine/wire/option_formats.h"
#include "engine/wire/option_layouts.h"
#include "engine/wire/option_table.h"

#include <algorithm>
#include <array>

namespace dorascope::wire {

namespace {

using Data = std::span<const std::byte>;
using Decoded = tl::expected<OptionValue, ValueError>;

constexpr std::size_t kMaxNames = 256; // compression could otherwise blow 64 KiB of pointers up to megabytes of names

Decoded fail(std::size_t offset, std::string expected) { return tl::unexpected{ValueError{offset, std::move(expected)}}; }

OpaqueValue opaque_of(Data data)
{
    OpaqueValue value;
    value.bytes.resize(data.size());
    std::transform(data.begin(), data.end(), value.bytes.begin(), [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    return value;
}

std::string string_of(Data data) { return {reinterpret_cast<const char*>(data.data()), data.size()}; }

std::vector<std::uint8_t> octets_of(Data data) { return opaque_of(data).bytes; }

bool is_list_of(Data data, std::size_t width) { return !data.empty() && data.size() % width == 0; }

Decoded read_none(Data data)
{
    if (!data.empty()) return fail(0, "no data");
    return OptionValue{};
}

Decoded read_flag(Data data)
{
    if (data.size() != 1) return fail(0, "1 octet");
    const auto v = load_u8(data.data());
    if (v > 1) return fail(0, "0 or 1");
    return Flag{v == 1};
}

Decoded read_u8(Data data)
{
    if (data.size() != 1) return fail(0, "1 octet");
    return std::uint32_t{load_u8(data.data())};
}

Decoded read_u16(Data data)
{
    if (data.size() != 2) return fail(0, "2 octets");
    return std::uint32_t{load_u16(data.data())};
}

Decoded read_u32(Data data)
{
    if (data.size() != 4) return fail(0, "4 octets");
    return load_u32(data.data());
}

Decoded read_i32(Data data)
{
    if (data.size() != 4) return fail(0, "4 octets");
    return static_cast<std::int32_t>(load_u32(data.data()));
}

Decoded read_seconds(Data data)
{
    if (data.size() != 4) return fail(0, "4 octets");
    const auto v = load_u32(data.data());
    if (v == kInfiniteSeconds) return Infinite{};
    return v;
}

Decoded read_address(Data data)
{
    if (data.size() != 4) return fail(0, "4 octets");
    return Ipv4Address{load_u32(data.data())};
}

std::vector<Ipv4Address> address_list(Data data)
{
    std::vector<Ipv4Address> list;
    list.reserve(data.size() / 4);
    for (Cursor in{data}; !in.at_end();)
        list.push_back(in.address());
    return list;
}

Decoded read_addresses(Data data)
{
    if (!is_list_of(data, 4)) return fail(0, "a multiple of 4 octets, at least 4");
    return address_list(data);
}

Decoded read_addresses_or_none(Data data)
{
    if (data.size() % 4 != 0) return fail(0, "a multiple of 4 octets");
    return address_list(data);
}

Decoded read_address_pairs(Data data)
{
    if (!is_list_of(data, 8)) return fail(0, "a multiple of 8 octets, at least 8");
    std::vector<std::pair<Ipv4Address, Ipv4Address>> pairs;
    for (Cursor in{data}; !in.at_end();) {
        const auto first = in.address();
        pairs.emplace_back(first, in.address());
    }
    return pairs;
}

Decoded read_u16s(Data data)
{
    if (!is_list_of(data, 2)) return fail(0, "a multiple of 2 octets, at least 2");
    std::vector<std::uint32_t> list;
    for (Cursor in{data}; !in.at_end();)
        list.push_back(in.u16());
    return list;
}

Decoded read_text(Data data)
{
    // RFC 2132 §2: receivers delete trailing NULs.
    while (!data.empty() && data.back() == std::byte{0})
        data = data.first(data.size() - 1);
    if (data.empty()) return fail(0, "at least 1 character");
    return string_of(data);
}

Decoded read_message_type(Data data)
{
    if (data.size() != 1) return fail(0, "1 octet");
    if (data[0] == std::byte{0}) return fail(0, "a message type from 1");
    return std::uint32_t{load_u8(data.data())};
}

Decoded read_overload(Data data)
{
    if (data.size() != 1) return fail(0, "1 octet");
    const auto v = load_u8(data.data());
    if (v < 1 || v > 3) return fail(0, "1 (file), 2 (sname) or 3 (both)");
    return std::uint32_t{v};
}

Decoded read_codes(Data data)
{
    if (data.empty()) return fail(0, "at least 1 octet");
    std::vector<std::uint32_t> codes;
    codes.reserve(data.size());
    for (const auto b : data)
        codes.push_back(std::to_integer<std::uint32_t>(b));
    return codes;
}

Decoded read_client_identifier(Data data)
{
    if (data.size() < 2) return fail(0, "at least 2 octets");
    return opaque_of(data);
}

Decoded read_domain(Data data)
{
    std::size_t position = 0;
    auto name = read_name(data, position, NameForm::plain);
    if (!name) return fail(position, "a domain name (RFC 1035 §3.1)");
    if (position != data.size()) return fail(position, "nothing after the name");
    return std::move(*name);
}

/// Names from `position` to the end; pointers count from the first octet of `data`.
Decoded read_name_list(Data data)
{
    if (data.empty()) return fail(0, "at least one domain name");
    std::vector<std::string> names;
    for (std::size_t position = 0; position < data.size();) {
        if (names.size() == kMaxNames) return fail(position, "at most 256 names");
        auto name = read_name(data, position, NameForm::compressed);
        if (!name) return fail(position, "a domain name (RFC 1035 §4.1.4)");
        names.push_back(std::move(*name));
    }
    return names;
}

Decoded read_routes(Data data)
{
    if (data.empty()) return fail(0, "at least one route (5 octets)");
    std::vector<Route> routes;
    Cursor in{data};
    while (!in.at_end()) {
        const auto start = in.position();
        const auto width = in.u8();
        if (width > 32) return fail(start, "a prefix length of at most 32");
        std::uint32_t network = 0;
        for (unsigned i = 0; i < (width + 7U) / 8; ++i)
            network |= std::uint32_t{in.u8()} << (24 - 8 * i);
        const auto router = in.address();
        if (!in.ok()) return fail(start, "a prefix length, its significant octets and a router");
        routes.push_back({Ipv4Prefix::of({network}, width), router});
    }
    return routes;
}

/// Code, length, data. With `structure`, pad and END stand between them as in the message itself (RFC 2132 §8.4, option 43).
tl::expected<std::vector<SubOption>, ValueError> suboption_list(Data data, bool structure, std::size_t base)
{
    std::vector<SubOption> list;
    Cursor in{data};
    while (!in.at_end()) {
        const auto start = in.position();
        const auto code = in.u8();
        if (structure && code == option::pad) continue;
        if (structure && code == option::end) {
            const auto rest = data.subspan(in.position());
            const auto odd = std::find_if(rest.begin(), rest.end(), [](std::byte b) { return b != std::byte{0}; });
            if (odd == rest.end()) break;
            return tl::unexpected{ValueError{base + in.position(), "nothing after the END suboption"}};
        }
        const auto body = in.bytes(in.u8());
        if (!in.ok()) return tl::unexpected{ValueError{base + start, "a suboption that ends within the option"}};
        list.push_back({code, octets_of(body)});
    }
    return list;
}

Decoded read_suboptions(Data data)
{
    if (data.empty()) return fail(0, "at least one suboption");
    auto list = suboption_list(data, false, 0);
    if (!list) return tl::unexpected{std::move(list.error())};
    return std::move(*list);
}

Decoded read_encapsulated(Data data)
{
    if (data.empty()) return fail(0, "at least one suboption");
    auto list = suboption_list(data, true, 0);
    if (!list) return tl::unexpected{std::move(list.error())};
    return std::move(*list);
}

/// RFC 3925: enterprise number, length, and then what `body` makes of it.
template <class Body> Decoded vendor_blocks(Data data, Body body)
{
    if (data.empty()) return fail(0, "at least 5 octets");
    std::vector<VendorBlock> blocks;
    Cursor in{data};
    while (!in.at_end()) {
        const auto start = in.position();
        VendorBlock block;
        block.enterprise = in.u32();
        const auto length = in.u8();
        const auto base = in.position();
        const auto content = in.bytes(length);
        if (!in.ok()) return fail(start, "an enterprise number, a length and that many octets");
        auto options = body(content, base);
        if (!options) return tl::unexpected{std::move(options.error())};
        block.options = std::move(*options);
        blocks.push_back(std::move(block));
    }
    return blocks;
}

Decoded read_vendor_class(Data data)
{
    return vendor_blocks(data, [](Data content, std::size_t) -> tl::expected<std::vector<SubOption>, ValueError> {
        return std::vector<SubOption>{{0, octets_of(content)}};
    });
}

Decoded read_vendor_options(Data data)
{
    return vendor_blocks(data, [](Data content, std::size_t base) { return suboption_list(content, false, base); });
}

Decoded read_user_class(Data data)
{
    if (data.empty()) return fail(0, "at least one user class");
    std::vector<std::string> classes;
    Cursor in{data};
    while (!in.at_end()) {
        const auto start = in.position();
        const auto length = in.u8();
        const auto body = in.bytes(length);
        if (!in.ok() || length == 0) return fail(start, "a length from 1 and that many octets (RFC 3004 §4)");
        classes.push_back(string_of(body));
    }
    return classes;
}

Decoded read_uris(Data data)
{
    if (data.empty()) return fail(0, "at least one URI");
    std::vector<std::string> uris;
    Cursor in{data};
    while (!in.at_end()) {
        const auto start = in.position();
        const auto length = in.u16();
        const auto body = in.bytes(length);
        if (!in.ok() || length == 0) return fail(start, "a length from 1 and that many octets (RFC 8572 §8.3)");
        uris.push_back(string_of(body));
    }
    return uris;
}

Decoded read_fqdn(Data data)
{
    Cursor in{data};
    Fqdn fqdn;
    fqdn.flags = in.u8();
    fqdn.rcode1 = in.u8();
    fqdn.rcode2 = in.u8();
    if (!in.ok()) return fail(0, "at least 3 octets");
    const auto rest = data.subspan(in.position());
    if ((fqdn.flags & Fqdn::kCanonicalWire) == 0) {
        fqdn.name = string_of(rest); // RFC 4702 §2.3.1: the deprecated ASCII encoding
        return fqdn;
    }
    std::size_t position = 0;
    auto name = read_name(rest, position, NameForm::partial);
    if (!name) return fail(3 + position, "a domain name (RFC 1035 §3.1)");
    if (position != rest.size()) return fail(3 + position, "nothing after the name");
    fqdn.name = std::move(*name);
    return fqdn;
}

Decoded read_sip_servers(Data data)
{
    if (data.empty()) return fail(0, "an encoding octet");
    const auto encoding = load_u8(data.data());
    if (encoding > 1) return fail(0, "encoding 0 (names) or 1 (addresses)");
    auto rest = encoding == 0 ? read_name_list(data.subspan(1)) : read_addresses(data.subspan(1));
    if (!rest) ++rest.error().offset;
    return rest;
}

/// Formats whose bytes go on as they are, once their length is right.
template <std::size_t Minimum, std::size_t Maximum> Decoded read_sized(Data data)
{
    if (data.size() >= Minimum && data.size() <= Maximum) return opaque_of(data);
    return fail(0, (Minimum == Maximum ? "" : "at least ") + std::to_string(Minimum) + (Minimum == 1 ? " octet" : " octets"));
}

Decoded read_slp_agents(Data data)
{
    if (data.size() < 5 || (data.size() - 1) % 4 != 0) return fail(0, "1 octet and then a multiple of 4, at least 4");
    return opaque_of(data);
}

constexpr std::size_t kAny = ~std::size_t{0};

using Reader = Decoded (*)(Data);

// In the order of OptionFormat.
constexpr std::array<Reader, kOptionFormats> kReaders{
    read_none,
    read_flag,
    read_u8,
    read_u16,
    read_u32,
    read_i32,
    read_seconds,
    read_address,
    read_addresses,
    read_address_pairs,
    read_u16s,
    read_text,
    read_message_type,
    read_overload,
    read_codes,
    read_client_identifier,
    read_domain,
    read_name_list,
    read_routes,
    read_suboptions,
    read_vendor_class,
    read_vendor_options,
    read_user_class,
    read_fqdn,
    read_sip_servers,
    read_u16s,
    read_sized<17, 17>, // uuid
    read_sized<3, 3>, // client_ndi
    read_sized<11, kAny>, // auth: RFC 3118 §2
    read_sized<1, kAny>, // status
    read_addresses_or_none,
    read_slp_agents,
    read_sized<1, kAny>, // slp_scope
    read_uris,
    read_sized<0, kAny>, // opaque
};

} // namespace

tl::expected<OptionValue, ValueError> decode_option(std::uint8_t code, std::span<const std::byte> data)
{
    if (code == option::vendor_specific) return read_encapsulated(data);
    if (auto layout = option_layout(code, data)) {
        if (layout->fault) return tl::unexpected{std::move(*layout->fault)};
        return opaque_of(data);
    }
    return decode_as(option_info(code).format, data);
}

tl::expected<OptionValue, ValueError> decode_as(OptionFormat format, std::span<const std::byte> data)
{
    return kReaders[static_cast<std::size_t>(format)](data);
}

} // namespace dorascope::wire
