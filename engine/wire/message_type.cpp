// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/message_type.h"

#include <array>
#include <cstddef>

namespace dorascope {

namespace {

struct Row {
    std::string_view rfc_name, short_name;
    char letter;
};

// Indexed by the value of option 53.
constexpr std::array<Row, 19> kRows{{
    {"BOOTP", "BOOTP", '?'},
    {"DHCPDISCOVER", "DISCOVER", 'D'},
    {"DHCPOFFER", "OFFER", 'O'},
    {"DHCPREQUEST", "REQUEST", 'R'},
    {"DHCPDECLINE", "DECLINE", 'X'},
    {"DHCPACK", "ACK", 'A'},
    {"DHCPNAK", "NAK", 'N'},
    {"DHCPRELEASE", "RELEASE", 'L'},
    {"DHCPINFORM", "INFORM", 'I'},
    {"DHCPFORCERENEW", "FORCERENEW", '?'},
    {"DHCPLEASEQUERY", "LEASEQUERY", '?'},
    {"DHCPLEASEUNASSIGNED", "LEASEUNASSIGNED", '?'},
    {"DHCPLEASEUNKNOWN", "LEASEUNKNOWN", '?'},
    {"DHCPLEASEACTIVE", "LEASEACTIVE", '?'},
    {"DHCPBULKLEASEQUERY", "BULKLEASEQUERY", '?'}, // RFC 6926
    {"DHCPLEASEQUERYDONE", "LEASEQUERYDONE", '?'},
    {"DHCPACTIVELEASEQUERY", "ACTIVELEASEQUERY", '?'}, // RFC 7724
    {"DHCPLEASEQUERYSTATUS", "LEASEQUERYSTATUS", '?'},
    {"DHCPTLS", "TLS", '?'},
}};
constexpr Row kUnassigned{"unassigned", "UNASSIGNED", '?'};

constexpr const Row& row(MessageType type)
{
    const auto i = static_cast<std::size_t>(type);
    return i < kRows.size() ? kRows[i] : kUnassigned;
}
static_assert(row(MessageType::lease_active).short_name == "LEASEACTIVE" && kRows.back().short_name == "TLS");

} // namespace

std::string_view rfc_name(MessageType type) { return row(type).rfc_name; }
std::string_view short_name(MessageType type) { return row(type).short_name; }
char letter(MessageType type) { return row(type).letter; }

} // namespace dorascope
