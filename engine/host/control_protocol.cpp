// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/control_protocol.h"

#include "engine/host/ordered_reservations.h"
#include "engine/wire/hex.h"
#include "engine/wire/nearest_name.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace dorascope::host {
namespace {

/// Keeps the order of the keys: people read these lines too.
using Json = nlohmann::ordered_json;
using Kind = HostError::Kind;

std::string dump(const Json& object) { return object.dump(-1, ' ', false, Json::error_handler_t::replace); }
Json text_or_null(std::string_view text) { return text.empty() ? Json(nullptr) : Json(text); }
Json seconds(Instant at)
{
    if (at == kNever) return nullptr;
    return static_cast<double>(static_cast<long double>(at.time_since_epoch().count()) / 1e9L);
}

// ---- requests -----------------------------------------------------------------------------------------------------------------------

/// What an order takes besides its name.
struct Row {
    Order order;
    std::string_view name;
    bool address;
};
constexpr std::array kOrders{
    Row{Order::status, "status", false},
    Row{Order::list, "list", false},
    Row{Order::release, "release", true},
    Row{Order::erase, "delete", true},
    Row{Order::reserve, "reserve", true},
    Row{Order::unreserve, "unreserve", true},
    Row{Order::clear_quarantine, "clear-quarantine", true},
    Row{Order::reload, "reload", false},
    Row{Order::config, "config", false},
    Row{Order::stop, "stop", false},
};

HostError bad_request(std::string problem, std::string remedy)
{
    return {Kind::bad_argument, std::move(problem), std::move(remedy)};
}

std::vector<std::string_view> order_names()
{
    std::vector<std::string_view> names;
    for (const auto& row : kOrders)
        names.push_back(row.name);
    return names;
}

/// A value of a request; "" is refused too, for then the key is left out.
tl::expected<std::string, HostError> text_of(const std::string& key, const Json& value)
{
    if (value.is_string() && !value.get_ref<const std::string&>().empty()) return value.get<std::string>();
    return tl::unexpected{bad_request("\"" + key + "\" of the request is not a text.", "Give a string that is not empty.")};
}

HostError bad_value(const std::string& key, const std::string& value, const char* form)
{
    return bad_request("\"" + key + "\" of the request cannot be \"" + value.substr(0, 80) + "\".",
                       std::string{"Give "} + form + ".");
}

using Read = bool (*)(const std::string& text, ControlRequest& request);
struct Field {
    std::string_view key;
    const char* form;
    Read read;
};

bool read_address(const std::string& text, ControlRequest& request)
{
    const auto address = Ipv4Address::parse(text);
    if (address) request.address = *address;
    return address.has_value();
}
bool read_hardware(const std::string& text, ControlRequest& request)
{
    const auto octets = wire::from_hex(text);
    if (!octets || octets->empty() || octets->size() > HardwareAddress::kMaxLength) return false;
    HardwareAddress hardware{1, static_cast<std::uint8_t>(octets->size()), {}};
    std::ranges::copy(*octets, hardware.octets.begin());
    request.hardware = hardware;
    return true;
}
template <std::vector<std::uint8_t> ControlRequest::*Member> bool read_octets(const std::string& text, ControlRequest& request)
{
    auto octets = wire::from_hex(text);
    if (!octets || octets->empty() || octets->size() > 255) return false;
    request.*Member = std::move(*octets);
    return true;
}
/// RFC 952, 1123: what a host name is made of. It is sent to clients, so nothing else gets in.
bool read_hostname(const std::string& text, ControlRequest& request)
{
    const auto allowed = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.'; };
    if (text.size() > 63 || !std::ranges::all_of(text, allowed)) return false;
    request.hostname = text;
    return true;
}
/// What a client sends may be more than that, as an underscore; more of it is not kept of a client either.
bool read_client_hostname(const std::string& text, ControlRequest& request)
{
    if (text.size() > 63 || !std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; })) return false;
    request.client_hostname = text;
    return true;
}
bool read_file(const std::string& text, ControlRequest& request)
{
    if (text.front() != '/' || text.size() >= 4096 || text.find('\0') != std::string::npos) return false;
    request.file = text;
    return true;
}

