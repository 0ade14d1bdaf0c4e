// SPDX-License-Identifier: GPL-3.0-or-later
// The hosts of a dhcpd.conf: reservations, and a class for those that are refused.
#pragma once

#include "engine/interchange/denied_clients.h"
#include "engine/interchange/isc_scope.h"

namespace dorascope::interchange {

class IscHosts {
public:
    explicit IscHosts(IscOutcome& outcome) : outcome_{outcome} { }

    void take_hardware(const IscStatement& s, IscScope& scope);
    void take_fixed_address(const IscStatement& s, IscScope& scope);
    void take_identifier(const IscStatement& s, IscScope& scope);

    /// The host of a scope, once its block is read.
    void add(const IscStatement& s, const IscScope& scope);
    /// In the subnets that their addresses lie in, once all of these are known.
    void place_all();

private:
    struct Pending {
        server::Reservation reservation;
        std::size_t line;
        std::string text;
    };
    /// dhcpd knows a host by any of these; here it is known by the first that it has.
    bool known_by_one(const IscStatement& s, server::Reservation& host);
    /// A host that may not boot becomes a member of a class that is denied, by everything that dhcpd would know it by.
    void refuse(const IscStatement& s, const server::Reservation& host);
    void place(Pending& host);

    IscOutcome& outcome_;
    std::vector<Pending> hosts_;
    DeniedClients denied_{"refused hosts"}; ///< those that may not boot
};

} // namespace dorascope::interchange
