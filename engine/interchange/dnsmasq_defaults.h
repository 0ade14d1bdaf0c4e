// SPDX-License-Identifier: GPL-3.0-or-later
// dnsmasq.conf(5): what dnsmasq sends although no line says so, and lines which say that something is not sent. Here what is written is
// sent, and nothing else: whatever comes out differently is listed.
#pragma once

#include "engine/interchange/dnsmasq_syntax.h"
#include "engine/interchange/notes.h"
#include "engine/server/config.h"

#include <set>

namespace dorascope::interchange {

class DnsmasqDefaults {
public:
    using Target = const server::OptionSettings*; ///< a level of the configuration, which stays where it is

    void range(const DnsmasqLine& line, const Ipv4Prefix& prefix);
    /// `port`: without DNS on port 53 dnsmasq does not name itself as a DNS server.
    void no_dns() { dns_ = false; }
    /// A line says what is sent as `code`, also where it could not be taken over.
    void say(Target target, std::uint8_t code);
    /// "dhcp-option=3": the option is not sent.
    void silence(const DnsmasqLine& line, Target target, std::uint8_t code);

    void list(const server::Config& config, Notes& notes) const;

private:
    struct Range {
        std::size_t line;
        std::string text;
        Ipv4Prefix prefix;
    };
    struct Silence {
        std::size_t line;
        std::string text;
        Target target;
        std::uint8_t code;
    };
    void list_ranges(const server::Config& config, Notes& notes) const;
    void list_silences(const server::Config& config, Notes& notes) const;

    bool dns_ = true;
    std::vector<Range> ranges_; ///< the first of each subnet
    std::set<std::pair<Target, std::uint8_t>> told_;
    std::vector<Silence> silences_;
};

} // namespace dorascope::interchange
