// SPDX-License-Identifier: GPL-3.0-or-later
// What the parts of the import of a dnsmasq.conf work on: the configuration, and where its tags lead.
#pragma once

#include "engine/interchange/dnsmasq_syntax.h"
#include "engine/interchange/notes.h"
#include "engine/server/config.h"

#include <map>

namespace dorascope::interchange {

struct DnsmasqOutcome {
    struct Tagged {
        std::size_t subnet;
        std::optional<std::size_t> reservation; ///< in it
    };

    server::Config config;
    Notes notes;
    std::multimap<std::string, Tagged, std::less<>> tagged; ///< by a range or a host
    std::int64_t budget; ///< of what is repeated for each that has a tag

    DnsmasqOutcome();

    void drop(const DnsmasqLine& line, std::string why) { notes.add(line.number, line.text, std::move(why)); }
    bool afford(std::size_t octets) { return (budget -= static_cast<std::int64_t>(octets) + 64) >= 0; }

    /// Where what asks for these tags goes; empty when there is no such place.
    std::vector<server::OptionSettings*> places(const std::vector<std::string>& asked);
    static std::string no_place(const std::vector<std::string>& asked);
};

/// "11:22:33:*:*:*"; nothing where a * stands before an octet.
std::optional<server::ClassTest> dnsmasq_mac_prefix(std::string_view pattern);

} // namespace dorascope::interchange
