// SPDX-License-Identifier: GPL-3.0-or-later
// What the levels of a configuration say together about routers, other hosts and booting, for the judges of it. Which levels meet in one
// client: those of the top and of its subnet always; those of a class wherever its clients can get an address; that of its reservation.
// Each is laid over what lies below it, and no product of subnets, classes and reservations is ever made.
#pragma once

#include "engine/server/config.h"
#include "engine/server/told_hosts.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dorascope::server {

/// What one level, or several laid over each other, says.
struct Level {
    enum class Routes : std::uint8_t { unsaid, with_default, without_default }; ///< option 121 (RFC 3442)
    enum class File : std::uint8_t { unsaid, from_server, from_url }; ///< to boot; a URL says itself where it is
    std::array<ToldHosts, kHostOptions.size()> told; ///< in the order of kHostOptions, however they are written
    Routes routes = Routes::unsaid;
    File file = File::unsaid;
    bool tells_server = false; ///< siaddr, or option 66 or 150

    const std::vector<Ipv4Address>& routers() const { return told[0].hosts; }
    bool boots_from_nowhere() const { return file == File::from_server && !tells_server; }

    explicit Level(const OptionSettings& options);
    /// This with `upper` laid over it.
    Level under(const Level& upper) const;
};

/// The key below a level by which option `code` is written: "router", or "option[3]"; of a list of addresses that of one of them.
std::string key_of(const OptionSettings& options, std::uint8_t code, std::optional<std::size_t> item = {});

/// The levels of a valid configuration, and who is where.
class LevelMap {
public:
    explicit LevelMap(const Config& config);

    const Level& top() const { return top_; }
    const Level& of_class(std::size_t i) const { return classes_[i]; }
    /// The top with the subnet's over it.
    const Level& of_subnet(std::size_t s) const { return subnets_[s]; }
    /// The subnets in which clients of a class can get an address; none where it is denied.
    std::vector<std::size_t> places_of(std::size_t i) const;
    /// Can a client of the subnet be told what its level says, where those that `outranks` are told something else?
    bool reaches_clients(std::size_t s, const std::function<bool(const Level&)>& outranks) const;
    /// Some class's clients are told a server to boot from.
    bool class_tells_server() const { return class_tells_server_; }
    /// A host, and which of kHostOptions names it.
    using Named = std::pair<Ipv4Address, std::size_t>;
    /// The hosts of all classes, in ascending order.
    const std::vector<Named>& class_hosts() const { return class_hosts_; }

private:
    const Config& config_;
    Level top_;
    std::vector<Level> classes_, subnets_;
    std::vector<std::size_t> open_; ///< subnets in which anybody can get an address, or somebody for whom it is reserved
    std::vector<std::vector<std::size_t>> kept_; ///< of each class: those with a pool of its own
    std::vector<Named> class_hosts_;
    bool class_tells_server_ = false;
};

/// The hosts of a level, each with its place in kHostOptions.
void append_named(const Level& level, std::vector<LevelMap::Named>& hosts);

} // namespace dorascope::server
