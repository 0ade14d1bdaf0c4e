// SPDX-License-Identifier: GPL-3.0-or-later
// DHCP message types (option 53): RFC 2132 §9.6 and the later assignments that turn up on real LANs.
#pragma once

#include <cstdint>
#include <string_view>

namespace dorascope {

enum class MessageType : std::uint8_t {
    none = 0, ///< BOOTP: no option 53
    discover = 1,
    offer = 2,
    request = 3,
    decline = 4,
    ack = 5,
    nak = 6,
    release = 7,
    inform = 8,
    force_renew = 9, ///< RFC 3203
    lease_query = 10, ///< RFC 4388, 10 … 13
    lease_unassigned = 11,
    lease_unknown = 12,
    lease_active = 13,
};

/// The RFC's name: "DHCPDISCOVER", … "BOOTP" for none, "unassigned" for others.
std::string_view rfc_name(MessageType type);
/// Upper-case short word for labels: "DISCOVER", "OFFER", …
std::string_view short_name(MessageType type);
/// The letter that stands for it everywhere: D O R A N, X decline, L release, I inform; '·' is never needed: others are '?'.
char letter(MessageType type);

} // namespace dorascope
