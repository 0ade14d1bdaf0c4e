// SPDX-License-Identifier: GPL-3.0-or-later
// serve: the server on a real interface, a line per decision.
#include "app/cli/bounded_queue.h"
#include "app/cli/clock.h"
#include "app/cli/commands.h"
#include "app/cli/message_line.h"
#include "app/cli/output.h"
#include "app/cli/serve_config.h"
#include "app/cli/stop_signals.h"
#include "engine/host/config_file.h"
#include "engine/host/server_host.h"

#include <cstdio>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <thread>
#include <unistd.h>

namespace dorascope::cli {
namespace {

constexpr std::size_t kMostWaiting = 65536; ///< decisions that the terminal is behind
constexpr std::chrono::milliseconds kPatience{100};

/// Every error of the file at once; the first lines but the last go out here, the last with the exit.
Failure config_failure(const std::filesystem::path& file, const std::vector<host::FileError>& errors)
{
    Output err{STDERR_FILENO, true, false};
    for (std::size_t i = 0; i + 1 < errors.size(); ++i)
        err.line(host::to_string(file, errors[i]));
    if (errors.empty()) return {fmt::format("{} cannot be used", file.string()), {}};
    return {host::to_string(file, errors.back()), {}};
}

/// The file, before anything outside is looked at: whoever writes one wants to hear of its faults first.
tl::expected<std::optional<server::Config>, Failure> config_of_file(const ServeCommand& command)
{
    if (command.config.empty()) return std::nullopt;
    auto config = host::load_config(command.config);
    if (!config) return tl::unexpected{config_failure(command.config, config.error())};
    if (command.authoritative) config->authority = server::Authority::authoritative;
    return std::move(*config);
}

/// The address that the server goes by on this interface: the one in a subnet that it serves, else (all behind relays) the first.
Ipv4Address identifier(const host::Interface& interface, const server::Config& config)
{
    for (const auto& a : interface.addresses) {
        for (const auto& subnet : config.subnets) {
            if (subnet.prefix.contains(a.address)) return a.address;
        }
    }
    return interface.addresses.empty() ? Ipv4Address{} : interface.addresses.front().address;
}

std::string ready_line(const host::Interface& interface, const server::Config& config, const std::filesystem::path& state_dir)
{
    std::vector<std::string> pools;
    for (const auto& subnet : config.subnets) {
        for (const auto& pool : subnet.pools)
            pools.push_back(pool.to_string());
    }
    return fmt::format("serving {} on {} as {}, leases for {} in {}{}; Ctrl-C ends it", fmt::join(pools, ", "), interface.name,
                       identifier(interface, config).to_string(), lease_time(config.subnets.front().lease_seconds),
                       state_dir.string(), config.authority == server::Authority::authoritative ? ", authoritative" : "");
}

/// A refusal says why; that an offer was made or a lease granted speaks for itself.
std::string reason_of_nak(const Decision& decision)
{
    if (decision.reply != MessageType::nak) return {};
    for (const auto& step : decision.steps) {
        const auto explanation = explain(step);
        if (explanation.title == "Verdict") return ": " + explanation.text;
    }
    return {};
}

std::string decision_line(const Decision& decision, bool colour)
{
    const auto shown = decision.reply == MessageType::none ? decision.received : decision.reply;
    const auto label = shown == MessageType::none ? std::string(12, ' ') : type_label(shown, colour);
    return fmt::format("{}  {}  {}{}", time_of_day(decision.at), label, summary(decision), reason_of_nak(decision));
}

std::string closing_line(const host::ServerHost& server, std::uint64_t unprinted)
{
    const auto counters = server.counters();
    std::uint64_t bound = 0, size = 0;
    for (const auto& use : server.pool_use()) {
        bound += use.bound;
        size += use.size;
    }
    auto line = fmt::format("stopped: {} packets received, {} replies sent, {} of {} addresses leased", counters.received,
                            counters.transmitted, bound, size);
    if (counters.kernel_drops != 0) line += fmt::format(", {} packets dropped by the kernel", counters.kernel_drops);
    if (counters.send_errors != 0) line += fmt::format(", {} replies could not be sent", counters.send_errors);
    if (counters.store_failures != 0) line += fmt::format(", {} times the leases could not be stored", counters.store_failures);
    if (unprinted != 0) line += fmt::format(", {} decisions not printed", unprinted);
    return line;
}

/// Runs the server beside the printing, until a signal or until it ends by itself.
Result serve_until_stopped(host::ServerHost& server, bool quiet, Output& out, StopSignals& signals)
{
    BoundedQueue<Decision> decisions{kMostWaiting};
    if (!quiet) {
        server.on_decisions([&](std::span<const Decision> batch) {
            for (const auto& decision : batch)
                decisions.push(decision);
        });
    }
    server.on_notice([](const std::string& sentence) { std::fputs((sentence + "\n").c_str(), stderr); });
    tl::expected<void, host::HostError> outcome;
    std::thread serving{[&] {
        outcome = server.run();
        decisions.close();
    }};
    while (!decisions.closed()) {
        for (const auto& decision : decisions.take(kPatience))
            out.line(decision_line(decision, out.colour()));
        if (signals.requested()) server.stop();
    }
    serving.join();
    out.line(closing_line(server, decisions.dropped()));
    if (!outcome) return tl::unexpected{failure(outcome.error())};
    return {};
}

} // namespace

Result run(const ServeCommand& command)
{
    StopSignals signals;
    auto from_file = config_of_file(command);
    if (!from_file) return tl::unexpected{from_file.error()};
    const auto interface = host::interface_to_serve(command.interface);
    if (!interface) return tl::unexpected{failure(interface.error())};
    auto config = *from_file ? tl::expected<server::Config, Failure>{std::move(**from_file)} : serve_config(command, *interface);
    if (!config) return tl::unexpected{config.error()};
    const auto state_dir = command.state_dir.empty() ? host::default_state_dir() : command.state_dir;
    const auto ready = ready_line(*interface, *config, state_dir);
    auto server = host::ServerHost::open({command.interface, std::move(*config), state_dir});
    if (!server) return tl::unexpected{failure(server.error())};

    Output out{STDOUT_FILENO, true, colour_wanted(STDOUT_FILENO)};
    out.line(ready);
    return serve_until_stopped(*server, command.quiet, out, signals);
}

} // namespace dorascope::cli
