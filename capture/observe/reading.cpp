// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/observe/reading.h"

#include "engine/wire/cursor.h"
#include "engine/wire/layout.h"

#include <algorithm>

namespace dorascope::observe {

namespace {

namespace layout = wire::layout;
constexpr std::size_t kIdentified = layout::chaddr + layout::chaddr_size;
constexpr std::size_t kWatched = static_cast<std::size_t>(Watched::count_);

constexpr std::array<std::uint8_t, kWatched> kCodes{
    wire::option::subnet_mask,       wire::option::router,
    wire::option::dns_servers,       wire::option::host_name,
    wire::option::domain_name,       wire::option::requested_address,
    wire::option::lease_time,        wire::option::message_type,
    wire::option::server_identifier, wire::option::vendor_class_identifier,
    wire::option::client_identifier, wire::option::client_fqdn,
};

/// Option code → place in Reading::options; kWatched: not watched.
constexpr std::array<std::uint8_t, 256> kPlace = [] {
    std::array<std::uint8_t, 256> places{};
    places.fill(static_cast<std::uint8_t>(kWatched));
    for (std::size_t i = 0; i < kWatched; ++i)
        places[kCodes[i]] = static_cast<std::uint8_t>(i);
    return places;
}();

/// The fields up to chaddr. The payload is long enough.
void read_header(std::span<const std::byte> payload, Reading& reading)
{
    const std::byte* const p = payload.data();
    reading.identified = true;
    reading.op = wire::load_u8(p + layout::op);
    reading.hardware.type = wire::load_u8(p + layout::htype);
    reading.hardware.length =
        static_cast<std::uint8_t>(std::min<std::size_t>(wire::load_u8(p + layout::hlen), HardwareAddress::kMaxLength));
    reading.xid = wire::load_u32(p + layout::xid);
    reading.flags = wire::load_u16(p + layout::flags);
    reading.ciaddr = {wire::load_u32(p + layout::ciaddr)};
    reading.yiaddr = {wire::load_u32(p + layout::yiaddr)};
    reading.giaddr = {wire::load_u32(p + layout::giaddr)};
    for (std::size_t i = 0; i < reading.hardware.length; ++i)
        reading.hardware.octets[i] = wire::load_u8(p + layout::chaddr + i);
}

/// Walks the options area. False when a full parse must decide: an overrun, a repeated or an overloaded option. What was met until then
/// stands in `reading`.
bool scan_options(std::span<const std::byte> payload, Reading& reading)
{
    std::size_t i = layout::options;
    while (i < payload.size()) {
        const auto code = wire::load_u8(payload.data() + i++);
        if (code == wire::option::pad) continue;
        if (code == wire::option::end) return true;
        if (i >= payload.size()) return false;
        const std::size_t length = wire::load_u8(payload.data() + i++);
        if (length > payload.size() - i || code == wire::option::overload) return false;
        if (const auto place = kPlace[code]; place < kWatched) {
            if (reading.options[place].data() != nullptr) return false;
            reading.options[place] = payload.subspan(i, length);
        }
        i += length;
    }
    return true;
}

/// RFC 2132 §9.6: one octet, 1 and up. Anything else is no message type.
MessageType type_of(std::span<const std::byte> data)
{
    return data.size() == 1 ? static_cast<MessageType>(wire::load_u8(data.data())) : MessageType::none;
}

} // namespace

Reading Reader::read(std::span<const std::byte> payload)
{
    Reading reading;
    if (payload.size() < kIdentified) {
        reading.malformed = true;
        return reading;
    }
    read_header(payload, reading);
    const bool plain = payload.size() >= layout::options
        && wire::load_u32(payload.data() + layout::cookie) == layout::magic_cookie && (reading.op == 1 || reading.op == 2)
        && wire::load_u8(payload.data() + layout::hlen) <= HardwareAddress::kMaxLength;
    if (!plain || !scan_options(payload, reading)) {
        reading.malformed = !wire::parse_into(payload, scratch_).has_value();
        if (!reading.malformed) {
            for (std::size_t i = 0; i < kWatched; ++i) {
                reading.options[i] = scratch_.options.find(kCodes[i]).value_or(std::span<const std::byte>{});
            }
        }
    }
    reading.type = type_of(reading.option(Watched::message_type));
    return reading;
}

} // namespace dorascope::observe
