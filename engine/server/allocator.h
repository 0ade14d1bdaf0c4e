// SPDX-License-Identifier: GPL-3.0-or-later
// Which address a client gets (RFC 2131 §4.3.1), and for each one it does not get, why.
#pragma once

#include "engine/server/bindings.h"
#include "engine/server/limiter.h"
#include "engine/server/trace.h"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace dorascope::server {

/// Who asks, and from where.
struct Ask {
    const Client& client;
    ServedSubnet& subnet;
    Holdings held; ///< what the client has on this link
    const Reservation* reservation = nullptr; ///< the client's own
    std::optional<Ipv4Address> requested; ///< option 50
    Ipv4Address relay; ///< giaddr: in use by the relay, whatever the pool says
    Instant now{};
    SharedNetwork network; ///< `subnet` and those that share its link
    ClassSet classes; ///< the client's
    Shunned shunned; ///< not to be offered to this client
    /// Has a lease here or a reservation: comes first under every limit.
    bool known() const { return held.bound != nullptr || reservation != nullptr; }
};

/// May this client have this address? `code` is candidate_chosen when it may, or why not, with the other client where there is one.
struct Verdict {
    StepCode code = StepCode::candidate_chosen;
    std::int64_t number = 0;
    HardwareAddress who;
    std::string_view name{}; ///< of the class that the address is kept for
    bool available() const
    {
        return code == StepCode::candidate_chosen || code == StepCode::candidate_reclaimed_expired
            || code == StepCode::candidate_of_same_card;
    }
    /// Available, but another client of the same card has it now.
    bool is_in_use() const { return code == StepCode::candidate_of_same_card; }
};

class Allocator {
public:
    Allocator(Bindings& bindings, Duration offer_hold) : bindings_{bindings}, offer_hold_{offer_hold} { }

    /// The address to offer, in whatever subnet of the link, or nothing when none is left; the trace says either way.
    std::optional<Ipv4Address> choose(const Ask& ask, Trace& trace) const;
    Verdict verdict(const Ask& ask, Ipv4Address address) const;

    /// An address of the server itself: never leased as long as it is one.
    void add_server_address(Ipv4Address address);
    /// These and no others.
    void own_addresses(std::span<const Ipv4Address> all);
    bool is_server_address(Ipv4Address address) const;
    /// The subnets are other ones, and so may be how long an offer is held.
    void reconfigure(Duration offer_hold);

private:
    /// How many refused candidates a trace names one by one before it counts the rest.
    static constexpr std::uint64_t kNamedBeforeChosen = 3, kNamedOfFullPool = 16;

    Verdict offerable(const Ask& ask, Ipv4Address address) const;
    bool try_address(const Ask& ask, Ipv4Address address, Trace& trace) const;
    std::optional<Ipv4Address> choose_known(const Ask& ask, Trace& trace) const;
    std::optional<Ipv4Address> choose_free(const Ask& ask, Trace& trace) const;
    std::optional<Ipv4Address> choose_oldest_expired(const Ask& ask, Trace& trace) const;
    void name_refused(const Ask& ask, const ServedSubnet& subnet, std::optional<Ipv4Address> chosen, Trace& trace) const;
    Verdict by_configuration(const Ask& ask, Ipv4Address address) const;
    Verdict by_reservation(const Ask& ask, const ServedSubnet& subnet, const Reservation& reservation) const;
    Verdict in_pool(const Ask& ask, const ServedSubnet& subnet, Ipv4Address address) const;
    Verdict held_by(const Ask& ask, Ipv4Address address) const;
    bool is_reserved_for_card_of(const Ask& ask, const Binding& binding) const;

    Bindings& bindings_;
    Duration offer_hold_;
    std::vector<Ipv4Address> server_addresses_;
};

} // namespace dorascope::server
