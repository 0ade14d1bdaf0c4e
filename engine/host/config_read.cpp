// SPDX-License-Identifier: GPL-3.0-or-later
// TOML to Config: the top of the file, and what validate() says of the whole. Every key is a row of a table; every problem is collected.
#include "engine/host/config_consequences.h"
#include "engine/host/config_levels.h"
#include "engine/host/config_options.h"
#include "engine/host/config_syntax.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace dorascope::host {
namespace {

using server::Config;
using server::Limits;
using server::ProbeSettings;

// ---- [probe], [limits] --------------------------------------------------------------------------------------------------------------

constexpr Key<ProbeSettings> kProbeKeys[] = {
    {"enabled", read_boolean_into<&ProbeSettings::enabled>},
    {"count", read_number_into<&ProbeSettings::count, 1, 5>},
    {"timeout", read_duration_into<&ProbeSettings::timeout>},
};

constexpr std::int64_t kMostRate = 0xffffffff;
constexpr Key<Limits> kLimitKeys[] = {
    {"client_per_second", read_number_into<&Limits::client_per_second, 0, kMostRate>},
    {"total_per_second", read_number_into<&Limits::total_per_second, 0, kMostRate>},
    {"offers_per_mac", read_number_into<&Limits::offers_per_mac, 0, kMostRate>},
    {"offers_per_relay", read_number_into<&Limits::offers_per_relay, 0, kMostRate>},
    {"leases_per_mac", read_number_into<&Limits::leases_per_mac, 0, kMostRate>},
    {"leases_per_circuit", read_number_into<&Limits::leases_per_circuit, 0, kMostRate>},
};

// ---- the top ------------------------------------------------------------------------------------------------------------------------

constexpr std::array<std::string_view, 3> kAuthorities{"normal", "authoritative", "polite"}; // in the order of Authority

/// As it was said before there was `authority`.
void read_authoritative(Reader& reader, const Place& at, Config& config)
{
    const auto value = reader.boolean(at);
    if (value) config.authority = *value ? server::Authority::authoritative : server::Authority::normal;
}

void read_authority(Reader& reader, const Place& at, Config& config)
{
    const auto index = reader.one_of(at, kAuthorities);
    if (index) config.authority = static_cast<server::Authority>(*index);
}

constexpr Key<Config> kServerKeys[] = {
    {"authoritative", read_authoritative},
    {"authority", read_authority},
    {"polite_delay", read_duration_into<&Config::polite_delay>},
    {"offer_hold", read_duration_into<&Config::offer_hold>},
    {"decline_quarantine", read_duration_into<&Config::decline_quarantine>},
    {"max_offers", read_number_into<&Config::max_offers, 1, 1 << 24>},
    {"rapid_commit", read_boolean_into<&Config::rapid_commit>},
    {"subnet_selection", read_boolean_into<&Config::subnet_selection>},
    {"bootp", read_boolean_into<&Config::bootp>},
    {"probe", [](Reader& reader, const Place& at, Config& config) { read_table(reader, at, config.probe, kProbeKeys); }},
    {"limits", [](Reader& reader, const Place& at, Config& config) { read_table(reader, at, config.limits, kLimitKeys); }},
    {"class", read_classes},
    {"subnet", read_subnets},
};

void check_authority(Reader& reader, const ConfigNode& root)
{
    const auto* const old = root.member("authoritative");
    if (old == nullptr || root.member("authority") == nullptr) return;
    reader.error(FileError{old->line, "authoritative", "is said by authority too", "leave this line out"});
}

// ---- what validate() says, found in the file ----------------------------------------------------------------------------------------

/// An error of syntax is given the key of the statement.
void name_statements(std::vector<FileError>& syntax, const std::vector<FileError>& unreadable)
{
    for (FileError& error : syntax) {
        const auto named = std::ranges::find(unreadable, error.line, &FileError::line);
        if (named != unreadable.end()) error.key = named->key;
    }
}

/// "overlaps subnet[0].pool[1], …" has a line to look at.
std::string naming_lines(const Reader& reader, const ConfigNode& root, std::string problem)
{
    for (std::size_t at = problem.find("subnet["); at != std::string::npos; at = problem.find("subnet[", at)) {
        const auto end = std::min(problem.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789[].", at), problem.size());
        auto text = reader.place_of(std::string_view{problem}.substr(at, end - at));
        const auto line = line_of(root, text);
        if (line > 0) text += fmt::format(" (line {})", line);
        problem.replace(at, end - at, text);
        at += text.size();
    }
    return problem;
}

/// What a file says is quoted in messages, and may be as long as the file.
void shorten(std::string& text)
{
    constexpr std::size_t kMost = 500;
    if (text.size() <= kMost) return;
    std::size_t end = kMost;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) // in the middle of a character
        --end;
    text.resize(end);
    text += "…";
}

/// All that is wrong, in order of the file: what is no TOML, what could not be read, and what validate() says of the rest.
std::vector<FileError> errors_of(std::vector<FileError> syntax, const Reader& reader, const ConfigNode& root,
                                 const Config& config)
{
    name_statements(syntax, reader.unreadable());
    std::vector<std::string> not_read = reader.not_read();
    for (const FileError& error : syntax)
        not_read.push_back(error.key);
    const Unreadable unreadable{not_read};
    std::vector<FileError> errors = std::move(syntax);
    // [[subnets]] and below it [[subnet.reservation]]: a subnet that lacks all that the other says.
    const bool misspelt = unreadable.explains({"subnet", "", ""});
    std::ranges::copy_if(reader.errors(), std::back_inserter(errors), [&](const FileError& error) {
        return !(misspelt && error.key == "subnet" && error.problem.starts_with("has no "));
    });
    bool more = reader.full() && reader.found() > server::kMostConfigErrors;
    for (auto& error : server::validate(config)) {
        error.key = reader.place_of(error.key);
        if (error.key.empty() && error.problem == server::more_than_listed().problem) {
            more = true;
        } else if (!unreadable.explains(error)) {
            errors.push_back({line_of(root, error.key), error.key, naming_lines(reader, root, std::move(error.problem)),
                              std::move(error.suggestion)});
        }
    }
    std::ranges::stable_sort(errors, {}, &FileError::line);
    more = more || errors.size() > server::kMostConfigErrors;
    errors.resize(std::min(errors.size(), server::kMostConfigErrors));
    for (FileError& error : errors)
        for (std::string* const text : {&error.key, &error.problem, &error.suggestion})
            shorten(*text);
    if (more) errors.push_back({0, "", server::more_than_listed().problem, server::more_than_listed().suggestion});
    return errors;
}

// ---- writing ------------------------------------------------------------------------------------------------------------------------

std::string probe_toml(const ProbeSettings& probe)
{
    return fmt::format("\n[probe]\nenabled = {}\ncount = {}\ntimeout = {}\n", probe.enabled, probe.count,
                       duration_toml(probe.timeout));
}

std::string limits_toml(const Limits& limits)
{
    return fmt::format("\n[limits]\nclient_per_second = {}\ntotal_per_second = {}\noffers_per_mac = {}\noffers_per_relay = {}\n"
                       "leases_per_mac = {}\nleases_per_circuit = {}\n",
                       limits.client_per_second, limits.total_per_second, limits.offers_per_mac, limits.offers_per_relay,
                       limits.leases_per_mac, limits.leases_per_circuit);
}

Config config_in(const ConfigNode& root, Reader& reader)
{
    Config config;
    config.probe.enabled = true; // RFC 2131 §2.2: a server SHOULD probe; a file that says nothing gets that
    read_table(reader, {root, ""}, config, kServerKeys, &config.options);
    return config;
}

} // namespace

