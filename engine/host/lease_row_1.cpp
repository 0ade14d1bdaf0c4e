// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/lease_row_1.h"

#include "engine/wire/hex.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace dorascope::host {
namespace {

using server::ClientKey;
using server::Lease;
using server::LeaseState;

enum Column {
    kAddress,
    kState,
    kClientKind,
    kClient,
    kHardwareType,
    kHardware,
    kHostname,
    kVendorClass,
    kSince,
    kRenewed,
    kExpires
};

template <typename T> struct Name {
    T value;
    std::string_view text;
};
constexpr Name<LeaseState> kStates[] = {
    {LeaseState::bound, "bound"},       {LeaseState::expired, "expired"},   {LeaseState::released, "released"},
    {LeaseState::declined, "declined"}, {LeaseState::conflict, "conflict"},
};
constexpr Name<ClientKey::Kind> kKinds[] = {
    {ClientKey::Kind::hardware, "hardware"},
    {ClientKey::Kind::identifier, "identifier"},
};

template <typename T, std::size_t N> std::optional<T> value_of(const Name<T> (&names)[N], std::string_view text)
{
    for (const auto& name : names)
        if (name.text == text) return name.value;
    return std::nullopt;
}
std::string_view text_at(sqlite3_stmt* statement, Column column)
{
    const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
    return text ? std::string_view{text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column))} : std::string_view{};
}
Instant instant_at(sqlite3_stmt* statement, Column column) { return Instant{Duration{sqlite3_column_int64(statement, column)}}; }

std::optional<HardwareAddress> hardware_at(sqlite3_stmt* statement)
{
    const auto type = sqlite3_column_int64(statement, kHardwareType);
    const auto octets = wire::from_hex(text_at(statement, kHardware));
    if (!octets || octets->size() > HardwareAddress::kMaxLength || type < 0 || type > 255) return std::nullopt;
    HardwareAddress hardware{static_cast<std::uint8_t>(type), static_cast<std::uint8_t>(octets->size()), {}};
    std::copy(octets->begin(), octets->end(), hardware.octets.begin());
    return hardware;
}

} // namespace

tl::expected<Lease, std::string> read_lease_of_schema_1(sqlite3_stmt* statement)
{
    const auto wrong = [&](std::string_view column, Column at) {
        return tl::unexpected{"a row has " + std::string{column} + " '" + std::string{text_at(statement, at)} + "'"};
    };
    const auto address = Ipv4Address::parse(text_at(statement, kAddress));
    if (!address) return wrong("address", kAddress);
    const auto state = value_of(kStates, text_at(statement, kState));
    if (!state) return wrong("state", kState);
    const auto kind = value_of(kKinds, text_at(statement, kClientKind));
    if (!kind) return wrong("client_kind", kClientKind);
    auto client = wire::from_hex(text_at(statement, kClient));
    if (!client || client->empty()) return wrong("client", kClient);
    const auto hardware = hardware_at(statement);
    if (!hardware) return wrong("hardware", kHardware);
    Lease lease;
    lease.address = *address;
    lease.state = *state;
    lease.client = {*kind, std::move(*client)};
    lease.hardware = *hardware;
    lease.hostname = text_at(statement, kHostname);
    lease.vendor_class = text_at(statement, kVendorClass);
    lease.since = instant_at(statement, kSince);
    lease.renewed = instant_at(statement, kRenewed);
    const bool for_ever = sqlite3_column_type(statement, kExpires) == SQLITE_NULL;
    lease.expires = for_ever ? kNever : instant_at(statement, kExpires);
    return lease;
}

} // namespace dorascope::host
