// SPDX-License-Identifier: GPL-3.0-or-later
// Replies: the fields of RFC 2131 table 3, the options of table 3 and those the client asks for.
#pragma once

#include "engine/server/served_subnet.h"
#include "engine/wire/message.h"

#include <optional>
#include <string_view>

namespace dorascope::server {

struct ReplyTerms {
    MessageType type{};
    Ipv4Address server{}; ///< server identifier
    Ipv4Address yiaddr{};
    std::optional<std::uint32_t> lease_seconds{}; ///< absent in NAK and in the answer to INFORM
    const ServedSubnet* subnet = nullptr; ///< absent in NAK: nothing but the refusal
    std::string_view hostname{}; ///< of a reservation
    std::string_view reason{}; ///< option 56, in a NAK
};

/// Fills `reply` (cleared first) for `request`.
void build_reply(const wire::Message& request, const ReplyTerms& terms, wire::Message& reply);

/// The lease time a client gets: what it asks for within the subnet's bounds, else the subnet's own.
std::uint32_t lease_seconds(const Subnet& subnet, std::optional<std::uint32_t> asked);

/// T1 and T2 (RFC 2131 §4.4.5). None for a lease without end, or one too short for T1 < T2 < lease.
struct RenewalTimes {
    std::uint32_t t1 = 0, t2 = 0;
};
std::optional<RenewalTimes> renewal_times(const Subnet& subnet, std::uint32_t lease);

} // namespace dorascope::server
