// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/storm_arguments.h"

namespace dorascope::cli {
namespace {

/// Where the storm goes: through a relay to a server, or onto a link.
std::optional<Failure> set_place(const StormWords& words, StormCommand& command)
{
    command.interface = words.interface;
    command.yes_really = words.yes_really;
    if (words.relayed.empty()) {
        if (!words.server.empty())
            return Failure{"--server needs --relayed", "give the relay's address with --relayed, or leave --server out"};
        if (words.interface.empty())
            return Failure{"storm needs to know where to", "add --relayed GIADDR --server ADDRESS, or --interface IF"};
        return std::nullopt;
    }
    if (words.server.empty()) return Failure{"--relayed needs the server's address", "add --server ADDRESS"};
    const auto giaddr = value<Ipv4Address>("--relayed", words.relayed, "an IPv4 address of this machine, as in 10.1.0.1");
    const auto server = value<Ipv4Address>("--server", words.server, "the server's IPv4 address, as in 192.168.1.1");
    if (!giaddr) return giaddr.error();
    if (!server) return server.error();
    command.relayed = command.settings.giaddr = *giaddr;
    command.server = *server;
    return std::nullopt;
}

/// A number that was given goes to its place.
struct NumberRow {
    const char* option;
    std::string StormWords::*word;
    std::uint64_t least, most;
    void (*set)(StormCommand& command, std::uint64_t number);
};
constexpr NumberRow kNumbers[]{
    {"--in-flight", &StormWords::in_flight, 1, StormSettings::kMostInFlight,
     [](StormCommand& c, std::uint64_t n) { c.settings.in_flight = static_cast<std::uint32_t>(n); }},
    {"--clients", &StormWords::clients, 1, 100'000'000,
     [](StormCommand& c, std::uint64_t n) { c.settings.clients = static_cast<std::uint32_t>(n); }},
    {"--seconds", &StormWords::seconds, 1, 86'400,
     [](StormCommand& c, std::uint64_t n) { c.duration = std::chrono::seconds{n}; }},
    {"--seed", &StormWords::seed, 0, UINT64_MAX, [](StormCommand& c, std::uint64_t n) { c.settings.seed = n; }},
    {"--timeout", &StormWords::timeout, 1, 60'000,
     [](StormCommand& c, std::uint64_t n) { c.settings.timeout = std::chrono::milliseconds{n}; }},
    {"--tries", &StormWords::tries, 1, 1'000'000,
     [](StormCommand& c, std::uint64_t n) { c.settings.tries = static_cast<std::uint32_t>(n); }},
    {"--server-pid", &StormWords::server_pid, 1, 4'194'304,
     [](StormCommand& c, std::uint64_t n) { c.server_pid = static_cast<int>(n); }},
};

} // namespace

Value<StormCommand> storm_command(const StormWords& words)
{
    StormCommand command;
    if (auto failure = set_place(words, command)) return tl::unexpected{std::move(*failure)};
    for (const auto& row : kNumbers) {
        const auto& word = words.*row.word;
        if (word.empty()) continue;
        const auto n = number(row.option, word, row.least, row.most);
        if (!n) return tl::unexpected{n.error()};
        row.set(command, *n);
    }
    command.settings.known = words.known;
    command.json = words.json;
    command.record = words.record;
    if (words.known && !command.settings.clients)
        return tl::unexpected{Failure{"--known needs to know how many clients there are", "add --clients N"}};
    return command;
}

} // namespace dorascope::cli
