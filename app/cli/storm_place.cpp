// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/storm_place.h"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace dorascope::cli {
namespace {

namespace fs = std::filesystem;

/// "net:[4026531840]"; empty where it may not be read.
std::string network_of(const std::string& process)
{
    std::error_code error;
    const auto link = fs::read_symlink("/proc/" + process + "/ns/net", error);
    return error ? std::string{} : link.string();
}

/// Its process number, "0" for none. The second field of stat is the program's name in parentheses, and may hold anything.
std::string parent_of(const std::string& process)
{
    std::ifstream file{"/proc/" + process + "/stat"};
    std::string line;
    std::getline(file, line);
    const auto name_end = line.rfind(')');
    if (name_end == std::string::npos || name_end + 4 > line.size()) return "0";
    return line.substr(name_end + 4, line.find(' ', name_end + 4) - name_end - 4);
}

bool on_loopback(const StormCommand& command)
{
    if (command.relayed) return command.relayed->is_loopback() && command.server && command.server->is_loopback();
    return command.interface == "lo";
}

} // namespace

Network network_here()
{
    const auto ours = network_of("self");
    std::string first = network_of("1");
    for (auto process = parent_of("self"); first.empty() && process != "0"; process = parent_of(process)) {
        const auto network = network_of(process);
        if (network.empty()) break;
        if (network != ours) first = network;
    }
    return !first.empty() && !ours.empty() && first != ours ? Network::own_namespace : Network::of_the_machine;
}

Result may_storm(const StormCommand& command, Network network)
{
    if (!command.yes_really.empty() && command.yes_really != command.interface) {
        return tl::unexpected{Failure{fmt::format("--interface \"{}\" and --yes-really \"{}\" are not the same interface",
                                                  command.interface, command.yes_really),
                                      "name one interface twice, or leave --yes-really out"}};
    }
    if (network == Network::own_namespace || on_loopback(command)) return {};
    if (!command.interface.empty() && command.yes_really == command.interface) return {};
    return tl::unexpected{Failure{
        "a storm takes every address that a server has, and this is the machine's own network",
        "run it in a network namespace (ip netns exec NAME dorascope-cli storm …) or against loopback; to flood a real LAN all "
        "the same, name the interface twice: --interface IF --yes-really IF"}};
}

} // namespace dorascope::cli
