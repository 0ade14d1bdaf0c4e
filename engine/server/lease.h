// SPDX-License-Identifier: GPL-3.0-or-later
// A lease as it is stored, and the table that a server starts from.
#pragma once

#include "engine/server/config.h"

#include <string>
#include <vector>

namespace dorascope::server {

/// State of an address in the table. `offered` is held in memory only and never written.
enum class LeaseState : std::uint8_t {
    offered, ///< held for a client until `expires`
    bound, ///< acknowledged until `expires`
    expired, ///< past its time; kept so that the same client gets it back
    released, ///< given back (RELEASE); kept for the same reason
    declined, ///< its client found it in use: quarantined until `expires`; `client` and `hardware` are who said so
    conflict, ///< something answered a probe for it: quarantined until `expires`; `hardware` is who answered, where that is known
};
std::string_view to_string(LeaseState state);

struct Lease {
    Ipv4Address address;
    ClientKey client;
    HardwareAddress hardware;
    std::string hostname; ///< option 12 as sent, else the host's label of option 81; at most 63 octets kept, printable only
    std::string vendor_class; ///< option 60 likewise
    LeaseState state = LeaseState::bound;
    Instant since{}; ///< first granted to this client
    Instant renewed{}; ///< last ACK
    Instant expires{}; ///< kNever: infinite
    bool operator==(const Lease&) const = default;
};

/// What the store hands a starting server. Order does not matter; duplicates of an address: the last wins.
using LeaseTable = std::vector<Lease>;

/// One change to be made durable before the transmits of the same Outbox leave. Keyed by lease.address: always the whole row.
struct LeaseWrite {
    Lease lease;
    bool erase = false; ///< the row goes; only lease.address counts
};

} // namespace dorascope::server