constexpr const char* kOctets = "1 to 255 octets in hexadecimal, as in 01:8c:79:f5:11:02:5e";
constexpr std::array kFields{
    Field{"address", "an IPv4 address, as in 192.168.1.100", read_address},
    Field{"hardware", "1 to 16 octets in hexadecimal, as in 3c:22:fb:0a:01:02", read_hardware},
    Field{"client_id", kOctets, read_octets<&ControlRequest::client_id>},
    Field{"circuit_id", kOctets, read_octets<&ControlRequest::circuit_id>},
    Field{"remote_id", kOctets, read_octets<&ControlRequest::remote_id>},
    Field{"client_hostname", "at most 63 printable characters without a space", read_client_hostname},
    Field{"hostname", "at most 63 letters, digits and hyphens", read_hostname},
    Field{"file", "an absolute path", read_file},
};

tl::expected<Order, HostError> read_order(const Json& object)
{
    const auto named = object.find("order");
    if (named == object.end() || !named->is_string())
        return tl::unexpected{
            bad_request("The request has no \"order\".", fmt::format("Give one of: {}.", fmt::join(order_names(), ", ")))};
    const auto& name = named->get_ref<const std::string&>();
    const auto* const row = std::ranges::find(kOrders, std::string_view{name}, &Row::name);
    if (row != kOrders.end()) return row->order;
    const auto names = order_names();
    const auto near = nearest_name(name, names);
    return tl::unexpected{
        bad_request("There is no order \"" + name.substr(0, 80) + "\".",
                    near ? fmt::format("Did you mean {}?", *near) : fmt::format("Give one of: {}.", fmt::join(names, ", ")))};
}

/// Besides the address.
constexpr std::array<std::string_view, 6> kFieldsOfReserve{"hardware",  "client_id",       "circuit_id",
                                                           "remote_id", "client_hostname", "hostname"};

/// The fields fit the order: what it needs is there, and nothing that it would ignore.
std::optional<HostError> misfit(const ControlRequest& request, const Json& object)
{
    const auto& row = *std::ranges::find(kOrders, request.order, &Row::order);
    const bool reserve = request.order == Order::reserve;
    for (const auto& [key, value] : object.items()) {
        const bool fits = key == "order" || (key == "address" && row.address)
            || (reserve && std::ranges::find(kFieldsOfReserve, key) != kFieldsOfReserve.end())
            || (request.order == Order::reload && key == "file");
        if (!fits) return bad_request(fmt::format("The order {} takes no \"{}\".", row.name, key.substr(0, 80)), "Leave it out.");
    }
    if (row.address && !object.contains("address"))
        return bad_request(fmt::format("The order {} needs an \"address\".", row.name), "Say which address it is about.");
    if (reserve && !is_for_one(reservation_of(request)))
        return bad_request("The order reserve is for one client.",
                           "Give one of its \"hardware\" address, its \"client_id\", its \"client_hostname\", and what its relay "
                           "adds: \"circuit_id\", \"remote_id\" or both.");
    return std::nullopt;
}

} // namespace

std::string_view to_string(Order order) { return std::ranges::find(kOrders, order, &Row::order)->name; }

server::Reservation reservation_of(const ControlRequest& request)
{
    server::Reservation reservation;
    reservation.address = request.address;
    reservation.hardware = request.hardware;
    reservation.client_id = request.client_id;
    reservation.circuit_id = request.circuit_id;
    reservation.remote_id = request.remote_id;
    reservation.client_hostname = request.client_hostname;
    reservation.hostname = request.hostname;
    return reservation;
}

