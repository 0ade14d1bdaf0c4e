// SPDX-License-Identifier: GPL-3.0-or-later
// The options of a level (Config, Subnet, ClientClass, Reservation) in the configuration file: keys of their own for the common ones,
// `option = [{ code, type, value }]` for any, and each option of the table by its name.
#pragma once

#include "engine/host/config_reader.h"

namespace dorascope::host {

/// "router", "dns", … "option": the keys that every level with options has.
std::span<const std::string_view> setting_keys();
/// One of those, or the name of an option.
bool is_option_key(std::string_view key);
/// An option, and the key that every level has for it.
struct OptionKey {
    std::uint8_t code = 0;
    std::string_view key;
};
/// Those of all options that have one and are not the server's own to fill in, in order of code.
std::vector<OptionKey> option_keys_by_code();
/// The keys of an entry of `option`.
std::span<const std::string_view> option_line_keys();

/// The lines of a level, each ended by a newline. Reading them gives `options` again.
std::string option_settings_toml(const server::OptionSettings& options);

/// A TOML basic string; octets that are not UTF-8 give { hex = "…" }, which Reader::raw_text() takes.
std::string toml_text(std::string_view text);
bool is_utf8(std::string_view text);

} // namespace dorascope::host
