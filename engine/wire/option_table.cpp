// SPDX-License-Identifier: GPL-3.0-or-later
// The IANA registry "BOOTP Vendor Extensions and DHCP Options" as a table. 249 and 252 are nobody's by assignment, and Microsoft's on
// nearly every LAN.
#include "engine/wire/option_table.h"

#include <algorithm>
#include <array>

namespace dorascope::wire {

namespace {

using enum OptionFormat;

// clang-format off
constexpr std::array kAssigned{
    OptionInfo{0, "Pad", none, "RFC 2132 §3.1"},
    OptionInfo{1, "Subnet Mask", address, "RFC 2132 §3.3"},
    OptionInfo{2, "Time Offset", i32, "RFC 2132 §3.4"},
    OptionInfo{3, "Router", addresses, "RFC 2132 §3.5"},
    OptionInfo{4, "Time Server", addresses, "RFC 2132 §3.6"},
    OptionInfo{5, "Name Server", addresses, "RFC 2132 §3.7"},
    OptionInfo{6, "Domain Name Server", addresses, "RFC 2132 §3.8"},
    OptionInfo{7, "Log Server", addresses, "RFC 2132 §3.9"},
    OptionInfo{8, "Cookie Server", addresses, "RFC 2132 §3.10"},
    OptionInfo{9, "LPR Server", addresses, "RFC 2132 §3.11"},
    OptionInfo{10, "Impress Server", addresses, "RFC 2132 §3.12"},
    OptionInfo{11, "Resource Location Server", addresses, "RFC 2132 §3.13"},
    OptionInfo{12, "Host Name", text, "RFC 2132 §3.14"},
    OptionInfo{13, "Boot File Size", u16, "RFC 2132 §3.15"},
    OptionInfo{14, "Merit Dump File", text, "RFC 2132 §3.16"},
    OptionInfo{15, "Domain Name", text, "RFC 2132 §3.17"},
    OptionInfo{16, "Swap Server", address, "RFC 2132 §3.18"},
    OptionInfo{17, "Root Path", text, "RFC 2132 §3.19"},
    OptionInfo{18, "Extensions Path", text, "RFC 2132 §3.20"},
    OptionInfo{19, "IP Forwarding", flag, "RFC 2132 §4.1"},
    OptionInfo{20, "Non-Local Source Routing", flag, "RFC 2132 §4.2"},
    OptionInfo{21, "Policy Filter", address_pairs, "RFC 2132 §4.3"},
    OptionInfo{22, "Maximum Datagram Reassembly Size", u16, "RFC 2132 §4.4"},
    OptionInfo{23, "Default IP Time-to-live", u8, "RFC 2132 §4.5"},
    OptionInfo{24, "Path MTU Aging Timeout", seconds, "RFC 2132 §4.6"},
    OptionInfo{25, "Path MTU Plateau Table", u16s, "RFC 2132 §4.7"},
    OptionInfo{26, "Interface MTU", u16, "RFC 2132 §5.1"},
    OptionInfo{27, "All Subnets are Local", flag, "RFC 2132 §5.2"},
    OptionInfo{28, "Broadcast Address", address, "RFC 2132 §5.3"},
    OptionInfo{29, "Perform Mask Discovery", flag, "RFC 2132 §5.4"},
    OptionInfo{30, "Mask Supplier", flag, "RFC 2132 §5.5"},
    OptionInfo{31, "Perform Router Discovery", flag, "RFC 2132 §5.6"},
    OptionInfo{32, "Router Solicitation Address", address, "RFC 2132 §5.7"},
    OptionInfo{33, "Static Route", address_pairs, "RFC 2132 §5.8"},
    OptionInfo{34, "Trailer Encapsulation", flag, "RFC 2132 §6.1"},
    OptionInfo{35, "ARP Cache Timeout", seconds, "RFC 2132 §6.2"},
    OptionInfo{36, "Ethernet Encapsulation", flag, "RFC 2132 §6.3"},
    OptionInfo{37, "TCP Default TTL", u8, "RFC 2132 §7.1"},
    OptionInfo{38, "TCP Keepalive Interval", seconds, "RFC 2132 §7.2"},
    OptionInfo{39, "TCP Keepalive Garbage", flag, "RFC 2132 §7.3"},
    OptionInfo{40, "Network Information Service Domain", text, "RFC 2132 §8.1"},
    OptionInfo{41, "Network Information Servers", addresses, "RFC 2132 §8.2"},
    OptionInfo{42, "Network Time Protocol Servers", addresses, "RFC 2132 §8.3"},
    OptionInfo{43, "Vendor Specific Information", suboptions, "RFC 2132 §8.4"},
    OptionInfo{44, "NetBIOS over TCP/IP Name Server", addresses, "RFC 2132 §8.5"},
    OptionInfo{45, "NetBIOS over TCP/IP Datagram Distribution Server", addresses, "RFC 2132 §8.6"},
    OptionInfo{46, "NetBIOS over TCP/IP Node Type", u8, "RFC 2132 §8.7"},
    OptionInfo{47, "NetBIOS over TCP/IP Scope", text, "RFC 2132 §8.8"},
    OptionInfo{48, "X Window System Font Server", addresses, "RFC 2132 §8.9"},
    OptionInfo{49, "X Window System Display Manager", addresses, "RFC 2132 §8.10"},
    OptionInfo{50, "Requested IP Address", address, "RFC 2132 §9.1"},
    OptionInfo{51, "IP Address Lease Time", seconds, "RFC 2132 §9.2"},
    OptionInfo{52, "Option Overload", overload, "RFC 2132 §9.3"},
    OptionInfo{53, "DHCP Message Type", message_type, "RFC 2132 §9.6"},
    OptionInfo{54, "Server Identifier", address, "RFC 2132 §9.7"},
    OptionInfo{55, "Parameter Request List", codes, "RFC 2132 §9.8"},
    OptionInfo{56, "Message", text, "RFC 2132 §9.9"},
    OptionInfo{57, "Maximum DHCP Message Size", u16, "RFC 2132 §9.10"},
    OptionInfo{58, "Renewal (T1) Time", seconds, "RFC 2132 §9.11"},
    OptionInfo{59, "Rebinding (T2) Time", seconds, "RFC 2132 §9.12"},
    OptionInfo{60, "Vendor Class Identifier", text, "RFC 2132 §9.13"},
    OptionInfo{61, "Client Identifier", hardware_or_opaque, "RFC 2132 §9.14"},
    OptionInfo{62, "NetWare/IP Domain Name", text, "RFC 2242 §2"},
    OptionInfo{63, "NetWare/IP Information", suboptions, "RFC 2242 §3"},
    OptionInfo{64, "Network Information Service+ Domain", text, "RFC 2132 §8.11"},
    OptionInfo{65, "Network Information Service+ Servers", addresses, "RFC 2132 §8.12"},
    OptionInfo{66, "TFTP Server Name", text, "RFC 2132 §9.4"},
    OptionInfo{67, "Bootfile Name", text, "RFC 2132 §9.5"},
    OptionInfo{68, "Mobile IP Home Agent", addresses_or_none, "RFC 2132 §8.13"},
    OptionInfo{69, "SMTP Server", addresses, "RFC 2132 §8.14"},
    OptionInfo{70, "POP3 Server", addresses, "RFC 2132 §8.15"},
    OptionInfo{71, "NNTP Server", addresses, "RFC 2132 §8.16"},
    OptionInfo{72, "Default WWW Server", addresses, "RFC 2132 §8.17"},
    OptionInfo{73, "Default Finger Server", addresses, "RFC 2132 §8.18"},
    OptionInfo{74, "Default IRC Server", addresses, "RFC 2132 §8.19"},
    OptionInfo{75, "StreetTalk Server", addresses, "RFC 2132 §8.20"},
    OptionInfo{76, "StreetTalk Directory Assistance Server", addresses, "RFC 2132 §8.21"},
    OptionInfo{77, "User Class", user_class, "RFC 3004 §4"},
    OptionInfo{78, "SLP Directory Agent", slp_agents, "RFC 2610 §3"},
    OptionInfo{79, "SLP Service Scope", slp_scope, "RFC 2610 §4"},
    OptionInfo{80, "Rapid Commit", none, "RFC 4039 §4"},
    OptionInfo{81, "Client FQDN", fqdn, "RFC 4702 §2"},
    OptionInfo{82, "Relay Agent Information", suboptions, "RFC 3046 §2"},
    OptionInfo{83, "Internet Storage Name Service", opaque, "RFC 4174 §2"},
    OptionInfo{85, "NDS Servers", addresses, "RFC 2241 §2"},
    OptionInfo{86, "NDS Tree Name", text, "RFC 2241 §3"},
    OptionInfo{87, "NDS Context", text, "RFC 2241 §4"},
    OptionInfo{88, "BCMCS Controller Domain Name List", domains, "RFC 4280 §4.1"},
    OptionInfo{89, "BCMCS Controller IPv4 Addresses", addresses, "RFC 4280 §4.2"},
    OptionInfo{90, "Authentication", auth, "RFC 3118 §2"},
    OptionInfo{91, "Client Last Transaction Time", seconds, "RFC 4388 §6.1"},
    OptionInfo{92, "Associated IP", addresses, "RFC 4388 §6.1"},
    OptionInfo{93, "Client System Architecture Type", u16s_arch, "RFC 4578 §2.1"},
    OptionInfo{94, "Client Network Interface Identifier", client_ndi, "RFC 4578 §2.2"},
    OptionInfo{95, "LDAP Servers", text, "RFC 3679 §3"},
    OptionInfo{97, "Client Machine Identifier", uuid, "RFC 4578 §2.3"},
    OptionInfo{98, "User Authentication Protocol", text, "RFC 2485"},
    OptionInfo{99, "GEOCONF_CIVIC", opaque, "RFC 4776 §3.1"},
    OptionInfo{100, "TZ-POSIX String", text, "RFC 4833 §2"},
    OptionInfo{101, "TZ-Database String", text, "RFC 4833 §2"},
    OptionInfo{108, "IPv6-Only Preferred", seconds, "RFC 8925 §3.1"},
    OptionInfo{109, "Softwire Source Binding Prefix Hint (S46 SADDR)", opaque, "RFC 8539 §5"},
    OptionInfo{112, "NetInfo Parent Server Address", addresses, "RFC 3679 §3"},
    OptionInfo{113, "NetInfo Parent Server Tag", text, "RFC 3679 §3"},
    OptionInfo{114, "DHCP Captive-Portal", text, "RFC 8910 §2.1"},
    OptionInfo{116, "Auto-Configure", flag, "RFC 2563 §2"},
    OptionInfo{117, "Name Service Search", u16s, "RFC 2937"},
    OptionInfo{118, "Subnet Selection", address, "RFC 3011 §2"},
    OptionInfo{119, "Domain Search", domains, "RFC 3397 §2"},
    OptionInfo{120, "SIP Servers", sip_servers, "RFC 3361 §3"},
    OptionInfo{121, "Classless Static Route", routes, "RFC 3442"},
    OptionInfo{122, "CableLabs Client Configuration", suboptions, "RFC 3495 §4"},
    OptionInfo{123, "GeoConf", opaque, "RFC 6225 §2.2"},
    OptionInfo{124, "Vendor-Identifying Vendor Class", vendor_class, "RFC 3925 §3"},
    OptionInfo{125, "Vendor-Identifying Vendor-Specific Information", vendor_options, "RFC 3925 §4"},
    OptionInfo{128, "PXE Undefined (vendor specific)", opaque, "RFC 4578 §2.4"},
    OptionInfo{129, "PXE Undefined (vendor specific)", opaque, "RFC 4578 §2.4"},
    OptionInfo{130, "PXE Undefined (vendor specific)", opaque, "RFC 4578 §2.4"},
    OptionInfo{131, "PXE Undefined (vendor specific)", opaque, "RFC 4578 §2.4"},
    OptionInfo{132, "PXE Undefined (vendor specific)", opaque, "RFC 4578 §2.4"},
    OptionInfo{133, "PXE Undefined (vendor specific)", opaque, "RFC 4578 §2.4"},
    OptionInfo{134, "PXE Undefined (vendor specific)", opaque, "RFC 4578 §2.4"},
    OptionInfo{135, "PXE Undefined (vendor specific)", opaque, "RFC 4578 §2.4"},
    OptionInfo{136, "PANA Authentication Agent", addresses, "RFC 5192 §3"},
    OptionInfo{137, "LoST Server", domain, "RFC 5223 §3"},
    OptionInfo{138, "CAPWAP Access Controller Addresses", addresses, "RFC 5417 §2"},
    OptionInfo{139, "IPv4 Address-MoS", suboptions, "RFC 5678 §2"},
    OptionInfo{140, "IPv4 FQDN-MoS", suboptions, "RFC 5678 §3"},
    OptionInfo{141, "SIP UA Configuration Service Domains", domains, "RFC 6011"},
    OptionInfo{142, "ANDSF IPv4 Addresses", addresses, "RFC 6153 §3"},
    OptionInfo{143, "SZTP Redirect", uris, "RFC 8572 §8.1"},
    OptionInfo{144, "GeoLoc", opaque, "RFC 6225 §2.2"},
    OptionInfo{145, "FORCERENEW_NONCE_CAPABLE", opaque, "RFC 6704 §3.1"},
    OptionInfo{146, "RDNSS Selection", opaque, "RFC 6731 §4.3"},
    OptionInfo{147, "DOTS Reference Identifier", domain, "RFC 8973 §5.2"},
    OptionInfo{148, "DOTS Addresses", addresses, "RFC 8973 §5.2"},
    OptionInfo{150, "TFTP Server Address", addresses, "RFC 5859 §3"},
    OptionInfo{151, "Status Code", status, "RFC 6926 §6.2"},
    OptionInfo{152, "Base Time", u32, "RFC 6926 §6.2"},
    OptionInfo{153, "Start Time of State", seconds, "RFC 6926 §6.2"},
    OptionInfo{154, "Query Start Time", u32, "RFC 6926 §6.2"},
    OptionInfo{155, "Query End Time", u32, "RFC 6926 §6.2"},
    OptionInfo{156, "DHCP State", u8, "RFC 6926 §6.2"},
    OptionInfo{157, "Data Source", u8, "RFC 6926 §6.2"},
    OptionInfo{158, "PCP Servers", opaque, "RFC 7291 §4"},
    OptionInfo{159, "Port Parameters", opaque, "RFC 7618 §9"},
    OptionInfo{161, "MUD URL", text, "RFC 8520 §10"},
    OptionInfo{162, "Encrypted DNS Servers (DNR)", opaque, "RFC 9463 §5"},
    OptionInfo{175, "Etherboot (tentative)", opaque, "RFC 3942"},
    OptionInfo{176, "IP Telephone (tentative)", opaque, "RFC 3942"},
    OptionInfo{177, "Etherboot, PacketCable and CableHome (tentative)", opaque, "RFC 3942"},
    OptionInfo{208, "PXELINUX Magic", opaque, "RFC 5071 §3"},
    OptionInfo{209, "PXELINUX Configuration File", text, "RFC 5071 §4"},
    OptionInfo{210, "PXELINUX Path Prefix", text, "RFC 5071 §5"},
    OptionInfo{211, "PXELINUX Reboot Time", seconds, "RFC 5071 §6"},
    OptionInfo{212, "6rd", opaque, "RFC 5969 §7.1.1"},
    OptionInfo{213, "Access Network Domain Name", domain, "RFC 5986 §3"},
    OptionInfo{220, "Subnet Allocation", opaque, "RFC 6656 §3"},
    OptionInfo{221, "Virtual Subnet Selection", opaque, "RFC 6607 §3"},
    OptionInfo{249, "Classless Static Route (Microsoft)", routes, ""},
    OptionInfo{252, "Proxy Auto-Discovery (WPAD)", text, ""},
    OptionInfo{255, "End", none, "RFC 2132 §3.2"},
};
// clang-format on

constexpr bool ascending()
{
    return std::is_sorted(kAssigned.begin(), kAssigned.end(), [](const auto& a, const auto& b) { return a.code <= b.code; });
}
static_assert(ascending(), "each code once, in order");

constexpr auto kTable = [] {
    std::array<OptionInfo, 256> table{};
    for (std::size_t code = 0; code < table.size(); ++code) {
        table[code] = {static_cast<std::uint8_t>(code), code >= 224 ? "Site-specific" : "Unassigned", opaque, ""};
    }
    for (const auto& row : kAssigned)
        table[row.code] = row;
    return table;
}();

struct SubOptionName {
    std::uint8_t option, code;
    std::string_view name;
};
constexpr std::array kSubOptionNames{
    SubOptionName{82, 1, "Agent Circuit ID"}, // RFC 3046
    SubOptionName{82, 2, "Agent Remote ID"},
    SubOptionName{82, 4, "DOCSIS Device Class"}, // RFC 3256
    SubOptionName{82, 5, "Link Selection"}, // RFC 3527
    SubOptionName{82, 6, "Subscriber-ID"}, // RFC 3993
    SubOptionName{82, 7, "RADIUS Attributes"}, // RFC 4014
    SubOptionName{82, 8, "Authentication"}, // RFC 4030
    SubOptionName{82, 9, "Vendor-Specific Information"}, // RFC 4243
    SubOptionName{82, 10, "Relay Agent Flags"}, // RFC 5010
    SubOptionName{82, 11, "Server Identifier Override"}, // RFC 5107
    SubOptionName{82, 12, "Relay Agent Identifier"}, // RFC 6925
    SubOptionName{82, 13, "Access Technology Type"}, // RFC 7839
    SubOptionName{82, 14, "Access Network Name"},
    SubOptionName{82, 15, "Access Point Name"},
    SubOptionName{82, 16, "Access Point BSSID"},
    SubOptionName{82, 17, "Operator Identifier"},
    SubOptionName{82, 18, "Operator Realm"},
    SubOptionName{82, 19, "Relay Source Port"}, // RFC 8357
    SubOptionName{82, 151, "Virtual Subnet Selection"}, // RFC 6607
    SubOptionName{82, 152, "Virtual Subnet Selection Control"},
    SubOptionName{122, 1, "Primary DHCP Server"}, // RFC 3495
    SubOptionName{122, 2, "Secondary DHCP Server"},
    SubOptionName{122, 3, "Provisioning Server"},
    SubOptionName{122, 4, "AS Backoff and Retry"},
    SubOptionName{122, 5, "AP Backoff and Retry"},
    SubOptionName{122, 6, "Kerberos Realm Name"},
    SubOptionName{122, 7, "Ticket Granting Server Utilization"},
    SubOptionName{122, 8, "Provisioning Timer"},
};

} // namespace

const OptionInfo& option_info(std::uint8_t code) { return kTable[code]; }

std::span<const OptionInfo, 256> option_table() { return kTable; }

std::string_view suboption_name(std::uint8_t code, std::uint8_t suboption)
{
    for (const auto& row : kSubOptionNames) {
        if (row.option == code && row.code == suboption) return row.name;
    }
    return {};
}

} // namespace dorascope::wire
