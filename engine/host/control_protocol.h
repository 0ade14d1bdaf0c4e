// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked of a running server through its control socket, and what it answers: JSON, one object a line. A request is one line; an
// answer is any number of lines about one thing each ("kind": lease, pool, reservation, count, status, config) and one that ends it
// ("done").
#pragma once

#include "engine/host/config_file.h"
#include "engine/host/host_error.h"
#include "engine/server/dhcp_server.h"

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace dorascope::host {

enum class Order : std::uint8_t { status, list, release, erase, reserve, unreserve, clear_quarantine, reload, config, stop };
/// As the request says it: "clear-quarantine".
std::string_view to_string(Order order);

struct ControlRequest {
    Order order{};
    Ipv4Address address; ///< of every order that concerns one
    std::optional<HardwareAddress> hardware; ///< reserve: for whom, as server::Reservation has it: by exactly one of hardware …
    std::vector<std::uint8_t> client_id; ///< … client identifier, client_hostname, and circuit_id and remote_id
    std::string hostname; ///< reserve: sent to the client; may be empty
    std::string file; ///< reload: absolute; empty: the one that is in force
    std::vector<std::uint8_t> circuit_id{}, remote_id{}; ///< what its relay adds: one, or both
    std::string client_hostname{}; ///< what the client calls itself
    bool operator==(const ControlRequest&) const = default;
};

/// Octets of a request without its newline. A path is the longest thing in it.
inline constexpr std::size_t kLongestRequest = 8192;
/// What the order reserve asks for.
server::Reservation reservation_of(const ControlRequest& request);
/// One line, without the newline.
std::string to_line(const ControlRequest& request);
/// Whatever the octets: the error says what was expected.
tl::expected<ControlRequest, HostError> parse_request(std::string_view line);

/// How a server stands.
struct ServerStatus {
    std::string interface;
    Ipv4Address identity; ///< server identifier on this link
    int pid = 0;
    Instant since{}, now{};
    std::optional<Instant> stops_at; ///< dead-man's switch
    std::string state_dir;
    std::string config_file; ///< in force; empty: none
    server::Authority authority{};
    bool probe = false;
    bool rapid_commit = false;
    std::uint64_t leases = 0; ///< addresses with a history
    std::uint64_t received = 0, transmitted = 0, commits = 0, send_errors = 0, kernel_drops = 0, store_failures = 0,
                  bad_frames = 0, not_for_us = 0, no_address = 0;
};

// Lines of an answer, without their newlines. Always valid UTF-8; times are seconds since 1970 with a fraction, as in the other JSON.
std::string lease_line(const server::Lease& lease);
std::string pool_line(const server::PoolUse& use);
/// `ordered`: kept in the lease file and removable; else it stands in the configuration file.
std::string reservation_line(const server::Reservation& reservation, bool ordered);
std::string count_line(StepCode verdict, std::uint64_t times);
/// What never reached the server, or what it decided and could not do: a DropReason.
std::string count_line(std::string_view drop_reason, std::uint64_t times);
std::string status_line(const ServerStatus& status);
/// The next part of a configuration as TOML, taken off the front of `rest`, which is not empty: a file may be larger than a line should be.
/// All of them, one after the other, are the file.
std::string config_line(std::string_view& rest);
/// The part that is in such a line; nothing when it is another.
std::optional<std::string> parse_config_line(std::string_view line);

/// The end of an answer.
struct ControlResult {
    bool ok = false;
    std::string said; ///< one sentence, what was done
    std::vector<std::string> warnings; ///< of a configuration that is in force now
    HostError error; ///< what was not done, and why
    std::vector<FileError> errors; ///< of a configuration that was refused
    std::string file; ///< the one they are in
};
inline ControlResult done(std::string said, std::vector<std::string> warnings = {})
{
    return {true, std::move(said), std::move(warnings), {}, {}, {}};
}
inline ControlResult refused(HostError error) { return {false, {}, {}, std::move(error), {}, {}}; }
std::string to_line(const ControlResult& result);
/// Nothing when the line is not the one that ends an answer.
std::optional<ControlResult> parse_result(std::string_view line);

} // namespace dorascope::host
