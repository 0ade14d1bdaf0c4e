// SPDX-License-Identifier: GPL-3.0-or-later
// dhcp-host of a dnsmasq.conf: reservations, and classes of those that are ignored.
#pragma once

#include "engine/interchange/denied_clients.h"
#include "engine/interchange/dnsmasq_outcome.h"

namespace dorascope::interchange {

class DnsmasqHosts {
public:
    explicit DnsmasqHosts(DnsmasqOutcome& outcome) : outcome_{outcome} { }

    void take_host(const DnsmasqLine& line);

private:
    /// A line, whose fields are told by what they look like.
    struct Host {
        server::Reservation reservation;
        std::optional<Ipv4Address> address;
        std::optional<server::ClassTest> prefix; ///< of MAC addresses
        bool ignored = false;
    };
    /// False: it has no equivalent, and that is listed.
    bool read(const DnsmasqLine& line, std::span<const std::string_view> fields, Host& host);
    void take_hardware(const DnsmasqLine& line, server::Reservation& reservation, const HardwareAddress& hardware);
    void reserve(const DnsmasqLine& line, Host host, const std::vector<std::string>& tags);
    /// By everything that dnsmasq would know it by.
    void ignore(const DnsmasqLine& line, Host host);

    DnsmasqOutcome& outcome_;
    DeniedClients ignored_{"ignored"};
};

} // namespace dorascope::interchange
