// SPDX-License-Identifier: GPL-3.0-or-later
// What a server answers to `ctl list` and `ctl status`, as tables for people.
#pragma once

#include "app/cli/output.h"
#include "engine/wire/instant.h"

#include <string>
#include <string_view>
#include <vector>

namespace dorascope::cli {

/// Gathers the lines of an answer, and prints them in the order that a person asks: leases, quarantine, reservations, pools, counts.
class CtlTables {
public:
    explicit CtlTables(Instant now) : now_{now} { }
    /// A JSON line of the answer. Of a kind that is not known here: kept out.
    void add(std::string_view line);
    void print(Output& out) const;

    using Row = std::vector<std::string>;

private:
    Instant now_;
    std::vector<Row> leases_, quarantine_, reservations_, pools_, counts_, status_;
    std::string title_;
};

} // namespace dorascope::cli
