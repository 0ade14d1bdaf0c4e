// SPDX-License-Identifier: GPL-3.0-or-later
// The reservations of a subnet, found by address and by whatever tells their client.
#pragma once

#include "engine/server/client_key.h"
#include "engine/server/config.h"
#include "engine/server/option_sheet.h"

#include <span>
#include <utility>
#include <vector>

namespace dorascope::server {

class ReservationIndex {
public:
    /// `subnet` outlives this.
    explicit ReservationIndex(const Subnet& subnet);

    const Reservation* at(Ipv4Address address) const;
    /// RFC 2131 §4.3.1. What says most about the client comes first: its identifier, which outranks chaddr (RFC 4361); chaddr, whatever
    /// identifier it sends; the port it hangs on, as its relay tells (RFC 3046); the host name it gives itself.
    const Reservation* of(const Client& client) const;
    std::span<const Reservation* const> by_address() const { return by_address_; }
    /// The options of one of these; nothing when it has none of its own.
    const OptionSheet* options(const Reservation& reservation) const;
    std::span<const std::pair<const Reservation*, OptionSheet>> sheets() const { return sheets_; }
    std::size_t memory_used() const;

private:
    using List = std::vector<const Reservation*>; ///< each sorted by what it is named after
    const Reservation* by_relay(std::span<const std::uint8_t> circuit, std::span<const std::uint8_t> remote) const;

    List by_address_, by_hardware_, by_client_id_, by_relay_, by_hostname_;
    std::vector<std::pair<const Reservation*, OptionSheet>> sheets_; ///< sorted by reservation
};

/// Host names are compared without regard to case (RFC 1035 §2.3.3).
bool less_hostname(std::string_view a, std::string_view b);

} // namespace dorascope::server