std::string to_line(const ControlRequest& request)
{
    const auto& row = *std::ranges::find(kOrders, request.order, &Row::order);
    Json object{{"order", row.name}};
    if (row.address) object["address"] = request.address.to_string();
    if (request.hardware) object["hardware"] = request.hardware->to_string();
    for (const auto& [key, octets] : {std::pair{"client_id", &request.client_id}, std::pair{"circuit_id", &request.circuit_id},
                                      std::pair{"remote_id", &request.remote_id}})
        if (!octets->empty()) object[key] = wire::to_hex(*octets);
    if (!request.client_hostname.empty()) object["client_hostname"] = request.client_hostname;
    if (!request.hostname.empty()) object["hostname"] = request.hostname;
    if (!request.file.empty()) object["file"] = request.file;
    return dump(object);
}

tl::expected<ControlRequest, HostError> parse_request(std::string_view line)
{
    if (line.size() > kLongestRequest)
        return tl::unexpected{bad_request("The request is too long.", fmt::format("Keep to {} octets.", kLongestRequest))};
    const auto object = Json::parse(line, nullptr, false);
    if (!object.is_object())
        return tl::unexpected{bad_request("The request is not a JSON object.", R"(Give one a line, as in {"order":"list"}.)")};
    const auto order = read_order(object);
    if (!order) return tl::unexpected{order.error()};
    ControlRequest request;
    request.order = *order;
    for (const auto& field : kFields) {
        const auto value = object.find(field.key);
        if (value == object.end()) continue;
        const auto text = text_of(std::string{field.key}, *value);
        if (!text) return tl::unexpected{text.error()};
        if (!field.read(*text, request)) return tl::unexpected{bad_value(std::string{field.key}, *text, field.form)};
    }
    if (auto error = misfit(request, object)) return tl::unexpected{std::move(*error)};
    return request;
}

// ---- lines of an answer -------------------------------------------------------------------------------------------------------------

std::string lease_line(const server::Lease& lease)
{
    const bool identified = lease.client.kind == server::ClientKey::Kind::identifier;
    return dump({{"kind", "lease"},
                 {"address", lease.address.to_string()},
                 {"state", server::to_string(lease.state)},
                 {"chaddr", text_or_null(lease.hardware.to_string())},
                 {"client_id", identified ? Json(wire::to_hex(lease.client.bytes)) : Json(nullptr)},
                 {"hostname", text_or_null(lease.hostname)},
                 {"vendor_class", text_or_null(lease.vendor_class)},
                 {"since", seconds(lease.since)},
                 {"renewed", seconds(lease.renewed)},
                 {"expires", seconds(lease.expires)}});
}

std::string pool_line(const server::PoolUse& use)
{
    return dump({{"kind", "pool"},
                 {"subnet", use.subnet.to_string()},
                 {"size", use.size},
                 {"bound", use.bound},
                 {"offered", use.offered},
                 {"declined", use.declined},
                 {"outside", use.outside}});
}

std::string reservation_line(const server::Reservation& reservation, bool ordered)
{
    const auto octets = [](const std::vector<std::uint8_t>& bytes) { return text_or_null(wire::to_hex(bytes)); };
    return dump({{"kind", "reservation"},
                 {"address", reservation.address.to_string()},
                 {"hardware", reservation.hardware ? Json(reservation.hardware->to_string()) : Json(nullptr)},
                 {"client_id", octets(reservation.client_id)},
                 {"circuit_id", octets(reservation.circuit_id)},
                 {"remote_id", octets(reservation.remote_id)},
                 {"client_hostname", text_or_null(reservation.client_hostname)},
                 {"hostname", text_or_null(reservation.hostname)},
                 {"from", ordered ? "order" : "configuration"}});
}

std::string count_line(StepCode verdict, std::uint64_t times) { return count_line(name_of(verdict), times); }

std::string count_line(std::string_view drop_reason, std::uint64_t times)
{
    return dump({{"kind", "count"}, {"reason", drop_reason}, {"times", times}});
}

namespace {

std::string_view authority_name(server::Authority authority)
{
    constexpr std::array<std::string_view, 3> kNames{"normal", "authoritative", "polite"};
    return kNames.at(static_cast<std::size_t>(authority));
}

} // namespace

