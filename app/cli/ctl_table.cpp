// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/ctl_table.h"

#include "app/cli/clock.h"
#include "app/cli/json_value.h"
#include "app/cli/message_line.h"
#include "engine/host/server_host.h"
#include "engine/wire/option_table.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace dorascope::cli {
namespace {

using Row = CtlTables::Row;
using Parsed = nlohmann::json;

std::string text(const Parsed& line, const char* key)
{
    const auto value = line.find(key);
    if (value == line.end() || value->is_null()) return {};
    return value->is_string() ? value->get<std::string>() : value->dump();
}
std::uint64_t number(const Parsed& line, const char* key)
{
    const auto value = line.find(key);
    return value != line.end() && value->is_number_unsigned() ? value->get<std::uint64_t>() : 0;
}
bool is_true(const Parsed& line, const char* key)
{
    const auto value = line.find(key);
    return value != line.end() && value->is_boolean() && value->get<bool>();
}
std::optional<Instant> time(const Parsed& line, const char* key)
{
    constexpr double kFar = 9e9; // what an Instant holds
    const auto value = line.find(key);
    if (value == line.end() || !value->is_number()) return std::nullopt;
    const auto seconds = value->get<double>();
    if (!(std::abs(seconds) < kFar)) return std::nullopt;
    return Instant{Duration{static_cast<std::int64_t>(seconds * 1e9)}};
}

std::string span(Duration d)
{
    const auto seconds = std::abs(std::chrono::round<std::chrono::seconds>(d).count());
    return wire::duration_text(static_cast<std::uint32_t>(std::min<std::int64_t>(seconds, kInfiniteSeconds - 1)));
}
/// "in 52 min", "2 h ago", "never".
std::string distance(std::optional<Instant> at, Instant now)
{
    if (!at) return "never";
    return *at >= now ? "in " + span(*at - now) : span(now - *at) + " ago";
}

/// What the client goes by: its identifier outranks its MAC address (RFC 2131 §4.2), but people know the latter.
std::string client(const Parsed& line)
{
    const auto mac = text(line, "chaddr");
    return mac.empty() ? text(line, "client_id") : mac;
}

std::string whom(const Parsed& line)
{
    constexpr std::array<std::pair<const char*, const char*>, 5> kNames{{{"hardware", ""},
                                                                         {"client_id", "client identifier "},
                                                                         {"circuit_id", "circuit "},
                                                                         {"remote_id", "remote id "},
                                                                         {"client_hostname", "host "}}};
    std::string all;
    for (const auto& [key, name] : kNames)
        if (const auto value = text(line, key); !value.empty()) all += (all.empty() ? "" : ", ") + (name + value);
    return all;
}

// ---- tables -------------------------------------------------------------------------------------------------------------------------

/// In characters, not octets: a host name may hold any.
std::size_t width(std::string_view text)
{
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

struct Column {
    std::string_view title;
    bool number = false;
};

void print_table(Output& out, std::span<const Column> columns, const std::vector<Row>& rows)
{
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        widths.push_back(width(columns[i].title));
        for (const auto& row : rows)
            widths[i] = std::max(widths[i], width(row[i]));
    }
    const auto line = [&](const auto& cell) {
        std::string made;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string_view content = cell(i);
            const std::string fill(widths[i] - width(content), ' ');
            made += columns[i].number ? fill + std::string{content} : std::string{content} + fill;
            made += "  ";
        }
        made.erase(made.find_last_not_of(' ') + 1);
        return made;
    };
    out.line(dimmed(line([&](std::size_t i) { return columns[i].title; }), out.colour()));
    for (const auto& row : rows)
        out.line(line([&](std::size_t i) { return std::string_view{row[i]}; }));
}

constexpr std::array kLeaseColumns{Column{"ADDRESS"}, Column{"STATE"}, Column{"CLIENT"},
                                   Column{"NAME"},    Column{"SINCE"}, Column{"ENDS"}};
constexpr std::array kQuarantineColumns{Column{"IN QUARANTINE"}, Column{"WHY"}, Column{"SINCE"}, Column{"OVER"}};
constexpr std::array kReservationColumns{Column{"RESERVED"}, Column{"FOR"}, Column{"NAME"}, Column{"BY"}};
constexpr std::array kPoolColumns{Column{"POOLS OF"},      Column{"SIZE", true},       Column{"LEASED", true},
                                  Column{"OFFERED", true}, Column{"QUARANTINE", true}, Column{"FREE", true},
                                  Column{"OUTSIDE", true}};
