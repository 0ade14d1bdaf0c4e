// SPDX-License-Identifier: GPL-3.0-or-later
// TOML to Config. The only file that includes toml++ (heavy to compile). Every key is a row of a table; every problem is collected.
#include "engine/host/config_file.h"
#include "engine/host/hex.h"
#include "engine/host/nearest_name.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <toml++/toml.h>

namespace dorascope::host {
namespace {

using server::Config;
using server::OptionSettings;
using server::Reservation;
using server::Subnet;

/// Where in the file: the node, and its dotted path for messages.
struct Place {
    const toml::node& node;
    std::string path;
    std::size_t line() const { return node.source().begin.line; }
};

class Reader {
public:
    std::vector<FileError> errors;

    void error(const Place& at, std::string problem, std::string suggestion = "")
    {
        errors.push_back({at.line(), at.path, std::move(problem), std::move(suggestion)});
    }
    std::optional<std::string> text(const Place& at, const char* form)
    {
        if (const auto value = at.node.value_exact<std::string>()) return value;
        error(at, "is not a text", fmt::format("write it as {}", form));
        return std::nullopt;
    }
    std::optional<std::int64_t> number(const Place& at, std::int64_t least, std::int64_t most)
    {
        const auto value = at.node.value_exact<std::int64_t>();
        if (value && *value >= least && *value <= most) return value;
        error(at, value ? fmt::format("{} is out of range", *value) : "is not a whole number",
              fmt::format("from {} to {}", least, most));
        return std::nullopt;
    }
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
    template <typename Each> void each(const Place& at, Each read)
    {
        const toml::array* const array = at.node.as_array();
        if (!array) return read(at);
        for (std::size_t i = 0; i < array->size(); ++i)
            read(Place{*array->get(i), fmt::format("{}[{}]", at.path, i)});
    }
};

/// One key of a table of the file: what it is called and how it is read into Target.
template <typename Target> struct Key {
    std::string_view name;
    void (*read)(Reader&, const Place&, Target&);
};

template <typename Target, std::size_t N>
void read_table(Reader& reader, const Place& at, Target& target, const Key<Target> (&keys)[N])
{
    const toml::table* const table = at.node.as_table();
    if (!table) return reader.error(at, "is not a table", "begin it with a line such as [[subnet]]");
    for (const auto& [key, node] : *table) {
        const std::string path = at.path.empty() ? std::string{key.str()} : fmt::format("{}.{}", at.path, key.str());
        const auto* const row =
            std::find_if(std::begin(keys), std::end(keys), [&](const auto& k) { return k.name == key.str(); });
        if (row != std::end(keys)) {
            row->read(reader, {node, path}, target);
            continue;
        }
        std::vector<std::string_view> names;
        for (const auto& k : keys)
            names.push_back(k.name);
        const auto nearest = nearest_name(key.str(), names);
        reader.errors.push_back(
            {key.source().begin.line, path, "is not a key of this table",
             nearest ? fmt::format("did you mean {}?", *nearest) : fmt::format("known here: {}", fmt::join(names, ", "))});
    }
}

// ---- values -------------------------------------------------------------------------------------------------------------------------

void read_duration(Reader& reader, const Place& at, Duration& target)
{
    constexpr double kMost = 1e9; // 31 years: nanoseconds of it fit
    const auto seconds = at.node.is_number() ? at.node.value<double>() : std::nullopt;
    if (!seconds || !(*seconds >= 0 && *seconds <= kMost))
        return reader.error(at, "is not a number of seconds", "as in 30 or 0.5");
    target = Duration{std::llround(*seconds * 1e9)};
}

std::optional<std::uint32_t> read_seconds(Reader& reader, const Place& at)
{
    if (at.node.value_exact<std::string>() == "infinite") return kInfiniteSeconds;
    if (!at.node.is_integer()) {
        reader.error(at, "is not a whole number of seconds", "as in 3600, or \"infinite\"");
        return std::nullopt;
    }
    const auto value = reader.number(at, 0, kInfiniteSeconds);
    return value ? std::optional{static_cast<std::uint32_t>(*value)} : std::nullopt;
}
template <auto Member> void read_seconds_into(Reader& reader, const Place& at, Subnet& subnet)
{
    if (const auto value = read_seconds(reader, at)) subnet.*Member = *value;
}

template <typename Range> void read_ranges(Reader& reader, const Place& at, std::vector<Range>& target)
{
    reader.each(at, [&](const Place& one) {
        const auto range = reader.parsed<Ipv4Range>(one, "a range of IPv4 addresses", "\"192.168.1.100-192.168.1.200\"");
        if (range) target.push_back(*range);
    });
}

template <auto Member> void read_addresses(Reader& reader, const Place& at, Subnet& subnet)
{
    reader.each(at, [&](const Place& one) {
        const auto address = reader.parsed<Ipv4Address>(one, "an IPv4 address", "\"192.168.1.1\"");
        if (address) (subnet.options.*Member).push_back(*address);
    });
}

std::optional<std::vector<std::uint8_t>> read_octets(Reader& reader, const Place& at, std::size_t most)
{
    const auto given = reader.text(at, "\"01:02:ab\"");
    if (!given) return std::nullopt;
    auto octets = from_hex(*given);
    if (octets && !octets->empty() && octets->size() <= most) return octets;
    reader.error(at, fmt::format("'{}' is not 1 to {} octets in hexadecimal", *given, most), "write them as \"01:02:ab\"");
    return std::nullopt;
}

// ---- [[subnet.reservation]] ---------------------------------------------------------------------------------------------------------

void read_hardware(Reader& reader, const Place& at, Reservation& reservation)
{
    const auto octets = read_octets(reader, at, HardwareAddress::kMaxLength);
    if (!octets) return;
    if (!reservation.hardware) reservation.hardware.emplace();
    reservation.hardware->length = static_cast<std::uint8_t>(octets->size());
    std::copy(octets->begin(), octets->end(), reservation.hardware->octets.begin());
}

constexpr Key<Reservation> kReservationKeys[] = {
    {"address",
     [](Reader& reader, const Place& at, Reservation& reservation) {
         if (const auto a = reader.parsed<Ipv4Address>(at, "an IPv4 address", "\"192.168.1.10\"")) reservation.address = *a;
     }},
    {"hardware", read_hardware},
    {"hardware_type",
     [](Reader& reader, const Place& at, Reservation& reservation) {
         const auto type = reader.number(at, 0, 255);
         if (!reservation.hardware) reservation.hardware.emplace();
         if (type) reservation.hardware->type = static_cast<std::uint8_t>(*type);
     }},
    {"client_id",
     [](Reader& reader, const Place& at, Reservation& reservation) {
         if (auto octets = read_octets(reader, at, 255)) reservation.client_id = std::move(*octets);
     }},
    {"hostname",
     [](Reader& reader, const Place& at, Reservation& reservation) {
         if (auto name = reader.text(at, "\"printer\"")) reservation.hostname = std::move(*name);
     }},
};

void require(Reader& reader, const Place& at, const char* key, const char* form)
{
    const toml::table* const table = at.node.as_table();
    if (table && !table->contains(key)) reader.error(at, fmt::format("has no {}", key), fmt::format("add {} = {}", key, form));
}

void read_reservations(Reader& reader, const Place& at, Subnet& subnet)
{
    reader.each(at, [&](const Place& one) {
        require(reader, one, "address", "\"192.168.1.10\"");
        read_table(reader, one, subnet.reservations.emplace_back(), kReservationKeys);
    });
}

// ---- [[subnet.option]] --------------------------------------------------------------------------------------------------------------

/// The data may be written in three ways; exactly one of them.
struct ExtraOption {
    OptionSettings::Extra extra{};
    int forms = 0;
    void set(std::span<const std::byte> data)
    {
        extra.data.assign(data.begin(), data.end());
        ++forms;
    }
};

constexpr std::size_t kLongestOption = 1024;
constexpr Key<ExtraOption> kOptionKeys[] = {
    {"code",
     [](Reader& reader, const Place& at, ExtraOption& option) {
         if (const auto code = reader.number(at, 1, 254)) option.extra.code = static_cast<std::uint8_t>(*code);
     }},
    {"text",
     [](Reader& reader, const Place& at, ExtraOption& option) {
         const auto text = reader.text(at, "\"tftp.example.org\"");
         if (text && text->size() <= kLongestOption) return option.set(std::as_bytes(std::span{*text}));
         if (text) reader.error(at, "is too long", fmt::format("at most {} octets", kLongestOption));
         ++option.forms;
     }},
    {"hex",
     [](Reader& reader, const Place& at, ExtraOption& option) {
         const auto octets = read_octets(reader, at, kLongestOption);
         if (octets) return option.set(std::as_bytes(std::span{*octets}));
         ++option.forms;
     }},
    {"addresses",
     [](Reader& reader, const Place& at, ExtraOption& option) {
         std::vector<std::byte> data;
         reader.each(at, [&](const Place& one) {
             const auto address = reader.parsed<Ipv4Address>(one, "an IPv4 address", "\"192.168.1.1\"");
             for (int shift = 24; address && shift >= 0; shift -= 8)
                 data.push_back(static_cast<std::byte>(address->value >> shift));
         });
         option.set(data);
     }},
};

void read_options(Reader& reader, const Place& at, Subnet& subnet)
{
    reader.each(at, [&](const Place& one) {
        ExtraOption option;
        read_table(reader, one, option, kOptionKeys);
        require(reader, one, "code", "66");
        if (option.forms != 1) reader.error(one, "needs its data exactly once", "as one of text, hex, addresses");
        subnet.options.extra.push_back(std::move(option.extra));
    });
}

// ---- [[subnet]] and the top ---------------------------------------------------------------------------------------------------------

constexpr Key<Subnet> kSubnetKeys[] = {
    {"prefix",
     [](Reader& reader, const Place& at, Subnet& subnet) {
         const auto prefix = reader.parsed<Ipv4Prefix>(at, "a subnet (no host bits set)", "\"192.168.1.0/24\"");
         if (prefix) subnet.prefix = *prefix;
     }},
    {"pool", [](Reader& reader, const Place& at, Subnet& subnet) { read_ranges(reader, at, subnet.pools); }},
    {"exclude", [](Reader& reader, const Place& at, Subnet& subnet) { read_ranges(reader, at, subnet.exclusions); }},
    {"router", read_addresses<&OptionSettings::routers>},
    {"dns", read_addresses<&OptionSettings::dns_servers>},
    {"ntp", read_addresses<&OptionSettings::ntp_servers>},
    {"domain",
     [](Reader& reader, const Place& at, Subnet& subnet) {
         if (auto name = reader.text(at, "\"lab.example\"")) subnet.options.domain_name = std::move(*name);
     }},
    {"lease_time", read_seconds_into<&Subnet::lease_seconds>},
    {"min_lease_time", read_seconds_into<&Subnet::min_lease_seconds>},
    {"max_lease_time", read_seconds_into<&Subnet::max_lease_seconds>},
    {"renewal_time", read_seconds_into<&Subnet::renewal_seconds>},
    {"rebinding_time", read_seconds_into<&Subnet::rebinding_seconds>},
    {"reservation", read_reservations},
    {"option", read_options},
};

constexpr Key<Config> kServerKeys[] = {
    {"authoritative",
     [](Reader& reader, const Place& at, Config& config) {
         const auto value = at.node.value_exact<bool>();
         if (!value) return reader.error(at, "is neither true nor false", "write true or false without quotes");
         config.authority = *value ? server::Authority::authoritative : server::Authority::normal;
     }},
    {"offer_hold", [](Reader& reader, const Place& at, Config& config) { read_duration(reader, at, config.offer_hold); }},
    {"decline_quarantine",
     [](Reader& reader, const Place& at, Config& config) { read_duration(reader, at, config.decline_quarantine); }},
    {"max_offers",
     [](Reader& reader, const Place& at, Config& config) {
         if (const auto count = reader.number(at, 1, 1 << 24)) config.max_offers = static_cast<std::size_t>(*count);
     }},
    {"subnet",
     [](Reader& reader, const Place& at, Config& config) {
         reader.each(at, [&](const Place& one) {
             require(reader, one, "prefix", "\"192.168.1.0/24\"");
             read_table(reader, one, config.subnets.emplace_back(), kSubnetKeys);
         });
     }},
};

// ---- what validate() says, found in the file ----------------------------------------------------------------------------------------

std::string_view first_segment(std::string_view path) { return path.substr(0, path.find('.')); }

/// The line of the deepest node on the way to "subnet[0].pool[1]".
std::size_t line_of(const toml::table& root, std::string_view path)
{
    const toml::node* node = &root;
    std::size_t line = 0;
    while (!path.empty()) {
        const auto end = path.find_first_of(".[", path.front() == '[' ? 1 : 0);
        const std::string_view segment = path.substr(0, end);
        const toml::node* next = nullptr;
        if (segment.front() == '[') {
            const toml::array* const array = node->as_array();
            next = array ? array->get(std::strtoul(std::string{segment.substr(1)}.c_str(), nullptr, 10)) : node; // a list of one
        } else if (const toml::table* const table = node->as_table()) {
            next = table->get(segment);
        }
        if (!next) return line;
        node = next;
        line = node->source().begin.line;
        path = end == std::string_view::npos ? "" : path.substr(end + (path[end] == '.' ? 1 : 0));
    }
    return line;
}

/// A part that could not be read looks wrong in other ways too: only what was wrong with the text is said of it.
bool follows_from(const std::vector<FileError>& errors, std::string_view key)
{
    const std::string_view segment = first_segment(key);
    if (segment == "subnet") return !errors.empty();
    return std::ranges::any_of(errors, [&](const FileError& e) { return first_segment(e.key) == segment; });
}

void add_semantic_errors(const toml::table& root, const Config& config, std::vector<FileError>& errors)
{
    const std::vector<FileError> unreadable = errors;
    for (auto& [key, problem, suggestion] : server::validate(config))
        if (!follows_from(unreadable, key))
            errors.push_back({line_of(root, key), key, std::move(problem), std::move(suggestion)});
}

} // namespace

tl::expected<Config, std::vector<FileError>> parse_config(std::string_view text)
{
    toml::table root;
    try {
        root = toml::parse(text);
    } catch (const toml::parse_error& e) {
        return tl::unexpected{
            std::vector<FileError>{{e.source().begin.line, "", std::string{e.description()}, "TOML: https://toml.io"}}};
    }
    Reader reader;
    Config config;
    read_table(reader, {root, ""}, config, kServerKeys);
    add_semantic_errors(root, config, reader.errors);
    if (reader.errors.empty()) return config;
    std::ranges::stable_sort(reader.errors, {}, &FileError::line);
    return tl::unexpected{std::move(reader.errors)};
}

} // namespace dorascope::host
