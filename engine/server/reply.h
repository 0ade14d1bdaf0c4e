// SPDX-License-Identifier: GPL-3.0-or-later
// Replies: the fields of RFC 2131 table 3, the options of table 3 and those the client asks for.
#pragma once

#include "engine/server/option_sheet.h"
#include "engine/server/served_subnet.h"
#include "engine/wire/message.h"

#include <optional>
#include <string_view>

namespace dorascope::server {

struct ReplyTerms {
    MessageType type{}; ///< none: to a BOOTP client (RFC 1534 §2), which gets no option that only DHCP has
    Ipv4Address server{}; ///< server identifier
    Ipv4Address yiaddr{};
    std::optional<std::uint32_t> lease_seconds{}; ///< absent in NAK and in the answer to INFORM
    const ServedSubnet* subnet = nullptr; ///< absent in NAK: nothing but the refusal
    const OptionLevels* levels = nullptr; ///< what this client is told; there when `subnet` is
    const Reservation* reservation = nullptr; ///< the client's own, where it has one
    std::string_view reason{}; ///< option 56, in a NAK
    bool rapid_commit = false; ///< RFC 4039: this ACK answers a DISCOVER
    bool subnet_selected = false; ///< RFC 3011: option 118 was heeded, and comes back
    bool no_address = false; ///< an OFFER of nothing but options 108 and 116
    bool routes_fit = true; ///< false: option 121 did not fit, so that 3 and 33 are needed after all
};

/// Fills `reply` (cleared first) for `request`.
void build_reply(const wire::Message& request, const ReplyTerms& terms, wire::Message& reply);

/// Does the client ask for this option in its parameter request list?
bool asks_for(const wire::Message& request, std::uint8_t code);

/// What a client gets that asks for nothing, and between what it can choose. least <= usual <= most.
struct LeaseTimes {
    /// The usual lease time is always within bounds, whatever the bounds say.
    explicit LeaseTimes(const Subnet& subnet);
    /// Lays the class over what there is.
    void lay_over(const ClientClass& client_class);
    std::uint32_t granted(std::optional<std::uint32_t> asked) const;

    std::uint32_t usual = 0, least = 0, most = 0;
};

/// T1 and T2 (RFC 2131 §4.4.5). None for a lease without end, or one too short for T1 < T2 < lease.
struct RenewalTimes {
    std::uint32_t t1 = 0, t2 = 0;
};
std::optional<RenewalTimes> renewal_times(const Subnet& subnet, std::uint32_t lease);

} // namespace dorascope::server
