// SPDX-License-Identifier: GPL-3.0-or-later
// dnsmasq.conf(5), word by word: its lines, and the values that stand in them.
#pragma once

#include "engine/wire/address.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace dorascope::interchange {

struct DnsmasqLine {
    std::size_t number = 0;
    std::string_view key, value, text;
};
/// Those that say something, without comments.
std::vector<DnsmasqLine> dnsmasq_lines(std::string_view text);

/// The fields between commas, trimmed. Those in quotes separate nothing, and an empty field stands in its place: "pxelinux.0,,10.0.0.1".
std::vector<std::string_view> dnsmasq_fields(std::string_view value);

// Tags, taken out of the fields of a line. What a prefix means depends on the line: "net:x" is a condition but in dhcp-host, and before an
// option everything is one.
struct DnsmasqTags {
    std::vector<std::string> asked, set;
};
/// dhcp-host: "tag:x" wherever it stands is a condition, "set:x" and "net:x" set a tag.
DnsmasqTags take_host_tags(std::vector<std::string_view>& fields);
/// dhcp-range: before the first address "tag:x" and "net:x" are conditions, "set:x" and "x" set a tag.
DnsmasqTags take_range_tags(std::vector<std::string_view>& fields);
/// dhcp-option, where they are conditions, and dhcp-match, which sets one: what stands before the option, whatever its prefix.
std::vector<std::string> take_option_tags(std::vector<std::string_view>& fields);
/// dhcp-boot: conditions, "tag:x" and "net:x", before everything else.
std::vector<std::string> take_leading_tags(std::vector<std::string_view>& fields);
/// dhcp-ignore: conditions, "tag:x", "net:x" or "x".
std::vector<std::string> take_all_tags(std::vector<std::string_view>& fields);
/// dhcp-mac and its like, which set the tag that they begin with, "set:x" or "x". Nothing where there is none.
std::optional<std::string> take_set_tag(std::vector<std::string_view>& fields);

std::string_view unquoted(std::string_view text);
/// "3600", "12h", "45m", "2D", "1w", "infinite"
std::optional<std::uint32_t> dnsmasq_time(std::string_view text);
/// "aa:bb:cc:dd:ee:ff", or with its type in front: "20-aa:bb:…"
std::optional<HardwareAddress> dnsmasq_hardware(std::string_view field);
/// Octets of text or of hex with colons; none of "*".
std::vector<std::uint8_t> dnsmasq_identifier(std::string_view text);
std::vector<std::byte> bytes_of(std::string_view text);

/// "option:router" or "3"
std::optional<std::uint8_t> dnsmasq_option_code(std::string_view text);
/// What is sent, or nothing and why.
std::optional<std::vector<std::byte>> dnsmasq_option_data(std::uint8_t code, std::span<const std::string_view> values,
                                                          std::string& why);

/// An option within another: "vendor:PXEClient,6,2b", "encap:175,190,text".
struct DnsmasqSuboption {
    std::uint8_t within = 0; ///< the option around it
    std::string vendor; ///< of whom option 60 has this; empty: for everybody
    std::vector<std::byte> data; ///< its code, length and octets
};
bool is_dnsmasq_suboption(std::string_view field);
/// Of the fields without tags; an error says why it has no equivalent.
tl::expected<DnsmasqSuboption, std::string> dnsmasq_suboption(std::span<const std::string_view> fields);

} // namespace dorascope::interchange
