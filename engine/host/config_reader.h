// SPDX-License-Identifier: GPL-3.0-or-later
// What the rooms that read the configuration file share: where in the file, the errors so far, values of each kind, and tables of keys.
#pragma once

#include "engine/host/config_tree.h"

#include <fmt/format.h>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

namespace dorascope::host {

/// Where in the file: the node, and its dotted path for messages.
struct Place {
    const ConfigNode& node;
    std::string path;
    std::size_t line() const { return node.line; }
    /// The place of a member of this table.
    Place at(const ConfigMember& member) const
    {
        return {member.node, path.empty() ? member.key : fmt::format("{}.{}", path, member.key)};
    }
};

/// A list of one may stand without its brackets: "subnet.pool" is "subnet[0].pool[0]".
std::string with_places(std::string_view path);

class Reader {
public:
    /// The first of them, no more than server::kMostConfigErrors.
    const std::vector<FileError>& errors() const { return errors_; }
    /// What a statement that is no TOML was about: told as an error of syntax already.
    const std::vector<FileError>& unreadable() const { return unreadable_; }
    /// The paths of what could not be read, is not known or is missing.
    const std::vector<std::string>& not_read() const { return not_read_; }
    /// How many there were in all.
    std::size_t found() const { return found_; }
    /// No more are kept: what would be suggested need not be found out.
    bool full() const { return errors_.size() >= server::kMostConfigErrors; }

    void error(const Place& at, std::string problem, std::string suggestion = "");
    void error(FileError error);
    /// `form` is what is shown where the value is none: "\"192.168.1.1\"".
    std::optional<std::string> text(const Place& at, const char* form);
    /// A text, or octets that are not UTF-8 as { hex = "…" }.
    std::optional<std::string> raw_text(const Place& at, const char* form);
    std::optional<bool> boolean(const Place& at);
    std::optional<std::int64_t> number(const Place& at, std::int64_t least, std::int64_t most);
    /// Seconds as a number, or "500 ms", "10 min".
    std::optional<Duration> duration(const Place& at);
    /// Whole seconds, or "infinite".
    std::optional<std::uint32_t> seconds(const Place& at);
    /// Octets in hexadecimal, or { text = "…" }, or { hex = "…" }.
    std::optional<std::vector<std::uint8_t>> octets(const Place& at, std::size_t most);
    /// One of a few names; else the nearest of them is suggested.
    std::optional<std::size_t> one_of(const Place& at, std::span<const std::string_view> names);
    /// Where validate() speaks of `key` it means what stands at `path`: another place of the list, because one before it could not be
    /// read, or another key.
    void placed(std::string_view key, std::string_view path);
    /// The path of what validate() calls `key`, or of something in it.
    std::string place_of(std::string_view key) const;

    /// T::parse, or an error that shows the form.
    template <typename T> std::optional<T> parsed(const Place& at, const char* what, const char* form)
    {
        const auto given = text(at, form);
        if (!given) return std::nullopt;
        const auto value = T::parse(*given);
        if (!value) error(at, fmt::format("'{}' is not {}", *given, what), fmt::format("write it as {}", form));
        return value;
    }
    /// An array's elements, or the value itself where a list has one.
    void each(const Place& at, const std::function<void(const Place&)>& read);

    bool is_table(const Place& at);
    /// An error where the table lacks `key`.
    void require(const Place& at, const char* key, const char* form);
    /// An error for each key of the table that is not among `names`; `others` may know more.
    void unknown_keys(const Place& at, std::span<const std::string_view> names, bool takes_options);

private:
    std::vector<FileError> errors_, unreadable_;
    std::vector<std::string> not_read_;
    std::unordered_map<std::string, std::string> places_;
    std::size_t found_ = 0;
};

/// One key of a table of the file: what it is called and how it is read into Target.
template <typename Target> struct Key {
    std::string_view name;
    void (*read)(Reader&, const Place&, Target&);
};

/// Keys that every level with options has (config_options.h), less those that mean something else in this table.
void read_option_settings(Reader& reader, const Place& table, std::span<const std::string_view> taken,
                          server::OptionSettings& options);

/// Reads in the order of `keys`, whatever the order in the file.
template <typename Target, std::size_t N>
void read_table(Reader& reader, const Place& at, Target& target, const Key<Target> (&keys)[N],
                server::OptionSettings* options = nullptr)
{
    if (!reader.is_table(at)) return;
    std::vector<std::string_view> names;
    for (const auto& key : keys) {
        names.push_back(key.name);
        if (const auto* const member = at.node.member(key.name)) key.read(reader, at.at(*member), target);
    }
    if (options != nullptr) read_option_settings(reader, at, names, *options);
    reader.unknown_keys(at, names, options != nullptr);
}

/// Readers of plain members.
template <auto Member, typename Target> void read_text_into(Reader& reader, const Place& at, Target& target)
{
    if (auto value = reader.raw_text(at, "\"a text\"")) target.*Member = std::move(*value);
}
template <auto Member, typename Target> void read_boolean_into(Reader& reader, const Place& at, Target& target)
{
    if (const auto value = reader.boolean(at)) target.*Member = *value;
}
template <auto Member, typename Target> void read_duration_into(Reader& reader, const Place& at, Target& target)
{
    if (const auto value = reader.duration(at)) target.*Member = *value;
}
template <auto Member, typename Target> void read_seconds_into(Reader& reader, const Place& at, Target& target)
{
    if (const auto value = reader.seconds(at)) target.*Member = *value;
}
template <auto Member, std::int64_t Least, std::int64_t Most, typename Target>
void read_number_into(Reader& reader, const Place& at, Target& target)
{
    if (const auto value = reader.number(at, Least, Most))
        target.*Member = static_cast<std::remove_reference_t<decltype(target.*Member)>>(*value);
}
template <auto Member, std::size_t Most, typename Target> void read_octets_into(Reader& reader, const Place& at, Target& target)
{
    if (auto value = reader.octets(at, Most)) target.*Member = std::move(*value);
}
template <auto Member, typename Target> void read_address_into(Reader& reader, const Place& at, Target& target)
{
    if (const auto value = reader.parsed<Ipv4Address>(at, "an IPv4 address", "\"192.168.1.1\"")) target.*Member = *value;
}

} // namespace dorascope::host
