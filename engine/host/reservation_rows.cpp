// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/reservation_rows.h"

#include "engine/host/ordered_reservations.h"
#include "engine/host/sqlite.h"
#include "engine/wire/hex.h"

#include <algorithm>
#include <array>

namespace dorascope::host {
namespace {

constexpr const char* kCreate = R"(
CREATE TABLE IF NOT EXISTS reservation (
    address         TEXT PRIMARY KEY NOT NULL,
    hardware_type   INTEGER NOT NULL,
    hardware        TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    hostname        TEXT NOT NULL,
    circuit_id      TEXT NOT NULL DEFAULT '',
    remote_id       TEXT NOT NULL DEFAULT '',
    client_hostname TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
)";
/// A file that was made before one could order by these has none of them.
constexpr std::array kLater{"circuit_id", "remote_id", "client_hostname"};
constexpr const char* kSelect =
    "SELECT address, hardware_type, hardware, client_id, hostname, circuit_id, remote_id, client_hostname "
    "FROM reservation";

void bind_text(const Statement& statement, int column, const std::string& text)
{
    sqlite3_bind_text(statement.get(), column, text.c_str(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}
std::string text_at(const Statement& statement, int column)
{
    const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(statement.get(), column));
    return text ? std::string{text, static_cast<std::size_t>(sqlite3_column_bytes(statement.get(), column))} : std::string{};
}
struct Octets {
    const char* column;
    int at;
    std::vector<std::uint8_t> server::Reservation::*member;
};
constexpr std::array kOctets{Octets{"client_id", 3, &server::Reservation::client_id},
                             Octets{"circuit_id", 5, &server::Reservation::circuit_id},
                             Octets{"remote_id", 6, &server::Reservation::remote_id}};

bool done(const Statement& statement) { return statement && sqlite3_step(statement.get()) == SQLITE_DONE; }

bool has_or_gets(sqlite3* database, const std::string& column)
{
    const auto there = "SELECT count(*) FROM pragma_table_info('reservation') WHERE name = '" + column + "'";
    const auto add = "ALTER TABLE reservation ADD COLUMN " + column + " TEXT NOT NULL DEFAULT ''";
    const auto found = number(database, there.c_str());
    return found && (*found == 1 || execute(database, add.c_str()));
}

tl::expected<server::Reservation, std::string> read_row(const Statement& row)
{
    const auto wrong = [&](const char* column, int at) {
        return tl::unexpected{std::string{"a reservation has "} + column + " '" + text_at(row, at) + "'"};
    };
    server::Reservation reservation;
    const auto address = Ipv4Address::parse(text_at(row, 0));
    if (!address) return wrong("address", 0);
    reservation.address = *address;
    const auto type = sqlite3_column_int64(row.get(), 1);
    const auto octets = wire::from_hex(text_at(row, 2));
    if (!octets || octets->size() > HardwareAddress::kMaxLength || type < 0 || type > 255) return wrong("hardware", 2);
    for (const auto& [column, at, member] : kOctets) {
        auto read = wire::from_hex(text_at(row, at));
        if (!read) return wrong(column, at);
        reservation.*member = std::move(*read);
    }
    if (!octets->empty()) {
        HardwareAddress hardware{static_cast<std::uint8_t>(type), static_cast<std::uint8_t>(octets->size()), {}};
        std::ranges::copy(*octets, hardware.octets.begin());
        reservation.hardware = hardware;
    }
    reservation.hostname = text_at(row, 4);
    reservation.client_hostname = text_at(row, 7);
    if (!is_for_one(reservation)) return tl::unexpected{"the reservation of '" + text_at(row, 0) + "' is not for one client"};
    return reservation;
}

} // namespace

bool make_reservation_table(sqlite3* database)
{
    return execute(database, kCreate)
        && std::ranges::all_of(kLater, [database](const char* column) { return has_or_gets(database, column); });
}

bool put_reservation(sqlite3* database, const server::Reservation& reservation)
{
    const auto statement = prepare(database, "INSERT OR REPLACE INTO reservation VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    if (!statement) return false;
    const auto hardware = reservation.hardware.value_or(HardwareAddress{});
    bind_text(statement, 1, reservation.address.to_string());
    sqlite3_bind_int(statement.get(), 2, hardware.type);
    bind_text(statement, 3, wire::to_hex(hardware.bytes(), ':'));
    bind_text(statement, 4, wire::to_hex(reservation.client_id));
    bind_text(statement, 5, reservation.hostname);
    bind_text(statement, 6, wire::to_hex(reservation.circuit_id));
    bind_text(statement, 7, wire::to_hex(reservation.remote_id));
    bind_text(statement, 8, reservation.client_hostname);
    return done(statement);
}

bool drop_reservation(sqlite3* database, Ipv4Address address)
{
    const auto statement = prepare(database, "DELETE FROM reservation WHERE address = ?1");
    if (!statement) return false;
    bind_text(statement, 1, address.to_string());
    return done(statement);
}

tl::expected<std::vector<server::Reservation>, std::string> read_reservations(sqlite3* database)
{
    const auto rows = prepare(database, kSelect);
    if (!rows) return tl::unexpected{std::string{}};
    std::vector<server::Reservation> all;
    for (;;) {
        const int code = sqlite3_step(rows.get());
        if (code == SQLITE_DONE) break;
        if (code != SQLITE_ROW) return tl::unexpected{std::string{}};
        auto one = read_row(rows);
        if (!one) return tl::unexpected{std::move(one.error())};
        all.push_back(std::move(*one));
    }
    std::ranges::sort(all, {}, &server::Reservation::address);
    return all;
}

} // namespace dorascope::host
