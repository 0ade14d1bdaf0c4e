// SPDX-License-Identifier: GPL-3.0-or-later
// The commands, one a file, and what the command line can ask of each.
#pragma once

#include "app/cli/failure.h"
#include "app/cli/storm_clients.h"
#include "engine/host/control_protocol.h"
#include "engine/interchange/configs.h"
#include "engine/interchange/leases.h"
#include "engine/server/config.h"
#include "engine/wire/address.h"
#include "engine/wire/instant.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace dorascope::cli {

/// The virtual LAN in the terminal.
struct DemoCommand {
    std::string scenario = "three-clients";
    std::uint64_t seed = 1;
    bool fast = false; ///< as quickly as possible, also on a terminal
    bool list = false; ///< only say which scenarios there are
    std::filesystem::path write; ///< the LAN's frames as a capture; empty: none
};

struct ServeCommand {
    std::string interface;
    std::vector<Ipv4Range> pools;
    std::optional<Ipv4Prefix> subnet; ///< not the interface's own: clients behind a relay
    std::vector<Ipv4Address> routers, dns_servers; ///< empty: the option is not sent
    std::optional<std::uint32_t> lease_seconds;
    std::filesystem::path state_dir; ///< empty: the host's default
    std::filesystem::path config; ///< instead of pool, subnet, router, dns and lease time
    // With a configuration file these outrank what it says; what is not given is left to it.
    bool authoritative = false;
    std::optional<Duration> polite; ///< the delay
    std::optional<server::ProbeSettings> probe; ///< without a file: on
    bool rapid_commit = false;
    std::optional<Duration> stop_after;
    bool until_parent_exits = false;
    bool quiet = false; ///< no line per decision
};

enum class What : std::uint8_t { messages, exchanges, leases, servers };

/// What watch and read have in common.
struct ReportOptions {
    What what = What::messages;
    bool json = false;
    std::optional<std::uint64_t> count; ///< end after so many lines
    std::filesystem::path write; ///< keep the frames as a capture; empty: do not
};
struct WatchCommand {
    std::string interface;
    ReportOptions report;
    std::optional<Duration> duration; ///< end after this time
    bool promiscuous = false; ///< also frames between others, on a mirror port
};
struct ReadCommand {
    std::string file; ///< "-": standard input
    ReportOptions report;
};
struct InterfacesCommand { };

/// An order to a server that runs.
struct CtlCommand {
    std::string interface; ///< empty: the only one that is served
    std::filesystem::path state_dir; ///< of a server that was started with one
    host::ControlRequest request;
    std::filesystem::path out; ///< config: empty: standard output
    bool json = false;
};
/// Many clients at once against a server, for measuring and for finding faults.
struct StormCommand {
    StormSettings settings;
    std::string interface; ///< direct: whose link; relayed: the only one to use, or empty
    std::string yes_really; ///< the same once more: also on the machine's own network
    std::optional<Ipv4Address> relayed, server; ///< giaddr and where to; both or neither
    std::optional<Duration> duration; ///< of a storm that the number of clients does not end
    std::optional<int> server_pid; ///< whose CPU time to read
    std::filesystem::path record; ///< append every ACK; empty: do not
    bool json = false;
};
/// Configuration files: is one right, other servers' to ours, ours to Kea's, an example, the options by name.
struct ConfigCommand {
    enum class Order : std::uint8_t { check, import, export_kea, example, options };
    Order order = Order::check;
    std::filesystem::path file; ///< "-": standard input
    std::optional<interchange::ConfigFormat> from; ///< else by its content
    std::filesystem::path out; ///< empty: standard output
    std::string interface; ///< that Kea is to serve on
    std::filesystem::path lease_file; ///< that Kea is to use; empty: its own
};
/// Leases from other servers' files into ours, and out of ours.
struct LeasesCommand {
    bool import = false;
    std::filesystem::path store; ///< our file
    std::filesystem::path file; ///< theirs, to import; "-": standard input
    std::optional<interchange::LeaseFormat> from; ///< else by its content
    bool overwrite = false; ///< import: also what is held, in quarantine or newer
    interchange::LeaseFormat to = interchange::LeaseFormat::csv;
    std::filesystem::path out; ///< empty: standard output
    std::filesystem::path config; ///< numbers the subnets for Kea; empty: all are 1
};
/// --help or --version: this text, and done.
struct ShowText {
    std::string text;
};

using Command = std::variant<ShowText, DemoCommand, ServeCommand, WatchCommand, ReadCommand, InterfacesCommand, CtlCommand,
                             StormCommand, ConfigCommand, LeasesCommand>;

Result run(const DemoCommand& command);
Result run(const ServeCommand& command);
Result run(const WatchCommand& command);
Result run(const ReadCommand& command);
Result run(const InterfacesCommand& command);
Result run(const CtlCommand& command);
Result run(const StormCommand& command);
Result run(const ConfigCommand& command);
Result run(const LeasesCommand& command);
Result run(const ShowText& command);

/// The list of what an import or export left out, on standard error.
void say_not_carried(const std::string& file, const std::vector<interchange::NotCarried>& items);

} // namespace dorascope::cli
