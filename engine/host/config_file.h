// SPDX-License-Identifier: GPL-3.0-or-later
// The server's configuration file: TOML, the same for window and CLI. Every error at once, each with line, key and a suggestion.
#pragma once

#include "engine/server/config.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace dorascope::host {

struct FileError {
    std::size_t line = 0; ///< 1-based; 0 when it concerns the whole file
    std::string key;
    std::string problem;
    std::string suggestion; ///< nearest valid name, expected form …
};
/// "FILE:LINE: key: problem (suggestion)"
std::string to_string(const std::filesystem::path& file, const FileError& error);

/// A hundred thousand reservations fit; an endless device does not.
inline constexpr std::size_t kLargestConfigFile = std::size_t{16} << 20;
tl::expected<server::Config, std::vector<FileError>> parse_config(std::string_view toml);
/// Of an ordinary file. Whatever else there is at that path is refused, and never waited for.
tl::expected<std::string, std::vector<FileError>> read_config(const std::filesystem::path& file);
tl::expected<server::Config, std::vector<FileError>> load_config(const std::filesystem::path& file);
/// What is said of a configuration by its keys, as validate(), warnings() and exports do, found in the file that parse_config() read it from:
/// each at its line, else that of the table it would belong to; 0 where the file says nothing of it.
std::vector<FileError> with_lines(std::string_view toml, const server::ConfigErrors& found);
/// What server::warnings() finds, each as "KEY: problem (suggestion)"; `own`: the addresses of the interface that is served.
std::vector<std::string> warning_texts(const server::Config& config, std::span<const Ipv4Address> own = {});
/// The same as lines of their own: "Warning: KEY: problem (suggestion)".
std::vector<std::string> warning_lines(const server::Config& config, std::span<const Ipv4Address> own = {});
/// The TOML of a configuration: parse_config(to_toml(c)) == c.
std::string to_toml(const server::Config& config);

} // namespace dorascope::host
