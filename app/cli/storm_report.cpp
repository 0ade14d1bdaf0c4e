// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/storm_report.h"

#include "app/cli/clock.h"
#include "app/cli/json_value.h"

#include <fmt/format.h>

namespace dorascope::cli {
namespace {

double microseconds(Duration duration) { return static_cast<double>(duration.count()) / 1000; }

double per_second(const StormOutcome& outcome)
{
    return outcome.took.count() > 0 ? static_cast<double>(outcome.figures.exchanges) / seconds(outcome.took) : 0;
}
double per_exchange(Duration cpu, const StormOutcome& outcome)
{
    return outcome.figures.exchanges > 0 ? microseconds(cpu) / static_cast<double>(outcome.figures.exchanges) : 0;
}

std::string latency_line(const char* name, const Latencies& l)
{
    return fmt::format("  {:<12} p50 {:.3f} ms, p90 {:.3f} ms, p99 {:.3f} ms, max {:.3f} ms", name,
                       milliseconds(l.percentile(.5)), milliseconds(l.percentile(.9)), milliseconds(l.percentile(.99)),
                       milliseconds(l.most()));
}

Json latency_json(const Latencies& l)
{
    if (l.count() == 0) return nullptr;
    return {{"p50", microseconds(l.percentile(.5))},
            {"p90", microseconds(l.percentile(.9))},
            {"p99", microseconds(l.percentile(.99))},
            {"max", microseconds(l.most())}};
}

Json cpu_json(const CpuTime& cpu, const StormOutcome& outcome)
{
    return {{"user", per_exchange(cpu.user, outcome)}, {"system", per_exchange(cpu.system, outcome)}};
}

Json instant_json(const std::optional<Instant>& at) { return at ? Json(seconds(*at)) : Json(nullptr); }

std::string cpu_text(const CpuTime& cpu, const StormOutcome& outcome)
{
    return fmt::format("{:.2f} us (user {:.2f}, system {:.2f})", per_exchange(cpu.all(), outcome),
                       per_exchange(cpu.user, outcome), per_exchange(cpu.system, outcome));
}

} // namespace

std::vector<std::string> storm_lines(const StormCommand& command, const StormOutcome& outcome)
{
    const auto& f = outcome.figures;
    const char* unit = outcome.renewals ? "renewals" : "DORA";
    std::vector<std::string> lines;
    lines.push_back(fmt::format("{}: {} {} with {} in flight in {:.3f} s, {} addresses held",
                                command.relayed ? "relayed by " + command.relayed->to_string() : "on " + command.interface,
                                f.exchanges, unit, command.settings.in_flight, seconds(outcome.took), outcome.held));
    lines.push_back(fmt::format("  {:<12} {:.0f}", fmt::format("{}/s", unit), per_second(outcome)));
    if (f.offer.count() > 0) lines.push_back(latency_line("OFFER", f.offer));
    if (f.ack.count() > 0) lines.push_back(latency_line("ACK", f.ack));
    lines.push_back(fmt::format("  {:<12} {} sent again, {} clients given up, {} NAKs, {} replies nobody waited for", "losses",
                                f.retransmissions, f.lost, f.naks, f.strays));
    if (outcome.server) lines.push_back(fmt::format("  {:<12} {} a {}", "server CPU", cpu_text(*outcome.server, outcome), unit));
    lines.push_back(fmt::format("  {:<12} {} a {}", "own CPU", cpu_text(outcome.generator, outcome), unit));
    for (const auto& fault : outcome.faults)
        lines.push_back("  WRONG        " + fault);
    return lines;
}

std::string storm_json(const StormCommand& command, const StormOutcome& outcome)
{
    const auto& f = outcome.figures;
    Json json;
    json["kind"] = outcome.renewals ? "renewal" : "dora";
    json["giaddr"] = command.relayed ? json_of(*command.relayed) : Json(nullptr);
    json["in_flight"] = command.settings.in_flight;
    json["took_seconds"] = seconds(outcome.took);
    json["exchanges"] = f.exchanges;
    json["per_second"] = per_second(outcome);
    json["offer_us"] = latency_json(f.offer);
    json["ack_us"] = latency_json(f.ack);
    json["retransmissions"] = f.retransmissions;
    json["lost"] = f.lost;
    json["naks"] = f.naks;
    json["strays"] = f.strays;
    json["held"] = outcome.held;
    json["server_cpu_us"] = outcome.server ? cpu_json(*outcome.server, outcome) : Json(nullptr);
    json["own_cpu_us"] = cpu_json(outcome.generator, outcome);
    json["first_offer"] = instant_json(f.first_offer);
    json["first_ack"] = instant_json(f.first_ack);
    json["fault_count"] = outcome.fault_count;
    json["faults"] = outcome.faults;
    return to_line(json);
}

} // namespace dorascope::cli
