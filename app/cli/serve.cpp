// SPDX-License-Identifier: GPL-3.0-or-later
// serve: the server on a real interface, a line per decision, and what tells it what to do meanwhile.
#include "app/cli/clock.h"
#include "app/cli/commands.h"
#include "app/cli/config_errors.h"
#include "app/cli/printer.h"
#include "app/cli/serve_config.h"
#include "app/cli/serve_line.h"
#include "app/cli/stop_signals.h"
#include "engine/host/config_file.h"
#include "engine/host/control_orders.h"
#include "engine/host/dead_man.h"
#include "engine/host/server_host.h"

#include <fmt/format.h>
#include <future>
#include <unistd.h>

namespace dorascope::cli {
namespace {

constexpr std::chrono::milliseconds kPatience{100};

/// The file, before anything outside is looked at: whoever writes one wants to hear of its faults first.
tl::expected<std::optional<server::Config>, Failure> config_of_file(const ServeCommand& command)
{
    if (command.config.empty()) return std::nullopt;
    auto config = host::load_config(command.config);
    if (!config) return tl::unexpected{config_failure(command.config, config.error())};
    apply_behaviour(command, *config);
    return std::move(*config);
}

/// A file that is read while serving, as the one at the start was.
host::ConfigReload::Load loader(const ServeCommand& command, const host::ServerHost& server)
{
    return [command, &server](const std::filesystem::path& file) {
        auto config = host::load_config(file);
        if (config) {
            apply_behaviour(command, *config);
            exclude_own_addresses(*config, server.interface());
        }
        return config;
    };
}

/// SIGHUP: as `ctl reload`, but what is said is said here.
void reload(host::ConfigReload& config, Printer& printer)
{
    const auto result = config.reload();
    for (const auto& error : result.errors)
        printer.notice(host::to_string(result.file, error));
    for (const auto& warning : result.warnings)
        printer.notice("Warning: " + warning);
    if (result.ok) return printer.line(fmt::format("{}  {}", time_of_day(wall_clock()), result.said));
    printer.notice(Failure{result.error.problem, result.error.remedy}.sentence());
}

/// Runs the server on a thread of its own, until a signal or until it ends by itself. Nothing here waits for whoever reads the output.
Result serve_until_stopped(host::ServerOrders& orders, host::ConfigReload& config, Printer& printer, StopSignals& signals)
{
    auto& server = orders.host();
    auto serving = std::async(std::launch::async, [&] {
        auto outcome = server.run();
        orders.close();
        return outcome;
    });
    while (serving.wait_for(kPatience) != std::future_status::ready) {
        if (signals.requested()) server.stop();
        if (signals.reload_requested()) reload(config, printer);
    }
    const auto outcome = serving.get();
    printer.line(closing_line(server, printer.lost_decisions()));
    printer.finish();
    if (!outcome) return tl::unexpected{failure(outcome.error())};
    return {};
}

/// Without its socket it serves all the same, and nobody can give it orders.
std::optional<host::ControlServer> open_control(const ServeCommand& command, host::Controlled controlled, Printer& printer)
{
    const auto path = host::control_path(host::control_folder(command.state_dir), command.interface);
    auto control = host::ControlServer::open(path, host::answer_orders(std::move(controlled)));
    if (control) return std::move(*control);
    printer.notice("Serving without a control socket: " + control.error().text());
    return std::nullopt;
}

/// What it is about, besides what the words say.
struct Place {
    host::Interface interface;
    server::Config config;
    std::optional<pid_t> parent; ///< at the start: one that ends while all is being prepared is noticed too
};

Result serve(const ServeCommand& command, Place place, StopSignals& signals)
{
    const auto& interface = place.interface;
    auto& config = place.config;
    const auto state_dir = command.state_dir.empty() ? host::default_state_dir() : command.state_dir;
    const auto doubts = host::warning_lines(config, host::own_addresses(interface));
    exclude_own_addresses(config, interface);
    const auto ready = ready_line(command, interface, config, state_dir);
    Printer printer{STDOUT_FILENO, STDERR_FILENO, {}};
    auto server = host::ServerHost::open({command.interface, config, state_dir});
    if (!server) return tl::unexpected{failure(server.error())};
    const auto tell = [&](const std::string& sentence) { printer.notice(sentence); };
    server->on_notice([&tell](const host::HostNotice& notice) { tell(notice.text); });
    if (!command.quiet) server->on_decisions([&](std::span<const Decision> batch) { printer.decided(batch); });
    auto orders = host::ServerOrders::open(*server, std::move(config));
    if (!orders) return tl::unexpected{failure(orders.error())};
    host::ConfigReload reloads{**orders, command.config, loader(command, *server)};
    const auto dead_man = host::DeadMan::attach(*server, {command.stop_after, place.parent, !signals.hangup_ignored()}, tell);
    if (!dead_man) return tl::unexpected{failure(dead_man.error())};
    const auto control = open_control(command, {**orders, reloads, state_dir, dead_man->stops_at()}, printer);

    for (const auto& sentences : {doubts, (*orders)->notices()})
        for (const auto& sentence : sentences)
            tell(sentence);
    printer.line(ready);
    return serve_until_stopped(**orders, reloads, printer, signals);
}

} // namespace

Result run(const ServeCommand& command)
{
    const auto parent = command.until_parent_exits ? std::optional{::getppid()} : std::nullopt;
    StopSignals signals{StopSignals::Hangup::reloads};
    auto from_file = config_of_file(command);
    if (!from_file) return tl::unexpected{from_file.error()};
    const auto interface = host::interface_to_serve(command.interface);
    if (!interface) return tl::unexpected{failure(interface.error())};
    auto config = *from_file ? tl::expected<server::Config, Failure>{std::move(**from_file)} : serve_config(command, *interface);
    if (!config) return tl::unexpected{config.error()};
    return serve(command, {*interface, std::move(*config), parent}, signals);
}

} // namespace dorascope::cli
