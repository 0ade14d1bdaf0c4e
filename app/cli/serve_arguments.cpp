// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/serve_arguments.h"

#include "engine/wire/option_table.h"

#include <array>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>

namespace dorascope::cli {
namespace {

using namespace std::chrono_literals;

/// What a configuration file says must not be said a second time here.
std::optional<Failure> config_conflict(const ServeWords& w)
{
    if (w.config.empty()) {
        if (!w.pools.empty()) return std::nullopt;
        return Failure{"serve needs addresses to give out",
                       "add --pool FIRST-LAST, as in --pool 192.168.1.100-192.168.1.200, or --config FILE"};
    }
    const std::array<std::pair<const char*, bool>, 5> given{{{"--pool", !w.pools.empty()},
                                                             {"--subnet", !w.subnet.empty()},
                                                             {"--router", !w.routers.empty()},
                                                             {"--dns", !w.dns_servers.empty()},
                                                             {"--lease-time", !w.lease_time.empty()}}};
    for (const auto& [name, is_given] : given) {
        if (is_given)
            return Failure{fmt::format("{} and --config cannot both be given", name),
                           fmt::format("say it in the file and leave {} out", name)};
    }
    return std::nullopt;
}

Value<std::optional<std::uint32_t>> lease_seconds(const std::string& text)
{
    if (text.empty()) return std::nullopt;
    if (text == "infinite") return kInfiniteSeconds;
    if (const auto n = number("--lease-time", text, 1, kInfiniteSeconds)) return static_cast<std::uint32_t>(*n);
    const auto time = duration("--lease-time", text, 1s, std::chrono::seconds{kInfiniteSeconds});
    if (!time || *time % 1s != 0s)
        return tl::unexpected{
            bad_value("--lease-time", text, "a whole number of seconds, a time as in 90min or 8h, or \"infinite\"")};
    return static_cast<std::uint32_t>(*time / 1s);
}

/// "off", "2", "2x0.25".
Value<server::ProbeSettings> probe(const std::string& text)
{
    const auto wrong = [&] {
        return tl::unexpected{bad_value("--probe", text, "off, or how often from 1 to 5 and how long each time, as in 2x0.5")};
    };
    server::ProbeSettings settings;
    if (text == "off") return settings;
    settings.enabled = true;
    const auto x = text.find('x');
    const auto count = number("--probe", text.substr(0, x), 1, 5);
    if (!count) return wrong();
    settings.count = static_cast<std::uint32_t>(*count);
    if (x == std::string::npos) return settings;
    const auto each = duration("--probe", text.substr(x + 1), 1ms, 10s);
    if (!each) return wrong();
    settings.timeout = *each;
    return settings;
}

std::optional<Failure> set_behaviour(const ServeWords& w, ServeCommand& command)
{
    command.authoritative = w.authoritative;
    command.rapid_commit = w.rapid_commit;
    command.quiet = w.quiet;
    command.until_parent_exits = w.until_parent_exits;
    if (w.given_polite) {
        if (w.authoritative)
            return Failure{"--polite and --authoritative cannot both be given",
                           "leave --authoritative out where another server may be"};
        command.polite = 1s;
        if (!w.polite.empty()) {
            const auto delay = duration("--polite", w.polite, 1ms, 60s);
            if (!delay) return delay.error();
            command.polite = *delay;
        }
    }
    if (!w.probe.empty()) {
        const auto settings = probe(w.probe);
        if (!settings) return settings.error();
        command.probe = *settings;
    }
    if (!w.stop_after.empty()) {
        const auto after = duration("--for", w.stop_after, 1s, 24h * 365);
        if (!after) return after.error();
        command.stop_after = *after;
    }
    return std::nullopt;
}

std::optional<Failure> set_addresses(const ServeWords& w, ServeCommand& command)
{
    for (const auto& text : w.pools) {
        const auto pool = value<Ipv4Range>("--pool", text, "the first and the last address, as in 192.168.1.100-192.168.1.200");
        if (!pool) return pool.error();
        command.pools.push_back(*pool);
    }
    if (!w.subnet.empty()) {
        const auto subnet =
            value<Ipv4Prefix>("--subnet", w.subnet, "a network and its length, as in 10.1.0.0/16, host bits zero");
        if (!subnet) return subnet.error();
        command.subnet = *subnet;
    }
    const auto routers = addresses("--router", w.routers);
    const auto dns_servers = addresses("--dns", w.dns_servers);
    const auto lease = lease_seconds(w.lease_time);
    if (!routers) return routers.error();
    if (!dns_servers) return dns_servers.error();
    if (!lease) return lease.error();
    command.routers = *routers;
    command.dns_servers = *dns_servers;
    command.lease_seconds = *lease;
    return std::nullopt;
}

} // namespace

Value<Duration> duration(std::string_view option, const std::string& text, Duration least, Duration most)
{
    constexpr std::array<std::pair<std::string_view, double>, 8> kUnits{
        {{"", 1}, {"ms", 1e-3}, {"s", 1}, {"sec", 1}, {"m", 60}, {"min", 60}, {"h", 3600}, {"d", 86400}}};
    char* end = nullptr;
    const bool digits = !text.empty() && (std::isdigit(static_cast<unsigned char>(text.front())) != 0)
        && text.find_first_of("xXeE") == std::string::npos;
    const double count = digits ? std::strtod(text.c_str(), &end) : -1;
    const std::string_view unit = digits ? std::string_view{end} : std::string_view{"?"};
    for (const auto& [name, size] : kUnits) {
        if (name != unit) continue;
        const double seconds = count * size;
        if (!(seconds <= 1e9)) break;
        const Duration length{std::llround(seconds * 1e9)};
        if (length >= least && length <= most) return length;
    }
    const auto shown = [](Duration d) {
        return d % 1s == 0s ? wire::duration_text(static_cast<std::uint32_t>(d / 1s)) : fmt::format("{} ms", d / 1ms);
    };
    return tl::unexpected{bad_value(
        option, text,
        fmt::format("a time from {} to {}, as in 90s, 10min or 2h (without a unit: seconds)", shown(least), shown(most)))};
}

Value<ServeCommand> serve_command(const ServeWords& words)
{
    if (words.interface.empty())
        return tl::unexpected{Failure{"serve needs an interface", "add --interface IF; dorascope-cli interfaces lists them"}};
    if (auto conflict = config_conflict(words)) return tl::unexpected{std::move(*conflict)};
    ServeCommand command;
    command.interface = words.interface;
    command.state_dir = words.state_dir;
    command.config = words.config;
    if (auto wrong = set_addresses(words, command)) return tl::unexpected{std::move(*wrong)};
    if (auto wrong = set_behaviour(words, command)) return tl::unexpected{std::move(*wrong)};
    return command;
}

} // namespace dorascope::cli
