// SPDX-License-Identifier: GPL-3.0-or-later
// What importers share: the list of what was left out, and a bound on what a small file can make large.
#pragma once

#include "engine/interchange/interchange.h"

namespace dorascope::interchange {

/// Printable ASCII, cut to `most` octets.
std::string shortened(std::string_view text, std::size_t most = 100);
std::string_view trimmed(std::string_view text);
/// Non-empty pieces between separators, trimmed.
std::vector<std::string_view> split(std::string_view text, char separator);
std::string lower(std::string_view text);
std::optional<std::uint64_t> decimal(std::string_view text);
/// "3600", "12h", "45m", "2d", "1w", "infinite" as dnsmasq writes times.
std::optional<std::uint32_t> lease_time(std::string_view text);
/// Name kept as server::Lease keeps it: printable ASCII, at most 63 octets.
std::string label(std::string_view text);
std::optional<HardwareAddress> hardware_of(std::uint8_t type, std::string_view hex);

class Notes {
public:
    /// A hostile file does not get an endless list.
    static constexpr std::size_t kMost = 10'000;

    void add(std::size_t line, std::string_view text, std::string why);
    std::vector<NotCarried> take() { return std::move(list_); }

private:
    std::vector<NotCarried> list_;
};

inline constexpr std::size_t kMostSubnets = 4096, kMostClasses = 1024; ///< searched one by one

/// Sets option by option: an Extra of the same code is replaced; 3, 6, 15, 42 go to their own members. False where the data is none.
bool set_option(server::OptionSettings& options, std::uint8_t code, std::vector<std::byte> data, bool force = false);
/// What `upper` says and `lower` does not, for formats with more levels than ours.
void inherit(server::OptionSettings& lower, const server::OptionSettings& upper);
/// Roughly how many octets it takes.
std::size_t size_of(const server::OptionSettings& options);

/// One importer a format.
tl::expected<ConfigImport, Problem> import_dnsmasq(std::string_view text);
tl::expected<ConfigImport, Problem> import_isc(std::string_view text);
tl::expected<ConfigImport, Problem> import_kea(std::string_view text);

} // namespace dorascope::interchange
