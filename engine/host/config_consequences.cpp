// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/config_consequences.h"

#include "engine/wire/nearest_name.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace dorascope::host {
namespace {

/// Keys that are judged together, by what they are about; every other key is judged for itself.
enum class Part : std::uint8_t { whole, addresses, times, hosts, name, other };
struct PartRow {
    std::string_view key;
    Part part;
};
// In [[subnet]] a prefix that cannot be read leaves nothing to judge; [[class]] has a name and times of these.
constexpr std::array kParts{PartRow{"prefix", Part::whole},         PartRow{"pool", Part::addresses},
                            PartRow{"exclude", Part::addresses},    PartRow{"reservation", Part::hosts},
                            PartRow{"lease_time", Part::times},     PartRow{"min_lease_time", Part::times},
                            PartRow{"max_lease_time", Part::times}, PartRow{"renewal_time", Part::times},
                            PartRow{"rebinding_time", Part::times}, PartRow{"name", Part::name}};

bool is_nearly(std::string_view key, std::string_view name) { return key == name || nearest_name(key, {&name, 1}); }

/// A misspelt key is taken for the one that was meant: its value is missing there.
Part part_of(std::string_view key)
{
    std::array<std::string_view, kParts.size()> names;
    std::ranges::transform(kParts, names.begin(), &PartRow::key);
    const auto nearest = nearest_name(key, names);
    const auto row = std::ranges::find(kParts, nearest.value_or(key), &PartRow::key);
    return key.empty() ? Part::whole : row == kParts.end() ? Part::other : row->part;
}

} // namespace

/// "subnet[0].pool[1].range" is about "subnet[0]", of that about "pool". A reservation is told from its neighbours: "reservation[1]".
struct Unreadable::Subject {
    explicit Subject(std::string_view path);

    std::string table; ///< empty: the top of the file
    std::string key; ///< empty: the table itself
    std::string leaf; ///< of a reservation: which of its keys; empty: itself
    Part part = Part::whole;
    std::string named; ///< as errors about another table mention it
    bool nearly_class = false, nearly_subnet = false; ///< misspelt at the top

    bool same_part(const Subject& said) const;
    bool named_by(const server::ConfigError& error) const;
    bool missed_by(const server::ConfigError& error, const Subject& said) const;
};

Unreadable::Subject::Subject(std::string_view path)
{
    const auto dot = std::min(path.find('.'), path.size());
    const auto head = path.substr(0, dot), rest = path.substr(std::min(dot + 1, path.size()));
    const auto stem = head.substr(0, head.find('['));
    const bool list = stem == "subnet" || stem == "class";
    if (!list && rest.empty()) { // a key of the top: "router[0]"
        key = stem;
        part = Part::other;
        nearly_class = is_nearly(key, "class");
        nearly_subnet = is_nearly(key, "subnet");
        return;
    }
    table = head;
    if (list && stem == head) table += "[0]"; // a list of one, written without its brackets
    const auto first = rest.substr(0, rest.find_first_of(".["));
    part = part_of(first);
    const bool of_list = part == Part::hosts || part == Part::addresses; // each of them for itself
    key = of_list ? rest.substr(0, rest.find('.')) : first;
    if (part == Part::hosts && key.size() < rest.size())
        leaf = rest.substr(key.size() + 1, rest.find_first_of(".[", key.size() + 1) - key.size() - 1);
    named = part == Part::whole ? table : fmt::format("{}.{}", table, key);
}

/// Of two subjects of one table.
bool Unreadable::Subject::same_part(const Subject& said) const
{
    if (part == Part::whole || said.key.empty()) return true;
    if (key == said.key) return leaf.empty() || said.leaf.empty() || is_nearly(leaf, said.leaf);
    // What is said of all pools together follows from any of them.
    if (part == Part::addresses) return said.part == part && said.key.find('[') == std::string::npos;
    return part == said.part && part == Part::times;
}

/// Errors that name another table: "overlaps subnet[1], …", "is in subnet[0].reservation[2] already".
bool Unreadable::Subject::named_by(const server::ConfigError& error) const
{
    return !named.empty() && error.problem.find(named) != std::string::npos;
}

/// Whatever is said to be missing may be what could not be read.
bool Unreadable::Subject::missed_by(const server::ConfigError& error, const Subject& said) const
{
    if (error.key.ends_with(".class")) // of a pool: there is none of that name
        return table.empty() ? nearly_class : table.starts_with("class[") && (part == Part::name || part == Part::whole);
    if (error.key.ends_with(".pool")) return table == said.table && part == Part::hosts; // neither pool nor reservation
    return error.key == "subnet" && table.empty() && nearly_subnet;
}

Unreadable::Unreadable(std::span<const FileError> errors)
{
    for (const FileError& error : errors)
        if (!error.key.empty()) subjects_.emplace_back(error.key); // else nobody knows what it was about
}
Unreadable::Unreadable(Unreadable&&) noexcept = default;
Unreadable& Unreadable::operator=(Unreadable&&) noexcept = default;
Unreadable::~Unreadable() = default;

bool Unreadable::explains(const server::ConfigError& error) const
{
    const Subject said{error.key};
    return std::ranges::any_of(subjects_, [&](const Subject& bad) {
        const bool same =
            bad.table.empty() ? said.table.empty() && bad.key == said.key : bad.table == said.table && bad.same_part(said);
        return same || bad.named_by(error) || bad.missed_by(error, said);
    });
}

} // namespace dorascope::host
