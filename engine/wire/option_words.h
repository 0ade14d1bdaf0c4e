// SPDX-License-Identifier: GPL-3.0-or-later
// Option values as a person writes them into a file: a list of words for each format ("10.0.0.0/8 via 192.168.1.254"), and back. Formats
// and options by the names that files use: `addresses`, `domain_search`.
#pragma once

#include "engine/wire/hex.h"
#include "engine/wire/option_table.h"

#include <optional>

namespace dorascope::wire {

/// As in OptionFormat, but `hex` for what stands for itself: "addresses", "u16", "routes".
std::string_view format_name(OptionFormat format);
/// All of them, in the order of OptionFormat.
std::span<const std::string_view> format_names();

/// The code of an option's name with small letters and underscores, "domain_search"; also of the short names "classless_routes",
/// "captive_portal", "v6only_wait" and others.
std::optional<std::uint8_t> option_keyed(std::string_view key);
/// All that option_keyed() knows.
std::span<const std::string> option_keys();
/// The short name of an option, or else its own; empty where option_keyed() knows none.
std::string_view key_of_option(std::uint8_t code);

/// How a word of the format looks: "an address as in 192.168.1.1".
std::string_view words_expected(OptionFormat format);

/// Words to wire data. `code` matters only for option 43, whose suboptions have structure of their own.
///   none: no word. flag: true, false. numbers: decimal. seconds: decimal or "infinite". Lists: a word each.
///   address_pairs: "A via B", "A mask B". routes: "10.0.0.0/8 via B". suboptions: "CODE = DATA"; vendor_options: "ENTERPRISE.CODE = DATA";
///   vendor_class: "ENTERPRISE = DATA", where DATA is hex ("01:02"), 'text' in apostrophes, or an address. fqdn: "FLAGS NAME".
///   status: "CODE TEXT". slp_agents, slp_scope: "mandatory" or "optional" first. Everything else: text, or hex.
tl::expected<std::vector<std::byte>, ValueError> words_to_data(std::uint8_t code, OptionFormat format,
                                                               std::span<const std::string> words);
/// Wire data to words; nothing where the words would not give exactly these octets again.
std::optional<std::vector<std::string>> data_to_words(std::uint8_t code, OptionFormat format, std::span<const std::byte> data);

} // namespace dorascope::wire
