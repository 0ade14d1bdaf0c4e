// SPDX-License-Identifier: GPL-3.0-or-later
// Every assigned DHCPv4 option: code, name, format, RFC (IANA "BOOTP Vendor Extensions and DHCP Options"). To add one is to add a row.
#pragma once

#include "engine/wire/address.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <variant>
#include <vector>

namespace dorascope::wire {

/// How an option's bytes are read. Each row of the table names one.
enum class OptionFormat : std::uint8_t {
    none, ///< no data (pad, end, rapid commit)
    flag, ///< one octet, 0 or 1
    u8,
    u16,
    u32,
    i32, ///< time offset
    seconds, ///< u32, 0xffffffff is infinite
    address,
    addresses, ///< one or more
    address_pairs, ///< static routes (33), policy filters (21): pairs of addresses
    u16s, ///< MTU plateau table (25)
    text, ///< NVT ASCII, trailing NUL tolerated and reported
    message_type, ///< 53
    overload, ///< 52: 1 file, 2 sname, 3 both
    codes, ///< 55: option codes asked for
    hardware_or_opaque, ///< 61: client identifier; opaque (RFC 4361), shown as a MAC when it is type 1 and six octets
    domain, ///< one uncompressed RFC 1035 name
    domains, ///< RFC 3397 search list with compression
    routes, ///< RFC 3442 classless static routes
    suboptions, ///< 43, 82: code, length, data
    vendor_class, ///< 124: enterprise number and blocks
    vendor_options, ///< 125: enterprise number and suboptions
    user_class, ///< 77: RFC 3004 blocks
    fqdn, ///< 81
    sip_servers, ///< 120: encoding octet, then domains or addresses
    u16s_arch, ///< 93: client architectures
    uuid, ///< 97: type octet and 16 octets
    client_ndi, ///< 94: type, major, minor
    auth, ///< 90: protocol, algorithm, RDM, replay detection, information
    status, ///< 151: status octet and text
    addresses_or_none, ///< 68: home agents, or none at all
    slp_agents, ///< 78: mandatory octet and addresses
    slp_scope, ///< 79: mandatory octet and text
    uris, ///< 143: two octets of length and a URI, repeated
    opaque, ///< anything else: hex
};

struct OptionInfo {
    std::uint8_t code = 0;
    std::string_view name; ///< IANA's or the RFC's: "Subnet Mask"
    OptionFormat format = OptionFormat::opaque;
    std::string_view rfc; ///< "RFC 2132 §3.3"
};

/// The row of a code. Unassigned codes give a row with an empty rfc, named "Unassigned" (224–254: "Site-specific", but for two that
/// nearly every LAN uses the same way).
const OptionInfo& option_info(std::uint8_t code);
/// The name of a suboption of option 82 or 122, empty where none is known.
std::string_view suboption_name(std::uint8_t code, std::uint8_t suboption);
/// All 256 rows in order of code.
std::span<const OptionInfo, 256> option_table();

/// Bytes that stand for themselves.
struct OpaqueValue {
    std::vector<std::uint8_t> bytes;
    bool operator==(const OpaqueValue&) const = default;
};
struct Route {
    Ipv4Prefix destination;
    Ipv4Address router;
    bool operator==(const Route&) const = default;
};
struct SubOption {
    std::uint8_t code = 0;
    std::vector<std::uint8_t> data;
    bool operator==(const SubOption&) const = default;
};
struct VendorBlock {
    std::uint32_t enterprise = 0;
    std::vector<SubOption> options; ///< for option 124 one pseudo-option with code 0 holding the class data
    bool operator==(const VendorBlock&) const = default;
};
/// RFC 4702. The name is fully qualified when it ends with a dot; a bare host name does not.
struct Fqdn {
    static constexpr std::uint8_t kServerUpdates = 1, kOverride = 2, kCanonicalWire = 4, kNoUpdate = 8;
    std::uint8_t flags = 0;
    std::uint8_t rcode1 = 0, rcode2 = 0;
    std::string name;
    bool operator==(const Fqdn&) const = default;
};
struct Infinite {
    bool operator==(const Infinite&) const = default;
};
struct Flag {
    bool on = false;
    bool operator==(const Flag&) const = default;
};

/// A decoded option. Which alternative an option has follows from its format: user class blocks, URIs and SIP or search domains are strings
/// (names in presentation form, odd octets as \DDD), option 55 and the 16-bit lists are numbers, suboptions of 43 come without pad and
/// end; 61, 78, 79, 90, 94, 97 and 151 are checked and stay OpaqueValue, because they go on as they came.
using OptionValue = std::variant<std::monostate, // none
                                 Flag, std::uint32_t, std::int32_t, Infinite, Ipv4Address, std::vector<Ipv4Address>,
                                 std::vector<std::pair<Ipv4Address, Ipv4Address>>, std::vector<std::uint32_t>, std::string,
                                 std::vector<std::string>, std::vector<Route>, std::vector<SubOption>, std::vector<VendorBlock>,
                                 Fqdn, OpaqueValue>;

/// Why bytes do not fit an option's format. offset is within the option's data.
struct ValueError {
    std::size_t offset = 0;
    std::string expected; ///< "4 octets", "a multiple of 4 octets", …
    bool operator==(const ValueError&) const = default;
};

/// Bytes to value. Options longer than their format (a 5-octet u32) are errors, never cut.
tl::expected<OptionValue, ValueError> decode_option(std::uint8_t code, std::span<const std::byte> data);
/// Value to bytes, appended. Inverse of decode_option; errors when the alternative does not fit the format.
tl::expected<void, ValueError> encode_option(std::uint8_t code, const OptionValue& value, std::vector<std::byte>& out);
/// The same in a format of one's choice, for options that the table does not know or somebody uses in another way.
tl::expected<OptionValue, ValueError> decode_as(OptionFormat format, std::span<const std::byte> data);
tl::expected<void, ValueError> encode_as(OptionFormat format, const OptionValue& value, std::vector<std::byte>& out);

/// One line for people: "192.168.1.1, 9.9.9.9", "3600 s (1 h)", "DHCPOFFER", "infinite", hex where nothing better is known.
/// Control characters and invalid UTF-8 are escaped as \xNN.
std::string to_text(std::uint8_t code, const OptionValue& value);
/// decode + to_text; undecodable data becomes hex (text, where the option is meant to be read by people).
std::string option_text(std::uint8_t code, std::span<const std::byte> data);

/// "1 h", "52 min 30 s", "1 d 12 h", "infinite" for 0xffffffff.
std::string duration_text(std::uint32_t seconds);
/// Bytes as text that is always valid UTF-8: printable ASCII and well-formed UTF-8 stay, the rest becomes \xNN.
std::string printable(std::span<const std::byte> bytes);

} // namespace dorascope::wire
