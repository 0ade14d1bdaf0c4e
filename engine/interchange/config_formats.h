// SPDX-License-Identifier: GPL-3.0-or-later
// One importer for each format of configurations, and what they share; configs.cpp has the table of them.
#pragma once

#include "engine/interchange/configs.h"
#include "engine/interchange/notes.h"

#include <bitset>

namespace dorascope::interchange {

tl::expected<ConfigImport, Problem> import_dnsmasq(std::string_view text);
tl::expected<ConfigImport, Problem> import_isc(std::string_view text);
tl::expected<ConfigImport, Problem> import_kea(std::string_view text);

inline constexpr std::size_t kMostSubnets = 4096, kMostClasses = 1024; ///< searched one by one
inline constexpr std::int64_t kRepeatedOctets = 64
    << 20; ///< what options repeated in inner scopes may take: a small file can make it large

/// Nothing where the configuration has none of this name.
server::ClientClass* class_named(server::Config& config, std::string_view name);
/// `wanted`, or with a number behind it, so that no other class has it.
std::string unused_name(const server::Config& config, std::string wanted);
/// Sets option by option: an Extra of the same code is replaced; 3, 6, 15, 42 go to their own members. False where the data is none.
bool set_option(server::OptionSettings& options, std::uint8_t code, std::vector<std::byte> data, bool force = false);
/// What is said: the options by their codes, then siaddr, file and sname.
using Said = std::bitset<256 + 3>;
Said said(const server::OptionSettings& options);
/// What `upper` says and `lower` does not, for formats with more levels than ours.
void inherit(server::OptionSettings& lower, const server::OptionSettings& upper);
/// Roughly how many octets it takes.
std::size_t size_of(const server::OptionSettings& options);

} // namespace dorascope::interchange