std::string status_line(const ServerStatus& s)
{
    return dump({{"kind", "status"},
                 {"interface", s.interface},
                 {"server", s.identity.to_string()},
                 {"pid", s.pid},
                 {"since", seconds(s.since)},
                 {"now", seconds(s.now)},
                 {"stops_at", s.stops_at ? seconds(*s.stops_at) : Json(nullptr)},
                 {"state_dir", s.state_dir},
                 {"config", text_or_null(s.config_file)},
                 {"authority", authority_name(s.authority)},
                 {"probe", s.probe},
                 {"rapid_commit", s.rapid_commit},
                 {"leases", s.leases},
                 {"received", s.received},
                 {"transmitted", s.transmitted},
                 {"commits", s.commits},
                 {"bad_frames", s.bad_frames},
                 {"not_for_us", s.not_for_us},
                 {"no_address", s.no_address},
                 {"kernel_drops", s.kernel_drops},
                 {"send_errors", s.send_errors},
                 {"store_failures", s.store_failures}});
}

namespace {

/// Between two lines where it can be, else between two characters.
std::size_t end_of_part(std::string_view text)
{
    constexpr std::size_t kPart = std::size_t{16} << 10;
    if (text.size() <= kPart) return text.size();
    if (const auto newline = text.rfind('\n', kPart - 1); newline != std::string_view::npos) return newline + 1;
    const auto goes_on = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U; };
    std::size_t end = kPart;
    while (end > 1 && goes_on(end))
        --end;
    return end;
}

} // namespace

std::string config_line(std::string_view& rest)
{
    const auto end = end_of_part(rest);
    auto line = dump({{"kind", "config"}, {"text", rest.substr(0, end)}});
    rest.remove_prefix(end);
    return line;
}

std::string to_line(const ControlResult& result)
{
    Json object{{"kind", "done"}, {"ok", result.ok}};
    if (result.ok) {
        object["said"] = text_or_null(result.said);
        object["warnings"] = result.warnings;
        return dump(object);
    }
    object["problem"] = result.error.problem;
    object["remedy"] = text_or_null(result.error.remedy);
    object["file"] = text_or_null(result.file);
    object["errors"] = Json::array();
    for (const auto& e : result.errors)
        object["errors"].push_back({{"line", e.line}, {"key", e.key}, {"problem", e.problem}, {"suggestion", e.suggestion}});
    return dump(object);
}

// ---- the end of an answer, read -----------------------------------------------------------------------------------------------------

namespace {

std::string text_at(const Json& object, const char* key)
{
    const auto value = object.find(key);
    return value != object.end() && value->is_string() ? value->get<std::string>() : std::string{};
}

FileError read_file_error(const Json& object)
{
    if (!object.is_object()) return {};
    const auto line = object.find("line");
    return {line != object.end() && line->is_number_unsigned() ? line->get<std::size_t>() : 0, text_at(object, "key"),
            text_at(object, "problem"), text_at(object, "suggestion")};
}

} // namespace

std::optional<std::string> parse_config_line(std::string_view line)
{
    const auto object = Json::parse(line, nullptr, false);
    if (!object.is_object() || text_at(object, "kind") != "config") return std::nullopt;
    return text_at(object, "text");
}

std::optional<ControlResult> parse_result(std::string_view line)
{
    const auto object = Json::parse(line, nullptr, false);
    if (!object.is_object() || text_at(object, "kind") != "done") return std::nullopt;
    ControlResult result;
    const auto ok = object.find("ok");
    result.ok = ok != object.end() && ok->is_boolean() && ok->get<bool>();
    result.said = text_at(object, "said");
    result.file = text_at(object, "file");
    result.error = {Kind::system, text_at(object, "problem"), text_at(object, "remedy")};
    if (const auto list = object.find("warnings"); list != object.end() && list->is_array())
        for (const auto& warning : *list)
            if (warning.is_string()) result.warnings.push_back(warning.get<std::string>());
    if (const auto list = object.find("errors"); list != object.end() && list->is_array())
        for (const auto& error : *list)
            result.errors.push_back(read_file_error(error));
    return result;
}

} // namespace dorascope::host