constexpr std::array kCountColumns{Column{"DECIDED"}, Column{"TIMES", true}};
constexpr std::array kStatusColumns{Column{""}, Column{""}};

Row lease_row(const Parsed& line, Instant now)
{
    return {text(line, "address"),
            text(line, "state"),
            client(line),
            text(line, "hostname"),
            distance(time(line, "since"), now),
            distance(time(line, "expires"), now)};
}
/// Found in use by the client that was given it (a DHCPDECLINE), or by a probe, which another machine answered.
Row quarantine_row(const Parsed& line, Instant now)
{
    const auto renewed = time(line, "renewed");
    const auto since = renewed && renewed->time_since_epoch().count() > 0 ? renewed : time(line, "since");
    const auto machine = client(line);
    std::string why = text(line, "state") == "conflict" ? "in use" : "declined";
    if (!machine.empty()) why += " by " + machine;
    return {text(line, "address"), std::move(why), distance(since, now), distance(time(line, "expires"), now)};
}
Row pool_row(const Parsed& line)
{
    const auto size = number(line, "size");
    const auto used = number(line, "bound") + number(line, "offered") + number(line, "declined");
    return {text(line, "subnet"),
            text(line, "size"),
            text(line, "bound"),
            text(line, "offered"),
            text(line, "declined"),
            std::to_string(size - std::min(size, used)),
            std::to_string(number(line, "outside"))};
}
/// By the name that the manual, and JSON, have for it.
Row count_row(const Parsed& line) { return {text(line, "reason"), text(line, "times")}; }

/// Line by line what a person wants to know of a server that runs.
std::vector<Row> status_rows(const Parsed& line)
{
    const Instant now = time(line, "now").value_or(Instant{});
    std::vector<Row> rows;
    rows.push_back({"server", fmt::format("{} on {}", text(line, "server"), text(line, "interface"))});
    rows.push_back({"process", fmt::format("{}, started {}", text(line, "pid"), distance(time(line, "since"), now))});
    if (const auto stops = time(line, "stops_at")) rows.push_back({"stops", distance(stops, now)});
    rows.push_back({"configuration", text(line, "config").empty() ? "command line" : text(line, "config")});
    rows.push_back({"leases", fmt::format("{} in {}", text(line, "leases"), text(line, "state_dir"))});
    rows.push_back({"authority", text(line, "authority")});
    rows.push_back({"probes", is_true(line, "probe") ? "on" : "off"});
    if (is_true(line, "rapid_commit")) rows.push_back({"rapid commit", "on"});
    rows.push_back({"packets", fmt::format("{} received, {} sent", text(line, "received"), text(line, "transmitted"))});
    for (const auto& reason : host::kDropReasons) {
        const std::string key{reason.name};
        if (number(line, key.c_str()) > 0) rows.push_back({std::string{reason.text}, text(line, key.c_str())});
    }
    return rows;
}

} // namespace

void CtlTables::add(std::string_view line)
{
    const auto parsed = Parsed::parse(line, nullptr, false);
    if (!parsed.is_object()) return;
    const auto kind = text(parsed, "kind");
    if (kind == "lease") {
        const auto state = text(parsed, "state");
        const bool quarantined = state == "declined" || state == "conflict";
        (quarantined ? quarantine_ : leases_).push_back(quarantined ? quarantine_row(parsed, now_) : lease_row(parsed, now_));
    } else if (kind == "reservation") {
        reservations_.push_back({text(parsed, "address"), whom(parsed), text(parsed, "hostname"), text(parsed, "from")});
    } else if (kind == "pool") {
        pools_.push_back(pool_row(parsed));
    } else if (kind == "count") {
        counts_.push_back(count_row(parsed));
    } else if (kind == "status") {
        status_ = status_rows(parsed);
    }
}

void CtlTables::print(Output& out) const
{
    struct Part {
        std::span<const Column> columns;
        const std::vector<Row>& rows;
    };
    if (!status_.empty()) {
        for (const auto& row : status_)
            out.line(fmt::format("{:<14} {}", row[0], row[1]));
        return;
    }
    if (leases_.empty()) out.line("No leases yet.");
    bool first = leases_.empty() ? false : true;
    for (const auto& part :
         {Part{kLeaseColumns, leases_}, Part{kQuarantineColumns, quarantine_}, Part{kReservationColumns, reservations_},
          Part{kPoolColumns, pools_}, Part{kCountColumns, counts_}}) {
        if (part.rows.empty()) continue;
        if (!first) out.line("");
        first = false;
        print_table(out, part.columns, part.rows);
    }
}

} // namespace dorascope::cli
