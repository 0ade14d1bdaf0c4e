// SPDX-License-Identifier: GPL-3.0-or-later
// Message to bytes (RFC 2131 §2 and §4.1, RFC 3396, RFC 3046 §2.1).
#include "engine/wire/cursor.h"
#include "engine/wire/layout.h"
#include "engine/wire/message.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace dorascope::wire {

namespace {

constexpr std::size_t kPiece = 255; ///< the most data one code-length pair can carry (RFC 3396 §5)
constexpr std::size_t kIpAndUdp = 28, kOverloadSize = 3, kEndSize = 1;
/// Message type, server identifier and lease time: what must never give way to a relay's option 82.
constexpr std::size_t kEssentials = 3 + 6 + 6;

/// Octets that `length` octets of data take with their code and length octets.
constexpr std::size_t wire_size(std::size_t length)
{
    return length + 2 * std::max<std::size_t>((length + kPiece - 1) / kPiece, 1);
}

/// Data that fits into `room` octets, split into pieces.
constexpr std::size_t data_capacity(std::size_t room)
{
    const std::size_t rest = room % (kPiece + 2);
    return room / (kPiece + 2) * kPiece + (rest > 2 ? rest - 2 : 0);
}

constexpr bool is_structure(std::uint8_t code) { return code == option::pad || code == option::end || code == option::overload; }

/// One run of options within the payload: the options field, file or sname.
struct Region {
    std::byte* next = nullptr;
    std::byte* limit = nullptr; ///< room for END, and in the options field for 52 and 82, lies behind it

