// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of validate(), one for each kind of thing that a configuration holds. Each adds what is wrong, in order of the file.
#pragma once

#include "engine/server/address_ranges.h"
#include "engine/server/config.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace dorascope::server {

/// What is being judged, and what was found. Nothing in it is looked for by going through a list: a file of a hundred thousand
/// reservations, or one that wants to be slow, is judged in the time that reading it takes.
struct Findings {
    explicit Findings(const Config& judged);

    const Config& config;
    ConfigErrors errors; ///< no more than kMostConfigErrors
    bool more = false; ///< others were found

    std::uint64_t pool_addresses = 0; ///< so far
    RangeOwners subnet_of, pool_of; ///< whose each address is, so far; a pool's owner is its subnet and its place in it
    std::unordered_map<std::string_view, std::size_t> class_named; ///< the first of that name
    std::vector<Ipv4Address> top_routers; ///< of the top of the file, in ascending order

    void add(std::string key, std::string problem, std::string suggestion = {});
    bool full() const { return errors.size() >= kMostConfigErrors; }
    /// What was found, and a last line where that is not all.
    ConfigErrors take();
};

// validate_addresses.cpp. `subnet` has the network that was meant: one mistake, one message.
void check_prefix(Findings& found, std::size_t index);
void check_pools(Findings& found, const Subnet& subnet, std::size_t index);
void check_exclusions(Findings& found, const Subnet& subnet, const std::string& key);
void check_room(Findings& found, const Subnet& subnet, const std::string& key);

// validate_reservations.cpp
void check_reservations(Findings& found, const Subnet& subnet, const std::string& key);

// validate_options.cpp. `key` is the level's, empty for the top of the file.
void check_options(Findings& found, const OptionSettings& options, const std::string& key);
void check_times(Findings& found, const Subnet& subnet, const std::string& key);
/// RFC 1035 §2.3.4, as loosely as it can be without breaking a client's resolver configuration. Empty: nothing is wrong.
std::string_view fault_of_name(std::string_view name);

// validate_classes.cpp
void check_classes(Findings& found);
/// What to do about a class that is not there; empty when nothing is near.
std::string class_suggestion(const Config& config, std::string_view name);

// warnings_by_level.cpp
class LevelMap;
void warn_about_booting(Findings& found, const LevelMap& map);
void warn_about_class_levels(Findings& found, const LevelMap& map, std::size_t index);
void warn_about_subnet_levels(Findings& found, const LevelMap& map, std::size_t index);

/// The pools of a subnet by address.
class PoolFinder {
public:
    explicit PoolFinder(const Subnet& subnet);
    /// The place in the subnet of the pool that `address` lies in.
    std::optional<std::size_t> pool_of(Ipv4Address address) const;

private:
    std::vector<std::pair<Ipv4Range, std::size_t>> pools_; ///< in ascending order; those of a valid configuration do not overlap
};

/// "key.name", or "name" at the top of the file.
inline std::string under(const std::string& key, std::string_view name)
{
    return key.empty() ? std::string{name} : key + "." + std::string{name};
}

} // namespace dorascope::server
