// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of validate(), one for each kind of thing that a configuration holds. Each adds what is wrong, in order of the file.
#pragma once

#include "engine/server/config.h"

#include <string>
#include <string_view>

namespace dorascope::server {

/// What is being judged, and what was found.
struct Findings {
    const Config& config;
    ConfigErrors errors;
    std::uint64_t pool_addresses = 0; ///< so far

    void add(std::string key, std::string problem, std::string suggestion = {})
    {
        errors.push_back({std::move(key), std::move(problem), std::move(suggestion)});
    }
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

/// "key.name", or "name" at the top of the file.
inline std::string under(const std::string& key, std::string_view name)
{
    return key.empty() ? std::string{name} : key + "." + std::string{name};
}

} // namespace dorascope::server
