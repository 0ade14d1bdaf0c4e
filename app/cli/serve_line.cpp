// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/serve_line.h"

#include "app/cli/clock.h"
#include "app/cli/counted.h"
#include "app/cli/message_line.h"
#include "engine/host/dead_man.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dorascope::cli {
namespace {

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

std::string short_time(Duration d) { return fmt::format("{:g} s", static_cast<double>(d.count()) / 1e9); }

/// What it does besides, as far as it is on.
std::vector<std::string> behaviour(const ServeCommand& command, const server::Config& config)
{
    std::vector<std::string> on;
    if (config.authority == server::Authority::authoritative) on.emplace_back("authoritative");
    if (config.authority == server::Authority::polite)
        on.push_back(fmt::format("polite (waits {} for other servers)", short_time(config.polite_delay)));
    if (config.probe.enabled)
        on.push_back(fmt::format("probing new addresses ({}{})",
                                 config.probe.count > 1 ? fmt::format("{} × ", config.probe.count) : "",
                                 short_time(config.probe.timeout)));
    if (config.rapid_commit) on.emplace_back("rapid commit");
    if (command.stop_after) on.push_back("for " + host::duration_in_words(*command.stop_after));
    if (command.until_parent_exits) on.emplace_back("until the program that started it ends");
    return on;
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

} // namespace

std::string ready_line(const ServeCommand& command, const host::Interface& interface, const server::Config& config,
                       const std::filesystem::path& state_dir)
{
    std::vector<std::string> pools;
    for (const auto& subnet : config.subnets) {
        for (const auto& pool : subnet.pools)
            pools.push_back(pool.to_string());
    }
    const auto on = behaviour(command, config);
    return fmt::format("serving {} on {} as {}, leases for {} in {}{}{}; Ctrl-C ends it",
                       pools.empty() ? "reservations" : fmt::format("{}", fmt::join(pools, ", ")), interface.name,
                       identifier(interface, config).to_string(), lease_time(config.subnets.front().lease_seconds),
                       state_dir.string(), on.empty() ? "" : ", ", fmt::join(on, ", "));
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
    std::uint64_t bound = 0, size = 0, outside = 0;
    for (const auto& use : server.pool_use()) {
        bound += use.bound;
        size += use.size;
        outside += use.outside;
    }
    auto line = fmt::format("stopped: {} received, {} sent, {} of {} leased", counted(counters.received, "packet", "packets"),
                            counted(counters.transmitted, "reply", "replies"), bound, counted(size, "address", "addresses"));
    if (outside != 0) line += fmt::format(", {} outside the pools", outside);
    if (counters.kernel_drops != 0)
        line += fmt::format(", {} dropped by the kernel", counted(counters.kernel_drops, "packet", "packets"));
    if (counters.bad_frames != 0) line += fmt::format(", {} damaged", counted(counters.bad_frames, "packet", "packets"));
    if (counters.no_address != 0)
        line += fmt::format(", {} unanswered for want of an address", counted(counters.no_address, "packet", "packets"));
    if (counters.send_errors != 0)
        line += fmt::format(", {} could not be sent", counted(counters.send_errors, "reply", "replies"));
    if (counters.store_failures != 0)
        line += fmt::format(", {} the leases could not be stored", counted(counters.store_failures, "time", "times"));
    if (unprinted != 0) line += fmt::format(", {} not printed", counted(unprinted, "decision", "decisions"));
    return line;
}

} // namespace dorascope::cli
