// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arguments.h"

#include "app/cli/argument_value.h"
#include "app/cli/ctl_arguments.h"
#include "app/cli/files_arguments.h"
#include "app/cli/help.h"
#include "app/cli/serve_arguments.h"
#include "app/cli/storm_arguments.h"
#include "app/cli/watch_arguments.h"
#include "engine/wire/nearest_name.h"

#include <array>
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dorascope::cli {
namespace {

/// The words as CLI11 collects them, before they get their types.
struct Words {
    struct {
        DemoCommand command;
        std::string seed = "1", write;
    } demo;
    ServeWords serve;
    CtlWords ctl;
    ConfigWords config;
    LeasesWords leases;
    WatchWords watch;
    ReadWords read;
    StormWords storm;
};

void add_report_options(CLI::App& app, ReportWords& words)
{
    app.add_flag("--json", words.json, "One JSON object a line instead of text");
    app.add_option("--what", words.what, "What to print: messages, exchanges, leases or servers")
        ->type_name("WHAT")
        ->capture_default_str();
    app.add_option("--count", words.count, "End after so many lines")->type_name("N");
    app.add_option("-w,--write", words.write, "Keep the frames in a capture file that Wireshark opens")->type_name("FILE");
}

void add_demo(CLI::App& root, Words& words)
{
    auto& app = *root.add_subcommand("demo", "Run the virtual LAN here in the terminal: no network, no privilege");
    app.add_option("SCENARIO,--scenario", words.demo.command.scenario, "What happens on it; see --list")->capture_default_str();
    app.add_flag("--fast", words.demo.command.fast, "As fast as possible, not at a speed an eye can follow");
    app.add_option("--seed", words.demo.seed, "Same seed, same frames")->type_name("N")->capture_default_str();
    app.add_flag("--list", words.demo.command.list, "Say which scenarios there are");
    app.add_option("-w,--write", words.demo.write, "Keep the frames in a capture file that Wireshark opens")->type_name("FILE");
    app.footer(std::string{help::kDemo});
}

/// How it answers, and when it ends.
void add_serve_behaviour(CLI::App& app, ServeWords& w)
{
    app.add_option("--probe", w.probe,
                   "Ask whether an address is in use before it is first offered: off, or how often and how long each time, as "
                   "in 2x0.5 (default 1x0.5)")
        ->type_name("off|N[xS]");
    app.add_option_function<std::vector<std::string>>(
           "--polite",
           [&w](const std::vector<std::string>& given) {
               w.given_polite = true;
               w.polite = given.empty() ? "" : given.front();
           },
           "Answer a DISCOVER only if no other server has within so many seconds (default 1): for a LAN that may have one")
        ->type_name("[S]")
        ->expected(0, 1)
        ->trigger_on_parse();
    app.add_flag("--authoritative", w.authoritative, "Refuse (NAK) clients that come with a lease nobody here knows");
    app.add_flag("--rapid-commit", w.rapid_commit, "Lease in two messages to clients that ask for it (RFC 4039)");
    app.add_option("--for", w.stop_after, "Stop serving after this time, as in 90s, 10min or 2h")->type_name("TIME");
    app.add_flag("--until-parent-exits", w.until_parent_exits,
                 "Stop when the program that started this one ends: a script, a remote session");
    app.add_flag("-q,--quiet", w.quiet, "No line per decision: only the first and the last, and what goes wrong");
}

void add_serve(CLI::App& root, ServeWords& w)
{
    auto& app = *root.add_subcommand("serve", "Serve addresses on a real interface");
    app.add_option("-i,--interface", w.interface, "The interface; it must be up and have an IPv4 address")->type_name("IF");
    app.add_option("--pool", w.pools, "The addresses to give out, first and last; may be given several times")
        ->type_name("A-B[,A-B]")
        ->delimiter(',');
    app.add_option("--subnet", w.subnet, "Serve this subnet, behind a relay, not the interface's own")->type_name("CIDR");
    app.add_option("--router", w.routers, "Default router (option 3); without it none is sent")
        ->type_name("R[,R]")
        ->delimiter(',');
    app.add_option("--dns", w.dns_servers, "Name servers (option 6); without it none is sent")
        ->type_name("D[,D]")
        ->delimiter(',');
    app.add_option("--lease-time", w.lease_time, "Seconds, a time as in 90min or 8h, or \"infinite\" (default 3600)")
        ->type_name("TIME");
    app.add_option("--config", w.config, "A TOML file instead of --pool, --subnet, --router, --dns and --lease-time")
        ->type_name("FILE");
    app.add_option("--state-dir", w.state_dir, "Where the leases are kept (default: a folder of your account's state)")
        ->type_name("DIR");
    add_serve_behaviour(app, w);
    app.footer(std::string{help::kServe});
}

void add_watch(CLI::App& root, Words& words)
{
    auto& app = *root.add_subcommand("watch", "Watch the DHCP of a real interface, whoever serves there");
    app.add_option("-i,--interface", words.watch.interface, "The interface")->type_name("IF");
    add_report_options(app, words.watch.report);
    app.add_flag("--promiscuous", words.watch.promiscuous, "Also unicasts between others, as a mirror port delivers them");
    app.add_option("--seconds,--duration", words.watch.seconds, "End after so many seconds")->type_name("S");
    app.footer(fmt::format("{}{}", help::kWatch, help::kJson));
}

void add_read(CLI::App& root, Words& words)
{
    auto& app = *root.add_subcommand("read", "Read a capture file, or a capture from standard input");
    app.add_option("FILE", words.read.file, "A pcap or pcapng file; - for standard input");
    add_report_options(app, words.read.report);
    app.footer(fmt::format("{}{}", help::kRead, help::kJson));
}

void add_storm(CLI::App& root, StormWords& w)
{
    auto& app = *root.add_subcommand("storm", "Many clients at once against a server: measure it, and check what it answers");
    app.add_option("--relayed", w.relayed, "As the relay agent with this address, which is one of this machine's")
        ->type_name("GIADDR");
    app.add_option("--server", w.server, "Where the relay sends to")->type_name("ADDRESS");
    app.add_option("-i,--interface", w.interface, "Without --relayed: as clients on the link of this interface")->type_name("IF");
    app.add_option("--in-flight", w.in_flight, "So many clients at the same time")->type_name("N")->capture_default_str();
    app.add_option("--clients", w.clients, "End after so many clients")->type_name("N");
    app.add_option("--seconds", w.seconds, "End after so many seconds (default 10, when --clients does not end it)")
        ->type_name("S");
    app.add_flag("--known", w.known, "When all --clients have a lease, have them renew it, and measure that");
    app.add_option("--seed", w.seed, "Same seed, same clients")->type_name("N")->capture_default_str();
    app.add_option("--timeout", w.timeout, "Milliseconds until a message is sent again")->type_name("MS")->capture_default_str();
    app.add_option("--tries", w.tries, "How often a message is sent before its client gives up")
        ->type_name("N")
        ->capture_default_str();
    app.add_option("--server-pid", w.server_pid, "Read this process's CPU time, before and after")->type_name("PID");
    app.add_option("--record", w.record, "Append every ACK: address, MAC address, expiry (nanoseconds since 1970)")
        ->type_name("FILE");
    app.add_flag("--json", w.json, "One JSON object instead of text");
    app.add_option("--yes-really", w.yes_really, "The interface once more: also on a real network")->type_name("IF");
    app.footer(std::string{help::kStorm});
}

void add_ctl(CLI::App& root, CtlWords& w)
{
    auto& app = *root.add_subcommand("ctl", "Ask and order a server that runs: list, release, delete, reserve, reload, stop …");
    app.add_option("ORDER", w.order, "What to do; see below");
    app.add_option("ARGUMENT", w.arguments, "What to do it with: an address, a client, a file");
    app.add_option("-i,--interface", w.interface, "The interface that is served; not needed while it is the only one")
        ->type_name("IF");
    app.add_option("--state-dir", w.state_dir, "The folder that the server was started with, if with one")->type_name("DIR");
    app.add_option("--client-id", w.client_id, "reserve: for the client with this identifier (option 61)")->type_name("HEX");
    app.add_option("--circuit-id", w.circuit_id, "reserve: for what hangs on this circuit of its relay (82.1); HEX or text:TEXT")
        ->type_name("HEX");
    app.add_option("--remote-id", w.remote_id, "reserve: for what its relay names so (82.2); HEX or text:TEXT")->type_name("HEX");
    app.add_option("--client-hostname", w.client_hostname, "reserve: for the client that calls itself so (option 12, else 81)")
        ->type_name("NAME");
    app.add_option("--hostname", w.hostname, "reserve: the name that the client is told (option 12)")->type_name("NAME");
    app.add_option("-o,--out", w.out, "config: write to this file, not to standard output")->type_name("FILE");
    app.add_flag("--json", w.json, "One JSON object a line instead of tables");
    app.footer(std::string{help::kCtl});
}

void add_config(CLI::App& root, ConfigWords& w)
{
    auto& app = *root.add_subcommand("config", "Check a configuration file, import another server's, export to Kea");
    app.add_option("WORD", w.words, "What to do, and with which file; see below");
    app.add_option("--from", w.from, "import: what the file is; else its content tells")->type_name("FORMAT");
    app.add_option("-o,--out", w.out, "Write to this file, not to standard output")->type_name("FILE");
    app.add_option("--interface", w.interface, "export: the interface that Kea is to serve")
        ->type_name("IF")
        ->capture_default_str();
    app.add_option("--lease-file", w.lease_file, "export: where Kea is to keep its leases")->type_name("FILE");
    app.footer(std::string{help::kConfig});
}

void add_leases(CLI::App& root, LeasesWords& w)
{
    auto& app = *root.add_subcommand("leases", "Export leases to other servers' formats, import them from there");
    app.add_option("WORD", w.words, "What to do; see below");
    app.add_option("-i,--interface", w.interface, "The leases of this interface's server")->type_name("IF");
    app.add_option("--state-dir", w.state_dir, "The folder that they are in, if not your account's")->type_name("DIR");
    app.add_option("--file", w.file, "export: this lease file")->type_name("LEASES.sqlite");
    app.add_option("--to", w.to, "export: csv (default), json, dnsmasq, isc or kea")->type_name("FORMAT");
    app.add_option("--config", w.config, "export to Kea: the configuration that numbers the subnets")->type_name("FILE");
    app.add_option("-o,--out", w.out, "Write to this file, not to standard output")->type_name("FILE");
    app.add_option("--from", w.from, "import: what the file is; else its content tells")->type_name("FORMAT");
    app.add_option("--into", w.into, "import: this lease file of ours")->type_name("LEASES.sqlite");
    app.add_flag("--overwrite", w.overwrite, "import: replace what is held, in quarantine or newer too");
    app.footer(std::string{help::kLeases});
}

Value<Command> demo(const Words& words)
{
    DemoCommand command = words.demo.command;
    const auto seed = number("--seed", words.demo.seed, 0, UINT64_MAX);
    if (!seed) return tl::unexpected{seed.error()};
    command.seed = *seed;
    command.write = words.demo.write;
    return command;
}

Value<Command> serve(const Words& words)
{
    auto command = serve_command(words.serve);
    if (!command) return tl::unexpected{command.error()};
    return std::move(*command);
}

Value<Command> ctl(const Words& words)
{
    auto command = ctl_command(words.ctl);
    if (!command) return tl::unexpected{command.error()};
    return std::move(*command);
}

Value<Command> config(const Words& words)
{
    auto command = config_command(words.config);
    if (!command) return tl::unexpected{command.error()};
    return std::move(*command);
}

Value<Command> leases(const Words& words)
{
    auto command = leases_command(words.leases);
    if (!command) return tl::unexpected{command.error()};
    return std::move(*command);
}

Value<Command> watch(const Words& words)
{
    auto command = watch_command(words.watch);
    if (!command) return tl::unexpected{command.error()};
    return std::move(*command);
}

Value<Command> read(const Words& words)
{
    auto command = read_command(words.read);
    if (!command) return tl::unexpected{command.error()};
    return std::move(*command);
}

Value<Command> interfaces(const Words&) { return InterfacesCommand{}; }

Value<Command> storm(const Words& words)
{
    auto command = storm_command(words.storm);
    if (!command) return tl::unexpected{command.error()};
    return std::move(*command);
}

struct CommandRow {
    std::string_view name;
    Value<Command> (*make)(const Words&);
};
constexpr std::array<CommandRow, 9> kCommands{{{"demo", demo},
                                               {"serve", serve},
                                               {"ctl", ctl},
                                               {"config", config},
                                               {"leases", leases},
                                               {"watch", watch},
                                               {"read", read},
                                               {"interfaces", interfaces},
                                               {"storm", storm}}};

std::vector<std::string_view> command_names()
{
    std::vector<std::string_view> names;
    for (const auto& row : kCommands)
        names.push_back(row.name);
    return names;
}

CLI::App* chosen(CLI::App& root)
{
    const auto subcommands = root.get_subcommands();
    return subcommands.empty() ? nullptr : subcommands.front();
}

/// --poool → --pool
Failure unknown_option(CLI::App& app, const std::string& word)
{
    std::vector<std::string> names;
    for (const auto* option : app.get_options()) {
        for (const auto& name : option->get_lnames())
            names.push_back("--" + name);
    }
    const auto plain = word.substr(0, word.find('='));
    const auto near = nearest_name(plain, std::vector<std::string_view>(names.begin(), names.end()));
    return {
        fmt::format("{} has no option {}", app.get_name(), plain),
        fmt::format("{}dorascope-cli {} --help lists them", near ? fmt::format("did you mean {}? ", *near) : "", app.get_name())};
}

Failure explain(CLI::App& root, std::span<const std::string> words, const CLI::ParseError& error)
{
    auto* app = chosen(root);
    if (app == nullptr) return {error.what(), "dorascope-cli --help lists the commands"};
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
        const auto extras = app->remaining(true);
        const auto word = extras.empty() ? std::string{words.back()} : extras.front();
        if (word.size() > 1 && word.front() == '-') return unknown_option(*app, word);
        return {fmt::format("{} does not take \"{}\"", app->get_name(), word),
                fmt::format("dorascope-cli {} --help says what it takes", app->get_name())};
    }
    return {error.what(), fmt::format("dorascope-cli {} --help says what it takes", app->get_name())};
}

/// --for "$LIMIT" of a script in which nobody has set LIMIT is not the same as no --for.
std::optional<Failure> empty_value(CLI::App& app)
{
    for (const auto* option : app.get_options()) {
        const bool takes_value = option->get_expected_min() > 0 && option->count() > 0;
        if (!takes_value || std::ranges::none_of(option->results(), &std::string::empty)) continue;
        const auto name = option->get_positional() ? option->get_name(true) : option->get_name();
        return Failure{fmt::format("{} {} is empty", app.get_name(), name), "give it a value, or leave it out"};
    }
    return std::nullopt;
}

std::optional<Failure> bad_first_word(std::span<const std::string> words)
{
    const auto names = command_names();
    if (words.empty()) {
        return Failure{"dorascope-cli needs a command",
                       fmt::format("give one of: {} (--help explains them)", fmt::join(names, ", "))};
    }
    const auto& word = words.front();
    static constexpr std::array<std::string_view, 3> kOwnOptions{"-h", "--help", "--version"};
    if (std::ranges::find(kOwnOptions, word) != kOwnOptions.end() || std::ranges::find(names, word) != names.end())
        return std::nullopt;
    if (word.starts_with('-')) {
        return Failure{fmt::format("dorascope-cli has no option {} of its own", word), "give a command first; --help lists them"};
    }
    return Failure{fmt::format("there is no command \"{}\"", word), did_you_mean(word, names, "The commands are:")};
}

void build(CLI::App& root, Words& words)
{
    root.name("dorascope-cli");
    root.set_version_flag("--version", std::string{"dorascope-cli " DORASCOPE_VERSION});
    root.set_help_flag("-h,--help", "Print this help and exit");
    root.footer(std::string{help::kRoot});
    root.require_subcommand(1);
    add_demo(root, words);
    add_serve(root, words.serve);
    add_ctl(root, words.ctl);
    add_config(root, words.config);
    add_leases(root, words.leases);
    add_watch(root, words);
    add_read(root, words);
    add_storm(root, words.storm);
    root.add_subcommand("interfaces", "List the network interfaces and what keeps each from being served on")
        ->footer(std::string{help::kInterfaces});
}

} // namespace

tl::expected<Command, Failure> parse_arguments(std::span<const std::string> words)
{
    if (auto failure = bad_first_word(words)) return tl::unexpected{std::move(*failure)};
    CLI::App root{"DoraScope in the terminal: a DHCP server, and a monitor for everybody's DHCP."};
    Words collected;
    build(root, collected);
    try {
        root.parse(std::vector<std::string>(words.rbegin(), words.rend())); // CLI11 takes them from the back
    } catch (const CLI::CallForHelp&) {
        return ShowText{root.help()};
    } catch (const CLI::CallForVersion& version) {
        return ShowText{version.what()};
    } catch (const CLI::ParseError& error) {
        return tl::unexpected{explain(root, words, error)};
    }
    if (auto failure = empty_value(*chosen(root))) return tl::unexpected{std::move(*failure)};
    const auto row = std::ranges::find(kCommands, std::string_view{chosen(root)->get_name()}, &CommandRow::name);
    return row->make(collected);
}

} // namespace dorascope::cli
