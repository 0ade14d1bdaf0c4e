// SPDX-License-Identifier: GPL-3.0-or-later
// What clients are told, out of a dhcpd.conf: "option …" and the statements that fill the fields of a reply.
#pragma once

#include "engine/interchange/isc_scope.h"

namespace dorascope::interchange {

class IscOptions {
public:
    explicit IscOptions(IscOutcome& outcome) : outcome_{outcome} { }

    void take_option(const IscStatement& s, IscScope& scope);
    void take_next_server(const IscStatement& s, IscScope& scope);
    void take_filename(const IscStatement& s, IscScope& scope);
    void take_server_name(const IscStatement& s, IscScope& scope);

private:
    /// "filename" and its like.
    void take_text(const IscStatement& s, std::string& text);
    /// "option NAME code N = TYPE"
    void define(const IscStatement& s);
    /// The mask and the broadcast address follow from the prefix here.
    void check_of_subnet(const IscStatement& s, std::uint8_t code, const IscScope& scope);

    IscOutcome& outcome_;
};

} // namespace dorascope::interchange
