// SPDX-License-Identifier: GPL-3.0-or-later
// Leases as comma-separated values with a header line, and as JSON; every field of a lease, exactly.
#include "engine/interchange/lease_formats.h"
#include "engine/interchange/text.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace dorascope::interchange {
namespace {

using nlohmann::json;
using server::Lease;

const LeaseField* field_named(std::string_view name)
{
    const auto fields = lease_fields();
    const auto field = std::ranges::find(fields, name, &LeaseField::name);
    return field == fields.end() ? nullptr : &*field;
}

/// A lease from texts by name, in the order of the fields (the hardware type comes before the hardware).
template <class ValueOf> void take(LeaseSink& sink, std::size_t line, std::string_view row, ValueOf value_of)
{
    Lease lease;
    lease.since = lease.expires = sink.now;
    lease.renewed = kUndated;
    for (const auto& field : lease_fields()) {
        const auto value = value_of(field.name);
        if (!value && field.name == "address") return sink.notes.add(line, row, "names no address");
        if (!value || (value->empty() && field.name != "address")) continue;
        if (!field.set(lease, *value))
            return sink.notes.add(line, row, fmt::format("'{}' is no {}", shortened(*value, 40), field.name));
    }
    const bool named = lease.client.kind == server::ClientKey::Kind::identifier && !lease.client.bytes.empty();
    if (!named && !set_client(lease, {})) return sink.notes.add(line, row, "names no client");
    sink.leases.push_back(std::move(lease));
}

/// Deep nesting is somebody's attempt on the stack, not a list of leases.
bool too_deep(std::string_view text)
{
    std::size_t depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (quoted && text[i] == '\\')
            ++i;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && (text[i] == '[' || text[i] == '{') && ++depth > 16)
            return true;
        else if (!quoted && (text[i] == ']' || text[i] == '}') && depth > 0)
            --depth;
    }
    return false;
}

std::optional<std::string> text_at(const json& object, std::string_view name)
{
    const auto at = object.find(name);
    if (at == object.end() || at->is_null()) return std::nullopt;
    return at->is_string() ? at->get<std::string>() : at->dump(-1, ' ', true, json::error_handler_t::replace);
}

std::string csv_quoted(std::string_view value)
{
    if (value.find_first_of(",\"") == std::string_view::npos) return std::string{value};
    std::string out = "\"";
    for (const char c : value)
        out += c == '"' ? "\"\"" : std::string(1, c);
    return out + '"';
}

} // namespace

std::vector<std::string> csv_values(std::string_view line)
{
    std::vector<std::string> values(1);
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
            values.back() += line[++i];
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            values.emplace_back();
        } else {
            values.back() += c;
        }
    }
    return values;
}

namespace {

/// A spreadsheet takes a value that begins so for a formula, and a host name comes from the network. An apostrophe makes it text there.
bool begins_a_formula(std::string_view value)
{
    return !value.empty() && std::string_view{"=+-@\t\r'"}.find(value[0]) != std::string_view::npos;
}

std::string as_text(const std::string& value) { return begins_a_formula(value) ? "'" + value : value; }

std::string from_text(std::string value)
{
    if (value.starts_with('\'') && begins_a_formula(std::string_view{value}.substr(1))) value.erase(0, 1);
    return value;
}

} // namespace

Done read_csv(std::string_view text, LeaseSink& sink)
{
    const auto header = csv_values(next_line(text));
    if (std::ranges::find(header, "address") == header.end())
        return tl::unexpected{Problem{1, "the first line names no column \"address\"",
                                      "begin with: address,state,client_id,hardware_type,hardware,hostname,…"}};
    for (const auto& name : header)
        if (field_named(name) == nullptr) sink.notes.add(1, name, "is a column that we do not know");
    for (std::size_t line = 2; !text.empty(); ++line) {
        const auto row = next_line(text);
        if (trimmed(row).empty()) continue;
        const auto values = csv_values(row);
        if (values.size() != header.size()) {
            sink.notes.add(line, row, fmt::format("has {} values under {} columns", values.size(), header.size()));
            continue;
        }
        take(sink, line, row, [&](std::string_view name) -> std::optional<std::string> {
            const auto at = std::ranges::find(header, name);
            return at == header.end() ? std::nullopt
                                      : std::optional{from_text(values[static_cast<std::size_t>(at - header.begin())])};
        });
    }
    return {};
}

std::string write_csv(LeaseSpan leases, Prefixes, Notes&)
{
    std::string out;
    for (const auto& field : lease_fields())
        out += fmt::format("{}{}", out.empty() ? "" : ",", field.name);
    out += '\n';
    for (const auto& lease : leases) {
        bool first = true;
        for (const auto& field : lease_fields()) {
            if (!std::exchange(first, false)) out += ',';
            out += csv_quoted(as_text(field.text(lease)));
        }
        out += '\n';
    }
    return out;
}

Done read_json(std::string_view text, LeaseSink& sink)
{
    if (too_deep(text)) return tl::unexpected{Problem{0, "the JSON is nested too deeply", "give a list of objects"}};
    const json root = json::parse(text, nullptr, false);
    if (root.is_discarded()) return tl::unexpected{Problem{0, "the file is not JSON", "name its format with --from"}};
    const json* list = &root;
    if (root.is_object() && root.contains("leases")) list = &root["leases"];
    if (!list->is_array()) return tl::unexpected{Problem{0, "the JSON holds no list of leases", "give [{\"address\": …}, …]"}};
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto& object = (*list)[i];
        const auto row = fmt::format("entry {}", i + 1);
        if (!object.is_object()) {
            sink.notes.add(0, row, "is no object");
            continue;
        }
        take(sink, 0, row, [&](std::string_view name) { return text_at(object, name); });
    }
    return {};
}

std::string write_json(LeaseSpan leases, Prefixes, Notes&)
{
    std::string out = "[";
    for (const auto& lease : leases) {
        json object = json::object();
        for (const auto& field : lease_fields())
            object[std::string{field.name}] = field.text(lease);
        object["hardware_type"] = lease.hardware.type;
        out += (out.size() > 1 ? ",\n" : "\n") + object.dump(-1, ' ', true, json::error_handler_t::replace);
    }
    return out + "\n]\n";
}

} // namespace dorascope::interchange
