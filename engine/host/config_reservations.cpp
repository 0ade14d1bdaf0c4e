// SPDX-License-Identifier: GPL-3.0-or-later
// [[subnet.reservation]]
#include "engine/host/config_levels.h"
#include "engine/host/config_options.h"
#include "engine/wire/hex.h"
#include "engine/wire/option_words.h"

#include <algorithm>

namespace dorascope::host {
namespace {

using server::Reservation;

void read_hardware(Reader& reader, const Place& at, Reservation& reservation)
{
    const auto octets = reader.octets(at, HardwareAddress::kMaxLength);
    if (!octets) return;
    reservation.hardware.emplace();
    reservation.hardware->length = static_cast<std::uint8_t>(octets->size());
    std::copy(octets->begin(), octets->end(), reservation.hardware->octets.begin());
}

/// Comes after `hardware` in the table below, whatever the order in the file.
void read_hardware_type(Reader& reader, const Place& at, Reservation& reservation)
{
    const auto type = reader.number(at, 0, 255);
    if (!reservation.hardware) reservation.hardware.emplace();
    if (type) reservation.hardware->type = static_cast<std::uint8_t>(*type);
}

constexpr Key<Reservation> kReservationKeys[] = {
    {"address", read_address_into<&Reservation::address>},
    {"hardware", read_hardware},
    {"hardware_type", read_hardware_type},
    {"client_id", read_octets_into<&Reservation::client_id, 255>},
    {"circuit_id", read_octets_into<&Reservation::circuit_id, 255>},
    {"remote_id", read_octets_into<&Reservation::remote_id, 255>},
    {"client_hostname", read_text_into<&Reservation::client_hostname>},
    {"hostname", read_text_into<&Reservation::hostname>},
};

std::string octets_toml(std::string_view key, const std::vector<std::uint8_t>& octets)
{
    return octets.empty() ? "" : fmt::format("{} = \"{}\"\n", key, wire::to_hex(octets, ':'));
}

} // namespace

void read_reservations(Reader& reader, const Place& at, server::Subnet& subnet)
{
    reader.each(at, [&](const Place& one) {
        reader.require(one, "address", "\"192.168.1.10\"");
        Reservation& reservation = subnet.reservations.emplace_back();
        read_table(reader, one, reservation, kReservationKeys, &reservation.options);
    });
}

std::string reservation_toml(const Reservation& r)
{
    std::string out = fmt::format("\n[[subnet.reservation]]\naddress = \"{}\"\n", r.address.to_string());
    if (r.hardware) out += fmt::format("hardware = \"{}\"\n", r.hardware->to_string());
    if (r.hardware && r.hardware->type != 1) out += fmt::format("hardware_type = {}\n", r.hardware->type);
    out +=
        octets_toml("client_id", r.client_id) + octets_toml("circuit_id", r.circuit_id) + octets_toml("remote_id", r.remote_id);
    if (!r.client_hostname.empty()) out += fmt::format("client_hostname = {}\n", toml_text(r.client_hostname));
    if (!r.hostname.empty()) out += fmt::format("hostname = {}\n", toml_text(r.hostname));
    return out + option_settings_toml(r.options);
}

} // namespace dorascope::host
