// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/files_arguments.h"

#include "engine/host/server_host.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dorascope::cli {
namespace {

namespace ic = interchange;

constexpr std::string_view kConfigFormats = "one of: dnsmasq, isc, kea";
constexpr std::string_view kLeaseFormats = "one of: csv, json, dnsmasq, isc, kea";

/// The first word, and how many follow it.
template <class Row, std::size_t N>
Value<const Row*> row_of(const char* command, const std::array<Row, N>& rows, const std::vector<std::string>& words)
{
    std::vector<std::string_view> names;
    for (const auto& row : rows)
        names.push_back(row.name);
    if (words.empty())
        return tl::unexpected{
            Failure{fmt::format("{} needs to know what to do", command), fmt::format("give one of: {}", fmt::join(names, ", "))}};
    const auto row = std::ranges::find(rows, words[0], &Row::name);
    if (row == rows.end())
        return tl::unexpected{
            Failure{fmt::format("{} cannot \"{}\"", command, words[0]), did_you_mean(words[0], names, "It can:")}};
    if (words.size() != row->arguments + 1)
        return tl::unexpected{Failure{fmt::format("{} {} takes {}", command, row->name, row->usage),
                                      fmt::format("as in: dorascope-cli {} {}", command, row->example)}};
    return &*row;
}

template <typename T>
Value<std::optional<T>> format(const char* option, const std::string& text, std::optional<T> (*named)(std::string_view),
                               std::string_view expected)
{
    if (text.empty()) return std::nullopt;
    const auto value = named(text);
    if (!value) return tl::unexpected{bad_value(option, text, expected)};
    return value;
}

struct ConfigRow {
    std::string_view name;
    ConfigCommand::Order order;
    std::size_t arguments;
    std::string_view usage, example;
};
constexpr std::array kConfigOrders{
    ConfigRow{"check", ConfigCommand::Order::check, 1, "a file", "check dorascope.toml"},
    ConfigRow{"import", ConfigCommand::Order::import, 1, "a file", "import /etc/dnsmasq.conf -o dorascope.toml"},
    ConfigRow{"export", ConfigCommand::Order::export_kea, 2, "kea and a file", "export kea dorascope.toml -o kea-dhcp4.conf"},
    ConfigRow{"example", ConfigCommand::Order::example, 0, "nothing more", "example > dorascope.toml"},
    ConfigRow{"options", ConfigCommand::Order::options, 0, "nothing more", "options"},
};

struct LeasesRow {
    std::string_view name;
    bool import;
    std::size_t arguments;
    std::string_view usage, example;
};
constexpr std::array kLeasesOrders{
    LeasesRow{"export", false, 0, "nothing more but options", "export --interface eth0 --to csv"},
    LeasesRow{"import", true, 1, "a file", "import dhcpd.leases --interface eth0"},
};

/// The file that is named, or that of --interface in --state-dir.
Value<std::filesystem::path> store(const LeasesWords& words, const std::string& named, const Failure& none)
{
    if (!named.empty()) return named;
    if (words.interface.empty()) return tl::unexpected{none};
    if (words.interface.find('/') != std::string::npos)
        return tl::unexpected{bad_value("--interface", words.interface, "the name of an interface, as in eth0")};
    const std::filesystem::path folder =
        words.state_dir.empty() ? host::default_state_dir() : std::filesystem::path{words.state_dir};
    return folder / ("leases-" + words.interface + ".sqlite");
}

} // namespace

Value<ConfigCommand> config_command(const ConfigWords& words)
{
    const auto row = row_of("config", kConfigOrders, words.words);
    if (!row) return tl::unexpected{row.error()};
    ConfigCommand command;
    command.order = (*row)->order;
    if (command.order == ConfigCommand::Order::export_kea && words.words[1] != "kea")
        return tl::unexpected{Failure{fmt::format("config cannot export to \"{}\"", words.words[1]), "give kea"}};
    if ((*row)->arguments > 0) command.file = words.words.back();
    const auto from = format<ic::ConfigFormat>("--from", words.from, ic::config_format_named, kConfigFormats);
    if (!from) return tl::unexpected{from.error()};
    command.from = *from;
    command.out = words.out;
    command.interface = words.interface;
    command.lease_file = words.lease_file;
    return command;
}

Value<LeasesCommand> leases_command(const LeasesWords& words)
{
    const auto row = row_of("leases", kLeasesOrders, words.words);
    if (!row) return tl::unexpected{row.error()};
    LeasesCommand command;
    command.import = (*row)->import;
    const auto from = format<ic::LeaseFormat>("--from", words.from, ic::lease_format_named, kLeaseFormats);
    const auto to = format<ic::LeaseFormat>("--to", words.to, ic::lease_format_named, kLeaseFormats);
    if (!from) return tl::unexpected{from.error()};
    if (!to) return tl::unexpected{to.error()};
    command.from = *from;
    command.to = to->value_or(ic::LeaseFormat::csv);
    command.out = words.out;
    command.config = words.config;
    if (!command.import) {
        if (words.overwrite)
            return tl::unexpected{Failure{"leases export has no --overwrite", "leave it out; leases import has it"}};
        const auto file =
            store(words, words.file, {"leases export needs a lease file", "add --interface IF, or --file LEASES.sqlite"});
        if (!file) return tl::unexpected{file.error()};
        command.store = *file;
        return command;
    }
    const auto into = store(words, words.into,
                            {"leases import needs a lease file to import into",
                             "add --interface IF, whose server is to have them, or --into LEASES.sqlite"});
    if (!into) return tl::unexpected{into.error()};
    command.file = words.words[1];
    command.store = *into;
    command.overwrite = words.overwrite;
    return command;
}

} // namespace dorascope::cli
