// SPDX-License-Identifier: GPL-3.0-or-later
// config: check, import and export of configuration files, an example of one and the options that it may hold. What an import or export
// leaves out goes to standard error.
#include "app/cli/commands.h"
#include "app/cli/config_errors.h"
#include "app/cli/counted.h"
#include "app/cli/example_toml.h"
#include "app/cli/option_list.h"
#include "app/cli/output.h"
#include "app/cli/text_file.h"

#include <fmt/format.h>
#include <unistd.h>

namespace dorascope::cli {

void say_not_carried(const std::string& file, const std::vector<interchange::NotCarried>& items)
{
    if (items.empty()) return;
    Output err{STDERR_FILENO, false, false};
    err.line(fmt::format("{}: not carried over ({}):", file, items.size()));
    for (const auto& item : items)
        err.line("  " + interchange::to_string(item));
}

namespace {

/// Of a file, or of what is piped in, as from ctl config.
tl::expected<std::string, Failure> toml_of(const std::filesystem::path& file)
{
    if (file == "-") return read_text(file, host::kLargestConfigFile);
    return host::read_config(file).map_error([&](const auto& errors) { return config_failure(input_name(file), errors); });
}

tl::expected<server::Config, Failure> config_of(const std::filesystem::path& file, std::string_view toml)
{
    return host::parse_config(toml).map_error([&](const auto& errors) { return config_failure(input_name(file), errors); });
}

/// What the file says has its line; what it leaves at its default has none.
void give_lines(std::vector<interchange::NotCarried>& items, std::string_view toml)
{
    server::ConfigErrors keys;
    for (const auto& item : items)
        keys.push_back({item.text, "", ""});
    const auto found = host::with_lines(toml, keys);
    for (std::size_t i = 0; i < items.size(); ++i) {
        items[i].line = found[i].line;
        items[i].text = found[i].key;
    }
}

Result check(const ConfigCommand& command)
{
    const auto toml = toml_of(command.file);
    if (!toml) return tl::unexpected{toml.error()};
    const auto config = config_of(command.file, *toml);
    if (!config) return tl::unexpected{config.error()};
    std::size_t pools = 0, reservations = 0;
    for (const auto& subnet : config->subnets) {
        pools += subnet.pools.size();
        reservations += subnet.reservations.size();
    }
    Output err{STDERR_FILENO, true, false};
    for (const auto& warning : host::with_lines(*toml, server::warnings(*config, {})))
        err.line("Warning: " + host::to_string(input_name(command.file), warning));
    return write_text("",
                      fmt::format("{}: no mistakes: {}, {}, {}, {}", input_name(command.file),
                                  counted(config->subnets.size(), "subnet", "subnets"), counted(pools, "pool", "pools"),
                                  counted(reservations, "reservation", "reservations"),
                                  counted(config->classes.size(), "class", "classes")));
}

Result import(const ConfigCommand& command)
{
    if (auto same = refuse_same_file(command.file, command.out, "--out"); !same) return same;
    const auto text = read_text(command.file, interchange::kLargestConfig);
    if (!text) return tl::unexpected{text.error()};
    const auto format = command.from ? command.from : interchange::config_format_of(*text);
    if (!format)
        return tl::unexpected{Failure{fmt::format("{} looks like no configuration that is known here", input_name(command.file)),
                                      "say what it is with --from dnsmasq, isc or kea"}};
    const auto imported = interchange::import_config(*text, *format);
    if (!imported) {
        const auto& p = imported.error();
        return tl::unexpected{Failure{fmt::format("{}:{}: {}", input_name(command.file), p.line, p.problem), p.suggestion}};
    }
    say_not_carried(input_name(command.file), imported->not_carried);
    const auto toml = host::to_toml(imported->config);
    if (auto written = write_text(command.out, toml); !written) return written;
    const auto faults = host::with_lines(toml, server::validate(imported->config));
    if (faults.empty()) return {};
    Output err{STDERR_FILENO, true, false};
    err.line("to be put right before it can be served:");
    for (const auto& fault : faults)
        err.line("  " + host::to_string(command.out.empty() ? "standard output" : command.out, fault));
    return {};
}

Result export_kea(const ConfigCommand& command)
{
    if (auto same = refuse_same_file(command.file, command.out, "--out"); !same) return same;
    const auto toml = toml_of(command.file);
    if (!toml) return tl::unexpected{toml.error()};
    const auto config = config_of(command.file, *toml);
    if (!config) return tl::unexpected{config.error()};
    auto exported = interchange::export_kea(*config, command.interface, command.lease_file.string());
    give_lines(exported.not_carried, *toml);
    say_not_carried(input_name(command.file), exported.not_carried);
    return write_text(command.out, exported.json);
}

} // namespace

Result run(const ConfigCommand& command)
{
    switch (command.order) {
    case ConfigCommand::Order::check: return check(command);
    case ConfigCommand::Order::import: return import(command);
    case ConfigCommand::Order::export_kea: return export_kea(command);
    case ConfigCommand::Order::options: return write_text(command.out, option_list());
    case ConfigCommand::Order::example: break;
    }
    return write_text(command.out, kExampleToml);
}

} // namespace dorascope::cli
