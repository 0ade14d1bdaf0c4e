// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/config_consequences.h"

#include "engine/host/config_options.h"
#include "engine/host/config_reader.h"
#include "engine/wire/nearest_name.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace dorascope::host {
namespace {

/// Which keys of a table are judged by another one of it; an empty key is the table itself. What is not read stands at its default, and
/// whatever is said of that would be said of nothing in the file.
struct Row {
    std::string_view unread, judged;
};
constexpr std::array kLeadsTo{
    // [[subnet]], [[class]]
    Row{"prefix", "prefix"},
    Row{"name", "name"},
    Row{"pool", "pool"}, // neither a pool nor a reservation
    Row{"reservation", "pool"},
    Row{"lease_time", "lease_time"},
    Row{"lease_time", "rebinding_time"},
    Row{"lease_time", "renewal_time"},
    Row{"rebinding_time", "rebinding_time"},
    Row{"rebinding_time", "renewal_time"},
    Row{"renewal_time", "renewal_time"},
    Row{"min_lease_time", "min_lease_time"},
    Row{"max_lease_time", "max_lease_time"},
    Row{"max_lease_time", "min_lease_time"},
    // [[class]]: who belongs to it
    Row{"vendor_class", ""},
    Row{"user_class", ""},
    Row{"architecture", ""},
    Row{"mac", ""},
    Row{"mac_prefix", ""},
    Row{"match", ""},
    // [[subnet.reservation]]: whom it is for
    Row{"address", "address"},
    Row{"hardware", ""},
    Row{"hardware", "hardware"},
    Row{"hardware_type", ""},
    Row{"hardware_type", "hardware"},
    Row{"client_id", ""},
    Row{"circuit_id", ""},
    Row{"remote_id", ""},
    Row{"client_hostname", ""},
};
constexpr std::array<std::string_view, 4> kTables{"subnet", "class", "reservation", "probe"};

bool is_nearly(std::string_view key, std::string_view name) { return key == name || nearest_name(key, {&name, 1}); }

std::string_view stem_of(std::string_view segment) { return segment.substr(0, segment.find('[')); }

/// A misspelt key is taken for the one that was meant: its value is missing there.
std::string_view meant_by(std::string_view key)
{
    if (is_option_key(key)) return key;
    std::array<std::string_view, kLeadsTo.size()> names;
    std::ranges::transform(kLeadsTo, names.begin(), &Row::unread);
    return nearest_name(key, names).value_or(key);
}

} // namespace

/// "subnet[0].pool[1].range" is about "pool[1]" in the table "subnet[0]", of that about its range.
struct Unreadable::Subject {
    explicit Subject(std::string_view path);

    std::string table; ///< empty: the top of the file
    std::string key; ///< with its place in a list; empty: the table itself
    std::string leaf; ///< may be empty
    std::string_view stem() const { return stem_of(key); }
    bool in_a_list() const { return key.find('[') != std::string::npos; }
    std::string meant;
    bool nearly_class = false, nearly_subnet = false; ///< misspelt at the top

    void find_what_was_meant();
    bool leads_to(std::string_view judged) const;
    bool covers(std::string_view path, const Subject& said) const;
    bool named_by(const server::ConfigError& error, const Subject& said) const;
    bool missed_by(const server::ConfigError& error) const;
};

Unreadable::Subject::Subject(std::string_view path)
{
    while (!path.empty() && key.empty()) {
        const auto segment = path.substr(0, path.find('.'));
        path.remove_prefix(std::min(segment.size() + 1, path.size()));
        if (std::ranges::find(kTables, stem_of(segment)) == kTables.end())
            key = segment;
        else
            table += fmt::format("{}{}", table.empty() ? "" : ".", segment);
    }
    leaf = stem_of(path.substr(0, path.find('.')));
}

void Unreadable::Subject::find_what_was_meant()
{
    meant = meant_by(stem());
    if (!table.empty()) return;
    nearly_class = is_nearly(stem(), "class");
    nearly_subnet = is_nearly(stem(), "subnet");
}

bool Unreadable::Subject::leads_to(std::string_view judged) const
{
    const auto applies = [&](const Row& row) { return row.unread == meant && row.judged == judged; };
    return std::ranges::any_of(kLeadsTo, applies);
}

bool Unreadable::Subject::covers(std::string_view path, const Subject& said) const
{
    if (key.empty()) return path.starts_with(table) && (path.size() == table.size() || path[table.size()] == '.');
    if (table != said.table) return false;
    // Of a pool the class is judged apart from the addresses.
    if (key == said.key) return leaf.empty() || is_nearly(leaf, "class") == (said.leaf == "class");
    return !(in_a_list() && said.in_a_list()) && leads_to(said.stem());
}

/// Errors that name another table: "is in subnet[0].reservation[2] already".
bool Unreadable::Subject::named_by(const server::ConfigError& error, const Subject& said) const
{
    if (table.empty() || error.problem.find(table) == std::string::npos) return false;
    return key.empty() || leads_to(said.key);
}

/// Whatever is said to be missing may be what could not be read.
bool Unreadable::Subject::missed_by(const server::ConfigError& error) const
{
    if (error.key.ends_with(".class")) // of a pool: there is none of that name
        return table.empty() ? nearly_class : table.starts_with("class[") && (key.empty() || meant == "name");
    return error.key == "subnet" && table.empty() && nearly_subnet;
}

Unreadable::Unreadable(std::span<const std::string> paths)
{
    for (const std::string& path : paths)
        if (!path.empty()) subjects_.emplace_back(with_places(path)).find_what_was_meant(); // else nobody knows what it was about
}
Unreadable::Unreadable(Unreadable&&) noexcept = default;
Unreadable& Unreadable::operator=(Unreadable&&) noexcept = default;
Unreadable::~Unreadable() = default;

bool Unreadable::explains(const server::ConfigError& error) const
{
    const Subject said{error.key};
    return std::ranges::any_of(subjects_, [&](const Subject& bad) {
        return bad.covers(error.key, said) || bad.named_by(error, said) || bad.missed_by(error);
    });
}

} // namespace dorascope::host
