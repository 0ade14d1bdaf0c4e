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
// In [[subnet]] a prefix that cannot be read leaves nothing to judge; [[class]] has a name and a time of these.
constexpr std::array kParts{PartRow{"prefix", Part::whole},         PartRow{"pool", Part::addresses},
                            PartRow{"exclude", Part::addresses},    PartRow{"reservation", Part::hosts},
                            PartRow{"lease_time", Part::times},     PartRow{"min_lease_time", Part::times},
                            PartRow{"max_lease_time", Part::times}, PartRow{"renewal_time", Part::times},
                            PartRow{"rebinding_time", Part::times}, PartRow{"name", Part::name}};

/// "subnet[0].pool[1].range" is about "subnet[0]", of that about "pool". A reservation is told from its neighbours: "reservation[1]".
struct Subject {
    std::string table; ///< empty: the top of the file
    std::string_view key; ///< empty: the table itself
    Part part = Part::whole;
};

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

Subject subject_of(std::string_view path)
{
    const auto dot = std::min(path.find('.'), path.size());
    const auto head = path.substr(0, dot), rest = path.substr(std::min(dot + 1, path.size()));
    const auto stem = head.substr(0, head.find('['));
    const bool list = stem == "subnet" || stem == "class";
    if (!list && rest.empty()) return {{}, stem, Part::other}; // a key of the top: "router[0]"
    Subject subject;
    subject.table = head;
    if (list && stem == head) subject.table += "[0]"; // a list of one, written without its brackets
    const auto key = rest.substr(0, rest.find_first_of(".["));
    subject.part = part_of(key);
    subject.key = subject.part == Part::hosts ? rest.substr(0, rest.find('.')) : key;
    return subject;
}

/// Of two subjects of one table.
bool same_part(const Subject& bad, const Subject& said)
{
    if (bad.part == Part::whole || said.key.empty() || bad.key == said.key) return true;
    return bad.part == said.part && bad.part != Part::other && bad.part != Part::hosts;
}

/// Errors that name another table: "overlaps subnet[1], …", "is in subnet[0].reservation[2] already".
bool names(const server::ConfigError& error, const Subject& bad)
{
    const auto named = bad.part == Part::whole ? bad.table : fmt::format("{}.{}", bad.table, bad.key);
    return !bad.table.empty() && error.problem.find(named) != std::string::npos;
}

/// Whatever is said to be missing may be what could not be read.
bool missed(const server::ConfigError& error, const Subject& said, const Subject& bad)
{
    if (error.key.ends_with(".class")) // of a pool: there is none of that name
        return bad.table.empty() ? is_nearly(bad.key, "class")
                                 : bad.table.starts_with("class[") && (bad.part == Part::name || bad.part == Part::whole);
    if (error.key.ends_with(".pool")) return bad.table == said.table && bad.part == Part::hosts; // neither pool nor reservation
    return error.key == "subnet" && bad.table.empty() && is_nearly(bad.key, "subnet");
}

} // namespace

bool follows_from(std::span<const FileError> unreadable, const server::ConfigError& error)
{
    const auto said = subject_of(error.key);
    return std::ranges::any_of(unreadable, [&](const FileError& e) {
        const auto bad = subject_of(e.key);
        const bool same =
            bad.table.empty() ? said.table.empty() && bad.key == said.key : bad.table == said.table && same_part(bad, said);
        return same || names(error, bad) || missed(error, said, bad);
    });
}

} // namespace dorascope::host
