// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/lease_row.h"

#include "engine/wire/hex.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace dorascope::host {
namespace {

using server::ClientKey;
using server::Lease;
using server::LeaseState;
using Octets = std::span<const std::uint8_t>;

enum Column { kAddress, kState, kHardware, kClientKind, kClient, kHostname, kVendorClass, kSince, kRenewed, kExpires };

// The file's own numbers: they stay as they are when the program's change. `offered` is never written (engine/server/lease.h).
constexpr std::array kStates{LeaseState::bound, LeaseState::expired, LeaseState::released, LeaseState::declined,
                             LeaseState::conflict};
constexpr std::array kKinds{ClientKey::Kind::hardware, ClientKey::Kind::identifier};

template <class Names, class T> int number_of(const Names& names, T value)
{
    return static_cast<int>(std::ranges::find(names, value) - names.begin());
}

void bind_octets(sqlite3_stmt* statement, Column column, Octets octets)
{
    sqlite3_bind_blob(statement, column + 1, octets.data(), static_cast<int>(octets.size()), SQLITE_STATIC);
}
void bind_text(sqlite3_stmt* statement, Column column, std::string_view text)
{
    if (text.empty()) {
        sqlite3_bind_null(statement, column + 1);
    } else {
        sqlite3_bind_text(statement, column + 1, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    }
}
void bind_instant(sqlite3_stmt* statement, Column column, Instant instant)
{
    sqlite3_bind_int64(statement, column + 1, instant.time_since_epoch().count());
}

Octets octets_at(sqlite3_stmt* statement, Column column)
{
    const auto* const data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, column));
    return {data, data ? static_cast<std::size_t>(sqlite3_column_bytes(statement, column)) : 0};
}
std::string_view text_at(sqlite3_stmt* statement, Column column)
{
    const auto octets = octets_at(statement, column);
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}
Instant instant_at(sqlite3_stmt* statement, Column column) { return Instant{Duration{sqlite3_column_int64(statement, column)}}; }
bool is_null(sqlite3_stmt* statement, Column column) { return sqlite3_column_type(statement, column) == SQLITE_NULL; }

/// htype, then chaddr: the key of a client that sends no identifier (RFC 2131 §4.2).
struct HardwareOctets {
    explicit HardwareOctets(const HardwareAddress& hardware)
    {
        octets[0] = hardware.type;
        std::ranges::copy(hardware.bytes(), octets.begin() + 1);
        size = std::size_t{1} + hardware.length;
    }
    Octets all() const { return {octets.data(), size}; }
    std::array<std::uint8_t, 1 + HardwareAddress::kMaxLength> octets{};
    std::size_t size;
};

bool read_hardware(sqlite3_stmt* statement, HardwareAddress& hardware)
{
    const auto octets = octets_at(statement, kHardware);
    if (octets.empty() || octets.size() > 1 + HardwareAddress::kMaxLength) return false;
    hardware = {octets[0], static_cast<std::uint8_t>(octets.size() - 1), {}};
    std::ranges::copy(octets.subspan(1), hardware.octets.begin());
    return true;
}

tl::unexpected<std::string> wrong(std::string_view column, const std::string& value)
{
    return tl::unexpected{"a row has " + std::string{column} + " '" + value + "'"};
}

} // namespace

void bind_lease(sqlite3_stmt* statement, const Lease& lease)
{
    sqlite3_bind_int64(statement, kAddress + 1, lease.address.value);
    sqlite3_bind_int(statement, kState + 1, number_of(kStates, lease.state));
    const HardwareOctets hardware{lease.hardware};
    const bool repeats = std::ranges::equal(lease.client.bytes, hardware.all()); // as nearly every client's key does
    if (repeats) {
        bind_octets(statement, kHardware, lease.client.bytes);
    } else {
        sqlite3_bind_blob(statement, kHardware + 1, hardware.octets.data(), static_cast<int>(hardware.size), SQLITE_TRANSIENT);
    }
    sqlite3_bind_int(statement, kClientKind + 1, number_of(kKinds, lease.client.kind));
    if (repeats && lease.client.kind == ClientKey::Kind::hardware) {
        sqlite3_bind_null(statement, kClient + 1);
    } else {
        bind_octets(statement, kClient, lease.client.bytes);
    }
    bind_text(statement, kHostname, lease.hostname);
    bind_text(statement, kVendorClass, lease.vendor_class);
    bind_instant(statement, kSince, lease.since);
    bind_instant(statement, kRenewed, lease.renewed);
    if (lease.expires == kNever) {
        sqlite3_bind_null(statement, kExpires + 1);
    } else {
        bind_instant(statement, kExpires, lease.expires);
    }
}

tl::expected<void, std::string> read_lease(sqlite3_stmt* statement, Lease& lease)
{
    const auto address = sqlite3_column_int64(statement, kAddress);
    const auto state = sqlite3_column_int64(statement, kState), kind = sqlite3_column_int64(statement, kClientKind);
    if (address < 0 || address > 0xffffffff) return wrong("address", std::to_string(address));
    if (state < 0 || state >= std::ssize(kStates)) return wrong("state", std::to_string(state));
    if (kind < 0 || kind >= std::ssize(kKinds)) return wrong("client_kind", std::to_string(kind));
    if (!read_hardware(statement, lease.hardware)) return wrong("hardware", wire::to_hex(octets_at(statement, kHardware)));
    lease.address = {static_cast<std::uint32_t>(address)};
    lease.state = kStates[static_cast<std::size_t>(state)];
    lease.client.kind = kKinds[static_cast<std::size_t>(kind)];
    if (is_null(statement, kClient)) {
        const HardwareOctets hardware{lease.hardware};
        lease.client.bytes.assign(hardware.all().begin(), hardware.all().end());
    } else {
        const auto client = octets_at(statement, kClient);
        if (client.empty()) return wrong("client", "");
        lease.client.bytes.assign(client.begin(), client.end());
    }
    lease.hostname = text_at(statement, kHostname);
    lease.vendor_class = text_at(statement, kVendorClass);
    lease.since = instant_at(statement, kSince);
    lease.renewed = instant_at(statement, kRenewed);
    lease.expires = is_null(statement, kExpires) ? kNever : instant_at(statement, kExpires);
    return {};
}

} // namespace dorascope::host
