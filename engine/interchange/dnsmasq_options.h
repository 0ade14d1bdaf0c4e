// SPDX-License-Identifier: GPL-3.0-or-later
// What clients are told, out of a dnsmasq.conf: dhcp-option and dhcp-boot.
#pragma once

#include "engine/interchange/dnsmasq_defaults.h"
#include "engine/interchange/dnsmasq_outcome.h"

#include <set>

namespace dorascope::interchange {

class DnsmasqOptions {
public:
    DnsmasqOptions(DnsmasqOutcome& outcome, DnsmasqDefaults& defaults) : outcome_{outcome}, defaults_{defaults} { }

    void take_option(const DnsmasqLine& line) { take(line, false); }
    void take_forced(const DnsmasqLine& line) { take(line, true); }
    void take_boot(const DnsmasqLine& line);

private:
    using Targets = std::vector<server::OptionSettings*>;

    void take(const DnsmasqLine& line, bool force);
    /// "dhcp-option=3" without a value.
    void silence(const DnsmasqLine& line, const Targets& targets, std::uint8_t code);
    /// "vendor:…", "encap:…"
    void take_piece(const DnsmasqLine& line, std::span<const std::string_view> fields, const std::vector<std::string>& asked,
                    bool force);
    /// False: the option around it is said as a whole already.
    bool add_piece(server::OptionSettings& target, const DnsmasqSuboption& option, bool force);
    /// Those whose option 60 has the vendor's name. Nothing: it would be one class too many.
    server::ClientClass* vendor_class(const std::string& vendor);

    DnsmasqOutcome& outcome_;
    DnsmasqDefaults& defaults_;
    std::map<std::string, std::size_t, std::less<>> vendors_; ///< their classes
    std::set<std::pair<const server::OptionSettings*, std::uint8_t>> pieces_; ///< options put together from options within them
};

} // namespace dorascope::interchange