    std::size_t room() const { return static_cast<std::size_t>(limit - next); }
    void write(std::uint8_t code, std::span<const std::byte> data)
    {
        do {
            const auto piece = data.first(std::min(data.size(), kPiece));
            store_u8(next, code);
            store_u8(next + 1, static_cast<std::uint8_t>(piece.size()));
            std::copy(piece.begin(), piece.end(), next + 2);
            next += 2 + piece.size();
            data = data.subspan(piece.size());
        } while (!data.empty());
    }
};

void write_text(std::byte* field, std::size_t size, const std::string& text)
{
    if (text.empty()) return;
    std::memcpy(field, text.data(), std::min(text.size(), size));
}

/// The fixed fields and the cookie, into zeroed memory.
void write_header(const Message& message, std::byte* p)
{
    store_u8(p + layout::op, message.op);
    store_u8(p + layout::htype, message.htype);
    store_u8(p + layout::hlen, message.hlen);
    store_u8(p + layout::hops, message.hops);
    store_u32(p + layout::xid, message.xid);
    store_u16(p + layout::secs, message.secs);
    store_u16(p + layout::flags, message.flags);
    store_u32(p + layout::ciaddr, message.ciaddr.value);
    store_u32(p + layout::yiaddr, message.yiaddr.value);
    store_u32(p + layout::siaddr, message.siaddr.value);
    store_u32(p + layout::giaddr, message.giaddr.value);
    std::memcpy(p + layout::chaddr, message.chaddr.data(), layout::chaddr_size);
    write_text(p + layout::sname, layout::sname_size, message.sname);
    write_text(p + layout::file, layout::file_size, message.file);
    store_u32(p + layout::cookie, layout::magic_cookie);
}

bool holds_structure(const Options& options)
{
    return options.has(option::pad) || options.has(option::end) || options.has(option::overload);
}

/// The options as they are to follow the cookie, where they lie in memory like that already.
std::optional<std::span<const std::byte>> ready_run(const Options& options)
{
    if (holds_structure(options)) return std::nullopt;
    // RFC 3046 §2.1: option 82 is the last before END.
    if (options.has(option::relay_agent_information) && options.at(options.size() - 1).code != option::relay_agent_information) {
        return std::nullopt;
    }
    return options.run();
}

void start(const Message& message, std::size_t size, Buffer& out)
{
    out.clear();
    out.resize(size);
    write_header(message, out.data());
}

/// The usual case of the usual case.
void emit_run(const Message& message, std::span<const std::byte> run, std::size_t padded, Buffer& out)
{
    start(message, std::max(layout::options + run.size() + kEndSize, padded), out);
    std::byte* const options = out.data() + layout::options;
    if (!run.empty()) std::memcpy(options, run.data(), run.size());
    store_u8(options + run.size(), option::end);
}

/// Everything fits behind the cookie.
void emit_plain(const Message& message, std::size_t size, std::size_t padded, Buffer& out)
{
    start(message, std::max(size, padded), out);
    Region options{out.data() + layout::options, out.data() + size - kEndSize};
    for (std::size_t i = 0; i < message.options.size(); ++i) {
        const auto each = message.options.at(i);
        if (each.code != option::relay_agent_information && !is_structure(each.code)) options.write(each.code, each.data);
    }
    // RFC 3046 §2.1: the last option before END.
    if (const auto relay = message.options.find(option::relay_agent_information)) {
        options.write(option::relay_agent_information, *relay);
    }
    store_u8(options.next, option::end);
}

/// Writes an option whole into the first region that has room for it; if it must be split anyway, also across regions. RFC 3396 §5
/// joins in the order options, file, sname, which is the order of `regions`.
bool place(std::span<Region> regions, std::uint8_t code, std::span<const std::byte> data)
{
    for (auto& region : regions) {
        if (wire_size(data.size()) > region.room()) continue;
        region.write(code, data);
        return true;
    }
    std::size_t capacity = 0;
    for (const auto& region : regions)
        capacity += data_capacity(region.room());
    if (data.size() <= kPiece || data.size() > capacity) return false;
    for (auto& region : regions) {
        const auto part = data.first(std::min(data.size(), data_capacity(region.room())));
        if (!part.empty()) region.write(code, part);
        data = data.subspan(part.size());
    }
    return true;
}

/// The options do not fit behind the cookie: uses file and sname where they are free, and leaves out what still does not fit.
EmitResult emit_crowded(const Message& message, const EmitRules& rules, std::size_t ceiling, Buffer& out)
{
    EmitResult result;
    start(message, ceiling, out);
    std::byte* const p = out.data();

    const bool use_file = rules.may_overload && message.file.empty();
    const bool use_sname = rules.may_overload && message.sname.empty();
    std::size_t reserved = kEndSize + (use_file || use_sname ? kOverloadSize : 0);
    auto relay = message.options.find(option::relay_agent_information);
    const std::size_t available = ceiling - layout::options;
    if (relay && wire_size(relay->size()) + reserved + kEssentials > available) {
        result.left_out.push_back(option::relay_agent_information);
        relay.reset();
    }
    if (relay) reserved += wire_size(relay->size());

    std::array<Region, 3> regions{{{p + layout::options, p + ceiling - reserved}, {}, {}}};
    if (use_file) regions[1] = {p + layout::file, p + layout::file + layout::file_size - kEndSize};
    if (use_sname) regions[2] = {p + layout::sname, p + layout::sname + layout::sname_size - kEndSize};

    for (std::size_t i = 0; i < message.options.size(); ++i) {
        const auto each = message.options.at(i);
        if (each.code == option::relay_agent_information || is_structure(each.code)) continue;
        if (!place(regions, each.code, each.data)) result.left_out.push_back(each.code);
    }

    std::uint8_t overload = 0;
    if (use_file && regions[1].next != p + layout::file) overload |= layout::overload_file;
    if (use_sname && regions[2].next != p + layout::sname) overload |= layout::overload_sname;
    // RFC 2131 §4.1: options in file and sname begin with the first octet and are terminated by END.
    if ((overload & layout::overload_file) != 0) store_u8(regions[1].next, option::end);
    if ((overload & layout::overload_sname) != 0) store_u8(regions[2].next, option::end);

    result.overloaded = overload != 0;
    const std::byte value{overload};
    if (result.overloaded) regions[0].write(option::overload, {&value, 1});
    if (relay) regions[0].write(option::relay_agent_information, *relay);
    store_u8(regions[0].next, option::end);
    const auto used = static_cast<std::size_t>(regions[0].next - p) + kEndSize;
    out.resize(std::max(used, std::min(rules.min_payload, ceiling)));
    return result;
}

} // namespace

EmitRules emit_rules_for(std::optional<std::uint16_t> option57, std::size_t mtu)
{
    EmitRules rules;
    const std::size_t asked = std::min<std::size_t>(option57.value_or(0), mtu);
    rules.max_payload = std::max<std::size_t>(asked, kDefaultMaxMessage) - kIpAndUdp;
    return rules;
}

EmitResult emit(const Message& message, const EmitRules& rules, Buffer& out)
{
    const std::size_t ceiling = std::max(rules.max_payload, kBootpMinimum);
    const std::size_t padded = std::min(rules.min_payload, ceiling);
    const auto run = ready_run(message.options);
    if (run && layout::options + run->size() + kEndSize <= ceiling) {
        emit_run(message, *run, padded, out);
        return {};
    }
    std::size_t size = layout::options + kEndSize;
    for (std::size_t i = 0; i < message.options.size(); ++i) {
        const auto each = message.options.at(i);
        if (!is_structure(each.code)) size += wire_size(each.data.size());
    }
    if (size > ceiling) return emit_crowded(message, rules, ceiling, out);
    emit_plain(message, size, padded, out);
    return {};
}

} // namespace dorascope::wire