tl::expected<Config, std::vector<FileError>> parse_config(std::string_view text)
{
    auto file = read_file(text);
    if (!file.whole) return tl::unexpected{std::move(file.errors)};
    Reader reader;
    Config config = config_in(file.root, reader);
    check_authority(reader, file.root);
    auto errors = errors_of(std::move(file.errors), reader, file.root, config);
    if (errors.empty()) return config;
    return tl::unexpected{std::move(errors)};
}

std::vector<FileError> with_lines(std::string_view toml, const server::ConfigErrors& found)
{
    if (found.empty()) return {};
    const auto file = read_file(toml);
    Reader reader; // knows what stands elsewhere than it is judged
    config_in(file.root, reader);
    std::vector<FileError> out;
    out.reserve(found.size());
    for (const auto& [key, problem, suggestion] : found) {
        auto place = reader.place_of(key);
        const auto line = line_of(file.root, place);
        out.push_back({line, std::move(place), naming_lines(reader, file.root, problem), suggestion});
    }
    return out;
}

/// What stands at its default is written too: a file says what is so.
std::string to_toml(const Config& config)
{
    std::string out = "# DoraScope's DHCP server. Times are in seconds.\n";
    out += fmt::format("authority = \"{}\"\npolite_delay = {}\noffer_hold = {}\ndecline_quarantine = {}\nmax_offers = {}\n",
                       kAuthorities[static_cast<std::size_t>(config.authority)], duration_toml(config.polite_delay),
                       duration_toml(config.offer_hold), duration_toml(config.decline_quarantine), config.max_offers);
    out += fmt::format("rapid_commit = {}\nsubnet_selection = {}\nbootp = {}\n", config.rapid_commit, config.subnet_selection,
                       config.bootp);
    out += option_settings_toml(config.options) + probe_toml(config.probe) + limits_toml(config.limits);
    for (const auto& client_class : config.classes)
        out += class_toml(client_class);
    for (const auto& subnet : config.subnets)
        out += subnet_toml(subnet);
    return out;
}

} // namespace dorascope::host
